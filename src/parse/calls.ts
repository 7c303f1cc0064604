import type {
  Argument,
  Call,
  Expr,
  Frame,
  FrameBound,
  Name,
  OrderItem,
  Query,
  WindowSpec,
} from "../syntax/ast.js"
import { KEYWORDS } from "../syntax/keywords.js"
import { END, NUMBER, STRING, WORD } from "./lexer.js"
import { TypeParser } from "./types.js"
import { UNIT_NAMES, words, type Spelling } from "./words.js"

/** Words that begin a part of a window, and are no name of one. */
const WINDOW_PARTS: ReadonlySet<Spelling> = new Set<Spelling>([
  "PARTITION",
  "ROWS",
  "RANGE",
  "GROUPS",
])

/** What may follow the arguments of a call. */
const AFTER_CALL: ReadonlySet<Spelling> = new Set<Spelling>([
  "WITHIN",
  "FILTER",
  "EXPORT_STATE",
  "IGNORE",
  "RESPECT",
  "OVER",
])

/** Functions with a syntax of their own. */
const SPECIAL_CALLS = words(`
  CAST TRY_CAST EXTRACT SUBSTRING POSITION OVERLAY TRIM EXISTS ROW ARRAY
`)
const SPECIAL: ReadonlySet<Spelling> = new Set(SPECIAL_CALLS)

const FORGIVING: ReadonlySet<string> = new Set(["coalesce", "grouping", "grouping_id"])

/** Calls: arguments, what may follow them, windows, and the functions with a syntax of their own. */
export abstract class CallParser extends TypeParser {
  protected abstract override expr(power?: number): Expr
  /** Up to IN, where that is no membership, or to AND. */
  protected abstract bounded(): Expr
  protected abstract atQuery(): boolean
  protected abstract query(): Query

  protected call(name: readonly Name[], start: number): Call {
    const call = this.application(name, start)
    if (!this.isOneOfAt(0, AFTER_CALL)) return call
    const withinGroup = this.withinGroup()
    const filter = this.filterClause()
    const exportState = this.acceptWord("EXPORT_STATE") ? true : undefined
    const isTreated = this.atNullTreatment() && this.isWordAt(2, "OVER")
    const nulls = call.nulls ?? (isTreated ? this.nullTreatment() : undefined)
    const over = this.acceptWord("OVER") ? this.over() : undefined
    return { ...call, withinGroup, filter, nulls, exportState, over, span: this.span(start) }
  }

  /** A name and its arguments; a table takes nothing of what may follow a value. */
  protected application(name: readonly Name[], start: number): Call {
    this.expectOp("(")
    const distinct = this.acceptWord("DISTINCT")
    if (!distinct) this.acceptWord("ALL")
    const none = !distinct && (this.isOp(")") || this.isWord("ORDER"))
    const args = none ? [] : this.argumentList(name)
    const orderBy = this.isWord("ORDER") ? this.orderBy() : []
    const nulls = this.nullTreatment()
    this.close(")")
    return {
      kind: "call",
      name,
      args,
      distinct,
      orderBy,
      withinGroup: [],
      filter: undefined,
      nulls,
      exportState: undefined,
      over: undefined,
      form: undefined,
      id: this.id(),
      span: this.span(start),
    }
  }

  protected methodCall(name: Name, operand: Expr, start: number, at: number): Call {
    // The function itself, also where its name has a syntax of its own: `(a).trim()`.
    const quoted = name.quoted || KEYWORDS.has(name.text.toLowerCase())
    const call = this.call([{ ...name, quoted }], at)
    const args = [this.wrapped(operand), ...call.args]
    return { ...call, args, span: this.span(start) }
  }

  /** DuckDB forgives a trailing comma where its grammar has the function. */
  private argumentList(name: readonly Name[]): Argument[] {
    const [only] = name
    const isForgiving = name.length === 1 && FORGIVING.has(only?.text.toLowerCase() ?? "")
    return isForgiving
      ? this.commaList(() => this.parseArgument())
      : this.strictList(() => this.parseArgument())
  }

  private parseArgument(): Argument {
    const start = this.start
    if (this.isWord("VARIADIC")) {
      this.fail("VARIADIC is not supported: write the arguments one by one")
      this.at++
    }
    if (this.isAnyName() && (this.isOpAt(1, "=>") || this.isOpAt(1, ":="))) {
      const name = this.takeName()
      this.at++
      const value = this.arrowLambda(this.start) ?? this.expr()
      return { kind: "argument", name, value, id: this.id(), span: this.span(start) }
    }
    return this.argument(this.arrowLambda(start) ?? this.expr(), start)
  }

  private argument(value: Expr, start = value.span.start): Argument {
    return { kind: "argument", name: undefined, value, id: this.id(), span: this.span(start) }
  }

  /** `x -> body` and `(x, y) -> body` as an argument: a lambda, where the left side is bare names. */
  private arrowLambda(start: number): Expr | undefined {
    const ahead = this.lambdaArrow()
    if (ahead === undefined) return undefined
    const params: Name[] = []
    while (this.acceptOp("(") || this.acceptOp(",") || !this.isOp("->")) {
      if (this.isName()) params.push(this.takeName())
      else this.acceptOp(")")
    }
    this.at++
    const body = this.expr()
    return { kind: "lambda", params, body, arrow: true, id: this.id(), span: this.span(start) }
  }

  /** How far ahead the arrow of a lambda stands. */
  private lambdaArrow(): number | undefined {
    if (this.isOpAt(1, "->") && this.isName()) return this.isKey(2) ? undefined : 1
    if (!this.isOp("(") || !this.isNameAt(1)) return undefined
    let ahead = 2
    while (this.isOpAt(ahead, ",") && this.isNameAt(ahead + 1)) ahead += 2
    const found = this.isOpAt(ahead, ")") && this.isOpAt(ahead + 1, "->")
    return found && !this.isKey(ahead + 2) ? ahead + 1 : undefined
  }

  /** Whether the right side of an arrow is JSON's: a text, in an argument that says nothing more of the names before it. */
  private isKey(ahead: number): boolean {
    if (this.kindAt(ahead) !== STRING) return false
    let open = 0
    for (let i = ahead + 1; this.kindAt(i) !== END; i++) {
      const text = this.textAt(i)
      if (text === "(" || text === "[" || text === "{") open++
      else if (text === ")" || text === "]" || text === "}") open--
      if (open < 0 || (open === 0 && (text === "," || text === ";"))) return true
      if (this.kindAt(i) === WORD)
        for (let name = 0; name < ahead; name++) if (this.isSameName(i, name)) return false
    }
    return true
  }

  protected callOf(
    name: readonly Name[],
    args: readonly Expr[],
    start: number,
    form?: Call["form"],
  ): Call {
    return {
      kind: "call",
      name,
      args: args.map((arg) => this.wrapped(arg)),
      distinct: false,
      orderBy: [],
      withinGroup: [],
      filter: undefined,
      nulls: undefined,
      exportState: undefined,
      over: undefined,
      form,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** An argument that is no wider than its value: one in a syntax of its own. */
  private wrapped(value: Expr): Argument {
    return { kind: "argument", name: undefined, value, id: this.id(), span: value.span }
  }

  /** The name of a function that an operator or a bracket stands for. */
  protected nameOf(text: string, start: number): Name {
    return { kind: "name", text, quoted: false, id: this.id(), span: this.span(start) }
  }

  // ------------------------------------------------------------------------- what follows a call

  private nullTreatment(): "ignore" | "respect" | undefined {
    if (!this.atNullTreatment()) return undefined
    const treatment = this.text === "IGNORE" ? "ignore" : "respect"
    this.at += 2
    return treatment
  }

  private atNullTreatment(): boolean {
    return (this.isWord("IGNORE") || this.isWord("RESPECT")) && this.isWordAt(1, "NULLS")
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
    return this.strictList(() => this.orderItem())
  }

  private orderItem(): OrderItem {
    const start = this.start
    const isAll = this.isWord("ALL")
    const expr = isAll ? this.allColumns() : this.expr()
    const ascending = this.acceptWord("ASC") ? true : undefined
    const descending = !ascending && this.acceptWord("DESC")
    const nulls = this.isWord("NULLS") ? this.nullsOrder() : undefined
    return {
      kind: "order-item",
      expr,
      star: !isAll && expr.kind === "star" ? true : undefined,
      descending,
      ascending,
      nulls,
      id: this.id(),
      span: this.span(start),
    }
  }

  private allColumns(): Expr {
    const start = this.start
    this.at++
    return { kind: "star", exclude: [], replace: [], id: this.id(), span: this.span(start) }
  }

  private nullsOrder(): "first" | "last" | undefined {
    const order = this.isWordAt(1, "FIRST")
      ? "first"
      : this.isWordAt(1, "LAST")
        ? "last"
        : undefined
    if (order) this.at += 2
    else {
      this.fail("NULLS needs FIRST or LAST after it")
      this.at++
    }
    return order
  }

  // ------------------------------------------------------------------------------------ windows

  private over(): Name | WindowSpec {
    return this.isOp("(") ? this.windowSpec() : this.name("a window")
  }

  protected windowSpec(): WindowSpec {
    const start = this.start
    this.expectOp("(")
    const isBase = this.isName() && (this.text === "" || !WINDOW_PARTS.has(this.text))
    const base = isBase ? this.takeName() : undefined
    let partitionBy: Expr[] = []
    if (this.acceptWord("PARTITION")) {
      this.expectWord("BY")
      partitionBy = this.strictList(() => this.expr())
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
    const mark = this.at
    const faults = this.errors.length
    const value = this.expr()
    const isWhole = this.isWord("PRECEDING") || this.isWord("FOLLOWING")
    if (!isWhole && this.errors.length === faults)
      return make("PRECEDING", this.bareBound(mark, value))
    return make(
      this.acceptWord("FOLLOWING") ? "FOLLOWING" : (this.expectWord("PRECEDING"), "PRECEDING"),
      value,
    )
  }

  /** `BETWEEN 1 AND 2`: a bound without its word ends at AND, if it has one. */
  private bareBound(mark: number, whole: Expr): Expr {
    const end = this.at
    this.at = mark
    const value = this.bounded()
    const endsAtAnd = this.isWord("AND")
    if (!endsAtAnd) this.at = end
    this.fail(`expected PRECEDING or FOLLOWING, found ${this.found()}`)
    return endsAtAnd ? value : whole
  }

  private exclusion(): NonNullable<Frame["exclude"]> {
    if (this.acceptWord("CURRENT")) return (this.expectWord("ROW"), "CURRENT ROW")
    if (this.acceptWord("GROUP")) return "GROUP"
    if (this.acceptWord("TIES")) return "TIES"
    this.expectWord("NO")
    this.expectWord("OTHERS")
    return "NO OTHERS"
  }

  // ------------------------------------------------------- functions with a syntax of their own

  /** A call that the word here begins in a way of its own, before its `(`. */
  protected specialCall(start: number): Expr | undefined {
    if (!this.isOneOfAt(0, SPECIAL) || !this.isOpAt(1, "(")) return undefined
    switch (this.among(SPECIAL_CALLS)) {
      case "CAST":
      case "TRY_CAST":
        return this.cast(start)
      case "EXTRACT":
        return this.extract(start)
      case "SUBSTRING":
        return this.substring(start)
      case "POSITION":
        return this.position(start)
      case "OVERLAY":
        return this.overlay(start)
      case "TRIM":
        return this.trim(start)
      case "EXISTS":
        return this.exists(start)
      case "ROW":
        return this.row(start)
      case "ARRAY":
        return this.arrayOf(start)
      default:
        return undefined
    }
  }

  protected cast(start: number): Expr {
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
    const part =
      this.kind === STRING
        ? { ...this.takeString(), quoted: false }
        : this.anyName("a part of a date")
    this.expectWord("FROM")
    const operand = this.expr()
    this.close(")")
    return { kind: "extract", part, operand, id: this.id(), span: this.span(start) }
  }

  /** `substring(x FROM a FOR b)` is `substring(x, a, b)`; FOR alone keeps its form. */
  private substring(start: number): Expr {
    const name = this.takeName()
    this.at++
    const args = this.isOp(")") ? [] : [this.expr()]
    let from: Expr | undefined
    let length: Expr | undefined
    for (;;) {
      if (!from && this.acceptWord("FROM")) from = this.expr()
      else if (!length && this.acceptWord("FOR")) length = this.expr()
      else break
    }
    if (length && !from) {
      const { start: at } = length.span
      from = {
        kind: "literal",
        type: "integer",
        value: "1",
        id: this.id(),
        span: { start: at, end: at },
      }
    }
    const form = from?.span.start === from?.span.end && length ? "for" : undefined
    if (from) args.push(from)
    if (length) args.push(length)
    if (!from) while (this.acceptOp(",")) args.push(this.expr())
    this.close(")")
    return this.callOf([name], args, start, form)
  }

  /** `position(y IN x)` is a call of x and y. */
  private position(start: number): Expr {
    const name = this.takeName()
    this.at++
    const needle = this.bounded()
    this.expectWord("IN")
    const text = this.bounded()
    this.close(")")
    return this.callOf([name], [text, needle], start, "position")
  }

  /** `overlay(x PLACING y FROM a FOR b)` */
  private overlay(start: number): Expr {
    const name = this.takeName()
    this.at++
    const args = [this.expr()]
    this.expectWord("PLACING")
    args.push(this.expr())
    this.expectWord("FROM")
    args.push(this.expr())
    if (this.acceptWord("FOR")) args.push(this.expr())
    this.close(")")
    return this.callOf([name], args, start, "overlay")
  }

  /** `trim(LEADING 'x' FROM y)` is `ltrim(y, 'x')`. */
  private trim(start: number): Expr {
    const name = this.takeName()
    this.at++
    const side = (["BOTH", "LEADING", "TRAILING"] as const).find((word) => this.acceptWord(word))
    const spelled = side === "LEADING" ? "ltrim" : side === "TRAILING" ? "rtrim" : name.text
    const args = this.isWord("FROM") ? [] : this.commaList(() => this.expr())
    const isForm = this.acceptWord("FROM")
    if (isForm) args.unshift(...this.commaList(() => this.expr()))
    this.close(")")
    const form = spelled !== name.text || (isForm && args.length > 1) ? "trim" : undefined
    return this.callOf([{ ...name, text: spelled }], args, start, form)
  }

  private exists(start: number): Expr {
    this.at += 2
    if (!this.isOp("(") && !this.atQuery() && this.isOperand()) this.fail("EXISTS needs a query")
    const query = this.query()
    this.close(")")
    return { kind: "exists", query, id: this.id(), span: this.span(start) }
  }

  private isOperand(): boolean {
    return this.kind === NUMBER || this.kind === STRING || this.isName()
  }

  private row(start: number): Expr {
    this.at += 2
    const items = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return { kind: "row", items, id: this.id(), span: this.span(start) }
  }

  private arrayOf(start: number): Expr {
    const name = this.takeName()
    const at = this.start
    this.at++
    if (!this.atQuery() && !this.isOp("(")) return this.listInParentheses(start)
    const query = this.query()
    this.close(")")
    const value: Expr = { kind: "scalar-subquery", query, id: this.id(), span: this.span(at) }
    return this.callOf([name], [value], start, "array")
  }

  /** `ARRAY(1, 2)` */
  private listInParentheses(start: number): Expr {
    this.fail("ARRAY(…) takes a query: write [1, 2] for a list")
    const items = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return { kind: "list", items, array: undefined, id: this.id(), span: this.span(start) }
  }

  // ----------------------------------------------------------------------------------- intervals

  protected startsInterval(): boolean {
    return (
      this.kindAt(1) === STRING ||
      this.kindAt(1) === NUMBER ||
      (this.isOpAt(1, "(") && !this.isOpAt(2, ")")) ||
      (this.isOpAt(1, "-") && this.kindAt(2) === NUMBER) ||
      (this.kindAt(1) === WORD && this.isNameAt(1) && this.isOneOfAt(2, UNIT_NAMES))
    )
  }
}
