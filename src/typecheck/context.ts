import type { Lookout } from "../catalog/lookout.js"
import type { ColumnTarget, Names } from "../catalog/names.js"
import type { Model } from "../catalog/project.js"
import type { Relation } from "../catalog/relation.js"
import type { TypeOf } from "../catalog/types.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Expr, NamedWindow } from "../syntax/ast.js"
import { unknown } from "../types/type.js"
import type { Groups } from "./group.js"

/** What a model may know of the project while its types are found. */
export interface TypecheckContext {
  relation(kind: Relation["kind"], name: string): Relation | undefined
  /** The model whose header declares columns and keys; none for a query by itself. */
  readonly model?: Model
}

/** `Types` in the making. */
export interface Context {
  readonly names: Names
  readonly sink: Sink
  readonly project: TypecheckContext
  readonly exprs: Map<number, TypeOf>
  readonly columns: Map<number, readonly TypeOf[]>
  /** Proven keys of queries and bindings, by node id: sets of column numbers. */
  readonly keys: Map<number, readonly (readonly number[])[]>
  readonly determined: Set<number>
  /** Selects that group or aggregate. */
  readonly aggregated: Set<number>
  /** Recursive queries under way, with the columns of their first branch. */
  readonly recursive: Map<number, readonly TypeOf[]>
  /** Who wants to know what is in sight somewhere. */
  readonly lookout: Lookout<Frame> | undefined
}

/**
 * What an expression may rest on: the columns in sight, with what is known of them at this clause.
 * Made anew where more is known (after an outer join, after WHERE, in an arm of CASE).
 */
export interface Frame {
  /** Columns of bindings by id of the table-ref, merged ones by id of the join. */
  readonly columns: ReadonlyMap<number, readonly TypeOf[]>
  /** The types before outer joins padded them. */
  readonly unpadded: ReadonlyMap<number, readonly TypeOf[]>
  readonly parent: Frame | undefined
  /** The clause, in words of a message: `WHERE`, `a join condition`. */
  readonly clause: string
  readonly aggregates: boolean
  readonly windows: boolean
  /** After grouping: what may stand outside of an aggregate. */
  readonly groups: Groups | undefined
  /** Every group has a row: a strict aggregate of values is a value. */
  readonly groupsHaveRows: boolean
  readonly lambdas: ReadonlyMap<string, TypeOf>
  readonly namedWindows: readonly NamedWindow[]
  /** Types of output columns of this select that other items name. */
  readonly outputs: Map<number, TypeOf>
}

export const UNKNOWN: TypeOf = { type: unknown("a fault reported elsewhere"), nullable: true }

const NO_TYPES: ReadonlyMap<number, readonly TypeOf[]> = new Map()
const NO_LAMBDAS: ReadonlyMap<string, TypeOf> = new Map()

export function newFrame(clause: string, parent: Frame | undefined): Frame {
  return {
    columns: NO_TYPES,
    unpadded: NO_TYPES,
    parent,
    clause,
    aggregates: false,
    windows: false,
    groups: undefined,
    groupsHaveRows: false,
    lambdas: parent?.lambdas ?? NO_LAMBDAS,
    namedWindows: [],
    outputs: new Map(),
  }
}

/** The same columns under the rules of another clause. */
export function inClause(
  frame: Frame,
  clause: string,
  allowed: { aggregates?: boolean; windows?: boolean } = {},
): Frame {
  // Field by field: made for every clause of every query, and ten times as fast as a spread that is then overwritten.
  const { columns, unpadded, parent, groups, groupsHaveRows, lambdas, namedWindows } = frame
  return {
    columns,
    unpadded,
    parent,
    clause,
    aggregates: allowed.aggregates ?? false,
    windows: allowed.windows ?? false,
    groups,
    groupsHaveRows,
    lambdas,
    namedWindows,
    outputs: new Map(),
  }
}

/** The frame of the select that is `depth` further out. */
export function outward(frame: Frame, depth: number): Frame | undefined {
  let at: Frame | undefined = frame
  for (let i = 0; i < depth && at; i++) at = at.parent
  return at
}

/** The type of a column of FROM; undefined for what is not one. */
export function fromColumn(target: ColumnTarget, frame: Frame): TypeOf | undefined {
  switch (target.kind) {
    case "binding":
      return outward(frame, target.depth)?.columns.get(target.table)?.[target.column]
    case "using":
      return outward(frame, target.depth)?.columns.get(target.join)?.[target.index]
    default:
      return undefined
  }
}

/** Names a column of FROM of this select; undefined for what is not one. */
export function columnKey(target: ColumnTarget | undefined): string | undefined {
  if (target?.kind === "binding" && target.depth === 0)
    return columnSymbol(target.table, target.column)
  if (target?.kind === "using" && target.depth === 0) return columnSymbol(target.join, target.index)
  return undefined
}

// The symbols of columns and rows are asked for over and over: the very same string is found in a Map without being
// read. Those of nodes that were written in other words, whose ids are large, are not kept.
const MOST_KEPT = 4096
const SYMBOLS: string[][] = []
const ROWS = new Map<string, string>()

/** `3.0` is the first column of the table-ref with id 3. */
export function columnSymbol(table: number, column: number): string {
  if (table >= MOST_KEPT || column >= MOST_KEPT) return `${table}.${column}`
  const known = (SYMBOLS[table] ??= [])[column]
  if (known !== undefined) return known
  const symbol = `${table}.${column}`
  SYMBOLS[table][column] = symbol
  ROWS.set(symbol, rowSymbol(table))
  return symbol
}

/** `#3` is the whole row of the table-ref with id 3. */
export function rowSymbol(table: number): string {
  return `#${table}`
}

/** The row that a column, or a field of one, is of; undefined for other symbols. */
export function rowOf(symbol: string): string | undefined {
  const known = ROWS.get(symbol)
  if (known !== undefined) return known
  const dot = symbol.indexOf(".")
  return dot > 0 ? `#${symbol.slice(0, dot)}` : undefined
}

/** The expression behind a name of the select list; undefined for a column that a star stands for. */
export function aliasedExpr(target: ColumnTarget | undefined, names: Names): Expr | undefined {
  if (target?.kind !== "alias") return undefined
  const output = names.outputs.get(target.select)?.[target.output]
  return output?.kind === "expr" ? output.expr : undefined
}
