import { SourceText } from "./base/span.js"
import type { Relation, RelationKind } from "./catalog/relation.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { placedIn, type NullTrace } from "./null-traces.js"
import { parseModel } from "./parse/index.js"
import { parseSchema, type TableSchema } from "./parse/schema.js"
import { resolve } from "./resolve/index.js"
import { typecheck } from "./typecheck/index.js"
import { whyNullable } from "./typecheck/why-nullable.js"
import { typeOfName } from "./types/type-name.js"
import { show } from "./types/type.js"

/** A column as programs see it: the type as smelt writes it. */
export interface CheckedColumn {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
}

export interface CheckedQuery {
  readonly columns: CheckedColumn[]
  readonly diagnostics: readonly Diagnostic[]
  /** Of every column that may be NULL. */
  readonly whyNullable: readonly NullTrace[]
}

/**
 * Columns and diagnostics of a query that stands alone, over tables that `schema` declares by CREATE
 * TABLE. Never throws; faults of the schema are diagnostics of the file `schema`.
 */
export function checkQuery(text: string, { schema }: { readonly schema: string }): CheckedQuery {
  const schemaSink = new Sink(new SourceText("schema", schema))
  const { tables, errors } = parseSchema(schema)
  for (const { start, end, problem } of errors)
    schemaSink.report("syntax", { start, end }, { problem })
  const sink = new Sink(new SourceText("query", text), {}, new Map(), schemaSink.diagnostics)
  const statement = parseModel(sink.source, { start: 0, end: text.length }, sink)
  if (!statement || sink.hasErrors)
    return { columns: [], diagnostics: sink.diagnostics, whyNullable: [] }
  const relations = new Map(tables.map((table) => [table.name.toLowerCase(), relationOf(table)]))
  const relation = (kind: RelationKind, name: string) =>
    kind === "source" ? relations.get(name.toLowerCase()) : undefined
  const names = [...relations.values()].map(({ name }) => name)
  const context = {
    name: "query",
    allowStar: true,
    isTest: true,
    bareTables: true,
    relation,
    relationNames: (kind: RelationKind) => (kind === "source" ? names : []),
  }
  const found = resolve(statement, context, sink)
  const types = typecheck(found, context, sink)
  const { output } = types
  return {
    columns: output.map((column) => ({ ...column, type: show(column.type) })),
    diagnostics: sink.diagnostics,
    whyNullable: output.flatMap((column, i) =>
      column.nullable
        ? [
            {
              column: column.name,
              steps: whyNullable(i, { names: found, ...types }).map((step) =>
                placedIn(sink.source, step),
              ),
            },
          ]
        : [],
    ),
  }
}

function relationOf({ name, columns, keys }: TableSchema): Relation {
  return {
    name,
    kind: "source",
    columns: columns.map((column) => ({
      name: column.name,
      type: typeOfName(column.type),
      nullable: !column.notNull,
    })),
    keys,
    broken: false,
  }
}
