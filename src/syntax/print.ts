import { unreachable } from "../base/check.js"
import type { Dialect } from "../engine/dialect.js"
import type {
  Argument,
  Call,
  Cte,
  Expr,
  Frame,
  FrameBound,
  GroupBy,
  GroupItem,
  Join,
  Limit,
  Literal,
  Name,
  NamedWindow,
  Node,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectExpr,
  SelectItem,
  Star,
  TableAlias,
  TableRef,
  Parameter,
  PivotColumn,
  PivotQuery,
  PivotTable,
  QualifiedName,
  Sample,
  Show,
  TypeName,
  UnpivotColumn,
  UnpivotQuery,
  UnpivotTable,
  Values,
  WindowSpec,
} from "./ast.js"
import {
  hasComments,
  LINE_IN_TEXT,
  settled,
  surrounded,
  unmarked,
  type Comments,
  type NodeComments,
} from "./comments.js"
import { KEYWORDS, NO_FUNCTIONS } from "./keywords.js"

export interface PrintOptions {
  readonly dialect?: Dialect
  /** Longest line wanted; Infinity prints on one line. 100 where left out. */
  readonly width?: number
  /** Printed where their nodes are, unless all is on one line. */
  readonly comments?: Comments
}

export type Printable =
  Query | QueryBody | TableRef | Expr | SelectItem | TypeName | Name | WindowSpec | OrderItem

/**
 * SQL of a tree, as a person would write it. Parentheses come from precedence, never from the source:
 * `parse(print(x))` is x, spans and ids aside.
 */
export function print(node: Printable, options: PrintOptions = {}): string {
  const { width = 100, dialect, comments } = options
  const printer = new Printer(width, dialect, width === Infinity ? undefined : comments)
  const text = printer.node(node) + printer.forgotten()
  return settled(numbered(text)).replaceAll(LINE_IN_TEXT, "\n")
}

/** Before the number of a parameter that was written `?`. */
const NEXT_PARAMETER = "\uFDD3"
const NEXT_PARAMETERS = /\uFDD3(\d+)/g

/** `?` stays where the order is that of the source, which clauses put in their usual order may change. */
function numbered(text: string): string {
  if (!text.includes(NEXT_PARAMETER)) return text
  const numbers = [...text.matchAll(NEXT_PARAMETERS)].map(([, number]) => Number(number))
  const isInOrder = numbers.every((number, i) => number === i + 1)
  return text.replace(NEXT_PARAMETERS, isInOrder ? "?" : "$$$1")
}

// How tightly operators bind, loosest first; see the parser.
const LOOSEST = 0
const ARROW = 0.5 // looser than all in DuckDB, tighter than comparisons in PostgreSQL
const OR = 1
const AND = 2
const NOT = 3
const IS = 4
const COMPARE = 5
const LIKE = 6
const OTHER = 7
const ADD = 8
const MULTIPLY = 9
const POWER = 10
const ZONE = 11
const COLLATION = 12
const SIGN = 13
const CAST = 14
const PRIMARY = 15

const BINDING: Readonly<Record<string, number>> = {
  "=": COMPARE,
  "<>": COMPARE,
  "<": COMPARE,
  "<=": COMPARE,
  ">": COMPARE,
  ">=": COMPARE,
  "+": ADD,
  "-": ADD,
  "*": MULTIPLY,
  "/": MULTIPLY,
  "//": MULTIPLY,
  "%": MULTIPLY,
  "^": POWER,
  "IS DISTINCT FROM": IS,
  "IS NOT DISTINCT FROM": IS,
}

const INDENT = "  "

class Printer {
  private readonly parameters: string[] = []
  private readonly left: Map<number, NodeComments>

  constructor(
    private readonly width: number,
    private readonly dialect: Dialect | undefined,
    private readonly comments: Comments | undefined,
  ) {
    this.left = new Map(comments)
  }

  /** `text` of a node with its comments. */
  private noted(node: Node, text: string): string {
    const comments = this.comments?.get(node.id)
    if (!comments) return text
    this.left.delete(node.id)
    return surrounded(text, comments)
  }

  /** Comments of nodes that were not printed on their own, at the end. */
  forgotten(): string {
    return [...this.left.values()]
      .flatMap(({ before, after }) => [...before, ...after])
      .map((comment) => surrounded("", { before: [], after: [{ ...comment, ownLine: true }] }))
      .join("")
  }

  node(node: Printable): string {
    switch (node.kind) {
      case "query":
        return this.query(node)
      case "select":
      case "set-operation":
      case "values":
        return this.body(node)
      case "table-name":
      case "table-call":
      case "subquery":
      case "values-table":
      case "join":
      case "missing-table":
      case "pivot":
      case "unpivot":
        return this.table(node)
      case "pivot-query":
      case "unpivot-query":
      case "show":
        return this.body(node)
      case "select-expr":
        return this.selectItem(node)
      case "type-name":
        return this.type(node)
      case "name":
        return this.name(node)
      case "window-spec":
        return this.window(node)
      case "order-item":
        return this.orderItem(node)
      default:
        return this.expr(node)
    }
  }

  // ------------------------------------------------------------------------------------ layout

  /** `head a, b, c` on one line if it fits, else an item a line. */
  private listed(head: string, items: readonly string[], separator = ","): string {
    const flat = `${head} ${items.join(`${separator} `)}`
    if (this.fits(flat)) return flat
    return `${head}\n${items.map(indent).join(`${separator}\n`)}`
  }

  private fits(text: string): boolean {
    if (this.width === Infinity) return true
    return text.length <= this.width - 10 && isOneLine(text)
  }

  private lines(parts: readonly (string | undefined)[]): string {
    const present = parts.filter((part) => part !== undefined && part !== "")
    return present.join(this.width === Infinity ? " " : "\n")
  }

  /** `(body)` on one line if it is short, else indented. */
  private wrapped(body: string): string {
    if (this.width === Infinity || (body.length <= 60 && isOneLine(body))) return `(${body})`
    return `(\n${indent(body)}\n)`
  }

  // ----------------------------------------------------------------------------------- queries

  private query(query: Query): string {
    return this.noted(query, this.wholeQuery(query))
  }

  private wholeQuery(query: Query): string {
    return this.lines([
      this.ctes(query),
      this.operand(
        query.body,
        query.orderBy.length > 0 || query.limit !== undefined || query.ctes.length > 0,
      ),
      query.orderBy.length > 0
        ? this.listed(
            "ORDER BY",
            query.orderBy.map((item) => this.orderItem(item)),
          )
        : undefined,
      query.limit ? this.limit(query.limit) : undefined,
    ])
  }

  private ctes({ ctes, recursive }: Query): string | undefined {
    if (ctes.length === 0) return undefined
    const head = recursive ? "WITH RECURSIVE" : "WITH"
    return `${head} ${ctes.map((cte) => this.cte(cte)).join(this.width === Infinity ? ", " : ",\n")}`
  }

  private cte(cte: Cte): string {
    const key = cte.usingKey ? ` USING KEY (${this.exprs(cte.usingKey)})` : ""
    const hint =
      cte.materialized === undefined ? "" : cte.materialized ? " MATERIALIZED" : " NOT MATERIALIZED"
    const body = this.query(cte.query)
    const wrapped = this.width === Infinity ? `(${body})` : `(\n${indent(body)}\n)`
    const head = `${this.name(cte.name)}${this.names(cte.columns)}${key} AS${hint}`
    return this.noted(cte, `${head} ${wrapped}`)
  }

  private body(body: QueryBody): string {
    if (body.kind === "query") return this.query(body)
    return this.noted(body, this.bareBody(body))
  }

  private bareBody(body: Exclude<QueryBody, Query>): string {
    switch (body.kind) {
      case "select":
        return this.select(body)
      case "values":
        return this.values(body)
      case "pivot-query":
        return this.pivotQuery(body)
      case "unpivot-query":
        return this.unpivotQuery(body)
      case "show":
        return this.show(body)
      case "set-operation": {
        const all = body.all ? " ALL" : ""
        const name = body.byName ? " BY NAME" : ""
        return this.lines([
          this.setOperand(body.left, body.op, false),
          `${body.op}${all}${name}`,
          this.setOperand(body.right, body.op, true),
        ])
      }
      default:
        return unreachable(body)
    }
  }

  /** INTERSECT binds tighter than UNION and EXCEPT; equals associate to the left. */
  private setOperand(body: QueryBody, op: string, right: boolean): string {
    const loose = body.kind === "set-operation" && (body.op === "INTERSECT" ? 2 : 1)
    const outer = op === "INTERSECT" ? 2 : 1
    const needed = loose !== false && (loose < outer || (right && loose === outer))
    return needed ? this.wrapped(this.body(body)) : this.operand(body, true)
  }

  /** A body that is a query of its own with clauses needs parentheses below another's clauses. */
  private operand(body: QueryBody, isInner: boolean): string {
    return body.kind === "query" && isInner ? this.wrapped(this.query(body)) : this.body(body)
  }

  private values({ rows }: Values): string {
    return this.listed(
      "VALUES",
      rows.map((row) => `(${this.exprs(row)})`),
    )
  }

  private limit({ count, offset, percent }: Limit): string {
    const limit = count
      ? `LIMIT ${this.expr(count, percent ? CAST : 0)}${percent ? "%" : ""}`
      : undefined
    return this.lines([limit, offset ? `OFFSET ${this.expr(offset)}` : undefined])
  }

  private pivotQuery({ source, on, aggregates, groupBy }: PivotQuery): string {
    return this.lines([
      `PIVOT ${this.table(source)}`,
      on.length > 0
        ? this.listed(
            "ON",
            on.map((column) => this.pivotColumn(column)),
          )
        : undefined,
      aggregates.length > 0
        ? this.listed(
            "USING",
            aggregates.map((item) => this.selectItem(item)),
          )
        : undefined,
      groupBy.length > 0 ? `GROUP BY ${this.list(groupBy)}` : undefined,
    ])
  }

  private unpivotQuery({ source, on, name, values }: UnpivotQuery): string {
    const into = name
      ? `INTO NAME ${this.name(name)} ${values.length > 1 ? "VALUES" : "VALUE"} ${this.list(values)}`
      : undefined
    return this.lines([
      `UNPIVOT ${this.table(source)}`,
      this.listed(
        "ON",
        on.map((item) => this.selectItem(item)),
      ),
      into,
    ])
  }

  private show({ verb, query, path, from }: Show): string {
    if (query) return this.lines([verb, this.query(query)])
    const [only] = path
    if (from) return `${verb} TABLES FROM ${this.qualified(from)}`
    if (path.length === 1 && only && /^ALL( TABLES)?$/.test(only.text) && !only.quoted)
      return `${verb} ${only.text}`
    return path.length === 0 ? verb : `${verb} ${this.path(path)}`
  }

  private select(select: Select): string {
    return this.lines([
      this.listed(
        `SELECT${this.distinct(select)}`,
        select.items.map((item) => this.selectItem(item)),
      ),
      this.from(select.from),
      select.where ? this.condition("WHERE", select.where) : undefined,
      select.groupBy ? this.groupBy(select.groupBy) : undefined,
      select.having ? this.condition("HAVING", select.having) : undefined,
      select.windows.length > 0
        ? this.listed(
            "WINDOW",
            select.windows.map((window) => this.namedWindow(window)),
          )
        : undefined,
      select.qualify ? this.condition("QUALIFY", select.qualify) : undefined,
      select.sample ? `USING SAMPLE ${this.sample(select.sample)}` : undefined,
    ])
  }

  /** Joins of a single item stand below FROM, a line each; several items are a list. */
  private from(items: readonly TableRef[]): string | undefined {
    const [first, ...others] = items.map((item) => this.table(item))
    if (first === undefined) return undefined
    if (others.length === 0) return `FROM ${first}`
    return this.listed("FROM", [first, ...others]).replace(/^FROM\n\s*/, "FROM ")
  }

  private distinct({ distinct }: Select): string {
    if (distinct === false) return ""
    return distinct === true ? " DISTINCT" : ` DISTINCT ON (${this.exprs(distinct)})`
  }

  private selectItem(item: SelectItem): string {
    if (item.kind === "star") return this.noted(item, this.star(item))
    const text = this.expr(item.expr)
    return this.noted(item, item.alias ? `${text} AS ${this.name(item.alias)}` : text)
  }

  /** A long chain of AND stands a condition a line. */
  private condition(word: string, expr: Expr): string {
    const flat = `${word} ${this.expr(expr)}`
    if (this.fits(flat) || expr.kind !== "logic" || expr.op !== "AND") return flat
    const [first, ...rest] = expr.operands.map((operand) => this.expr(operand, NOT))
    const lines = [`${word} ${first ?? ""}`, ...rest.map((operand) => indent(`AND ${operand}`))]
    return this.noted(expr, lines.join("\n"))
  }

  private groupBy({ all, items }: GroupBy): string {
    return all
      ? "GROUP BY ALL"
      : this.listed(
          "GROUP BY",
          items.map((item) => this.groupItem(item)),
        )
  }

  private groupItem(item: GroupItem): string {
    switch (item.kind) {
      case "group-expr":
        return this.noted(item, this.expr(item.expr))
      case "group-list":
        return `(${this.exprs(item.exprs)})`
      case "grouping-sets":
        return `GROUPING SETS (${item.items.map((set) => this.groupItem(set)).join(", ")})`
      case "rollup":
      case "cube": {
        const sets = item.items.map((exprs) =>
          exprs.length === 1 ? this.exprs(exprs) : `(${this.exprs(exprs)})`,
        )
        return `${item.kind.toUpperCase()} (${sets.join(", ")})`
      }
      default:
        return unreachable(item)
    }
  }

  private orderItem(item: OrderItem): string {
    const { expr, star, descending, ascending, nulls } = item
    const direction = descending ? " DESC" : ascending ? " ASC" : ""
    const isAll = !star && expr.kind === "star" && !expr.qualifier && expr.exclude.length === 0
    const text = `${isAll ? "ALL" : this.expr(expr)}${direction}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ""}`
    return this.noted(item, text)
  }

  private namedWindow(item: NamedWindow): string {
    return this.noted(item, `${this.name(item.name)} AS ${this.window(item.window)}`)
  }

  // ------------------------------------------------------------------------------------ tables

  private table(table: TableRef): string {
    return this.noted(table, this.bareTable(table))
  }

  private bareTable(table: TableRef): string {
    switch (table.kind) {
      case "table-name": {
        const at = table.at ? ` AT (${table.at.unit} => ${this.expr(table.at.value)})` : ""
        return this.path(table.path) + this.alias(table.alias) + at + this.tableSample(table.sample)
      }
      case "table-call": {
        const lateral = table.lateral ? "LATERAL " : ""
        const ordinality = table.ordinality ? " WITH ORDINALITY" : ""
        const after = this.alias(table.alias) + this.tableSample(table.sample)
        return lateral + this.call(table.call) + ordinality + after
      }
      case "subquery": {
        const lateral = table.lateral ? "LATERAL " : ""
        const after = this.alias(table.alias) + this.tableSample(table.sample)
        return lateral + this.wrapped(this.query(table.query)) + after
      }
      case "values-table":
        return `(${this.values(table.values)})${this.alias(table.alias)}${this.tableSample(table.sample)}`
      case "join":
        return table.alias
          ? this.wrapped(this.join(table)) + this.alias(table.alias)
          : this.join(table)
      case "pivot":
        return this.pivot(table)
      case "unpivot":
        return this.unpivot(table)
      case "missing-table":
        return ""
      default:
        return unreachable(table)
    }
  }

  /** A table that joins or pivots on its left: a join without an alias only in parentheses. */
  private joined(table: TableRef): string {
    return table.kind === "join" && !table.alias
      ? this.wrapped(this.table(table))
      : this.table(table)
  }

  private join(join: Join): string {
    const { side } = join
    const isLoose = join.right.kind === "join"
    const right =
      isLoose && !hasAlias(join.right)
        ? this.wrapped(this.table(join.right))
        : this.table(join.right)
    const type = join.type === "inner" ? "" : `${join.type.toUpperCase()} `
    const kept = side ? `${side.toUpperCase()} ` : ""
    const on = join.on ? ` ${this.condition("ON", join.on)}` : ""
    const using = join.using ? ` USING (${this.list(join.using)})` : ""
    return this.lines([
      this.table(join.left),
      `${join.natural ? "NATURAL " : ""}${type}${kept}JOIN ${right}${on}${using}`,
    ])
  }

  private pivot({ source, aggregates, on, groupBy, alias }: PivotTable): string {
    const what = aggregates.map((item) => this.selectItem(item)).join(", ")
    const columns = on.map((column) => this.pivotColumn(column)).join(" ")
    const groups = groupBy.length > 0 ? ` GROUP BY ${this.list(groupBy)}` : ""
    return `${this.joined(source)} PIVOT (${what} FOR ${columns}${groups})${this.alias(alias)}`
  }

  private pivotColumn({ exprs, values, enumeration, query }: PivotColumn): string {
    const [only] = exprs
    const head = exprs.length === 1 && only ? this.expr(only, LIKE) : `(${this.exprs(exprs)})`
    if (values) return `${head} IN (${values.map((item) => this.pivotValue(item)).join(", ")})`
    if (enumeration) return `${head} IN ${this.name(enumeration)}`
    return query ? `${head} IN ${this.wrapped(this.query(query))}` : head
  }

  /** A row among the values is one only without the word ROW. */
  private pivotValue(item: SelectItem): string {
    if (item.kind !== "select-expr" || item.expr.kind !== "row") return this.selectItem(item)
    const alias = item.alias ? ` AS ${this.name(item.alias)}` : ""
    return `(${this.exprs(item.expr.items)})${alias}`
  }

  private unpivot({ source, includeNulls, values, on, alias }: UnpivotTable): string {
    const head = values.length === 1 ? this.list(values) : `(${this.list(values)})`
    const columns = on.map((column) => this.unpivotColumn(column)).join(" ")
    const nulls = includeNulls ? " INCLUDE NULLS" : ""
    return `${this.joined(source)} UNPIVOT${nulls} (${head} FOR ${columns})${this.alias(alias)}`
  }

  private unpivotColumn({ names, columns, enumeration }: UnpivotColumn): string {
    const head = names.length === 1 ? this.list(names) : `(${this.list(names)})`
    if (enumeration) return `${head} IN ${this.name(enumeration)}`
    return `${head} IN (${columns.map((item) => this.pivotValue(item)).join(", ")})`
  }

  private tableSample(sample: Sample | undefined): string {
    return sample ? ` TABLESAMPLE ${this.sample(sample)}` : ""
  }

  private sample({ count, percent, method, seed }: Sample): string {
    const amount = `${this.expr(count)}${percent ? "%" : " ROWS"}`
    const repeatable = seed ? ` REPEATABLE (${this.expr(seed)})` : ""
    if (!method && !seed) return amount
    return `${method ? this.name(method) : ""}(${amount})${repeatable}`
  }

  private alias(alias: TableAlias | undefined): string {
    if (!alias) return ""
    const { name, columns, types } = alias
    const head = name.text === "" ? " AS " : ` AS ${this.name(name)}`
    if (!types) return head + this.names(columns)
    const typed = columns.map((column, i) => {
      const type = types[i]
      return type ? `${this.name(column)} ${this.type(type)}` : this.name(column)
    })
    return `${head}(${typed.join(", ")})`
  }

  private list(names: readonly Name[]): string {
    return names.map((name) => this.name(name)).join(", ")
  }

  private path(names: readonly Name[]): string {
    return names.map((name) => this.name(name)).join(".")
  }

  private names(names: readonly Name[]): string {
    return names.length === 0 ? "" : `(${names.map((name) => this.name(name)).join(", ")})`
  }

  // ------------------------------------------------------------------------------- expressions

  private exprs(exprs: readonly Expr[]): string {
    return exprs.map((expr) => this.expr(expr)).join(", ")
  }

  /** `expr`, in parentheses if it binds no tighter than `outer`. */
  expr(expr: Expr, outer = 0): string {
    const text = this.bare(expr)
    return this.noted(expr, bindingOf(expr) <= outer ? `(${text})` : text)
  }

  /** Before AND and IN, where PostgreSQL and DuckDB take no zone and no collation without parentheses. */
  private bounded(expr: Expr): string {
    return this.expr(expr, endsInWord(expr) ? PRIMARY : LIKE)
  }

  private bare(expr: Expr): string {
    switch (expr.kind) {
      case "column-ref":
        return expr.path.map((name) => this.name(name)).join(".")
      case "literal":
        return this.literal(expr)
      case "unary": {
        if (expr.op === "NOT") return `NOT ${this.expr(expr.operand, AND)}`
        if (expr.spelling && !this.dialect)
          return `${expr.spelling} ${this.expr(expr.operand, OTHER)}`
        const operand = this.expr(expr.operand, SIGN - 1)
        return `${expr.op}${/^[-+~!@#*]/.test(unmarked(operand)) ? " " : ""}${operand}`
      }
      case "binary":
        return this.binary(expr)
      case "logic": {
        const own = expr.op === "OR" ? OR : AND
        return expr.operands.map((operand) => this.expr(operand, own)).join(` ${expr.op} `)
      }
      case "between":
        return `${this.expr(expr.operand, LIKE)}${not(expr.not)} BETWEEN ${expr.symmetric ? "SYMMETRIC " : ""}${this.bounded(expr.low)} AND ${this.expr(expr.high, LIKE)}`
      case "in-list":
        return this.inList(expr)
      case "in-query":
        return `${this.expr(expr.operand, LIKE)}${not(expr.not)} IN ${this.wrapped(this.query(expr.query))}`
      case "is":
        return `${this.expr(expr.operand, IS)} IS${not(expr.not)} ${expr.test}`
      case "like": {
        const symbolic = expr.op === "~" || expr.op === "~*"
        const op = symbolic ? ` ${expr.not ? "!" : ""}${expr.op}` : `${not(expr.not)} ${expr.op}`
        const escape = expr.escape ? ` ESCAPE ${this.expr(expr.escape, LIKE)}` : ""
        return `${this.expr(expr.operand, symbolic ? OTHER : LIKE)}${op} ${this.expr(expr.pattern, symbolic ? OTHER : LIKE)}${escape}`
      }
      case "case": {
        const arms = expr.arms.map(
          ({ when, then }) => `WHEN ${this.expr(when)} THEN ${this.expr(then)}`,
        )
        const parts = [
          `CASE${expr.operand ? ` ${this.expr(expr.operand)}` : ""}`,
          ...arms,
          ...(expr.otherwise ? [`ELSE ${this.expr(expr.otherwise)}`] : []),
        ]
        const flat = `${parts.join(" ")} END`
        if (this.fits(flat)) return flat
        const [head, ...rest] = parts
        return [head, ...rest.map(indent), "END"].join("\n")
      }
      case "cast":
        if (expr.short && !expr.try)
          return `${this.expr(expr.operand, SIGN)}::${this.type(expr.type)}`
        return `${expr.try ? "TRY_CAST" : "CAST"}(${this.expr(expr.operand)} AS ${this.type(expr.type)})`
      case "call":
        return this.call(expr)
      case "extract":
        return `EXTRACT(${this.word(expr.part)} FROM ${this.expr(expr.operand)})`
      case "exists":
        return `EXISTS ${this.wrapped(this.query(expr.query))}`
      case "scalar-subquery":
        return this.wrapped(this.query(expr.query))
      case "quantified":
        return `${this.expr(expr.operand, COMPARE)} ${expr.op} ${expr.quantifier} ${this.wrapped(this.query(expr.query))}`
      case "interval": {
        const isBare =
          expr.value.kind === "literal" && ["integer", "string"].includes(expr.value.type)
        const value = isBare ? this.expr(expr.value) : `(${this.expr(expr.value)})`
        return `INTERVAL ${value}${expr.unit ? ` ${expr.unit}` : ""}`
      }
      case "list":
        return `${expr.array ? "ARRAY" : ""}[${this.exprs(expr.items)}]`
      case "struct":
        return `{${expr.fields.map(({ name, value }) => `${quoteText(name.text)}: ${this.expr(value)}`).join(", ")}}`
      case "row":
        return `ROW(${this.exprs(expr.items)})`
      case "index":
        return `${this.expr(expr.operand, PRIMARY - 1)}[${this.expr(expr.index)}]`
      case "slice": {
        const from = expr.from ? this.expr(expr.from) : ""
        const to = expr.to ? this.expr(expr.to) : expr.step ? "-" : ""
        const step = expr.step ? `:${this.expr(expr.step)}` : ""
        return `${this.expr(expr.operand, PRIMARY - 1)}[${from}:${to}${step}]`
      }
      case "field":
        return this.field(expr)
      case "lambda": {
        const params = this.list(expr.params)
        if (!expr.arrow) return `lambda ${params}: ${this.expr(expr.body)}`
        // Another arrow would take the first one for its left side.
        const text = this.expr(expr.body, ARROW)
        // A text after an arrow would be read as JSON's key.
        const body = /^[xb]?'/i.test(text) ? `(${text})` : text
        return `${expr.params.length === 1 ? params : `(${params})`} -> ${body}`
      }
      case "at-time-zone":
        return `${this.expr(expr.operand, ZONE - 1)} AT TIME ZONE ${this.expr(expr.zone, ZONE)}`
      case "collate":
        return `${this.expr(expr.operand, COLLATION - 1)} COLLATE ${this.path(expr.collation)}`
      case "parameter":
        return this.parameter(expr)
      case "star":
        return this.star(expr)
      case "position":
        return `#${expr.index}`
      case "comprehension": {
        const filter = expr.filter ? ` IF ${this.expr(expr.filter)}` : ""
        // Before IF no operator may stand, nor a star that IF could be the alias of.
        const list =
          expr.filter && expr.list.kind === "star"
            ? `(${this.expr(expr.list)})`
            : this.expr(expr.list, expr.filter ? CAST : 0)
        return `[${this.expr(expr.body)} FOR ${this.list(expr.params)} IN ${list}${filter}]`
      }
      case "missing":
        return ""
      default:
        return unreachable(expr)
    }
  }

  /** A query that stands alone in the list is one value of it; without the comma it would be the list itself. */
  private inList({ operand, not: negated, items }: Expr & { readonly kind: "in-list" }): string {
    const isQuery = items.length === 1 && items[0]?.kind === "scalar-subquery"
    if (isQuery && this.dialect)
      return `${this.expr(operand, COMPARE)} ${negated ? "<>" : "="} ${this.exprs(items)}`
    return `${this.expr(operand, LIKE)}${not(negated)} IN (${this.exprs(items)}${isQuery ? "," : ""})`
  }

  /** What is in brackets or a field already takes no parentheses. */
  private field({ operand, name }: Expr & { readonly kind: "field" }): string {
    const isClear =
      ["field", "index", "slice", "call", "parameter"].includes(operand.kind) &&
      !isBare(operand) &&
      !hasNoElements(operand)
    const text = isClear ? this.expr(operand, PRIMARY - 1) : `(${this.expr(operand)})`
    return `${text}.${this.name(name)}`
  }

  private binary(expr: Expr & { readonly kind: "binary" }): string {
    const { op, left, right } = expr
    const own = this.dialect ? (BINDING[op] ?? OTHER) : ownBinding(expr)
    const spelled = this.dialect ? op : (expr.spelling ?? op)
    if (isArrow(op))
      return `${this.arrowOperand(left, true)} ${op} ${this.arrowOperand(right, false)}`
    const chains = own !== COMPARE && own !== IS
    return `${this.expr(left, chains ? own - 1 : own)} ${spelled} ${this.expr(right, own)}`
  }

  /** Engines bind arrows differently, so that parentheses stand around them and what they join. */
  private arrowOperand(operand: Expr, isLeft: boolean): string {
    if (isLeft && operand.kind === "binary" && isArrow(operand.op)) return this.bare(operand)
    return this.expr(operand, operand.kind === "binary" ? PRIMARY : OTHER)
  }

  private literal(literal: Expr & { readonly kind: "literal" }): string {
    switch (literal.type) {
      case "null":
        return "NULL"
      case "boolean":
        return literal.value.toUpperCase()
      case "string":
        return quoteText(literal.value)
      case "blob":
        return literal.value.slice(0, 1) + quoteText(literal.value.slice(1))
      case "typed":
        return `${literal.typeName ? this.type(literal.typeName) : ""} ${quoteText(literal.value)}`
      default:
        return literal.value
    }
  }

  private call(call: Call): string {
    const formed = this.formed(call)
    if (formed !== undefined) return formed
    const distinct = call.distinct ? "DISTINCT " : ""
    const order = call.orderBy.length > 0 ? ` ORDER BY ${this.orderItems(call.orderBy)}` : ""
    const nulls = call.nulls ? ` ${call.nulls.toUpperCase()} NULLS` : ""
    const name = this.functionName(call.name)
    const args = call.args.map((arg) => this.argument(arg)).join(", ")
    const isWritten = call.form === "empty" && !this.dialect
    const bare = NILADIC.has(name.toLowerCase()) && call.args.length === 0 && !isWritten
    return [
      bare ? name : `${name}(${distinct}${args}${order}${nulls})`,
      call.withinGroup.length > 0
        ? ` WITHIN GROUP (ORDER BY ${this.orderItems(call.withinGroup)})`
        : "",
      call.filter ? ` FILTER (WHERE ${this.expr(call.filter)})` : "",
      call.exportState ? " EXPORT_STATE" : "",
      call.over
        ? ` OVER ${call.over.kind === "name" ? this.name(call.over) : this.window(call.over)}`
        : "",
    ].join("")
  }

  /** A call in a form of its own; undefined where the plain one says the same. */
  private formed(call: Call): string | undefined {
    const {
      name: [name],
      args,
      form,
    } = call
    const values = args.map((arg) => arg.value)
    const [first, second, third, fourth] = values
    const text = name?.text ?? ""
    if (!first) return undefined
    switch (form ?? (isPosition(call) ? "position" : undefined)) {
      case "prefix":
        return `${text}${text === "*" ? "" : " "}${this.expr(first, SIGN)}`
      case "postfix":
        return `${this.expr(first, OTHER)} ${text}`
      case "array":
        return `${text}${this.expr(first)}`
      case "map":
        if (first.kind !== "list" || second?.kind !== "list") return undefined
        return `${text} {${first.items.map((key, i) => `${this.expr(key)}: ${this.exprs(second.items.slice(i, i + 1))}`).join(", ")}}`
      case "position":
        return second && `${text}(${this.bounded(second)} IN ${this.bounded(first)})`
      case "for":
        return third && `${text}(${this.expr(first)} FOR ${this.expr(third)})`
      case "overlaps":
        return `(${this.exprs(values.slice(0, 2))}) ${text} (${this.exprs(values.slice(2))})`
      case "overlay": {
        if (!second || !third) return undefined
        const length = fourth ? ` FOR ${this.expr(fourth)}` : ""
        return `${text}(${this.expr(first)} PLACING ${this.expr(second)} FROM ${this.expr(third)}${length})`
      }
      case "trim": {
        const lower = text.toLowerCase()
        const side = lower === "ltrim" ? "LEADING " : lower === "rtrim" ? "TRAILING " : ""
        const name = side === "" ? text : "TRIM"
        if (!second || third) return `${name}(${side}FROM ${this.exprs(values)})`
        return `${name}(${side}${this.expr(second)} FROM ${this.expr(first)})`
      }
      default:
        return undefined
    }
  }

  private functionName(path: readonly Name[]): string {
    const [only] = path
    if (path.length !== 1 || !only) return path.map((name) => this.name(name)).join(".")
    const lower = only.text.toLowerCase()
    const spelled = this.dialect?.functions.get(lower) ?? only.text
    if (spelled !== only.text) return spelled
    const isWord = NO_FUNCTIONS.has(lower) || (only.quoted && !this.dialect && KEYWORDS.has(lower))
    return isWord || (only.quoted && !isPlain(spelled)) ? quoteName(spelled, this.quote) : spelled
  }

  private argument({ name, value }: Argument): string {
    const text = this.expr(value)
    // An arrow that begins an argument would be read as a lambda.
    const guarded = value.kind === "binary" && value.op === "->" ? `(${text})` : text
    return name ? `${this.word(name)} => ${guarded}` : guarded
  }

  private orderItems(items: readonly OrderItem[]): string {
    return items.map((item) => this.orderItem(item)).join(", ")
  }

  private window({ base, partitionBy, orderBy, frame }: WindowSpec): string {
    const parts = [
      base ? this.name(base) : "",
      partitionBy.length > 0 ? `PARTITION BY ${this.exprs(partitionBy)}` : "",
      orderBy.length > 0 ? `ORDER BY ${this.orderItems(orderBy)}` : "",
      frame ? this.frame(frame) : "",
    ].filter((part) => part !== "")
    const flat = `(${parts.join(" ")})`
    return this.fits(flat) ? flat : `(\n${parts.map(indent).join("\n")}\n)`
  }

  private frame({ unit, start, end, exclude }: Frame): string {
    const bounds = end
      ? `BETWEEN ${this.frameBound(start)} AND ${this.frameBound(end)}`
      : this.frameBound(start)
    return `${unit} ${bounds}${exclude ? ` EXCLUDE ${exclude}` : ""}`
  }

  private frameBound({ type, value }: FrameBound): string {
    return value ? `${this.expr(value)} ${type}` : type
  }

  private star({ qualifier, exclude, replace, rename }: Star): string {
    const head = qualifier ? `${this.qualified(qualifier)}.*` : "*"
    const without =
      exclude.length > 0
        ? ` EXCLUDE (${exclude.map((name) => this.qualified(name)).join(", ")})`
        : ""
    const replaced = (item: SelectExpr) => this.selectItem(item)
    const instead = replace.length > 0 ? ` REPLACE (${replace.map(replaced).join(", ")})` : ""
    const renamed = (rename ?? []).map(
      ({ column, alias }) => `${this.qualified(column)} AS ${this.name(alias)}`,
    )
    return `${head}${without}${instead}${renamed.length > 0 ? ` RENAME (${renamed.join(", ")})` : ""}`
  }

  private qualified(name: QualifiedName): string {
    return this.path([...(name.before ?? []), name])
  }

  private type({ name, path, args, modifiers, fields, dimensions, sizes }: TypeName): string {
    const inner = fields.map(
      (field) => `${field.name ? `${this.name(field.name)} ` : ""}${this.type(field.type)}`,
    )
    const zone = / (?:WITH|WITHOUT) TIME ZONE$/.exec(name)?.[0] ?? ""
    const head = path ? this.path(path) : name.slice(0, name.length - zone.length)
    const suffix =
      fields.length > 0
        ? `(${inner.join(", ")})`
        : modifiers
          ? `(${this.exprs(modifiers)})`
          : args.length > 0
            ? `(${args.join(", ")})`
            : ""
    const brackets = Array.from({ length: dimensions }, (_, i) => `[${sizes?.[i] ?? ""}]`)
    return head + suffix + zone + brackets.join("")
  }

  private parameter({ name, short }: Parameter): string {
    if (!this.dialect) return `${short ? NEXT_PARAMETER : "$"}${name}`
    const known = this.parameters.indexOf(name)
    const index = known >= 0 ? known : this.parameters.push(name) - 1
    return this.dialect.parameter(index + 1, name)
  }

  // ------------------------------------------------------------------------------------- names

  private get quote(): '"' | "`" {
    return this.dialect?.quote ?? '"'
  }

  private name({ text }: Name): string {
    const lower = text.toLowerCase()
    const reserved = KEYWORDS.has(lower) || this.dialect?.reserved.has(lower) === true
    return isPlain(text) && !reserved ? text : quoteName(text, this.quote)
  }

  /** A word that cannot be mistaken where it stands: a part of a date, a named argument. */
  private word({ text }: Name): string {
    return isPlain(text) ? text : quoteName(text, this.quote)
  }
}

/** Functions that are written without parentheses. */
const NILADIC = new Set([
  "current_date",
  "current_timestamp",
  "current_time",
  "localtime",
  "localtimestamp",
  "current_user",
  "session_user",
])

function bindingOf(expr: Expr): number {
  switch (expr.kind) {
    case "logic":
      return expr.op === "OR" ? OR : AND
    case "unary":
      return expr.op === "NOT" ? NOT : expr.op === "~" || expr.spelling ? OTHER : SIGN
    case "is":
      return IS
    case "binary":
      return isArrow(expr.op) ? ARROW : ownBinding(expr)
    case "quantified":
      return COMPARE
    case "between":
    case "in-list":
    case "in-query":
      return LIKE
    case "like":
      return expr.op === "~" || expr.op === "~*" ? OTHER : LIKE
    case "at-time-zone":
      return ZONE
    case "collate":
      return COLLATION
    case "cast":
      return expr.short && !expr.try ? CAST : PRIMARY
    case "lambda":
      return OR
    case "call":
      // What follows a postfix operator would be its right side.
      if (expr.form === "postfix" || expr.form === "overlaps") return LOOSEST
      if (expr.form === "prefix") return OTHER
      return hasNoElements(expr) ? CAST : PRIMARY
    case "interval":
    case "exists":
      return CAST // nothing of them is an element
    case "literal":
      if (expr.value.startsWith("-") && isNumber(expr)) return SIGN
      return expr.type === "string" ? PRIMARY : CAST
    default:
      return PRIMARY
  }
}

/** An operator with its schema is none of SQL's own. */
function ownBinding({ op, spelling }: Expr & { readonly kind: "binary" }): number {
  return spelling?.startsWith("OPERATOR") ? OTHER : (BINDING[op] ?? OTHER)
}

function isNumber({ type }: Literal): boolean {
  return type === "integer" || type === "decimal" || type === "float"
}

/** Whether a call is written as a name alone, which a dot would take for a table. */
function isBare(expr: Expr): boolean {
  if (expr.kind !== "call" || expr.args.length > 0 || expr.form === "empty") return false
  return expr.name.length === 1 && NILADIC.has(expr.name[0]?.text.toLowerCase() ?? "")
}

/** Whether a zone or a collation is an operand outside of parentheses. */
function endsInWord(expr: Expr): boolean {
  switch (expr.kind) {
    case "at-time-zone":
    case "collate":
      return true
    case "binary":
      return endsInWord(expr.left) || endsInWord(expr.right)
    case "unary":
    case "cast":
      return endsInWord(expr.operand)
    case "like":
      return endsInWord(expr.operand) || endsInWord(expr.pattern)
    default:
      return false
  }
}

/** COLUMNS, UNPACK and GROUPING are no functions, whose values have elements. */
function hasNoElements(expr: Expr): boolean {
  return (
    expr.kind === "call" &&
    /^(columns|unpack|grouping|grouping_id)$/i.test(expr.name.at(-1)?.text ?? "")
  )
}

/** `position(x, y)` is `POSITION(y IN x)` only: no engine has the plain call. */
function isPosition({ name: [name, ...others], args }: Call): boolean {
  const isPlain = name?.quoted === false && others.length === 0
  return isPlain && name.text.toLowerCase() === "position" && args.length === 2
}

function isArrow(op: string): boolean {
  return op === "->" || op === "->>"
}

function hasAlias(table: TableRef): boolean {
  return table.kind === "join" && table.alias !== undefined
}

function isOneLine(text: string): boolean {
  return !text.includes("\n") && !hasComments(text)
}

function not(negated: boolean): string {
  return negated ? " NOT" : ""
}

function indent(text: string): string {
  return text.replace(/^/gm, INDENT)
}

function isPlain(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}

function quoteName(text: string, quote: string): string {
  return quote + text.replaceAll(quote, quote + quote).replaceAll("\n", LINE_IN_TEXT) + quote
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll("\n", LINE_IN_TEXT)}'`
}
