/**
 * Structural equality of plain data: objects and lists of them. What has a class of its own is the same
 * only as itself.
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isObject(a) || !isObject(b)) return false
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b, isSame)
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]))
  )
}

/** Whether two lists have the same items in the same order. */
export function isSameList<T>(
  a: readonly T[],
  b: readonly T[],
  same: (a: T, b: T) => boolean = Object.is,
): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => same(item, b[i] as T)))
}

/** `next`, or `last` where it says the same: what rests on it then need not be done again. */
export function kept<T>(last: T | undefined, next: T): T {
  return last !== undefined && isSame(last, next) ? last : next
}

/** As `kept`, of lists whose items were kept. */
export function keptList<T>(last: readonly T[] | undefined, next: readonly T[]): readonly T[] {
  return last && isSameList(last, next) ? last : next
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}

function isPlain(value: object): boolean {
  return Object.getPrototypeOf(value) === Object.prototype
}
