import type {
  Argument,
  Call,
  Case,
  Expr,
  Frame,
  FrameBound,
  Literal,
  MissingExpr,
  Name,
  OrderItem,
  Query,
  SelectExpr,
  Star,
  WindowSpec,
} from "../syntax/ast.js"
import { END, NUMBER, OPERATOR, PARAMETER, QUOTED, STRING, WORD } from "./lexer.js"
import { TypeParser } from "./types.js"
import { RESERVED, UNITS, words, type Spelling } from "./words.js"

// Binding powers, loosest first. Comparisons do not chain.
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

const BINARY: Readonly<Record<string, number>> = {
  "=": COMPARE,
  "==": COMPARE,
  "<>": COMPARE,
  "!=": COMPARE,
  "<": COMPARE,
  "<=": COMPARE,
  ">": COMPARE,
  ">=": COMPARE,
  "||": OTHER,
  "->": OTHER,
  "->>": OTHER,
  "&": OTHER,
  "|": OTHER,
  "<<": OTHER,
  ">>": OTHER,
  "@>": OTHER,
  "<@": OTHER,
  "&&": OTHER,
  "^@": OTHER,
  "+": ADD,
  "-": ADD,
  "*": MULTIPLY,
  "/": MULTIPLY,
  "//": MULTIPLY,
  "%": MULTIPLY,
  "^": POWER,
  "**": POWER,
}

const PATTERN_OPS: Readonly<Record<string, readonly ["LIKE" | "ILIKE" | "~" | "~*", boolean]>> = {
  "~~": ["LIKE", false],
  "!~~": ["LIKE", true],
  "~~*": ["ILIKE", false],
  "~": ["~", false],
  "!~": ["~", true],
  "~*": ["~*", false],
  "!~*": ["~*", true],
}

const SPELLING: Readonly<Record<string, string>> = { "==": "=", "!=": "<>", "**": "^" }

/** Types that a string literal may follow: `DATE '2024-01-31'`. */
const TYPED_LITERALS: ReadonlySet<Spelling> = new Set(
  words(`
    DATE TIME TIMESTAMP TIMESTAMPTZ DATETIME TIMETZ UUID JSON BLOB BYTEA INTEGER BIGINT HUGEINT
    DOUBLE FLOAT DECIMAL BOOLEAN VARCHAR
  `),
)

/** Expressions by precedence climbing, as PostgreSQL binds them. */
export abstract class ExprParser extends TypeParser {
  protected abstract query(): Query
  protected abstract atQuery(): boolean

  expr(power = 0): Expr {
    if (this.isTooDeep()) return this.missing()
    this.depth++
    const expr = this.climb(power)
    this.depth--
    return expr
  }

  private climb(power: number): Expr {
    const start = this.start
    let left = this.prefix()
    for (;;) {
      const next = this.infix(left, power, start)
      if (next === undefined) return left
      left = next
    }
  }

  protected missing(): MissingExpr {
    return { kind: "missing", id: this.id(), span: { start: this.before, end: this.before } }
  }

  // -------------------------------------------------------------------------------------- infix

  private infix(left: Expr, power: number, start: number): Expr | undefined {
    if (this.kind === OPERATOR) return this.infixOperator(left, power, start)
    switch (this.text) {
      case "":
        return undefined
      case "OR":
        return power < OR ? this.logic("OR", OR, left, start) : undefined
      case "AND":
        return power < AND ? this.logic("AND", AND, left, start) : undefined
      case "IS":
      case "ISNULL":
      case "NOTNULL":
        return power < IS ? this.isTest(left, start) : undefined
      case "NOT":
        return power < LIKE &&
          this.kindAt(1) === WORD &&
          ["IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR", "GLOB"].includes(this.textAt(1))
          ? (this.at++, this.membership(left, true, start))
          : undefined
      case "IN":
      case "LIKE":
      case "ILIKE":
      case "BETWEEN":
      case "SIMILAR":
      case "GLOB":
        return power < LIKE ? this.membership(left, false, start) : undefined
      case "AT":
        if (power >= ZONE || !this.isWordAt(1, "TIME") || !this.isWordAt(2, "ZONE"))
          return undefined
        this.at += 3
        return {
          kind: "at-time-zone",
          operand: left,
          zone: this.expr(ZONE),
          id: this.id(),
          span: this.span(start),
        }
      case "COLLATE": {
        this.at++
        const collation = [this.anyName("a collation")]
        while (this.acceptOp(".")) collation.push(this.anyName("a collation"))
        return { kind: "collate", operand: left, collation, id: this.id(), span: this.span(start) }
      }
      default:
        return undefined
    }
  }

  private infixOperator(left: Expr, power: number, start: number): Expr | undefined {
    const op = this.text
    if (op === "," || op === ")") return undefined // most operands end here
    if (op === "::") {
      this.at++
      const type = this.typeName()
      return {
        kind: "cast",
        operand: left,
        type,
        try: false,
        short: true,
        id: this.id(),
        span: this.span(start),
      }
    }
    if (op === "[") return this.subscript(left, start)
    if (op === "." && this.startsField(left)) {
      this.at++
      const name = this.anyName("a field")
      return { kind: "field", operand: left, name, id: this.id(), span: this.span(start) }
    }
    const pattern = PATTERN_OPS[op]
    if (pattern) {
      if (power >= OTHER) return undefined
      this.at++
      const [spelled, not] = pattern
      return {
        kind: "like",
        op: spelled,
        not,
        operand: left,
        pattern: this.expr(OTHER),
        id: this.id(),
        span: this.span(start),
      }
    }
    const binding = BINARY[op]
    if (binding === undefined || power >= binding) return undefined
    this.at++
    const quantified =
      binding === COMPARE ? this.quantified(left, SPELLING[op] ?? op, start) : undefined
    if (quantified) return quantified
    const right = this.expr(binding)
    return {
      kind: "binary",
      op: SPELLING[op] ?? op,
      left,
      right,
      id: this.id(),
      span: this.span(start),
    }
  }

  private startsField(left: Expr): boolean {
    return left.kind !== "column-ref" && left.kind !== "literal" && this.kindAt(1) !== END
  }

  private logic(op: "AND" | "OR", power: number, left: Expr, start: number): Expr {
    const operands = [left]
    while (this.acceptWord(op)) operands.push(this.expr(power))
    return { kind: "logic", op, operands, id: this.id(), span: this.span(start) }
  }

  private isTest(operand: Expr, start: number): Expr {
    const word = this.text
    this.at++
    if (word !== "IS")
      return {
        kind: "is",
        not: word === "NOTNULL",
        operand,
        test: "NULL",
        id: this.id(),
        span: this.span(start),
      }
    const not = this.acceptWord("NOT")
    for (const test of ["NULL", "TRUE", "FALSE", "UNKNOWN"] as const)
      if (this.acceptWord(test))
        return { kind: "is", not, operand, test, id: this.id(), span: this.span(start) }
    if (this.isWord("DISTINCT") && this.isWordAt(1, "FROM")) {
      this.at += 2
      const op = not ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM"
      return {
        kind: "binary",
        op,
        left: operand,
        right: this.expr(COMPARE),
        id: this.id(),
        span: this.span(start),
      }
    }
    this.expected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
    return { kind: "is", not, operand, test: "NULL", id: this.id(), span: this.span(start) }
  }

  private membership(operand: Expr, not: boolean, start: number): Expr {
    const word = this.text
    this.at++
    if (word === "IN") return this.inside(operand, not, start)
    if (word === "BETWEEN") {
      const low = this.expr(LIKE)
      this.expectWord("AND")
      return {
        kind: "between",
        not,
        operand,
        low,
        high: this.expr(LIKE),
        id: this.id(),
        span: this.span(start),
      }
    }
    if (word === "SIMILAR") this.expectWord("TO")
    const op = word === "SIMILAR" ? "SIMILAR TO" : (word as "LIKE" | "ILIKE" | "GLOB")
    const pattern = this.expr(LIKE)
    const escape = this.acceptWord("ESCAPE") ? this.expr(LIKE) : undefined
    return {
      kind: "like",
      op,
      not,
      operand,
      pattern,
      escape,
      id: this.id(),
      span: this.span(start),
    }
  }

  private inside(operand: Expr, not: boolean, start: number): Expr {
    if (!this.isOp("(")) {
      const item = this.expr(LIKE)
      return { kind: "in-list", not, operand, items: [item], id: this.id(), span: this.span(start) }
    }
    this.at++
    if (this.atQuery()) {
      const query = this.query()
      this.close(")")
      return { kind: "in-query", not, operand, query, id: this.id(), span: this.span(start) }
    }
    const items = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return { kind: "in-list", not, operand, items, id: this.id(), span: this.span(start) }
  }

  private quantified(operand: Expr, op: string, start: number): Expr | undefined {
    const quantifier = this.isWord("ALL")
      ? "ALL"
      : this.isWord("ANY") || this.isWord("SOME")
        ? "ANY"
        : undefined
    if (quantifier === undefined || !this.isOpAt(1, "(")) return undefined
    this.at += 2
    if (!this.atQuery()) {
      const list = this.expr()
      this.close(")")
      return this.plainCall(quantifier.toLowerCase(), [operand, list], start)
    }
    const query = this.query()
    this.close(")")
    return {
      kind: "quantified",
      op,
      quantifier,
      operand,
      query,
      id: this.id(),
      span: this.span(start),
    }
  }

  private subscript(operand: Expr, start: number): Expr {
    this.at++
    const from = this.isOp(":") ? undefined : this.expr()
    if (from !== undefined && !this.isOp(":")) {
      this.close("]")
      return { kind: "index", operand, index: from, id: this.id(), span: this.span(start) }
    }
    this.acceptOp(":")
    const to = this.isOp("]") ? undefined : this.expr()
    this.close("]")
    return {
      kind: "slice",
      operand,
      from,
      to,
      id: this.id(),
      span: this.span(start),
    }
  }

  // ------------------------------------------------------------------------------------- prefix

  private prefix(): Expr {
    const start = this.start
    switch (this.kind) {
      case NUMBER:
        return this.number(start)
      case STRING:
        return this.literal("string", start)
      case PARAMETER: {
        const name = this.value()
        this.at++
        return { kind: "parameter", name, id: this.id(), span: this.span(start) }
      }
      case QUOTED:
        return this.nameOrCall(start)
      case WORD:
        return this.word(start)
      case OPERATOR:
        return this.prefixOperator(start)
      default:
        this.expected("an expression")
        return this.missing()
    }
  }

  private prefixOperator(start: number): Expr {
    const op = this.text
    switch (op) {
      case "-":
      case "+":
      case "~":
        this.at++
        return {
          kind: "unary",
          op,
          operand: this.expr(SIGN),
          id: this.id(),
          span: this.span(start),
        }
      case "(":
        return this.parenthesized(start)
      case "[":
        return this.listLiteral(start)
      case "{":
        return this.structLiteral(start)
      case "*":
        return this.star(start)
      default:
        this.expected("an expression")
        return this.missing()
    }
  }

  private parenthesized(start: number): Expr {
    this.at++
    if (this.atQuery()) {
      const query = this.query()
      this.close(")")
      return { kind: "scalar-subquery", query, id: this.id(), span: this.span(start) }
    }
    if (this.acceptOp(")")) return { kind: "row", items: [], id: this.id(), span: this.span(start) }
    const items = this.commaList(() => this.expr())
    const comma = this.isOpAt(-1, ",")
    this.close(")")
    const [only] = items
    if (items.length === 1 && only && !comma) return only
    return { kind: "row", items, id: this.id(), span: this.span(start) }
  }

  private listLiteral(start: number): Expr {
    this.at++
    const items = this.isOp("]") ? [] : this.commaList(() => this.expr())
    this.close("]")
    return { kind: "list", items, id: this.id(), span: this.span(start) }
  }

  private structLiteral(start: number): Expr {
    this.at++
    const fields = this.isOp("}")
      ? []
      : this.commaList(() => {
          const at = this.start
          const name: Name =
            this.kind === STRING
              ? {
                  kind: "name",
                  text: this.value(),
                  quoted: true,
                  id: this.id(),
                  span: (this.at++, this.span(at)),
                }
              : this.anyName("a field")
          this.expectOp(":")
          return { name, value: this.expr() }
        })
    this.close("}")
    return { kind: "struct", fields, id: this.id(), span: this.span(start) }
  }

  private number(start: number): Expr {
    const text = this.value()
    this.at++
    const type =
      /[eE]/.test(text) && !/^0[xX]/.test(text)
        ? "float"
        : text.includes(".")
          ? "decimal"
          : "integer"
    return { kind: "literal", type, value: text, id: this.id(), span: this.span(start) }
  }

  private literal(type: Literal["type"], start: number, value = this.value()): Literal {
    this.at++
    return { kind: "literal", type, value, id: this.id(), span: this.span(start) }
  }

  private word(start: number): Expr {
    switch (this.text) {
      case "":
        return this.nameOrCall(start)
      case "NULL":
        return this.literal("null", start, "null")
      case "TRUE":
        return this.literal("boolean", start, "true")
      case "FALSE":
        return this.literal("boolean", start, "false")
      case "NOT":
        this.at++
        if (this.isWord("EXISTS")) {
          const exists = this.expr(NOT)
          return {
            kind: "unary",
            op: "NOT",
            operand: exists,
            id: this.id(),
            span: this.span(start),
          }
        }
        return {
          kind: "unary",
          op: "NOT",
          operand: this.expr(NOT),
          id: this.id(),
          span: this.span(start),
        }
      case "CASE":
        return this.caseExpr(start)
      case "EXISTS":
        if (this.isOpAt(1, "(")) {
          this.at += 2
          const query = this.query()
          this.close(")")
          return { kind: "exists", query, id: this.id(), span: this.span(start) }
        }
        break
      case "CAST":
      case "TRY_CAST":
        if (this.isOpAt(1, "(")) return this.cast(start)
        break
      case "EXTRACT":
        if (this.isOpAt(1, "(")) return this.extract(start)
        break
      case "INTERVAL":
        if (this.startsInterval()) return this.interval(start)
        break
      case "ARRAY":
        if (this.isOpAt(1, "[")) {
          this.at++
          return this.listLiteral(start)
        }
        break
      case "MAP":
        if (this.isOpAt(1, "{")) return this.mapLiteral(start)
        break
      case "ROW":
        if (this.isOpAt(1, "(")) {
          this.at++
          return this.row(start)
        }
        break
      case "SUBSTRING":
        if (this.isOpAt(1, "(")) return this.substring(start)
        break
      case "POSITION":
        if (this.isOpAt(1, "(")) return this.position(start)
        break
      case "TRIM":
        if (this.isOpAt(1, "(")) return this.trim(start)
        break
      case "LAMBDA":
        if (this.kindAt(1) === WORD && (this.isOpAt(2, ":") || this.isOpAt(2, ",")))
          return this.lambda(start)
        break
      case "CURRENT_DATE":
      case "CURRENT_TIMESTAMP":
      case "CURRENT_TIME":
      case "LOCALTIMESTAMP":
      case "LOCALTIME":
        if (!this.isOpAt(1, "(") && !this.isOpAt(1, ".")) {
          const name = this.takeName()
          return this.callOf([{ ...name, text: name.text.toLowerCase() }], [], start)
        }
        break
      default:
        if (TYPED_LITERALS.has(this.text)) {
          const typed = this.typedLiteral(start)
          if (typed) return typed
        }
    }
    const callable = this.isOpAt(1, "(") && ["LEFT", "RIGHT", "ANY", "ALL"].includes(this.text)
    if (RESERVED.has(this.text) && !callable) {
      this.expected("an expression")
      return this.missing()
    }
    return this.nameOrCall(start)
  }

  private typedLiteral(start: number): Expr | undefined {
    const mark = this.at
    const isPlain = this.kindAt(1) === STRING
    const isZoned = this.isWordAt(1, "WITH") || this.isWordAt(1, "WITHOUT")
    if (!isPlain && !(isZoned && this.kindAt(4) === STRING)) return undefined
    const typeName = this.typeName()
    if (this.kind !== STRING) {
      this.at = mark
      return undefined
    }
    const value = this.value()
    this.at++
    return {
      kind: "literal",
      type: "typed",
      value,
      typeName,
      id: this.id(),
      span: this.span(start),
    }
  }

  private caseExpr(start: number): Case {
    this.at++
    const operand = this.isWord("WHEN") ? undefined : this.expr()
    const arms: { when: Expr; then: Expr }[] = []
    while (this.acceptWord("WHEN")) {
      const when = this.expr()
      this.expectWord("THEN")
      arms.push({ when, then: this.expr() })
    }
    if (arms.length === 0) this.expected("WHEN")
    const otherwise = this.acceptWord("ELSE") ? this.expr() : undefined
    this.expectWord("END")
    return {
      kind: "case",
      arms,
      operand,
      otherwise,
      id: this.id(),
      span: this.span(start),
    }
  }

  private cast(start: number): Expr {
    const isTry = this.text === "TRY_CAST"
    this.at += 2
    const operand = this.expr()
    this.expectWord("AS")
    const type = this.typeName()
    this.close(")")
    return {
      kind: "cast",
      operand,
      type,
      try: isTry,
      short: false,
      id: this.id(),
      span: this.span(start),
    }
  }

  private extract(start: number): Expr {
    this.at += 2
    const at = this.start
    const part: Name =
      this.kind === STRING
        ? {
            kind: "name",
            text: this.value(),
            quoted: false,
            id: this.id(),
            span: (this.at++, this.span(at)),
          }
        : this.anyName("a part of a date")
    this.expectWord("FROM")
    const operand = this.expr()
    this.close(")")
    return { kind: "extract", part, operand, id: this.id(), span: this.span(start) }
  }

  private startsInterval(): boolean {
    return (
      this.kindAt(1) === STRING ||
      this.kindAt(1) === NUMBER ||
      (this.isOpAt(1, "(") && !this.isOpAt(2, ")")) ||
      (this.isOpAt(1, "-") && this.kindAt(2) === NUMBER) ||
      (this.kindAt(1) === WORD && UNITS.has(this.textAt(2)))
    )
  }

  private interval(start: number): Expr {
    this.at++
    const value = this.expr(SIGN)
    const unit = UNITS.get(this.text)
    if (unit !== undefined) this.at++
    return {
      kind: "interval",
      value,
      unit,
      id: this.id(),
      span: this.span(start),
    }
  }

  private mapLiteral(start: number): Expr {
    this.at += 2
    const entries = this.isOp("}")
      ? []
      : this.commaList(() => {
          const key = this.expr()
          this.expectOp(":")
          return [key, this.expr()] as const
        })
    this.close("}")
    const list = (items: readonly Expr[]): Expr => ({
      kind: "list",
      items,
      id: this.id(),
      span: this.span(start),
    })
    return this.plainCall(
      "map",
      [list(entries.map(([key]) => key)), list(entries.map(([, value]) => value))],
      start,
    )
  }

  private row(start: number): Expr {
    this.at++
    const items = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return { kind: "row", items, id: this.id(), span: this.span(start) }
  }

  /** `substring(x FROM a FOR b)` is `substring(x, a, b)`. */
  private substring(start: number): Expr {
    const name = this.takeName()
    this.at++
    const args = [this.expr()]
    if (this.acceptWord("FROM")) {
      args.push(this.expr())
      if (this.acceptWord("FOR")) args.push(this.expr())
    } else if (this.acceptWord("FOR")) {
      args.push(
        {
          kind: "literal",
          type: "integer",
          value: "1",
          id: this.id(),
          span: this.span(this.start),
        },
        this.expr(),
      )
    } else while (this.acceptOp(",")) args.push(this.expr())
    this.close(")")
    return this.callOf(
      [name],
      args.map((arg) => this.argument(arg)),
      start,
    )
  }

  private position(start: number): Expr {
    const name = this.takeName()
    this.at++
    const first = this.expr(LIKE)
    const args = this.acceptWord("IN") ? [this.expr(), first] : [first]
    while (this.acceptOp(",")) args.push(this.expr())
    this.close(")")
    return this.callOf(
      [name],
      args.map((arg) => this.argument(arg)),
      start,
    )
  }

  /** `trim(LEADING 'x' FROM y)` is `ltrim(y, 'x')`. */
  private trim(start: number): Expr {
    const name = this.takeName()
    this.at++
    const side = (["BOTH", "LEADING", "TRAILING"] as const).find((word) => this.acceptWord(word))
    const spelled = side === "LEADING" ? "ltrim" : side === "TRAILING" ? "rtrim" : name.text
    const args = this.isWord("FROM") ? [] : [this.expr()]
    if (this.acceptWord("FROM")) args.unshift(this.expr())
    while (this.acceptOp(",")) args.push(this.expr())
    this.close(")")
    return this.callOf(
      [{ ...name, text: spelled }],
      args.map((arg) => this.argument(arg)),
      start,
    )
  }

  private lambda(start: number): Expr {
    this.at++
    const params = this.commaList(() => this.name())
    this.expectOp(":")
    return { kind: "lambda", params, body: this.expr(), id: this.id(), span: this.span(start) }
  }

  protected star(start: number, qualifier?: Name): Star {
    this.expectOp("*")
    const exclude: Name[] = []
    const replace: SelectExpr[] = []
    if (this.isWord("EXCLUDE") || (this.isWord("EXCEPT") && this.isOpAt(1, "("))) {
      this.at++
      if (this.acceptOp("(")) {
        exclude.push(...this.commaList(() => this.anyName("a column")))
        this.close(")")
      } else exclude.push(this.anyName("a column"))
    }
    if (this.isWord("REPLACE") && this.isOpAt(1, "(")) {
      this.at += 2
      replace.push(...this.commaList(() => this.replaced()))
      this.close(")")
    }
    return {
      kind: "star",
      qualifier,
      exclude,
      replace,
      id: this.id(),
      span: this.span(start),
    }
  }

  private replaced(): SelectExpr {
    const start = this.start
    const expr = this.expr()
    this.expectWord("AS")
    return {
      kind: "select-expr",
      expr,
      alias: this.anyName("a column"),
      id: this.id(),
      span: this.span(start),
    }
  }

  // -------------------------------------------------------------------------------------- calls

  private nameOrCall(start: number): Expr {
    const path = [this.takeName()]
    while (this.isOp(".")) {
      if (this.isOpAt(1, "*")) {
        this.at++
        return this.star(start, path[path.length - 1])
      }
      this.at++
      path.push(this.anyName("a column"))
    }
    if (this.isOp("(")) return this.call(path, start)
    return { kind: "column-ref", path, id: this.id(), span: this.span(start) }
  }

  protected call(name: readonly Name[], start: number): Call {
    this.expectOp("(")
    const distinct = this.acceptWord("DISTINCT")
    if (!distinct) this.acceptWord("ALL")
    const args =
      this.isOp(")") || this.isWord("ORDER") ? [] : this.commaList(() => this.parseArgument())
    const orderBy = this.isWord("ORDER") ? this.orderBy() : []
    let nulls = this.nullTreatment()
    this.close(")")
    const withinGroup = this.withinGroup()
    const filter = this.filterClause()
    nulls ??= this.nullTreatment()
    const over = this.acceptWord("OVER") ? this.over() : undefined
    return {
      kind: "call",
      name,
      args,
      distinct,
      orderBy,
      withinGroup,
      filter,
      nulls,
      over,
      id: this.id(),
      span: this.span(start),
    }
  }

  private parseArgument(): Argument {
    const start = this.start
    if (this.isAnyName() && (this.isOpAt(1, "=>") || this.isOpAt(1, ":="))) {
      const name = this.takeName()
      this.at++
      return { kind: "argument", name, value: this.expr(), id: this.id(), span: this.span(start) }
    }
    const arrow = this.arrowLambda(start)
    return this.argument(arrow ?? this.expr(), start)
  }

  /** `x -> body` and `(x, y) -> body` as an argument: a lambda, where the left side is bare names. */
  private arrowLambda(start: number): Expr | undefined {
    const mark = this.at
    const params: Name[] = []
    if (this.isName() && this.isOpAt(1, "->") && this.kindAt(2) !== STRING)
      params.push(this.takeName())
    else if (this.isOp("(") && this.kindAt(1) === WORD && this.isOpAt(2, ",")) {
      this.at++
      while (this.isName()) {
        params.push(this.takeName())
        if (!this.acceptOp(",")) break
      }
      if (!this.acceptOp(")") || !this.isOp("->")) {
        this.at = mark
        return undefined
      }
    }
    if (params.length === 0) return undefined
    this.at++
    return { kind: "lambda", params, body: this.expr(), id: this.id(), span: this.span(start) }
  }

  private argument(value: Expr, start = value.span.start): Argument {
    return { kind: "argument", value, id: this.id(), span: this.span(start) }
  }

  private plainCall(name: string, args: readonly Expr[], start: number): Call {
    const span = this.span(start)
    const node: Name = { kind: "name", text: name, quoted: false, id: this.id(), span }
    return this.callOf(
      [node],
      args.map((arg) => this.argument(arg)),
      start,
    )
  }

  private callOf(name: readonly Name[], args: readonly Argument[], start: number): Call {
    return {
      kind: "call",
      name,
      args,
      distinct: false,
      orderBy: [],
      withinGroup: [],
      id: this.id(),
      span: this.span(start),
    }
  }

  private nullTreatment(): "ignore" | "respect" | undefined {
    for (const treatment of ["IGNORE", "RESPECT"] as const)
      if (this.isWord(treatment) && this.isWordAt(1, "NULLS")) {
        this.at += 2
        return treatment === "IGNORE" ? "ignore" : "respect"
      }
    return undefined
  }

  private withinGroup(): OrderItem[] {
    if (!this.isWord("WITHIN") || !this.isWordAt(1, "GROUP")) return []
    this.at += 2
    this.expectOp("(")
    const items = this.orderBy()
    this.close(")")
    return items
  }

  private filterClause(): Expr | undefined {
    if (!this.isWord("FILTER") || !this.isOpAt(1, "(")) return undefined
    this.at += 2
    this.acceptWord("WHERE")
    const filter = this.expr()
    this.close(")")
    return filter
  }

  protected orderBy(): OrderItem[] {
    this.expectWord("ORDER")
    this.expectWord("BY")
    return this.commaList(() => this.orderItem())
  }

  private orderItem(): OrderItem {
    const start = this.start
    const expr = this.expr()
    const ascending = this.acceptWord("ASC") ? true : undefined
    const descending = !ascending && this.acceptWord("DESC")
    const nulls = this.acceptWord("NULLS") ? this.nullsOrder() : undefined
    return {
      kind: "order-item",
      expr,
      descending,
      ascending,
      nulls,
      id: this.id(),
      span: this.span(start),
    }
  }

  private nullsOrder(): "first" | "last" {
    if (this.acceptWord("FIRST")) return "first"
    this.expectWord("LAST")
    return "last"
  }

  private over(): Name | WindowSpec {
    return this.isOp("(") ? this.windowSpec() : this.name("a window")
  }

  protected windowSpec(): WindowSpec {
    const start = this.start
    this.expectOp("(")
    const isBase =
      this.isName() && !["PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS"].includes(this.text)
    const base = isBase ? this.takeName() : undefined
    let partitionBy: Expr[] = []
    if (this.acceptWord("PARTITION")) {
      this.expectWord("BY")
      partitionBy = this.commaList(() => this.expr())
    }
    const orderBy = this.isWord("ORDER") ? this.orderBy() : []
    const frame = this.frame()
    this.close(")")
    return {
      kind: "window-spec",
      base,
      partitionBy,
      orderBy,
      frame,
      id: this.id(),
      span: this.span(start),
    }
  }

  private frame(): Frame | undefined {
    const start = this.start
    const unit = (["ROWS", "RANGE", "GROUPS"] as const).find((word) => this.acceptWord(word))
    if (unit === undefined) return undefined
    const between = this.acceptWord("BETWEEN")
    const first = this.frameBound()
    const end = between && this.expectWord("AND") ? this.frameBound() : undefined
    const exclude = this.acceptWord("EXCLUDE") ? this.exclusion() : undefined
    return {
      kind: "frame",
      unit,
      start: first,
      end,
      exclude,
      id: this.id(),
      span: this.span(start),
    }
  }

  private frameBound(): FrameBound {
    const start = this.start
    const make = (type: FrameBound["type"], value?: Expr): FrameBound => ({
      kind: "frame-bound",
      type,
      value,
      id: this.id(),
      span: this.span(start),
    })
    if (this.acceptWord("UNBOUNDED"))
      return make(
        this.acceptWord("FOLLOWING")
          ? "UNBOUNDED FOLLOWING"
          : (this.expectWord("PRECEDING"), "UNBOUNDED PRECEDING"),
      )
    if (this.isWord("CURRENT") && this.isWordAt(1, "ROW")) {
      this.at += 2
      return make("CURRENT ROW")
    }
    const value = this.expr()
    return make(
      this.acceptWord("FOLLOWING") ? "FOLLOWING" : (this.expectWord("PRECEDING"), "PRECEDING"),
      value,
    )
  }

  private exclusion(): NonNullable<Frame["exclude"]> {
    if (this.acceptWord("CURRENT")) return (this.expectWord("ROW"), "CURRENT ROW")
    if (this.acceptWord("GROUP")) return "GROUP"
    if (this.acceptWord("TIES")) return "TIES"
    this.expectWord("NO")
    this.expectWord("OTHERS")
    return "NO OTHERS"
  }
}
