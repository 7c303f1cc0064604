import type { Lookout } from "../catalog/lookout.js"
import type { Names } from "../catalog/names.js"
import type { Types } from "../catalog/types.js"
import type { Sink } from "../diagnostics/sink.js"
import { INTEGER, list, type Column, type SqlType } from "../types/type.js"
import type { Context, Frame, TypecheckContext } from "./context.js"
import { checkDeclared } from "./output.js"
import { queryColumns } from "./query.js"

export { fromColumn, outward, type Frame, type TypecheckContext } from "./context.js"

/**
 * Types every expression of a model, with an upper bound of where NULL can be, and proves keys of its
 * output. Total: what a fault leaves open is unknown, and agrees with everything. `lookout`: who wants to know what is
 * in sight of a node.
 */
export function typecheck(
  names: Names,
  project: TypecheckContext,
  sink: Sink,
  lookout?: Lookout<Frame>,
): Types {
  const { statement } = names
  const cx = newContext(names, project, sink, lookout)
  const columns = queryColumns(statement, undefined, cx)
  const columnNames = names.columnNames.get(statement.id) ?? []
  const output = columns.map(({ type, nullable }, i): Column => ({
    name: columnNames[i] ?? "",
    type: concrete(type),
    nullable,
  }))
  if (project.model) checkDeclared(statement, output, project.model, cx)
  const keys = (cx.keys.get(statement.id) ?? []).map((key) =>
    key.map((column) => columnNames[column] ?? ""),
  )
  return { exprs: cx.exprs, columns: cx.columns, output, keys, determined: cx.determined }
}

function newContext(
  names: Names,
  project: TypecheckContext,
  sink: Sink,
  lookout: Lookout<Frame> | undefined,
): Context {
  return {
    lookout,
    names,
    sink,
    project,
    exprs: new Map(),
    columns: new Map(),
    keys: new Map(),
    determined: new Set(),
    aggregated: new Set(),
    recursive: new Map(),
  }
}

/** A column of bare NULLs is INTEGER, as in DuckDB. */
function concrete(type: SqlType): SqlType {
  switch (type.kind) {
    case "null":
      return INTEGER
    case "list":
      return list(concrete(type.element))
    case "array":
      return { ...type, element: concrete(type.element) }
    case "map":
      return { kind: "map", key: concrete(type.key), value: concrete(type.value) }
    case "struct":
      return {
        kind: "struct",
        fields: type.fields.map((field) => ({ ...field, type: concrete(field.type) })),
      }
    default:
      return type
  }
}
