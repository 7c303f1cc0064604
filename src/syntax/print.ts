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
  Name,
  NamedWindow,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SelectExpr,
  SelectItem,
  Star,
  TableAlias,
  TableRef,
  TypeName,
  Values,
  WindowSpec,
} from "./ast.js"
import { KEYWORDS } from "./keywords.js"

export interface PrintOptions {
  readonly dialect?: Dialect
  /** Longest line wanted; Infinity prints on one line. 100 where left out. */
  readonly width?: number
}

export type Printable =
  Query | QueryBody | TableRef | Expr | SelectItem | TypeName | Name | WindowSpec | OrderItem

/**
 * SQL of a tree, as a person would write it. Parentheses come from precedence, never from the source:
 * `parse(print(x))` is x, spans and ids aside.
 */
export function print(node: Printable, options: PrintOptions = {}): string {
  const printer = new Printer(options.width ?? 100, options.dialect)
  return printer.node(node).replaceAll(LINE_IN_TEXT, "\n")
}

/** Stands for a line break inside a literal, so that indenting a subquery does not reach into it. */
const LINE_IN_TEXT = "\uFFFF"

// How tightly operators bind, loosest first; see the parser.
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
const SIGN = 12
const PRIMARY = 14

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

  constructor(
    private readonly width: number,
    private readonly dialect: Dialect | undefined,
  ) {}

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
    return this.width === Infinity || (text.length <= this.width - 10 && !text.includes("\n"))
  }

  private lines(parts: readonly (string | undefined)[]): string {
    const present = parts.filter((part) => part !== undefined && part !== "")
    return present.join(this.width === Infinity ? " " : "\n")
  }

  /** `(body)` on one line if it is short, else indented. */
  private wrapped(body: string): string {
    if (this.width === Infinity || (body.length <= 60 && !body.includes("\n"))) return `(${body})`
    return `(\n${indent(body)}\n)`
  }

  // ----------------------------------------------------------------------------------- queries

  private query(query: Query): string {
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
    const hint =
      cte.materialized === undefined ? "" : cte.materialized ? " MATERIALIZED" : " NOT MATERIALIZED"
    const body = this.query(cte.query)
    const wrapped = this.width === Infinity ? `(${body})` : `(\n${indent(body)}\n)`
    return `${this.name(cte.name)}${this.names(cte.columns)} AS${hint} ${wrapped}`
  }

  private body(body: QueryBody): string {
    switch (body.kind) {
      case "select":
        return this.select(body)
      case "values":
        return this.values(body)
      case "query":
        return this.query(body)
      case "pivot-query":
      case "unpivot-query":
      case "show":
        return ""
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
    const limit = count ? `LIMIT ${this.expr(count)}${percent ? "%" : ""}` : undefined
    return this.lines([limit, offset ? `OFFSET ${this.expr(offset)}` : undefined])
  }

  private select(select: Select): string {
    return this.lines([
      this.listed(
        `SELECT${this.distinct(select)}`,
        select.items.map((item) => this.selectItem(item)),
      ),
      select.from.length > 0
        ? this.listed(
            "FROM",
            select.from.map((item) => this.table(item)),
          ).replace(/^FROM\n\s*/, "FROM ")
        : undefined,
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
    ])
  }

  private distinct({ distinct }: Select): string {
    if (distinct === false) return ""
    return distinct === true ? " DISTINCT" : ` DISTINCT ON (${this.exprs(distinct)})`
  }

  private selectItem(item: SelectItem): string {
    if (item.kind === "star") return this.star(item)
    return item.alias ? `${this.expr(item.expr)} AS ${this.name(item.alias)}` : this.expr(item.expr)
  }

  /** A long chain of AND stands a condition a line. */
  private condition(word: string, expr: Expr): string {
    const flat = `${word} ${this.expr(expr)}`
    if (this.fits(flat) || expr.kind !== "logic" || expr.op !== "AND") return flat
    const [first, ...rest] = expr.operands.map((operand) => this.expr(operand, NOT))
    return [`${word} ${first ?? ""}`, ...rest.map((operand) => indent(`AND ${operand}`))].join("\n")
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
        return this.expr(item.expr)
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

  private orderItem({ expr, descending, ascending, nulls }: OrderItem): string {
    const direction = descending ? " DESC" : ascending ? " ASC" : ""
    return `${this.expr(expr)}${direction}${nulls ? ` NULLS ${nulls.toUpperCase()}` : ""}`
  }

  private namedWindow({ name, window }: NamedWindow): string {
    return `${this.name(name)} AS ${this.window(window)}`
  }

  // ------------------------------------------------------------------------------------ tables

  private table(table: TableRef): string {
    switch (table.kind) {
      case "table-name":
        return `${table.path.map((name) => this.name(name)).join(".")}${this.alias(table.alias)}`
      case "table-call":
        return `${table.lateral ? "LATERAL " : ""}${this.call(table.call)}${this.alias(table.alias)}`
      case "subquery":
        return `${table.lateral ? "LATERAL " : ""}${this.wrapped(this.query(table.query))}${this.alias(table.alias)}`
      case "values-table":
        return `(${this.values(table.values)})${this.alias(table.alias)}`
      case "join":
        return this.join(table)
      case "pivot":
      case "unpivot":
      case "missing-table":
        return ""
      default:
        return unreachable(table)
    }
  }

  private join(join: Join): string {
    const right =
      join.right.kind === "join" ? this.wrapped(this.table(join.right)) : this.table(join.right)
    const type = join.type === "inner" ? "" : `${join.type.toUpperCase()} `
    const on = join.on ? ` ${this.condition("ON", join.on)}` : ""
    const using = join.using
      ? ` USING (${join.using.map((name) => this.name(name)).join(", ")})`
      : ""
    return this.lines([
      this.table(join.left),
      `${join.natural ? "NATURAL " : ""}${type}JOIN ${right}${on}${using}`,
    ])
  }

  private alias(alias: TableAlias | undefined): string {
    return alias ? ` AS ${this.name(alias.name)}${this.names(alias.columns)}` : ""
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
    return bindingOf(expr) <= outer ? `(${text})` : text
  }

  private bare(expr: Expr): string {
    switch (expr.kind) {
      case "column-ref":
        return expr.path.map((name) => this.name(name)).join(".")
      case "literal":
        return this.literal(expr)
      case "unary": {
        if (expr.op === "NOT") return `NOT ${this.expr(expr.operand, AND)}`
        const operand = this.expr(expr.operand, SIGN - 1)
        return `${expr.op}${/^[-+]/.test(operand) ? " " : ""}${operand}`
      }
      case "binary":
        return this.binary(expr)
      case "logic": {
        const own = expr.op === "OR" ? OR : AND
        return expr.operands.map((operand) => this.expr(operand, own)).join(` ${expr.op} `)
      }
      case "between":
        return `${this.expr(expr.operand, LIKE)}${not(expr.not)} BETWEEN ${this.expr(expr.low, LIKE)} AND ${this.expr(expr.high, LIKE)}`
      case "in-list":
        return `${this.expr(expr.operand, LIKE)}${not(expr.not)} IN (${this.exprs(expr.items)})`
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
          return `${this.expr(expr.operand, PRIMARY - 1)}::${this.type(expr.type)}`
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
        const value =
          expr.value.kind === "literal" ? this.expr(expr.value) : `(${this.expr(expr.value)})`
        return `INTERVAL ${value}${expr.unit ? ` ${expr.unit}` : ""}`
      }
      case "list":
        return `[${this.exprs(expr.items)}]`
      case "struct":
        return `{${expr.fields.map(({ name, value }) => `${quoteText(name.text)}: ${this.expr(value)}`).join(", ")}}`
      case "row":
        return `ROW(${this.exprs(expr.items)})`
      case "index":
        return `${this.expr(expr.operand, PRIMARY - 1)}[${this.expr(expr.index)}]`
      case "slice": {
        const [from, to] = [expr.from, expr.to].map((end) => (end ? this.expr(end) : ""))
        return `${this.expr(expr.operand, PRIMARY - 1)}[${from ?? ""}:${to ?? ""}]`
      }
      case "field":
        return `(${this.expr(expr.operand)}).${this.name(expr.name)}`
      case "lambda":
        return `lambda ${expr.params.map((name) => this.name(name)).join(", ")}: ${this.expr(expr.body)}`
      case "at-time-zone":
        return `${this.expr(expr.operand, ZONE - 1)} AT TIME ZONE ${this.expr(expr.zone, ZONE)}`
      case "collate":
        return `${this.expr(expr.operand, PRIMARY - 1)} COLLATE ${expr.collation.map((name) => this.name(name)).join(".")}`
      case "parameter":
        return this.parameter(expr.name)
      case "star":
        return this.star(expr)
      case "position":
      case "comprehension":
      case "missing":
        return ""
      default:
        return unreachable(expr)
    }
  }

  private binary({ op, left, right }: Expr & { readonly kind: "binary" }): string {
    const own = BINDING[op] ?? OTHER
    const chains = own !== COMPARE && own !== IS
    const isArrow = op === "->" || op === "->>"
    const inner = (operand: Expr, outer: number) => {
      const text = this.expr(operand, outer)
      return isArrow && operand.kind === "binary" && !text.startsWith("(") && operand.op !== op
        ? `(${text})`
        : text
    }
    return `${inner(left, chains ? own - 1 : own)} ${op} ${inner(right, own)}`
  }

  private literal(literal: Expr & { readonly kind: "literal" }): string {
    switch (literal.type) {
      case "null":
        return "NULL"
      case "boolean":
        return literal.value.toUpperCase()
      case "string":
      case "blob":
        return quoteText(literal.value)
      case "typed":
        return `${literal.typeName ? this.type(literal.typeName) : ""} ${quoteText(literal.value)}`
      default:
        return literal.value
    }
  }

  private call(call: Call): string {
    const distinct = call.distinct ? "DISTINCT " : ""
    const order = call.orderBy.length > 0 ? ` ORDER BY ${this.orderItems(call.orderBy)}` : ""
    const nulls = call.nulls ? ` ${call.nulls.toUpperCase()} NULLS` : ""
    const name = this.functionName(call.name)
    const args = call.args.map((arg) => this.argument(arg)).join(", ")
    const bare = NILADIC.has(name.toLowerCase()) && call.args.length === 0
    return [
      bare ? name : `${name}(${distinct}${args}${order}${nulls})`,
      call.withinGroup.length > 0
        ? ` WITHIN GROUP (ORDER BY ${this.orderItems(call.withinGroup)})`
        : "",
      call.filter ? ` FILTER (WHERE ${this.expr(call.filter)})` : "",
      call.over
        ? ` OVER ${call.over.kind === "name" ? this.name(call.over) : this.window(call.over)}`
        : "",
    ].join("")
  }

  private functionName(path: readonly Name[]): string {
    const [only] = path
    if (path.length !== 1 || !only) return path.map((name) => this.name(name)).join(".")
    const spelled = this.dialect?.functions.get(only.text.toLowerCase()) ?? only.text
    return only.quoted && !isPlain(spelled) ? quoteName(spelled, this.quote) : spelled
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

  private star({ qualifier, exclude, replace }: Star): string {
    const head = qualifier ? `${this.name(qualifier)}.*` : "*"
    const without =
      exclude.length > 0 ? ` EXCLUDE (${exclude.map((name) => this.name(name)).join(", ")})` : ""
    const replaced = (item: SelectExpr) => this.selectItem(item)
    const instead = replace.length > 0 ? ` REPLACE (${replace.map(replaced).join(", ")})` : ""
    return `${head}${without}${instead}`
  }

  private type({ name, args, fields, dimensions }: TypeName): string {
    const inner = fields.map(
      (field) => `${field.name ? `${this.name(field.name)} ` : ""}${this.type(field.type)}`,
    )
    const suffix =
      fields.length > 0 ? `(${inner.join(", ")})` : args.length > 0 ? `(${args.join(", ")})` : ""
    const zone = / (?:WITH|WITHOUT) TIME ZONE$/.exec(name)?.[0] ?? ""
    return `${name.slice(0, name.length - zone.length)}${suffix}${zone}${"[]".repeat(dimensions)}`
  }

  private parameter(name: string): string {
    if (!this.dialect) return name === "?" ? "?" : `$${name}`
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
])

function bindingOf(expr: Expr): number {
  switch (expr.kind) {
    case "logic":
      return expr.op === "OR" ? OR : AND
    case "unary":
      return expr.op === "NOT" ? NOT : SIGN
    case "is":
      return IS
    case "binary":
      return BINDING[expr.op] ?? OTHER
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
    case "lambda":
      return OR
    default:
      return PRIMARY
  }
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
