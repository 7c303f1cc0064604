import { resolve } from "node:path"
import type { Source } from "../../catalog/project.js"
import type { Expr, TableRef } from "../../syntax/ast.js"
import {
  argument,
  boolean,
  callWith,
  listOf,
  struct,
  table,
  tableCall,
  text,
} from "../../syntax/build.js"
import { show } from "../../types/type.js"

const READERS = { parquet: "read_parquet", csv: "read_csv", json: "read_json" } as const

/** FROM of a source: a reader over its files, with the declared types, or a table of the target. */
export function sourceTable(source: Source, projectDirectory: string): TableRef {
  if (!source.files) return table((source.table ?? source.name).split("."))
  const { format, paths } = source.files
  const files = paths.map((path) => text(resolve(projectDirectory, path)))
  const [only] = files
  const options =
    format === "csv"
      ? csvOptions(source.columns)
      : format === "json"
        ? jsonOptions(source.columns)
        : []
  return tableCall(
    callWith(READERS[format], [
      argument(files.length === 1 && only ? only : listOf(files)),
      ...options,
    ]),
  )
}

type Columns = readonly Pick<Source["columns"][number], "name" | "type">[]

/** The file may have further columns: `types` by name, not `columns`, which would need them all. */
export function csvOptions(columns: Columns) {
  const header = argument(boolean(true), "header")
  const isTyped = columns.some(({ type }) => type !== undefined)
  return isTyped ? [header, argument(columnTypes(columns), "types")] : [header]
}

function jsonOptions(columns: Columns) {
  return [argument(columnTypes(columns), "columns")]
}

function columnTypes(columns: Columns): Expr {
  return struct(
    columns.flatMap(({ name, type }) => (type ? [[name, text(show(type))] as const] : [])),
  )
}
