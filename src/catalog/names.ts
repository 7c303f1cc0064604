import type { Call, Expr, Query } from "../syntax/ast.js"
import type { Span } from "../base/span.js"

/**
 * What `resolve` learns of one model, beside its tree: every map is keyed by the id of an AST node.
 *
 * A *binding* is one occurrence of a relation in a FROM (a model, a CTE reference, a subquery …);
 * an output column of a query is a *slot* of it.
 */
export interface Names {
  /** What stages after `resolve` read: constructs that depend on the columns in sight are written out. */
  readonly statement: Query
  /** FROM items, by id of the table-ref node (joins have none; USING columns are in `using`). */
  readonly bindings: ReadonlyMap<number, Binding>
  /** Column references, by id of the `column-ref` node. */
  readonly columns: ReadonlyMap<number, ColumnTarget>
  /** Select lists with stars written out and aliases applied, by id of the `select` node. */
  readonly outputs: ReadonlyMap<number, readonly OutputColumn[]>
  /** Output names of set operations, VALUES and queries, by node id. */
  readonly columnNames: ReadonlyMap<number, readonly string[]>
  /** `GROUP BY 1`, `GROUP BY alias`, `ORDER BY 2`, ORDER BY an output name: by id of the expression. */
  readonly outputRefs: ReadonlyMap<number, number>
  /** Columns joined by USING or NATURAL, by id of the join. */
  readonly using: ReadonlyMap<number, readonly UsingColumn[]>
  /** `GROUP BY ALL`: which output columns are the keys, by id of the select. */
  readonly groupAll: ReadonlyMap<number, readonly number[]>
  /** Struct fields that follow the column in a column reference (`t.address.city`), by its id. */
  readonly fields: ReadonlyMap<number, readonly string[]>
  /** Ids of subqueries (query nodes) with references to an enclosing query. */
  readonly correlated: ReadonlySet<number>
  /** Ids of nodes that this version refuses: whatever they hold is unknown. */
  readonly refused: ReadonlySet<number>
  /** Other relations that this model refers to, each once, in order of appearance. */
  readonly dependencies: readonly Dependency[]
}

export interface Dependency {
  readonly kind: "model" | "seed" | "source"
  readonly name: string
  readonly span: Span
}

export type Binding =
  /** `smelt.ref` or `smelt.source`. `filter` is an expression over the relation's own columns. */
  | {
      readonly kind: "relation"
      readonly name: string
      readonly relation: "model" | "seed" | "source"
      readonly alias: string
      readonly columns: readonly string[]
      /** What the relation itself calls them. */
      readonly own: readonly string[]
      readonly call: Call
      readonly filter?: Expr
      readonly inline: boolean
    }
  | {
      readonly kind: "cte"
      readonly query: Query
      readonly alias: string
      readonly columns: readonly string[]
      readonly recursive: boolean
    }
  | {
      readonly kind: "subquery"
      readonly query: Query
      readonly alias: string
      readonly columns: readonly string[]
    }
  | {
      readonly kind: "values"
      readonly alias: string
      readonly columns: readonly string[]
      readonly rows: readonly (readonly Expr[])[]
    }
  | {
      readonly kind: "table-function"
      readonly call: Call
      readonly alias: string
      readonly columns: readonly string[]
    }
  /** Not found, or broken: every column name is accepted, with an unknown type. */
  | { readonly kind: "broken"; readonly alias: string }

export type ColumnTarget =
  /** Column number `column` of the binding made by the table-ref `table`. `depth` 0: this query. */
  | {
      readonly kind: "binding"
      readonly table: number
      readonly column: number
      readonly depth: number
    }
  /** A column merged by USING or NATURAL: entry `index` of `using` of that join. */
  | {
      readonly kind: "using"
      readonly join: number
      readonly index: number
      readonly depth: number
    }
  /** A name of the same select list used in WHERE, GROUP BY, HAVING, QUALIFY or a later item. */
  | {
      readonly kind: "alias"
      readonly select: number
      readonly output: number
      readonly depth: number
    }
  /** An argument of a lambda. */
  | { readonly kind: "lambda"; readonly name: string }
  | { readonly kind: "unknown" }

export interface UsingColumn {
  readonly name: string
  readonly left: ColumnTarget
  readonly right: ColumnTarget
}

/** One column of a select list: an expression as written, or a column that a star stands for. */
export type OutputColumn =
  | { readonly kind: "expr"; readonly name: string; readonly named: boolean; readonly expr: Expr }
  | {
      readonly kind: "star"
      readonly name: string
      readonly target: ColumnTarget
      readonly star: number
    }
