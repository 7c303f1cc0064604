import { stringify } from "yaml"
import { sameName } from "../../base/names.js"
import { without } from "./carrying.js"

/** A column of a table that is there already. */
export interface LiveColumn {
  readonly name: string
  /** As smelt writes it; undefined where it has no such type. */
  readonly type: string | undefined
  readonly nullable: boolean
}

/** Columns by table, such as `raw.orders`. */
export type LiveTables = ReadonlyMap<string, readonly LiveColumn[]>

/** How a value is written. */
const YAML = { lineWidth: 0 } as const

export const LEVELS = `# What SQL that was written for another tool habitually does. Take a line away to have it reported.
levels:
  select-star: off
  comma-join: off
  implicit-coercion: off
  integer-division: off
  union-by-position: off
  order-without-limit: off
  unnamed-column: off
  not-in-nullable: off
  mixed-timestamps: off
`

export function yamlText(value: unknown): string {
  return stringify(value, YAML)
}

const ORDER = ["description", "materialization", "schema", "tags", "contract", "columns", "tests"]

/** A header in the order in which one reads it. */
export function ordered(header: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(header).sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b)),
  )
}

/** A model with its header, in the line ends of the model. */
export function withHeader(header: Readonly<Record<string, unknown>>, sql: string): string {
  const body = sql.replace(/^(?:[ \t]*\r?\n)+/, "")
  if (Object.keys(header).length === 0) return body
  const text = `---\n${yamlText(header)}---\n`
  const isCrlf = /^[^\n]*\r\n/.test(body)
  return (isCrlf ? text.replaceAll("\n", "\r\n") : text) + body
}

/** A source's columns with the types that they have, and those that no file names. */
export function withLive(
  body: Readonly<Record<string, unknown>>,
  live: readonly LiveColumn[] | undefined,
): Record<string, unknown> {
  if (!live) return body
  const declared = { ...(body.columns as Record<string, Record<string, unknown>> | undefined) }
  const columns = Object.fromEntries(
    live.map(({ name, type, nullable }) => {
      const key = Object.keys(declared).find((one) => sameName(one, name))
      const own = key === undefined ? {} : declared[key]
      if (key !== undefined) delete declared[key]
      const known = without({ type, not_null: nullable ? undefined : true })
      return [key ?? name, { ...known, ...own }]
    }),
  )
  return { ...body, columns: { ...columns, ...declared } }
}

/** A constant as a param of the type that it has as written. */
export function paramOf(value: string | number | boolean): Record<string, unknown> {
  if (typeof value === "boolean") return { type: "BOOLEAN", default: value }
  if (typeof value === "string") return { type: "VARCHAR", default: value }
  if (Number.isInteger(value)) return { type: "BIGINT", default: value }
  const [whole = "", fraction = ""] = String(Math.abs(value)).split(".")
  return { type: `DECIMAL(${whole.length + fraction.length},${fraction.length})`, default: value }
}
