import { SourceText } from "../../src/base/span.js"
import type { Materialization, Model } from "../../src/catalog/project.js"
import type { Relation } from "../../src/catalog/relation.js"
import type { Names } from "../../src/catalog/names.js"
import type { Types } from "../../src/catalog/types.js"
import type { Diagnostic, Fix } from "../../src/diagnostics/diagnostic.js"
import { Sink, type LevelSetting } from "../../src/diagnostics/sink.js"
import { parse, parseModel } from "../../src/parse/index.js"
import { resolve } from "../../src/resolve/index.js"
import { typecheck } from "../../src/typecheck/index.js"
import { typeOfName } from "../../src/types/type-name.js"
import type { Cast, Query } from "../../src/syntax/ast.js"
import type { SqlType } from "../../src/types/type.js"
import { show } from "../../src/types/type.js"

export interface Checked {
  readonly source: SourceText
  readonly statement: Query | undefined
  readonly names: Names | undefined
  readonly types: Types | undefined
  readonly diagnostics: readonly Diagnostic[]
}

export interface CheckOptions {
  readonly relations: readonly Relation[]
  /** Outside of a project: bare names are sources. */
  readonly bareTables?: boolean
  readonly levels?: Readonly<Record<string, LevelSetting>>
  readonly allowStar?: boolean
  readonly isTest?: boolean
  readonly materialization?: Materialization
  readonly notNull?: readonly string[]
  readonly keys?: readonly (readonly string[])[]
}

/** A query through parse, resolve and typecheck. */
export function check(text: string, options: CheckOptions): Checked {
  const source = new SourceText("models/m.sql", text)
  const sink = new Sink(source, options.levels)
  const statement = parseModel(source, { start: 0, end: text.length }, sink)
  if (!statement)
    return {
      source,
      statement,
      names: undefined,
      types: undefined,
      diagnostics: sink.diagnostics,
    }
  const { relations } = options
  const relation = (kind: Relation["kind"], name: string) =>
    relations.find((one) => one.kind === kind && one.name.toLowerCase() === name.toLowerCase())
  const names = resolve(
    statement,
    {
      name: "m",
      allowStar: options.allowStar ?? false,
      isTest: options.isTest ?? false,
      bareTables: options.bareTables ?? false,
      ...(options.materialization ? { materialization: options.materialization } : {}),
      relation,
      relationNames: (kind) => relations.filter((one) => one.kind === kind).map((one) => one.name),
    },
    sink,
  )
  const types = typecheck(names, { relation, model: modelOf(source, options) }, sink)
  return { source, statement, names, types, diagnostics: sink.diagnostics }
}

function modelOf(source: SourceText, { notNull = [], keys = [] }: CheckOptions): Model {
  const place = { file: source.file, span: { start: 0, end: 0 } }
  return {
    name: "m",
    place,
    source,
    sql: { start: 0, end: source.text.length },
    tags: [],
    materialization: "auto",
    keys: keys.map((columns) => ({ columns, place })),
    foreignKeys: [],
    allowStar: false,
    columns: notNull.map((name) => ({ name, notNull: true, place })),
    tests: [],
    params: [],
    diagnostics: [],
  }
}

/** The text after the edits of a fix. */
export function applied(source: SourceText, fix: Fix): string {
  const edits = fix.edits.map((edit, i) => ({ ...edit, i }))
  edits.sort((a, b) => b.start.offset - a.start.offset || b.i - a.i)
  return edits.reduce(
    (text, edit) => text.slice(0, edit.start.offset) + edit.text + text.slice(edit.end.offset),
    source.text,
  )
}

/** `relation("source", "raw.t", "a INTEGER NOT NULL, b VARCHAR", [["a"]])` */
export function relation(
  kind: Relation["kind"],
  name: string,
  columns: string,
  keys: readonly (readonly string[])[] = [],
): Relation {
  const written = columns === "" ? [] : outermost(columns)
  const parsed = written.map((column) => {
    const [, columnName = "", type = "", notNull] =
      /^\s*(\w+)\s+(.*?)(\s+NOT NULL)?\s*$/i.exec(column) ?? []
    return { name: columnName, type: parseType(type), nullable: !notNull }
  })
  return { name, kind, columns: parsed, keys, broken: false }
}

/** The parts between commas that stand in no parentheses. */
function outermost(text: string): string[] {
  let depth = 0
  const parts = [""]
  for (const letter of text) {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0
    if (letter === "," && depth === 0) parts.push("")
    else parts[parts.length - 1] += letter
  }
  return parts
}

export function parseType(text: string): SqlType {
  const [statement] = parse(`SELECT CAST(x AS ${text})`).statements
  const item = statement?.body.kind === "select" ? statement.body.items[0] : undefined
  const cast = item?.kind === "select-expr" ? (item.expr as Cast) : undefined
  return cast ? typeOfName(cast.type) : { kind: "unknown", reason: text }
}

/** What others see of a model: `a INTEGER NOT NULL, b VARCHAR`. */
export function interfaceOf({ types }: Checked): string {
  return (types?.output ?? [])
    .map((column) => `${column.name} ${show(column.type)}${column.nullable ? "" : " NOT NULL"}`)
    .join(", ")
}

/** `code:text it points at`, one a diagnostic. */
export function faults({ source, diagnostics }: Checked): string[] {
  return diagnostics.map(
    (one) => `${one.code}: ${source.text.slice(one.start.offset, one.end.offset)}`,
  )
}
