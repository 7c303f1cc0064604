import { nearest } from "../base/suggest.js"
import type { Term } from "./term.js"

/** A value of a case file and where it stands, for messages: `case "ac-2", limits.iterations`. */
export interface Field {
  readonly value: unknown
  readonly place: string
}

/** A case file that is not of the format: says where, what was found and what is wanted. */
export class CaseError extends Error {
  override readonly name = "CaseError"
}

export function fault(field: Field, wanted: string): never {
  const found = field.value === undefined ? "nothing" : JSON.stringify(field.value)
  const shown = found.length > 80 ? `${found.slice(0, 77)}...` : found
  throw new CaseError(`${field.place}: ${wanted}, found ${shown}`)
}

/** The fields of an object by name; one that is not in `known` is a fault. */
export function fieldsOf<const K extends string>(
  field: Field,
  known: readonly K[],
): Readonly<Record<K, Field>> {
  const entries = entriesOf(field)
  for (const [name, entry] of entries) oneOf({ value: name, place: entry.place }, known)
  const found = new Map(entries)
  const read = (name: K) => found.get(name) ?? { value: undefined, place: within(field, name) }
  return Object.fromEntries(known.map((name) => [name, read(name)])) as Record<K, Field>
}

export function entriesOf(field: Field): [string, Field][] {
  const { value } = field
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fault(field, "an object is wanted")
  return Object.entries(value).map(([name, inner]: [string, unknown]) => [
    name,
    { value: inner, place: within(field, name) },
  ])
}

export function listOf(field: Field): Field[] {
  if (!Array.isArray(field.value)) return fault(field, "a list is wanted")
  return field.value.map((value: unknown, i) => ({ value, place: `${field.place}[${i}]` }))
}

export function textOf(field: Field): string {
  return typeof field.value === "string" ? field.value : fault(field, "a text is wanted")
}

export function flagOf(field: Field): boolean {
  return typeof field.value === "boolean" ? field.value : fault(field, "true or false is wanted")
}

export function countOf(field: Field): number {
  const { value } = field
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
    ? value
    : fault(field, "a whole number from 0 is wanted")
}

/** What `read` makes of the field, or `missing` where the file does not have it. */
export function ifThere<T, M>(field: Field, read: (field: Field) => T, missing: M): T | M {
  return field.value === undefined ? missing : read(field)
}

export function oneOf<const N extends string>(field: Field, names: readonly N[]): N {
  const text = textOf(field)
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  const near = nearest(text, names)
  const hint = near === undefined ? "" : ` (${near} is near)`
  return fault(field, `one of ${names.join(", ")} is wanted${hint}`)
}

/**
 * A term of a case file. It differs from readTerm in that `|` and `;` are letters like others:
 * the format knows words and brackets only.
 */
export function plainTermOf(field: Field): Term {
  const tokens = textOf(field).match(/[()]|[^\s()]+/g) ?? []
  const { term, next } = termAt(tokens, 0, field)
  return next === tokens.length ? term : fault(field, "one term is wanted, with nothing after it")
}

function termAt(tokens: readonly string[], start: number, field: Field): TermAt {
  const word = tokens[start]
  if (word === undefined) return fault(field, "a term is wanted, with every `(` closed")
  if (word === ")") return fault(field, "a term is wanted where `)` stands")
  if (word !== "(") return { term: { op: word, children: [] }, next: start + 1 }
  const op = tokens[start + 1]
  if (op === undefined || op === "(" || op === ")")
    return fault(field, "an operator after `(` is wanted")
  const children: Term[] = []
  let next = start + 2
  while (tokens[next] !== ")") {
    const child = termAt(tokens, next, field)
    children.push(child.term)
    next = child.next
  }
  return { term: { op, children }, next: next + 1 }
}

interface TermAt {
  readonly term: Term
  /** The token after the term. */
  readonly next: number
}

function within(field: Field, name: string): string {
  if (field.place === "") return name
  return field.place.endsWith(",") ? `${field.place} ${name}` : `${field.place}.${name}`
}
