import type {
  Binary,
  Call,
  Case,
  Expr,
  Literal,
  MissingExpr,
  Name,
  QualifiedName,
  Query,
  Rename,
  Select,
  SelectExpr,
  Star,
} from "../syntax/ast.js"
import { END, NUMBER, OPERATOR, PARAMETER, QUOTED, STRING, WORD } from "./lexer.js"
import { CallParser } from "./calls.js"
import { isBlob } from "./literals.js"
import { FUNCTION_NAMES, RESERVED, UNIT_NAMES, UNITS, words, type Spelling } from "./words.js"

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
const COLLATION = 12
const SIGN = 13

/** Operators in a row, as of `a + b + c`, that make a tree deeper than stages can walk. */
const MAX_CHAIN = 1000

const BINARY: Readonly<Record<string, number>> = {
  "=": COMPARE,
  "<>": COMPARE,
  "!=": COMPARE,
  "<": COMPARE,
  "<=": COMPARE,
  ">": COMPARE,
  ">=": COMPARE,
  // No operator of SQL's own, so that it binds as all others do, in PostgreSQL and in DuckDB.
  "==": OTHER,
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
  "<=>": OTHER,
  "!": OTHER,
  "@": OTHER,
  "#": OTHER,
  "+": ADD,
  "-": ADD,
  "*": MULTIPLY,
  "/": MULTIPLY,
  "//": MULTIPLY,
  "%": MULTIPLY,
  "^": POWER,
  "**": POWER,
}

/** What a symbol stands for, and whether it negates. */
type PatternOp = readonly ["LIKE" | "ILIKE" | "GLOB" | "~" | "~*", boolean]

const PATTERN_OPS: Readonly<Record<string, PatternOp>> = {
  "~~": ["LIKE", false],
  "!~~": ["LIKE", true],
  "~~*": ["ILIKE", false],
  "!~~*": ["ILIKE", true],
  "~~~": ["GLOB", false],
  "~": ["~", false],
  "!~": ["~", true],
  "~*": ["~*", false],
  "!~*": ["~*", true],
}

const SPELLING: Readonly<Record<string, string>> = { "==": "=", "!=": "<>", "**": "^" }

const MEMBERSHIPS: ReadonlySet<Spelling> = new Set(words("IN LIKE ILIKE BETWEEN SIMILAR GLOB"))

/** Words that join operands, or ask of one. */
const INFIXES = words(`
  OR AND IS ISNULL NOTNULL NOT IN LIKE ILIKE BETWEEN SIMILAR GLOB AT COLLATE OVERLAPS OPERATOR
`)

/** Types that may have another size from row to row. */
const VARYING: ReadonlySet<Spelling> = new Set(words("CHAR CHARACTER NCHAR BIT"))

const REFUSED = words("TREAT COLLATION DEFAULT")

/** Words that begin an expression of their own. */
const BEGINNINGS = words(`
  NULL TRUE FALSE NOT CASE INTERVAL ARRAY MAP LAMBDA OPERATOR TREAT COLLATION DEFAULT
`)

/** Words that stand for a call without parentheses. */
const NILADIC: ReadonlySet<Spelling> = new Set(
  words(
    "CURRENT_DATE CURRENT_TIMESTAMP CURRENT_TIME LOCALTIMESTAMP LOCALTIME CURRENT_USER SESSION_USER",
  ),
)

/** Expressions by precedence climbing, as PostgreSQL binds them. */
export abstract class ExprParser extends CallParser {
  protected isInLimit = false
  /** The first token of the statement. */
  protected firstToken = 0
  /** The last LIKE or `=` that was written with an operator that is none of SQL's own: `~~`, `==`. */
  private symbolic = -1
  private readonly isOwnComparison = (expr: Expr): boolean =>
    isComparison(expr) && expr.id !== this.symbolic

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
    for (let i = 0; i < MAX_CHAIN; i++) {
      const next = this.infix(left, power, start)
      if (next === undefined) return left
      left = next
    }
    this.tooDeep()
    return left
  }

  /** Up to a word that ends it (AND, IN), so that of the words that join operands only IS DISTINCT FROM is part of it. */
  protected bounded(): Expr {
    const start = this.start
    let expr = this.boundedComparison()
    for (let i = 0; i < MAX_CHAIN && this.atDistinct(); i++)
      expr = this.isTest(expr, start, () => this.boundedComparison())
    return expr
  }

  private boundedComparison(): Expr {
    const start = this.start
    let expr = this.expr(LIKE)
    for (let i = 0; i < MAX_CHAIN && this.kind === OPERATOR && BINARY[this.text] === COMPARE; i++)
      expr = this.comparisonBefore(expr, start)
    return expr
  }

  private comparisonBefore(left: Expr, start: number): Expr {
    this.checkChain(left, start, this.isOwnComparison)
    const op = SPELLING[this.text] ?? this.text
    this.at++
    return this.binary(left, op, LIKE, start)
  }

  private atDistinct(): boolean {
    if (!this.isWord("IS")) return false
    return this.isWordAt(1, "DISTINCT") || (this.isWordAt(1, "NOT") && this.isWordAt(2, "DISTINCT"))
  }

  protected missing(): MissingExpr {
    return { kind: "missing", id: this.id(), span: this.gap() }
  }

  // -------------------------------------------------------------------------------------- infix

  private infix(left: Expr, power: number, start: number): Expr | undefined {
    if (this.kind === OPERATOR) return this.infixOperator(left, power, start)
    if (this.text === "") return undefined
    switch (this.among(INFIXES)) {
      case "OR":
        return power < OR ? this.logic("OR", OR, left, start) : undefined
      case "AND":
        return power < AND ? this.logic("AND", AND, left, start) : undefined
      case "IS":
      case "ISNULL":
      case "NOTNULL":
        return power < IS ? this.isTest(left, start) : undefined
      case "NOT":
        if (this.isWordAt(1, "NULL")) return power < IS ? this.isTest(left, start) : undefined
        return power < LIKE && this.isOneOfAt(1, MEMBERSHIPS)
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
      case "COLLATE":
        return power < COLLATION ? this.collate(left, start) : undefined
      case "OVERLAPS":
        return power < OTHER && left.kind === "row" ? this.overlaps(left, start) : undefined
      case "OPERATOR":
        return power < OTHER && this.isOpAt(1, "(") ? this.namedOperator(left, start) : undefined
      default:
        return undefined
    }
  }

  private collate(operand: Expr, start: number): Expr {
    this.at++
    const collation = [this.name("a collation")]
    while (this.acceptOp(".")) collation.push(this.anyName("a collation"))
    return { kind: "collate", operand, collation, id: this.id(), span: this.span(start) }
  }

  /** `(a, b) OVERLAPS (c, d)` */
  private overlaps(left: Expr & { readonly kind: "row" }, start: number): Expr {
    const at = this.start
    const written = this.source.slice(at, this.end)
    this.at++
    const name = this.nameOf(written, at)
    const right = this.expr(OTHER)
    const others = right.kind === "row" ? right.items : [right]
    return this.callOf([name], [...left.items, ...others], start, "overlaps")
  }

  /** `a OPERATOR(+) b`, `a OPERATOR(s.+) b`: the operator between the parentheses, which binds as none of SQL's own. */
  private namedOperator(left: Expr, start: number): Expr {
    const at = this.start
    const { op: written, text, isQualified } = this.operatorInParentheses()
    const op = SPELLING[written] ?? written
    const spelling = isQualified ? text : written === "**" ? written : undefined
    const quantified = this.quantified(left, op, start)
    if (quantified) return quantified
    if (!this.startsExpr())
      return this.callOf([this.nameOf(isQualified ? text : op, at)], [left], start, "postfix")
    const pattern = isQualified ? undefined : PATTERN_OPS[op]
    if (pattern) return this.symbolicLike(left, pattern, start)
    return this.binary(left, op, OTHER, start, spelling)
  }

  /** `text` is the whole of it, without the comments and spaces in it. */
  private operatorInParentheses() {
    this.at += 2
    const isQualified = this.isAnyName()
    let schema = ""
    for (; this.isAnyName() && this.isOpAt(1, "."); this.at += 2) schema += `${this.written()}.`
    const op = this.written()
    if (this.kind === OPERATOR && op !== ")") this.at++
    else this.expected("an operator")
    this.close(")")
    return { op, text: `OPERATOR(${schema}${op})`, isQualified }
  }

  /** The token as it is written. */
  private written(): string {
    return this.source.slice(this.start, this.end)
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
    if (op === "[") return isIndexable(left, start) ? this.subscript(left, start) : undefined
    if (op === ".") return isIndexable(left, start) ? this.field(left, start) : undefined
    const pattern = PATTERN_OPS[op]
    if (pattern) {
      if (power >= OTHER) return undefined
      this.at++
      this.checkNot(op)
      return this.symbolicLike(left, pattern, start)
    }
    const binding = op === "" ? OTHER : BINARY[op]
    if (binding === undefined || power >= binding || this.endsLimit(op)) return undefined
    return this.operation(left, op, binding, start)
  }

  /** `a ~~ b`, after its operator. */
  private symbolicLike(operand: Expr, [op, not]: PatternOp, start: number): Expr {
    const like: Expr = {
      kind: "like",
      op,
      not,
      operand,
      pattern: this.expr(OTHER),
      escape: undefined,
      id: this.id(),
      span: this.span(start),
    }
    this.symbolic = like.id
    return like
  }

  private operation(left: Expr, op: Spelling, binding: number, start: number): Expr {
    const written = op === "" ? this.source.slice(this.start, this.end) : op
    const spelled = SPELLING[written] ?? written
    if (binding === COMPARE || op === "==") {
      if (binding === COMPARE) this.checkChain(left, start, this.isOwnComparison)
      this.at++
      const quantified = this.quantified(left, spelled, start)
      const compared = quantified ?? this.binary(left, spelled, binding, start)
      if (op === "==") this.symbolic = compared.id
      return compared
    }
    const spelling = written === "**" ? written : undefined
    const at = this.start
    this.at++
    if (binding === OTHER && (op === "!" || op === "") && !this.startsExpr())
      return this.callOf([this.nameOf(written, at)], [left], start, "postfix")
    if (binding === OTHER && op !== "->") this.checkNot(written)
    return this.binary(left, spelled, binding, start, spelling)
  }

  /** To engines `a || NOT b` lacks an operand, and `a || NOT NULL` asks whether `a ||` is NULL. */
  private checkNot(op: string): void {
    if (this.isWord("NOT")) this.fail(`NOT after \`${op}\` needs parentheses: it binds looser`)
  }

  private binary(
    left: Expr,
    op: string,
    binding: number,
    start: number,
    spelling?: Binary["spelling"],
  ): Expr {
    const right = this.expr(binding)
    return { kind: "binary", op, spelling, left, right, id: this.id(), span: this.span(start) }
  }

  /** `LIMIT 10%`: no remainder, since nothing follows that could be divided by. */
  private endsLimit(op: Spelling): boolean {
    if (op !== "%" || !this.isInLimit) return false
    const next = this.textAt(1)
    const kind = this.kindAt(1)
    return kind === END || next === ")" || next === ";" || next === "OFFSET" || next === "LIMIT"
  }

  /** Reports `a = b = c`: comparisons do not associate. `isSame` tells whether `left` is one, too. */
  private checkChain(left: Expr, start: number, isSame: (expr: Expr) => boolean): void {
    // One in parentheses begins after where they do.
    if (left.span.start !== start || !isSame(left)) return
    const fixes = {
      title: "compare in parentheses",
      start: left.span.start,
      end: left.span.end,
      text: `(${this.source.slice(left.span.start, left.span.end)})`,
    }
    this.fail(`${this.found()} after another comparison: it needs parentheses, or AND`, fixes)
  }

  private startsExpr(): boolean {
    const { kind, text } = this
    if (kind === OPERATOR) return ["(", "[", "{", "-", "+", "~", "@", "!", "#"].includes(text)
    if (kind !== WORD) return kind !== END
    return text === "" || this.isName() || STARTS_OF_EXPR.has(text) || this.isOpAt(1, "(")
  }

  /** `(a).b`, and `(a).f(x)`, which is `f(a, x)`. */
  private field(operand: Expr, start: number): Expr {
    this.at++
    const at = this.start
    if (this.isOp("*")) {
      this.fail("a star needs the name of a table before it: write t.*")
      this.at++
      return operand
    }
    const name = this.anyName("a field")
    if (this.isOp("(")) return this.methodCall(name, operand, start, at)
    return { kind: "field", operand, name, id: this.id(), span: this.span(start) }
  }

  private logic(op: "AND" | "OR", power: number, left: Expr, start: number): Expr {
    const operands = [left]
    while (this.acceptWord(op)) operands.push(this.expr(power))
    return { kind: "logic", op, operands, id: this.id(), span: this.span(start) }
  }

  private isTest(operand: Expr, start: number, other = () => this.expr(IS)): Expr {
    const word: Spelling = this.text
    this.at += word === "NOT" ? 2 : 1
    if (word !== "IS")
      return {
        kind: "is",
        not: word !== "ISNULL",
        operand,
        test: "NULL",
        id: this.id(),
        span: this.span(start),
      }
    const not = this.acceptWord("NOT")
    for (const test of ["NULL", "TRUE", "FALSE", "UNKNOWN"] as const)
      if (this.acceptWord(test))
        return { kind: "is", not, operand, test, id: this.id(), span: this.span(start) }
    if (this.acceptWord("DISTINCT")) {
      this.expectWord("FROM")
      const op = not ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM"
      return {
        kind: "binary",
        op,
        left: operand,
        right: other(),
        id: this.id(),
        span: this.span(start),
      }
    }
    this.expected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")
    return { kind: "is", not, operand, test: "NULL", id: this.id(), span: this.span(start) }
  }

  private membership(operand: Expr, not: boolean, start: number): Expr {
    const word = this.text
    this.checkChain(operand, start, (expr) => isMembership(expr) && expr.id !== this.symbolic)
    this.at++
    if (word === "IN") return this.inside(operand, not, start)
    if (word === "BETWEEN") return this.between(operand, not, start)
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

  private between(operand: Expr, not: boolean, start: number): Expr {
    const symmetric = this.acceptWord("SYMMETRIC") ? true : undefined
    if (!symmetric) this.acceptWord("ASYMMETRIC")
    const low = this.bounded()
    this.expectWord("AND")
    return {
      kind: "between",
      not,
      symmetric,
      operand,
      low,
      high: this.expr(LIKE),
      id: this.id(),
      span: this.span(start),
    }
  }

  private inside(operand: Expr, not: boolean, start: number): Expr {
    if (!this.isOp("(")) return this.inValue(operand, not, start)
    if (this.atQuery()) {
      this.at++
      const query = this.query()
      this.close(")")
      return { kind: "in-query", not, operand, query, id: this.id(), span: this.span(start) }
    }
    this.at++
    const isEmpty = this.isOp(")")
    if (isEmpty) this.fail("IN needs a value between its parentheses: what to compare with")
    const items = isEmpty ? [this.missing()] : this.commaList(() => this.expr())
    this.close(")")
    return { kind: "in-list", not, operand, items, id: this.id(), span: this.span(start) }
  }

  /** `x IN list` is `contains(list, x)`; `x IN ARRAY(SELECT …)` asks of the query itself. */
  private inValue(operand: Expr, not: boolean, start: number): Expr {
    const at = this.start
    if (this.isValue()) this.fail(`IN needs a list in parentheses, found ${this.found()}`)
    const list = this.element()
    const query = list.kind === "call" && list.form === "array" ? list.args[0]?.value : undefined
    if (query?.kind === "scalar-subquery")
      return {
        kind: "in-query",
        not,
        operand,
        query: query.query,
        id: this.id(),
        span: this.span(start),
      }
    const call = this.callOf([this.nameOf("contains", at)], [list, operand], start)
    return not
      ? { kind: "unary", op: "NOT", operand: call, id: this.id(), span: this.span(start) }
      : call
  }

  /** A number, a text or a truth value, which is no list. */
  private isValue(): boolean {
    const { kind } = this
    if (kind === NUMBER || kind === STRING) return true
    return this.isWord("NULL") || this.isWord("TRUE") || this.isWord("FALSE")
  }

  /** A name, a call or a literal with its subscripts and fields: a cast that follows is one of what is around it. */
  private element(): Expr {
    const start = this.start
    let expr = this.prefix()
    for (let i = 0; i < MAX_CHAIN && (this.isOp("[") || this.isOp(".")); i++) {
      if (!isIndexable(expr, start)) break
      expr = this.isOp("[") ? this.subscript(expr, start) : this.field(expr, start)
    }
    return expr
  }

  private quantified(operand: Expr, op: string, start: number): Expr | undefined {
    const quantifier = this.isWord("ALL")
      ? "ALL"
      : this.isWord("ANY") || this.isWord("SOME")
        ? "ANY"
        : undefined
    if (quantifier === undefined) return undefined
    this.at++
    if (!this.isOp("(")) {
      this.expected("`(`")
      return undefined
    }
    const isQuery = this.atQuery()
    this.at++
    const query = isQuery ? this.query() : this.elementsOf(this.expr())
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

  /** `ANY(list)` asks of `SELECT unnest(list)`. */
  private elementsOf(list: Expr): Query {
    const { span } = list
    const name: Name = { ...this.nameOf("unnest", span.start), span }
    const expr = { ...this.callOf([name], [list], span.start), span }
    const item: SelectExpr = {
      kind: "select-expr",
      expr,
      alias: undefined,
      id: this.id(),
      span,
    }
    const body: Select = {
      kind: "select",
      distinct: false,
      items: [item],
      from: [],
      windows: [],
      id: this.id(),
      span,
    }
    return {
      kind: "query",
      recursive: false,
      ctes: [],
      body,
      orderBy: [],
      id: this.id(),
      span,
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
    const to = this.isOp("]") ? undefined : this.sliceEnd()
    const step = this.acceptOp(":") && !this.isOp("]") ? this.expr() : undefined
    this.close("]")
    return {
      kind: "slice",
      operand,
      from,
      to,
      step,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `[a:-:2]` leaves the end open. */
  private sliceEnd(): Expr | undefined {
    if (this.isOp(":")) return undefined
    if (!this.isOp("-") || !this.isOpAt(1, ":")) return this.expr()
    this.at++
    return undefined
  }

  // ------------------------------------------------------------------------------------- prefix

  private prefix(): Expr {
    const start = this.start
    switch (this.kind) {
      case NUMBER:
        return this.number(start)
      case STRING:
        return this.literal(
          isBlob(this.source[start]) ? "blob" : "string",
          start,
          this.continuedText(),
        )
      case PARAMETER:
        return this.parameter(start)
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

  private parameter(start: number): Expr {
    const written = this.value()
    const short = written === "?" ? true : undefined
    const name = short ? `${this.parameterNumber()}` : written
    this.at++
    return { kind: "parameter", name, short, id: this.id(), span: this.span(start) }
  }

  /** The number of the `?` here: the next after the highest before it, by tokens, which may be read more than once. */
  private parameterNumber(): number {
    let highest = 0
    for (let token = this.firstToken; token <= this.at; token++) {
      if (this.kinds[token] !== PARAMETER) continue
      const text = this.source.slice(this.starts[token], this.ends[token])
      if (text === "?") highest++
      else if (/^\$\d+$/.test(text)) highest = Math.max(highest, Number(text.slice(1)))
    }
    return highest
  }

  /** A text, with those that follow on other lines: `'a'` above `'b'` is `'ab'`. Stays at the last of them. */
  private continuedText(): string {
    const canContinue = this.source[this.start] !== "$" && !this.isTorn
    let value = this.value()
    while (canContinue && this.isContinued()) {
      this.at++
      value += this.value()
    }
    return value
  }

  private isContinued(): boolean {
    if (this.kindAt(1) !== STRING) return false
    const next = this.starts[this.at + 1] ?? 0
    if (this.source[next] !== "'") return false
    const between = this.source.slice(this.end, next).replace(/--[^\n]*/g, "")
    return between.includes("\n") && between.trim() === ""
  }

  private prefixOperator(start: number): Expr {
    const op = this.text
    switch (op) {
      case "-":
      case "+":
        this.at++
        return {
          kind: "unary",
          op,
          spelling: undefined,
          operand: this.expr(SIGN),
          id: this.id(),
          span: this.span(start),
        }
      case "~":
        this.at++
        return {
          kind: "unary",
          op,
          spelling: undefined,
          operand: this.expr(OTHER),
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
        return this.isWordAt(1, "COLUMNS") && this.isOpAt(2, "(")
          ? this.prefixCall(start, SIGN)
          : this.star(start)
      case "#":
        return this.columnPosition(start)
      case "@":
      case "!":
      case "":
        return this.prefixCall(start, OTHER)
      default:
        if (op === ":" && this.kindAt(1) === WORD) return this.colonParameter(start)
        if (PATTERN_OPS[op]) return this.prefixCall(start, OTHER)
        this.expected("an expression")
        return this.missing()
    }
  }

  /** `:name`, read as what it is to be. */
  private colonParameter(start: number): Expr {
    const end = this.ends[this.at + 1] ?? start
    const name = this.source.slice(this.starts[this.at + 1], end)
    const text = `smelt.param('${name}')`
    this.fail(`a parameter is written ${text} here`, { title: `write ${text}`, start, end, text })
    this.at += 2
    const path = [this.nameOf("smelt", start), this.nameOf("param", start)]
    const value: Expr = {
      kind: "literal",
      type: "string",
      value: name,
      id: this.id(),
      span: this.span(start),
    }
    return this.callOf(path, [value], start)
  }

  /** `@x`, `!x`, `*COLUMNS(…)` */
  private prefixCall(start: number, power: number): Expr {
    const text = this.source.slice(start, this.end)
    this.at++
    const name = this.nameOf(text, start)
    return this.callOf([name], [this.expr(power)], start, "prefix")
  }

  private columnPosition(start: number): Expr {
    this.at++
    const index = this.kind === NUMBER ? Number(this.value()) : 0
    if (this.kind === NUMBER) this.at++
    else this.expected("the number of a column")
    return { kind: "position", index, id: this.id(), span: this.span(start) }
  }

  private parenthesized(start: number): Expr {
    if (this.atQuery()) {
      this.at++
      const query = this.query()
      this.close(")")
      return { kind: "scalar-subquery", query, id: this.id(), span: this.span(start) }
    }
    this.at++
    const items = this.strictList(() => this.expr())
    this.close(")")
    const [only] = items
    if (items.length === 1 && only) return only
    return { kind: "row", items, id: this.id(), span: this.span(start) }
  }

  private listLiteral(start: number, array?: true): Expr {
    this.at++
    const items = this.isOp("]") ? [] : this.commaList(() => this.expr())
    const [body] = items
    if (items.length === 1 && body && this.isWord("FOR")) return this.comprehension(body, start)
    this.close("]")
    return { kind: "list", items, array, id: this.id(), span: this.span(start) }
  }

  /** `[x + 1 FOR x IN list IF x > 0]` */
  private comprehension(body: Expr, start: number): Expr {
    this.at++
    const params = this.strictList(() => this.nameOrString("a variable"))
    this.expectWord("IN")
    const list = this.expr()
    const filter = this.acceptWord("IF") ? this.expr() : undefined
    this.close("]")
    return {
      kind: "comprehension",
      body,
      params,
      list,
      filter,
      id: this.id(),
      span: this.span(start),
    }
  }

  private structLiteral(start: number): Expr {
    this.at++
    const fields = this.isOp("}")
      ? []
      : this.commaList(() => {
          const name = this.nameOrString("a field")
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
    if (this.text !== "") {
      const special = this.keyword(start)
      if (special) return special
    }
    if (this.kindAt(1) === STRING && (this.text === "" || !RESERVED.has(this.text)))
      return this.typedLiteral(start)
    const isCast = this.atBareCast()
    if (isCast) this.at++
    else if (this.text === "" || !RESERVED.has(this.text)) return this.nameOrCall(start)
    else if (this.isOpAt(1, "(") && FUNCTION_NAMES.has(this.text)) return this.nameOrCall(start)
    this.expected(isCast ? "`(`" : "an expression")
    return this.missing()
  }

  /** `CAST a`; TRY_CAST alone is a name. */
  private atBareCast(): boolean {
    if (this.isWord("CAST")) return true
    if (!this.isWord("TRY_CAST")) return false
    const kind = this.kindAt(1)
    return kind === NUMBER || kind === STRING || (this.isNameAt(1) && this.isWordAt(2, "AS"))
  }

  /** What a word of the grammar begins, if it is more than a name. */
  private keyword(start: number): Expr | undefined {
    switch (this.among(BEGINNINGS)) {
      case "NULL":
        return this.literal("null", start, "null")
      case "TRUE":
        return this.literal("boolean", start, "true")
      case "FALSE":
        return this.literal("boolean", start, "false")
      case "NOT":
        this.at++
        return {
          kind: "unary",
          op: "NOT",
          spelling: undefined,
          operand: this.expr(NOT),
          id: this.id(),
          span: this.span(start),
        }
      case "CASE":
        return this.caseExpr(start)
      case "INTERVAL":
        return this.startsInterval() ? this.interval(start) : undefined
      case "ARRAY":
        if (!this.isOpAt(1, "[")) break
        this.at++
        return this.listLiteral(start, true)
      case "MAP":
        return this.isOpAt(1, "{") ? this.mapLiteral(start) : undefined
      case "LAMBDA":
        return this.lambda(start)
      case "OPERATOR":
        return this.atNamedPrefix() ? this.namedPrefix(start) : undefined
      case "COLLATION":
      case "DEFAULT":
      case "TREAT":
        return this.refused(start)
      default:
        if (NILADIC.has(this.text) && !this.isOpAt(1, "(") && !this.isOpAt(1, ".")) {
          return this.callOf([this.takeName()], [], start)
        }
    }
    if (this.atWordyLiteral()) return this.typedLiteral(start)
    return this.specialCall(start)
  }

  private atNamedPrefix(): boolean {
    if (!this.isOpAt(1, "(")) return false
    let ahead = 2
    while (this.kindAt(ahead) !== OPERATOR && this.isOpAt(ahead + 1, ".")) ahead += 2
    return this.kindAt(ahead) === OPERATOR && this.isOpAt(ahead + 1, ")")
  }

  /** `OPERATOR(-) a` */
  private namedPrefix(start: number): Expr {
    const { op, text, isQualified } = this.operatorInParentheses()
    const isPrefix = op === "@" || op === "!" || BINARY[op] === undefined
    const name = this.nameOf(isPrefix && !isQualified ? op : text, start)
    const operand = this.expr(OTHER)
    const spelling = op === "~" ? undefined : text
    if (!isQualified && (op === "-" || op === "+" || op === "~"))
      return { kind: "unary", op, spelling, operand, id: this.id(), span: this.span(start) }
    return this.callOf([name], [operand], start, "prefix")
  }

  /** Syntax of PostgreSQL that no query of smelt needs. */
  private refused(start: number): Expr | undefined {
    switch (this.among(REFUSED)) {
      case "TREAT": {
        if (!this.isOpAt(1, "(")) return undefined
        const { end } = this
        this.fail("TREAT is not supported: write CAST", {
          title: "write CAST",
          start,
          end,
          text: "CAST",
        })
        return this.cast(start)
      }
      case "COLLATION": {
        if (!this.isWordAt(1, "FOR")) return undefined
        this.fail("COLLATION FOR is not supported: smelt does not ask for the collation of a text")
        this.at += 2
        this.expr(SIGN)
        return {
          kind: "literal",
          type: "null",
          value: "null",
          id: this.id(),
          span: this.span(start),
        }
      }
      default:
        this.fail("DEFAULT is not supported: a query has no default values to take")
        return this.literal("null", start, "null")
    }
  }

  /** `DATE '2024-01-31'`, `mood 'happy'`; `N'a'` is a VARCHAR. */
  private typedLiteral(start: number): Expr {
    const isNational = /^n$/i.test(this.source.slice(start, this.end))
    const written = this.typeName()
    const typeName = isNational ? { ...written, name: "VARCHAR", path: undefined } : written
    const value = this.continuedText()
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

  /**
   * Whether a type of more than one token and its text stand here: `DECIMAL(4, 1) '1.5'`, `NATIONAL CHAR VARYING(3) 'a'`,
   * `TIMESTAMP(3) WITH TIME ZONE '…'`.
   */
  private atWordyLiteral(): boolean {
    let ahead = 1
    if (this.isWord("NATIONAL")) {
      if (!this.isWordAt(1, "CHAR") && !this.isWordAt(1, "CHARACTER")) return false
      ahead++
    }
    const isDouble = this.isWord("DOUBLE") && this.isWordAt(ahead, "PRECISION")
    if (isDouble || (this.isOneOfAt(ahead - 1, VARYING) && this.isWordAt(ahead, "VARYING"))) ahead++
    if (this.isOpAt(ahead, "(")) {
      const open = ahead++
      while (this.kindAt(ahead) === NUMBER || this.isOpAt(ahead, ",")) ahead++
      if (ahead === open + 1 || !this.isOpAt(ahead, ")")) return false
      ahead++
    }
    const isTimed = this.isWord("TIME") || this.isWord("TIMESTAMP")
    if (isTimed && (this.isWordAt(ahead, "WITH") || this.isWordAt(ahead, "WITHOUT")))
      if (this.isWordAt(ahead + 1, "TIME") && this.isWordAt(ahead + 2, "ZONE")) ahead += 3
    return ahead > 1 && this.kindAt(ahead) === STRING
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

  private interval(start: number): Expr {
    this.at++
    const value = this.intervalValue()
    const unit = this.isOneOfAt(0, UNIT_NAMES) ? UNITS.get(this.text) : undefined
    if (unit !== undefined) this.at++
    return {
      kind: "interval",
      value,
      unit,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** A cast or a field that follows is one of the interval: `INTERVAL '1 day'::VARCHAR`. */
  private intervalValue(): Expr {
    const start = this.start
    switch (this.kind) {
      case STRING:
        return this.literal("string", start)
      case NUMBER:
        return this.number(start)
      default:
        return this.isOp("(") ? this.parenthesized(start) : this.expr(SIGN)
    }
  }

  /** `MAP {k: v}` is a call of the list of keys and the list of values. */
  private mapLiteral(start: number): Expr {
    const name = this.takeName()
    this.at++
    const entries = this.isOp("}")
      ? []
      : this.commaList(() => {
          const key = this.expr()
          this.expectOp(":")
          return [key, this.expr()] as const
        })
    this.close("}")
    const end = this.span(start)
    const list = (items: readonly Expr[]): Expr => ({
      kind: "list",
      items,
      array: undefined,
      id: this.id(),
      span: end,
    })
    const lists = [
      list(entries.map(([key]) => key)),
      list(entries.map(([, value]) => value)),
    ] as const
    return this.callOf([name], lists, start, "map")
  }

  private lambda(start: number): Expr {
    this.at++
    const params = this.strictList(() => this.nameOrString("a parameter"))
    this.expectOp(":")
    return { kind: "lambda", params, body: this.expr(), id: this.id(), span: this.span(start) }
  }

  protected star(start: number, qualifier?: QualifiedName): Star {
    this.expectOp("*")
    const exclude = this.excluded()
    const replace = this.isWord("REPLACE") ? this.listed(() => this.replaced()) : []
    const rename = this.isWord("RENAME") ? this.listed(() => this.renamed()) : undefined
    return {
      kind: "star",
      qualifier,
      exclude,
      replace,
      rename,
      id: this.id(),
      span: this.span(start),
    }
  }

  private excluded(): QualifiedName[] {
    const isExcept = this.isWord("EXCEPT") && this.isOpAt(1, "(")
    if (!this.isWord("EXCLUDE") && !isExcept) return []
    // `(SELECT …) EXCEPT (SELECT …)` is no list of columns.
    if (isExcept && (this.isOpAt(2, "(") || this.isOneOfAt(2, STARTS_OF_QUERY))) return []
    return this.listed(() => this.qualifiedName("a column"))
  }

  /** After a word: one item, or several in parentheses. */
  private listed<N>(item: () => N): N[] {
    this.at++
    if (!this.acceptOp("(")) return [item()]
    const items = this.commaList(item)
    this.close(")")
    return items
  }

  protected qualifiedName(what: string): QualifiedName {
    const { start } = this
    const path = [this.nameOrString(what)]
    while (this.acceptOp("."))
      path.push(this.kind === STRING ? this.takeString() : this.anyName(what))
    return this.lastOf(path, start)
  }

  /** The last name of a path, with those before it. */
  private lastOf(path: readonly Name[], start: number): QualifiedName {
    const [last = this.name()] = path.slice(-1)
    if (path.length === 1) return last
    return { ...last, span: { start, end: last.span.end }, before: path.slice(0, -1) }
  }

  private renamed(): Rename {
    const start = this.start
    const column = this.qualifiedName("a column")
    this.expectWord("AS")
    const alias = this.anyName("a name")
    return { kind: "rename", column, alias, id: this.id(), span: this.span(start) }
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

  private nameOrCall(start: number): Expr {
    const mark = this.at
    let path: readonly Name[] = [this.takeName()]
    while (this.isOp(".")) {
      if (this.isOpAt(1, "*")) {
        const qualifier = this.lastOf(path, start)
        this.at++
        return this.star(start, qualifier)
      }
      this.at++
      path = [
        ...path,
        this.atNextClause() ? this.missingName("a column") : this.anyName("a column"),
      ]
    }
    // Where a quote is not closed, what stands between two of them may be no string.
    const isLiteral = this.kind === STRING && !this.isTorn
    if (isLiteral) return this.namedLiteral(mark, start)
    if (!this.isOp("(")) return { kind: "column-ref", path, id: this.id(), span: this.span(start) }
    const isEmpty = path.length === 1 && isNiladic(path[0]) && this.isOpAt(1, ")")
    const plain = this.call(path, start)
    const call: Call = isEmpty ? { ...plain, form: "empty" } : plain
    return this.kind === STRING && !this.isTorn && isModified(call)
      ? this.namedLiteral(mark, start)
      : call
  }

  /** `main.mood 'happy'`, `mood(1) 'happy'`: what was read as a name or a call is the name of a type. */
  private namedLiteral(mark: number, start: number): Expr {
    this.at = mark
    return this.typedLiteral(start)
  }
}

function isNiladic(name: Name | undefined): boolean {
  return name?.quoted === false && NILADIC.has(name.text.toUpperCase() as Spelling)
}

/** Whether what is in the parentheses can be the modifiers of a type. */
function isModified({ args, orderBy, distinct, filter, over }: Call): boolean {
  const plain = orderBy.length === 0 && !distinct && filter === undefined && over === undefined
  return (
    plain && args.length > 0 && args.every(({ name, value }) => !name && value.kind === "literal")
  )
}

const STARTS_OF_QUERY: ReadonlySet<Spelling> = new Set(
  words("SELECT WITH FROM VALUES TABLE PIVOT UNPIVOT"),
)

const STARTS_OF_EXPR: ReadonlySet<Spelling> = new Set(
  words("NULL TRUE FALSE NOT CASE ARRAY LAMBDA CAST"),
)

/** A number, NULL or a truth value as it stands has no elements. */
function isIndexable(expr: Expr, start: number): boolean {
  if (expr.kind === "star") return false
  return expr.kind !== "literal" || INDEXABLE.has(expr.type) || expr.span.start !== start
}

const INDEXABLE: ReadonlySet<Literal["type"]> = new Set(["string"])

function isComparison(expr: Expr): boolean {
  return expr.kind === "binary" && BINARY[expr.op] === COMPARE
}

/** LIKE and BETWEEN end in an operand, which another word of their kind could be meant to take. */
function isMembership(expr: Expr): boolean {
  return expr.kind === "between" || (expr.kind === "like" && !expr.op.startsWith("~"))
}
