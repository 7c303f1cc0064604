/** A fault of smelt itself, never of a user: says what was assumed. */
export class Bug extends Error {
  override readonly name = "Bug"
}

/** Marks a case that the types exclude. */
export function unreachable(value: never): never {
  throw new Bug(`unreachable: ${JSON.stringify(value)}`)
}

/** `condition`, or a Bug that says what was assumed. */
export function assume(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Bug(`assumed: ${what}`)
}

/** `value`, which is known to be there. */
export function some<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Bug(`assumed: ${what}`)
  return value
}

/** The entry of `list` at `index`, which is known to be there. */
export function at<T>(list: readonly T[], index: number): T {
  const entry = list[index]
  return entry ?? some(entry, `an entry at ${index} of ${list.length}`)
}
