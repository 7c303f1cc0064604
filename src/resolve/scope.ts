import type { Span } from "../base/span.js"
import type { ColumnTarget } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import type { Query } from "../syntax/ast.js"
import type { Context } from "./context.js"

/** The tables of one FROM, and the columns that are seen without a qualifier. */
export interface Shape {
  readonly tables: readonly Table[]
  readonly columns: readonly VisibleColumn[]
}

/** A binding as the names of a query see it. */
export interface Table {
  /** Id of the table-ref. */
  readonly id: number
  readonly alias: string
  /** `raw` in `raw.flights`. */
  readonly schema?: string
  readonly columns: readonly string[]
  /** Not found or at fault: any column name is accepted. */
  readonly broken: boolean
  /** What it reads, where that is a relation of the project. */
  readonly relation?: Relation
  /** Of a subquery without an alias. */
  readonly unnamed?: Span
}

export interface VisibleColumn {
  readonly name: string
  readonly target: ColumnTarget
  /** The table that it is of; for a merged column the left one. */
  readonly table: Table
}

/** Where a column reference looks, from the inside out: one scope a select. */
export interface Scope {
  readonly shape: Shape
  /** Names of the select list that may be referred to. */
  readonly aliases: Aliases | undefined
  readonly parent: Scope | undefined
  /** The query nodes whose own select this is. */
  readonly queries: readonly number[]
  readonly ctes: Ctes | undefined
  /** Arguments of the lambdas around. */
  readonly lambdas: readonly string[]
}

export interface Aliases {
  /** Id of the select, or of the body whose columns these are. */
  readonly select: number
  readonly names: ReadonlyMap<string, number>
  /** `first`: before the columns of FROM, as in ORDER BY. */
  readonly order: "first" | "last"
}

/** The common table expressions in sight, the nearest first. */
export interface Ctes {
  readonly name: string
  readonly query: Query
  readonly columns: readonly string[]
  readonly recursive: boolean
  readonly broken: boolean
  /** Inside a recursion with USING KEY: `recurring.NAME` is all that it has found so far. */
  readonly isKeyed?: boolean
  readonly next: Ctes | undefined
}

export const EMPTY: Shape = { tables: [], columns: [] }

/** A scope without tables yet. */
export function newScope(
  parent: Scope | undefined,
  ctes: Ctes | undefined,
  queries: readonly number[],
): Scope {
  return { shape: EMPTY, aliases: undefined, parent, queries, ctes, lambdas: [] }
}

/** A column as the shape of its table shows it. */
export function tableShape(table: Table): Shape {
  return {
    tables: [table],
    columns: table.columns.map((name, column) => ({
      name,
      target: { kind: "binding", table: table.id, column, depth: 0 },
      table,
    })),
  }
}

export function joined(left: Shape, right: Shape): Shape {
  if (left === EMPTY) return right
  return { tables: [...left.tables, ...right.tables], columns: [...left.columns, ...right.columns] }
}

/** Tells the lookout what is in sight of a node: names that are added later are not. */
export function lookedAt(id: number, scope: Scope, { lookout }: Context): void {
  lookout?.at(id, () => {
    const { aliases } = scope
    return aliases ? { ...scope, aliases: { ...aliases, names: new Map(aliases.names) } } : scope
  })
}

/** `target`, found `depth` selects further out. */
export function atDepth(target: ColumnTarget, depth: number): ColumnTarget {
  return depth === 0 || target.kind === "unknown" || target.kind === "lambda"
    ? target
    : { ...target, depth }
}

/** Marks the queries between `scope` and the one `depth` further out as correlated. */
export function markCorrelated(scope: Scope, depth: number, cx: Context): void {
  let at: Scope | undefined = scope
  for (let i = 0; i < depth && at; i++) {
    for (const query of at.queries) cx.correlated.add(query)
    at = at.parent
  }
}

export function findCte(ctes: Ctes | undefined, name: string): Ctes | undefined {
  const wanted = name.toLowerCase()
  for (let cte = ctes; cte; cte = cte.next) if (cte.name.toLowerCase() === wanted) return cte
  return undefined
}
