import type { Span } from "../base/span.js"

/**
 * Trees of SQL, as written. Every node has a span and an id that is dense within one parse, so that
 * what later stages learn is kept in arrays beside the tree. Trees are never changed. A part that
 * was not written is absent or undefined.
 *
 * Operators carry their SQL spelling in upper case. Names keep the spelling of the source; `quoted`
 * tells whether they were quoted. Unquoted and quoted names compare without regard to case, as in
 * DuckDB.
 */
export interface Node {
  readonly id: number
  readonly span: Span
}

export interface Name extends Node {
  readonly kind: "name"
  readonly text: string
  readonly quoted: boolean
}

// ---------------------------------------------------------------------------------- statements

/** This version parses queries only. */
export type Statement = Query

/** `WITH … body ORDER BY … LIMIT …` */
export interface Query extends Node {
  readonly kind: "query"
  readonly recursive: boolean
  readonly ctes: readonly Cte[]
  readonly body: QueryBody
  readonly orderBy: readonly OrderItem[]
  readonly limit?: Limit | undefined
}

export interface Cte extends Node {
  readonly kind: "cte"
  readonly name: Name
  readonly columns: readonly Name[]
  /** `USING KEY (a)` of a recursive one. */
  readonly usingKey?: readonly Expr[] | undefined
  readonly materialized?: boolean | undefined
  readonly query: Query
}

export type QueryBody = Select | SetOperation | Values | Query | PivotQuery | UnpivotQuery | Show

export interface SetOperation extends Node {
  readonly kind: "set-operation"
  readonly op: "UNION" | "INTERSECT" | "EXCEPT"
  readonly all: boolean
  readonly byName: boolean
  readonly left: QueryBody
  readonly right: QueryBody
}

export interface Values extends Node {
  readonly kind: "values"
  readonly rows: readonly (readonly Expr[])[]
}

export interface Select extends Node {
  readonly kind: "select"
  /** `true` for DISTINCT, a list for DISTINCT ON. */
  readonly distinct: boolean | readonly Expr[]
  readonly items: readonly SelectItem[]
  /** Comma-separated; more than one is a comma join. Empty without FROM. */
  readonly from: readonly TableRef[]
  readonly where?: Expr | undefined
  readonly groupBy?: GroupBy | undefined
  readonly having?: Expr | undefined
  readonly windows: readonly NamedWindow[]
  readonly qualify?: Expr | undefined
  readonly sample?: Sample | undefined
}

/** `PIVOT t ON a, b USING sum(x) GROUP BY c` */
export interface PivotQuery extends Node {
  readonly kind: "pivot-query"
  readonly source: TableRef
  readonly on: readonly PivotColumn[]
  readonly aggregates: readonly SelectItem[]
  readonly groupBy: readonly Name[]
}

/** `UNPIVOT t ON a, b INTO NAME n VALUE v` */
export interface UnpivotQuery extends Node {
  readonly kind: "unpivot-query"
  readonly source: TableRef
  readonly on: readonly SelectItem[]
  readonly name?: Name | undefined
  readonly values: readonly Name[]
}

/** `DESCRIBE …`, `SHOW …`, `SUMMARIZE …` of a query, a table or a setting, in parentheses. */
export interface Show extends Node {
  readonly kind: "show"
  readonly verb: "DESCRIBE" | "SHOW" | "SUMMARIZE"
  readonly query?: Query | undefined
  /** `ALL` and `ALL TABLES` are one name. */
  readonly path: readonly Name[]
  /** `SHOW TABLES FROM schema` */
  readonly from?: QualifiedName | undefined
}

export type SelectItem = SelectExpr | Star

export interface SelectExpr extends Node {
  readonly kind: "select-expr"
  readonly expr: Expr
  readonly alias?: Name | undefined
}

/** `*`, `t.*`, with EXCLUDE, REPLACE and RENAME. Also stands as an argument, in `count(*)`. */
export interface Star extends Node {
  readonly kind: "star"
  readonly qualifier?: QualifiedName | undefined
  readonly exclude: readonly QualifiedName[]
  readonly replace: readonly SelectExpr[]
  readonly rename?: readonly Rename[] | undefined
}

/** `schema.t` and `t.a` where most often one name stands: the last one, with those before it. */
export interface QualifiedName extends Name {
  readonly before?: readonly Name[] | undefined
}

export interface Rename extends Node {
  readonly kind: "rename"
  readonly column: QualifiedName
  readonly alias: Name
}

export interface GroupBy extends Node {
  readonly kind: "group-by"
  readonly all: boolean
  /** Plain expressions are in `items` as `group-expr`. */
  readonly items: readonly GroupItem[]
}

export type GroupItem =
  | (Node & { readonly kind: "group-expr"; readonly expr: Expr })
  | (Node & {
      readonly kind: "rollup" | "cube"
      readonly items: readonly (readonly Expr[])[]
    })
  | (Node & { readonly kind: "grouping-sets"; readonly items: readonly GroupItem[] })
  /** A parenthesized list inside GROUPING SETS; empty for `()`. */
  | (Node & { readonly kind: "group-list"; readonly exprs: readonly Expr[] })

/** `ORDER BY ALL` is one whose expression is a star. */
export interface OrderItem extends Node {
  readonly kind: "order-item"
  readonly expr: Expr
  /** `*` was written, and not ALL. */
  readonly star?: true | undefined
  readonly descending: boolean
  /** ASC was written; it is the default. */
  readonly ascending?: true | undefined
  /** As written; where it is left out NULLs come last. */
  readonly nulls?: "first" | "last" | undefined
}

export interface Limit extends Node {
  readonly kind: "limit"
  readonly count?: Expr | undefined
  readonly offset?: Expr | undefined
  readonly percent: boolean
}

export interface NamedWindow extends Node {
  readonly kind: "named-window"
  readonly name: Name
  readonly window: WindowSpec
}

// -------------------------------------------------------------------------------------- tables

export type TableRef =
  TableName | TableCall | Subquery | ValuesTable | Join | PivotTable | UnpivotTable | MissingTable

/** `schema.table AS alias(columns)` */
export interface TableName extends Node {
  readonly kind: "table-name"
  /** `catalog.schema.table`, one to three parts. A file's name in quotes is one, too. */
  readonly path: readonly Name[]
  readonly alias?: TableAlias | undefined
  readonly at?: TableVersion | undefined
  readonly sample?: Sample | undefined
}

/** `AT (VERSION => 3)` */
export interface TableVersion extends Node {
  readonly kind: "table-version"
  readonly unit: "VERSION" | "TIMESTAMP"
  readonly value: Expr
}

/** `TABLESAMPLE reservoir(10 ROWS) REPEATABLE (7)`, `USING SAMPLE 10%` */
export interface Sample extends Node {
  readonly kind: "sample"
  readonly count: Expr
  readonly percent: boolean
  readonly method?: Name | undefined
  readonly seed?: Literal | undefined
}

/** `smelt.ref('m')`, `smelt.source('s.t')`, `range(10)`, `unnest(…)`. */
export interface TableCall extends Node {
  readonly kind: "table-call"
  readonly call: Call
  readonly lateral: boolean
  /** `WITH ORDINALITY` */
  readonly ordinality?: true | undefined
  readonly alias?: TableAlias | undefined
  readonly sample?: Sample | undefined
}

export interface Subquery extends Node {
  readonly kind: "subquery"
  readonly query: Query
  readonly lateral: boolean
  readonly alias?: TableAlias | undefined
  readonly sample?: Sample | undefined
}

export interface ValuesTable extends Node {
  readonly kind: "values-table"
  readonly values: Values
  readonly alias?: TableAlias | undefined
  readonly sample?: Sample | undefined
}

export interface Join extends Node {
  readonly kind: "join"
  readonly type:
    "inner" | "left" | "right" | "full" | "cross" | "semi" | "anti" | "asof" | "positional"
  readonly natural: boolean
  /** What is kept of an ASOF join that is not inner. */
  readonly side?: "left" | "right" | "full" | "semi" | "anti" | undefined
  readonly left: TableRef
  readonly right: TableRef
  readonly on?: Expr | undefined
  readonly using?: readonly Name[] | undefined
  /** `(a JOIN b ON …) AS x` */
  readonly alias?: TableAlias | undefined
}

/** `t PIVOT (sum(x) FOR a IN (1, 2) b IN (3) GROUP BY c)` */
export interface PivotTable extends Node {
  readonly kind: "pivot"
  readonly source: TableRef
  readonly aggregates: readonly SelectItem[]
  readonly on: readonly PivotColumn[]
  readonly groupBy: readonly Name[]
  readonly alias?: TableAlias | undefined
}

/** One or more expressions and the values that become columns: a list, an enum's or a query's. */
export interface PivotColumn extends Node {
  readonly kind: "pivot-column"
  readonly exprs: readonly Expr[]
  readonly values?: readonly SelectItem[] | undefined
  readonly enumeration?: Name | undefined
  readonly query?: Query | undefined
}

/** `t UNPIVOT (v FOR n IN (a, b))` */
export interface UnpivotTable extends Node {
  readonly kind: "unpivot"
  readonly source: TableRef
  readonly includeNulls: boolean
  readonly values: readonly Name[]
  readonly on: readonly UnpivotColumn[]
  readonly alias?: TableAlias | undefined
}

export interface UnpivotColumn extends Node {
  readonly kind: "unpivot-column"
  readonly names: readonly Name[]
  readonly columns: readonly SelectItem[]
  /** `IN mood`: the values of an enum. */
  readonly enumeration?: Name | undefined
}

/** Stands where a table was expected; zero width. */
export interface MissingTable extends Node {
  readonly kind: "missing-table"
}

export interface TableAlias extends Node {
  readonly kind: "table-alias"
  readonly name: Name
  readonly columns: readonly Name[]
  /** `f() AS t(a INTEGER)`: the types of the columns, one each. */
  readonly types?: readonly TypeName[] | undefined
}

// --------------------------------------------------------------------------------- expressions

export type Expr =
  | ColumnRef
  | Literal
  | Unary
  | Binary
  | NaryLogic
  | Between
  | InList
  | InQuery
  | IsTest
  | Like
  | Case
  | Cast
  | Call
  | Extract
  | Exists
  | ScalarSubquery
  | Quantified
  | Interval
  | ListLiteral
  | Comprehension
  | StructLiteral
  | RowExpr
  | Index
  | Slice
  | Field
  | Lambda
  | AtTimeZone
  | Collate
  | Parameter
  | Position
  | Star
  | MissingExpr

/** `a`, `t.a`, `schema.t.a`; further parts may be struct fields (resolve decides). */
export interface ColumnRef extends Node {
  readonly kind: "column-ref"
  readonly path: readonly Name[]
}

export interface Literal extends Node {
  readonly kind: "literal"
  readonly type: "null" | "boolean" | "integer" | "decimal" | "float" | "string" | "blob" | "typed"
  /**
   * The value as text: decimal digits without underscores, the unescaped string, `true`/`false`;
   * of a blob the digits after the letter that tells their base, `x` or `b`.
   */
  readonly value: string
  /** For `DATE '…'`, `TIMESTAMP '…'`, `TIME '…'` and others: the type's name. */
  readonly typeName?: TypeName | undefined
}

export interface Unary extends Node {
  readonly kind: "unary"
  readonly op: "-" | "+" | "~" | "NOT"
  /** How the operator was written, where not so: `OPERATOR(-)`, which binds looser. */
  readonly spelling?: string | undefined
  readonly operand: Expr
}

/**
 * `+ - * / // % ^ || = <> < <= > >= & | << >> -> ->> IS DISTINCT FROM …`; `<>` also stands for `!=`
 * and `=` for `==`.
 */
export interface Binary extends Node {
  readonly kind: "binary"
  readonly op: string
  /** How the operator was written, where not so: `**` for `^`, `OPERATOR(s.+)`. */
  readonly spelling?: string | undefined
  readonly left: Expr
  readonly right: Expr
}

/** A flat chain: `a AND b AND c` is one node. Nested only where parentheses were. */
export interface NaryLogic extends Node {
  readonly kind: "logic"
  readonly op: "AND" | "OR"
  readonly operands: readonly Expr[]
}

export interface Between extends Node {
  readonly kind: "between"
  readonly not: boolean
  /** BETWEEN SYMMETRIC */
  readonly symmetric?: true | undefined
  readonly operand: Expr
  readonly low: Expr
  readonly high: Expr
}

export interface InList extends Node {
  readonly kind: "in-list"
  readonly not: boolean
  readonly operand: Expr
  readonly items: readonly Expr[]
}

export interface InQuery extends Node {
  readonly kind: "in-query"
  readonly not: boolean
  readonly operand: Expr
  readonly query: Query
}

/** `IS [NOT] NULL | TRUE | FALSE | UNKNOWN`, `IS [NOT] DISTINCT FROM` is binary. */
export interface IsTest extends Node {
  readonly kind: "is"
  readonly not: boolean
  readonly operand: Expr
  readonly test: "NULL" | "TRUE" | "FALSE" | "UNKNOWN"
}

export interface Like extends Node {
  readonly kind: "like"
  readonly op: "LIKE" | "ILIKE" | "SIMILAR TO" | "GLOB" | "~" | "~*"
  readonly not: boolean
  readonly operand: Expr
  readonly pattern: Expr
  readonly escape?: Expr | undefined
}

export interface Case extends Node {
  readonly kind: "case"
  readonly operand?: Expr | undefined
  readonly arms: readonly { readonly when: Expr; readonly then: Expr }[]
  readonly otherwise?: Expr | undefined
}

export interface Cast extends Node {
  readonly kind: "cast"
  readonly operand: Expr
  readonly type: TypeName
  readonly try: boolean
  /** `::` rather than CAST( … ). */
  readonly short: boolean
}

/** A function, an aggregate, a window function or a `smelt.*` call. */
export interface Call extends Node {
  readonly kind: "call"
  /** `["count"]`, `["smelt", "ref"]`. */
  readonly name: readonly Name[]
  readonly args: readonly Argument[]
  readonly distinct: boolean
  readonly orderBy: readonly OrderItem[]
  /** `WITHIN GROUP (ORDER BY …)` */
  readonly withinGroup: readonly OrderItem[]
  readonly filter?: Expr | undefined
  readonly nulls?: "ignore" | "respect" | undefined
  /** `EXPORT_STATE` after an aggregate. */
  readonly exportState?: true | undefined
  readonly over?: Name | WindowSpec | undefined
  /**
   * Where it is written in a way of its own: an operator before or after its operand, `MAP {k: v}`
   * (a list of keys, a list of values), `ARRAY(SELECT …)`, `TRIM(LEADING y FROM x)`,
   * `POSITION(y IN x)`, `OVERLAY(x PLACING y FROM z)`, `SUBSTRING(x FOR z)`,
   * `(a, b) OVERLAPS (c, d)`, `current_date()` with its parentheses.
   */
  readonly form?:
    | "prefix"
    | "postfix"
    | "map"
    | "array"
    | "trim"
    | "position"
    | "overlay"
    | "for"
    | "overlaps"
    | "empty"
    | undefined
}

export interface Argument extends Node {
  readonly kind: "argument"
  /** `name => value`, `name := value`; any word may name one. */
  readonly name?: Name | undefined
  readonly value: Expr
}

export interface WindowSpec extends Node {
  readonly kind: "window-spec"
  /** The window that this one extends. */
  readonly base?: Name | undefined
  readonly partitionBy: readonly Expr[]
  readonly orderBy: readonly OrderItem[]
  readonly frame?: Frame | undefined
}

export interface Frame extends Node {
  readonly kind: "frame"
  readonly unit: "ROWS" | "RANGE" | "GROUPS"
  readonly start: FrameBound
  readonly end?: FrameBound | undefined
  readonly exclude?: "CURRENT ROW" | "GROUP" | "TIES" | "NO OTHERS" | undefined
}

export interface FrameBound extends Node {
  readonly kind: "frame-bound"
  readonly type:
    "UNBOUNDED PRECEDING" | "PRECEDING" | "CURRENT ROW" | "FOLLOWING" | "UNBOUNDED FOLLOWING"
  readonly value?: Expr | undefined
}

export interface Extract extends Node {
  readonly kind: "extract"
  readonly part: Name
  readonly operand: Expr
}

export interface Exists extends Node {
  readonly kind: "exists"
  readonly query: Query
}

export interface ScalarSubquery extends Node {
  readonly kind: "scalar-subquery"
  readonly query: Query
}

/** `x > ALL (SELECT …)` */
export interface Quantified extends Node {
  readonly kind: "quantified"
  readonly op: string
  readonly quantifier: "ANY" | "ALL"
  readonly operand: Expr
  readonly query: Query
}

/** `INTERVAL '1' day`, `INTERVAL '3 days 2 hours'`, `INTERVAL 3 MONTH`, `INTERVAL (x) DAY` */
export interface Interval extends Node {
  readonly kind: "interval"
  readonly value: Expr
  /** Upper case, singular: `DAY`. */
  readonly unit?: string | undefined
}

export interface ListLiteral extends Node {
  readonly kind: "list"
  readonly items: readonly Expr[]
  /** Written `ARRAY[…]`. */
  readonly array?: true | undefined
}

/** `[x + 1 FOR x IN list IF x > 0]` */
export interface Comprehension extends Node {
  readonly kind: "comprehension"
  readonly body: Expr
  readonly params: readonly Name[]
  readonly list: Expr
  readonly filter?: Expr | undefined
}

export interface StructLiteral extends Node {
  readonly kind: "struct"
  readonly fields: readonly { readonly name: Name; readonly value: Expr }[]
}

/** `(a, b)` */
export interface RowExpr extends Node {
  readonly kind: "row"
  readonly items: readonly Expr[]
}

export interface Index extends Node {
  readonly kind: "index"
  readonly operand: Expr
  readonly index: Expr
}

export interface Slice extends Node {
  readonly kind: "slice"
  readonly operand: Expr
  readonly from?: Expr | undefined
  readonly to?: Expr | undefined
  readonly step?: Expr | undefined
}

/** `(expr).field` */
export interface Field extends Node {
  readonly kind: "field"
  readonly operand: Expr
  readonly name: Name
}

/** `lambda x, i: expr` and `x -> expr` where a lambda is meant. */
export interface Lambda extends Node {
  readonly kind: "lambda"
  readonly params: readonly Name[]
  readonly body: Expr
  /** Written `(x, i) -> expr`. */
  readonly arrow?: true | undefined
}

export interface AtTimeZone extends Node {
  readonly kind: "at-time-zone"
  readonly operand: Expr
  readonly zone: Expr
}

export interface Collate extends Node {
  readonly kind: "collate"
  readonly operand: Expr
  readonly collation: readonly Name[]
}

/** `$1`, `$name`; `?`, `short`, is the next number after those before it in the text. */
export interface Parameter extends Node {
  readonly kind: "parameter"
  readonly name: string
  readonly short?: true | undefined
}

/** `#2`: the second column of FROM. */
export interface Position extends Node {
  readonly kind: "position"
  readonly index: number
}

/** Stands where an expression was expected; zero width. */
export interface MissingExpr extends Node {
  readonly kind: "missing"
}

/** `DECIMAL(12, 2)`, `INTEGER[]`, `STRUCT(a INTEGER)`, `TIMESTAMP WITH TIME ZONE` */
export interface TypeName extends Node {
  readonly kind: "type-name"
  /** Upper case, one space between words: `TIMESTAMP WITH TIME ZONE`. */
  readonly name: string
  /** As it was written, where the name is none of SQL's own: `main.mood`. */
  readonly path?: readonly Name[] | undefined
  readonly args: readonly number[]
  /** All arguments, where some are not whole numbers: `ENUM('a', 'b')`. */
  readonly modifiers?: readonly Expr[] | undefined
  readonly fields: readonly { readonly name?: Name | undefined; readonly type: TypeName }[]
  /** Numbers of array brackets after it: `INTEGER[][]` has 2. */
  readonly dimensions: number
  /** What stands in each pair of brackets, where one of them has a size: `INTEGER[3]`. */
  readonly sizes?: readonly (number | undefined)[] | undefined
}
