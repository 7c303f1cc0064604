import type { SqlType } from "../types/type.js"

/**
 * Relational algebra over unique column ids: bags of rows, three-valued logic, the result type in
 * every operator. One arena of shared nodes for the whole DAG; a model's body that another model
 * reads is the same object in both.
 *
 * ## Column ids
 * A column id names one value of a row, whichever operator carries it:
 * - `raw.flights.delay`: a column of a stored relation (source, seed or opaque model)
 * - `raw.flights.delay#1`: the same where one block repeats the relation. Tagging a tree appends the
 *   tag to every id in it (`#1.2`: tagged 2 after 1), so ids of a block never collide
 * - `null(raw.airports.city)`: seen through an outer join, or grouping sets, that may replace it by
 *   NULL. Formed from the old id alone; the ON condition still speaks of the old one
 * - `[date_trunc('day',raw.flights.date)]`: a computed key or column; its id is its expression
 * - `sum(raw.flights.delay)~1f3a9c20`: an aggregate or window result; the suffix is a hash of the node
 *   that gave birth to it
 *
 * What the stored relation or the expression itself guarantees of an id (type, NOT NULL) holds
 * wherever the id stands.
 *
 * ## Projections
 * There is no projection node. A consumer of a model mentions the ids, or the expressions, that stand
 * behind the model's output names; `compute` exists only where an expression must have an id of its
 * own (below the nullable side of an outer join). Which columns are shown is closed at `out`, `agg`,
 * `distinct` and `set` alone (see "Demand is closed" in the architecture).
 */
export type ColumnId = string

// ------------------------------------------------------------------------------------- scalars

export type Scalar =
  | ColumnScalar
  | LiteralScalar
  | CallScalar
  | CastScalar
  | CaseScalar
  | QueryScalar
  | ParameterScalar
  | LambdaScalar
  | ArgumentScalar

interface Typed {
  readonly type: SqlType
  /** A sound upper bound. */
  readonly nullable: boolean
}

export interface ColumnScalar extends Typed {
  readonly kind: "column"
  readonly id: ColumnId
}

/** `value` is the text of the value without quotes, `null` for NULL. */
export interface LiteralScalar extends Typed {
  readonly kind: "literal"
  readonly value: string | null
}

/**
 * A function or operator of the function catalogue (src/functions), by its catalogue name, e.g.
 * `+`, `=`, `and` (n-ary), `or` (n-ary), `not`, `is-null`, `in` (first argument, then the list),
 * `like`, `between` never (two comparisons), `date_trunc`, `coalesce`.
 */
export interface CallScalar extends Typed {
  readonly kind: "call"
  /** Of a function that is another one in another run, such as `now`. */
  readonly origin?: Origin
  readonly fn: string
  readonly args: readonly Scalar[]
}

export interface CastScalar extends Typed {
  readonly kind: "cast"
  readonly arg: Scalar
  readonly try: boolean
}

/** Searched CASE; `otherwise` is a NULL literal where it was left out. */
export interface CaseScalar extends Typed {
  readonly kind: "case"
  readonly arms: readonly { readonly when: Scalar; readonly then: Scalar }[]
  readonly otherwise: Scalar
}

/**
 * A subquery in an expression. Its relation mentions ids of the enclosing one where it is correlated.
 * `exists`: true if `rel` has a row. `scalar`: the value of `column` in its one row, NULL if it has
 * none. `any`/`all`: `args[0] op column` over its rows; IN is `any` with `=`.
 */
export interface QueryScalar extends Typed {
  readonly kind: "query"
  readonly origin?: Origin
  readonly quantifier: "exists" | "scalar" | "any" | "all"
  readonly op?: string
  readonly arg?: Scalar
  readonly rel: Rel
  readonly column?: Scalar
}

/** A value bound when the statement runs, e.g. the start of a window. */
export interface ParameterScalar extends Typed {
  readonly kind: "parameter"
  readonly name: string
}

/** A function of list elements, an argument of a call; its type is that of its body. */
export interface LambdaScalar extends Typed {
  readonly kind: "lambda"
  /** How many arguments it takes. */
  readonly arity: number
  readonly body: Scalar
}

/** Argument number `index` of the lambda `depth` lambdas out from the innermost one around it, as de Bruijn counts. */
export interface ArgumentScalar extends Typed {
  readonly kind: "argument"
  readonly depth: number
  readonly index: number
}

// ------------------------------------------------------------------------------------ relations

export type Rel =
  | Scan
  | ValuesRel
  | Filter
  | JoinRel
  | OuterJoin
  | SemiJoin
  | Compute
  | Aggregate
  | DistinctRel
  | WindowRel
  | SetRel
  | SortRel
  | LimitRel
  | Tagged

/** Where a node came from, for diagnostics: a model and the id of an AST node in it. */
export interface Origin {
  readonly model: string
  readonly node: number
}

interface RelBase {
  readonly origin?: Origin
}

/** A definition: the value of `expr` under the name `id`. */
export interface Definition {
  readonly id: ColumnId
  readonly expr: Scalar
}

/** A stored relation: a source, a seed, or a model that is read as it stands in the target. */
export interface Scan extends RelBase {
  readonly kind: "scan"
  readonly relation: string
  readonly relationKind: "source" | "seed" | "model"
  /** "" or "1", "1.2" … */
  readonly tag: string
  /** All columns of the relation: `id` is `relation.name#tag`. */
  readonly columns: readonly {
    readonly id: ColumnId
    readonly name: string
    readonly type: SqlType
    readonly nullable: boolean
  }[]
}

/** Rows of constants; also `SELECT 1` without FROM: one row, no column. */
export interface ValuesRel extends RelBase {
  readonly kind: "values"
  readonly columns: readonly {
    readonly id: ColumnId
    readonly type: SqlType
    readonly nullable: boolean
  }[]
  readonly rows: readonly (readonly Scalar[])[]
}

/** Rows for which every predicate is TRUE. */
export interface Filter extends RelBase {
  readonly kind: "filter"
  readonly predicates: readonly Scalar[]
  readonly input: Rel
}

/** The cross product of its inputs, an unordered multiset; predicates stand in a filter above. */
export interface JoinRel extends RelBase {
  readonly kind: "join"
  readonly inputs: readonly Rel[]
}

/**
 * `left`: rows of `left`, matched with rows of `right` where `on` is TRUE, else padded.
 * The right side shows as `null(id)`; for `full` both sides do. A right join is a left join turned.
 */
export interface OuterJoin extends RelBase {
  readonly kind: "left" | "full"
  readonly on: readonly Scalar[]
  readonly left: Rel
  readonly right: Rel
}

/** Rows of `left` with (`anti`: without) a row of `right` for which `on` is TRUE. */
export interface SemiJoin extends RelBase {
  readonly kind: "semi" | "anti"
  readonly on: readonly Scalar[]
  readonly left: Rel
  readonly right: Rel
}

/** The input's columns and the defined ones. */
export interface Compute extends RelBase {
  readonly kind: "compute"
  readonly definitions: readonly Definition[]
  readonly input: Rel
}

/**
 * Groups by `keys`; shows the keys' ids and the aggregates' ids. No keys and no `sets`: one row,
 * always. `sets` (grouping sets) list, each, which keys it groups by; the other keys are NULL, so a
 * key that some set leaves out has an id of the form `null(…)`.
 */
export interface Aggregate extends RelBase {
  readonly kind: "agg"
  readonly keys: readonly Definition[]
  readonly aggregates: readonly AggregateDefinition[]
  readonly sets?: readonly (readonly number[])[]
  readonly input: Rel
}

export interface AggregateDefinition {
  readonly id: ColumnId
  readonly call: AggregateCall
}

/** `fn` by its catalogue name; `count` without arguments is COUNT(*). */
export interface AggregateCall extends Typed {
  readonly fn: string
  readonly args: readonly Scalar[]
  readonly distinct: boolean
  readonly filter?: Scalar
  readonly orderBy: readonly SortKey[]
}

/** Distinct rows of the defined columns; `on` (DISTINCT ON) keeps the first row by `orderBy` of each. */
export interface DistinctRel extends RelBase {
  readonly kind: "distinct"
  readonly columns: readonly Definition[]
  readonly on?: { readonly keys: readonly Scalar[]; readonly orderBy: readonly SortKey[] }
  readonly input: Rel
}

/** The input's columns and one more for each definition. */
export interface WindowRel extends RelBase {
  readonly kind: "window"
  readonly definitions: readonly WindowDefinition[]
  readonly input: Rel
}

export interface WindowDefinition {
  readonly origin?: Origin
  readonly id: ColumnId
  readonly call: WindowCall
}

export interface WindowCall extends AggregateCall {
  readonly partitionBy: readonly Scalar[]
  readonly windowOrder: readonly SortKey[]
  readonly frame?: WindowFrame
  readonly ignoreNulls: boolean
}

export interface WindowFrame {
  readonly unit: "ROWS" | "RANGE" | "GROUPS"
  readonly start: WindowBound
  readonly end: WindowBound
  readonly exclude?: "CURRENT ROW" | "GROUP" | "TIES"
}

export type WindowBound =
  | { readonly kind: "unbounded-preceding" | "current-row" | "unbounded-following" }
  | { readonly kind: "preceding" | "following"; readonly value: Scalar }

export interface SortKey {
  readonly expr: Scalar
  readonly descending: boolean
  /** smelt's own default, in both directions, is last. */
  readonly nulls: "first" | "last"
}

/** Branches agree by position with `ids`; for UNION BY NAME, `plan` has put them in order. */
export interface SetRel extends RelBase {
  readonly kind: "set"
  readonly op: "union" | "intersect" | "except"
  readonly all: boolean
  readonly columns: readonly {
    readonly id: ColumnId
    readonly type: SqlType
    readonly nullable: boolean
  }[]
  readonly branches: readonly { readonly columns: readonly Scalar[]; readonly input: Rel }[]
}

/** The same bag; the order counts only for a limit directly above. */
export interface SortRel extends RelBase {
  readonly kind: "sort"
  readonly keys: readonly SortKey[]
  readonly input: Rel
}

export interface LimitRel extends RelBase {
  readonly kind: "limit"
  readonly count?: Scalar
  readonly offset?: Scalar
  readonly input: Rel
}

/**
 * `input` with `tag` appended to every id. How a block repeats a relation that it already holds: the
 * tree below stays the one that others share.
 */
export interface Tagged extends RelBase {
  readonly kind: "tag"
  readonly tag: string
  readonly input: Rel
}

// --------------------------------------------------------------------------------------- models

/** A model's column list over its body: where demand is closed. */
export interface Out {
  readonly columns: readonly OutColumn[]
  readonly input: Rel
}

export interface OutColumn {
  readonly name: string
  readonly expr: Scalar
}

/** What `plan` makes of a model. */
export type ModelPlan =
  | { readonly kind: "planned"; readonly model: string; readonly out: Out }
  /** ir cannot say it: the model runs as its user's own tree; others read it as a stored relation. */
  | {
      readonly kind: "as-written"
      readonly model: string
      readonly construct: string
      readonly node: number
    }

export const TRUE: LiteralScalar = {
  kind: "literal",
  value: "true",
  type: { kind: "scalar", name: "BOOLEAN" },
  nullable: false,
}
