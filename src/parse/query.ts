import type {
  Cte,
  Expr,
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
  SelectItem,
  Star,
  TableAlias,
  TableRef,
  Values,
} from "../syntax/ast.js"
import { nearest } from "../base/suggest.js"
import { END, QUOTED, STRING, WORD } from "./lexer.js"
import { ExprParser } from "./expressions.js"
import { RESERVED, words, type Spelling } from "./words.js"

const SET_OPS = ["UNION", "EXCEPT", "INTERSECT"] as const

/** Words that may follow a table and are no alias for it. */
const AFTER_TABLE: ReadonlySet<Spelling> = new Set(
  words("USING TABLESAMPLE PIVOT UNPIVOT WINDOW FETCH SET"),
)

function isNearFrom(word: string): boolean {
  return nearest(word.toUpperCase(), ["FROM"]) !== undefined
}

const AFTER_ITEMS = "FROM, WHERE, GROUP, HAVING, ORDER, LIMIT or UNION"

/** Queries: WITH, set operations, SELECT and its clauses, FROM. */
export class QueryParser extends ExprParser {
  /** Every statement of the text, separated by `;`. */
  statements(): Query[] {
    const statements: Query[] = []
    while (this.kind !== END) {
      if (this.acceptOp(";")) continue
      const before = this.at
      if (!this.atQuery()) this.expected("SELECT, FROM, VALUES or WITH")
      else statements.push(this.query())
      if (this.kind === END) break
      if (!this.isOp(";")) this.leftOver()
      while (this.kind !== END && !this.isOp(";")) this.at++
      if (this.at === before) this.at++
    }
    return statements
  }

  wholeExpression(): Expr {
    const expr = this.expr()
    if (this.kind !== END) this.leftOver()
    return expr
  }

  private leftOver(): void {
    const clauses =
      "FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET UNION EXCEPT INTERSECT JOIN ON"
    if (this.kind === WORD) this.expected(`${clauses.replaceAll(" ", ", ")} or the end`)
    else this.fail(`unexpected ${this.found()}`)
  }

  protected atQuery(): boolean {
    let ahead = 0
    while (this.isOpAt(ahead, "(")) ahead++
    if (this.kindAt(ahead) !== WORD) return false
    const word = this.textAt(ahead)
    if (
      word === "SELECT" ||
      word === "WITH" ||
      word === "FROM" ||
      word === "PIVOT" ||
      word === "UNPIVOT"
    )
      return true
    return word === "VALUES" && this.isOpAt(ahead + 1, "(")
  }

  protected query(): Query {
    return this.deeper(
      () => this.wholeQuery(),
      () => this.emptyQuery(),
    )
  }

  private wholeQuery(): Query {
    const start = this.start
    let recursive = false
    let ctes: Cte[] = []
    if (this.acceptWord("WITH")) {
      recursive = this.acceptWord("RECURSIVE")
      ctes = this.commaList(() => this.cte())
    }
    const body = this.setOperations()
    const orderBy: OrderItem[] = this.isWord("ORDER") ? this.orderBy() : []
    const limit = this.limit()
    return {
      kind: "query",
      recursive,
      ctes,
      body,
      orderBy,
      limit,
      id: this.id(),
      span: this.span(start),
    }
  }

  private emptyQuery(): Query {
    const start = this.start
    const body: Values = { kind: "values", rows: [], id: this.id(), span: this.span(start) }
    return {
      kind: "query",
      recursive: false,
      ctes: [],
      body,
      orderBy: [],
      id: this.id(),
      span: this.span(start),
    }
  }

  private cte(): Cte {
    const start = this.start
    const name = this.name("the name of a CTE")
    const columns = this.acceptOp("(") ? this.commaList(() => this.name()) : []
    if (columns.length > 0) this.close(")")
    this.expectWord("AS")
    const not = this.isWord("NOT") && this.isWordAt(1, "MATERIALIZED") ? (this.at++, true) : false
    const materialized = this.acceptWord("MATERIALIZED") ? !not : undefined
    this.expectOp("(")
    const query = this.query()
    this.close(")")
    return {
      kind: "cte",
      name,
      columns,
      materialized,
      query,
      id: this.id(),
      span: this.span(start),
    }
  }

  // ---------------------------------------------------------------------------- set operations

  /** INTERSECT binds tighter than UNION and EXCEPT; all are left-associative. */
  private setOperations(): QueryBody {
    const start = this.start
    let left = this.intersections()
    while (this.isWord("UNION") || this.isWord("EXCEPT"))
      left = this.setOperation(left, start, () => this.intersections())
    return left
  }

  private intersections(): QueryBody {
    const start = this.start
    let left = this.queryTerm()
    while (this.isWord("INTERSECT")) left = this.setOperation(left, start, () => this.queryTerm())
    return left
  }

  private setOperation(left: QueryBody, start: number, parseRight: () => QueryBody): QueryBody {
    const op = SET_OPS.find((word) => this.acceptWord(word)) ?? "UNION"
    const all = this.acceptWord("ALL")
    if (!all) this.acceptWord("DISTINCT")
    const byName = this.isWord("BY") && this.isWordAt(1, "NAME")
    if (byName) this.at += 2
    const right = parseRight()
    return {
      kind: "set-operation",
      op,
      all,
      byName,
      left,
      right,
      id: this.id(),
      span: this.span(start),
    }
  }

  private queryTerm(): QueryBody {
    if (this.isOp("(")) {
      this.at++
      const query = this.query()
      this.close(")")
      const plain =
        query.ctes.length === 0 && query.orderBy.length === 0 && query.limit === undefined
      return plain ? query.body : query
    }
    if (this.isWord("VALUES")) return this.values()
    if (this.isWord("SELECT") || this.isWord("FROM")) return this.select()
    if (this.isWord("WITH")) return this.query()
    if (this.isWord("PIVOT") || this.isWord("UNPIVOT"))
      this.fail(`${this.text} is not supported by this version`, undefined, "not-yet")
    else this.expected("SELECT, FROM or VALUES")
    this.skipTo(")")
    return this.emptyQuery().body
  }

  private values(): Values {
    const start = this.start
    this.expectWord("VALUES")
    const rows = this.commaList(() => {
      this.expectOp("(")
      const row = this.commaList(() => this.expr())
      this.close(")")
      return row
    })
    return { kind: "values", rows, id: this.id(), span: this.span(start) }
  }

  private limit(): Limit | undefined {
    const start = this.start
    let count: Expr | undefined
    let offset: Expr | undefined
    let percent = false
    for (;;) {
      if (this.acceptWord("LIMIT")) {
        if (this.acceptWord("ALL")) continue
        count = this.expr()
        percent = this.acceptOp("%") || this.acceptWord("PERCENT")
      } else if (this.acceptWord("OFFSET")) {
        offset = this.expr()
        if (!this.acceptWord("ROWS")) this.acceptWord("ROW")
      } else if (this.isWord("FETCH")) {
        this.at++
        if (!this.acceptWord("FIRST")) this.expectWord("NEXT")
        count = this.expr()
        if (!this.acceptWord("ROWS")) this.acceptWord("ROW")
        this.expectWord("ONLY")
      } else break
    }
    if (count === undefined && offset === undefined) return undefined
    return {
      kind: "limit",
      count,
      offset,
      percent,
      id: this.id(),
      span: this.span(start),
    }
  }

  // ------------------------------------------------------------------------------------- select

  private select(): Select {
    const start = this.start
    let from: TableRef[] = []
    let distinct: Select["distinct"] = false
    let items: SelectItem[] = []
    const fromFirst = this.isWord("FROM")
    if (fromFirst) from = this.fromClause()
    if (this.acceptWord("SELECT")) {
      distinct = this.distinct()
      items = this.selectItems()
    } else items = [this.everything()]
    if (!fromFirst && this.isWord("FROM")) from = this.fromClause()
    else if (!fromFirst && !this.atClause() && this.kind === WORD)
      this.misspelledFrom(items.at(-1), from)
    const where = this.acceptWord("WHERE") ? this.expr() : undefined
    const groupBy = this.groupBy()
    const having = this.acceptWord("HAVING") ? this.expr() : undefined
    let windows = this.acceptWord("WINDOW") ? this.commaList(() => this.namedWindow()) : []
    const qualify = this.acceptWord("QUALIFY") ? this.expr() : undefined
    if (windows.length === 0 && this.acceptWord("WINDOW"))
      windows = this.commaList(() => this.namedWindow())
    return {
      kind: "select",
      distinct,
      items,
      from,
      where,
      groupBy,
      having,
      windows,
      qualify,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `SELECT a FORM t`: the alias taken for the misspelled keyword is forgiven, the rest is read as FROM. */
  private misspelledFrom(last: SelectItem | undefined, from: TableRef[]): void {
    const { text = "", span } = (last?.kind === "select-expr" && last.alias) || {}
    const fix =
      span && isNearFrom(text)
        ? { title: `change \`${text}\` to FROM`, ...span, text: "FROM" }
        : undefined
    if (fix) this.fail(`expected ${AFTER_ITEMS}, found ${this.found()}`, fix)
    else this.expected(AFTER_ITEMS)
    this.skipTo(")")
    if (this.isWord("FROM")) from.push(...this.fromClause())
  }

  private everything(): Star {
    const span = { start: this.before, end: this.before }
    return { kind: "star", exclude: [], replace: [], id: this.id(), span }
  }

  private distinct(): Select["distinct"] {
    if (this.acceptWord("ALL")) return false
    if (!this.acceptWord("DISTINCT")) return false
    if (!this.isWord("ON") || !this.isOpAt(1, "(")) return true
    this.at += 2
    const on = this.commaList(() => this.expr())
    this.close(")")
    return on
  }

  private selectItems(): SelectItem[] {
    if (this.atClause() || this.isOp(")") || this.isOp(";")) {
      this.expected("a column or an expression")
      return []
    }
    const items = this.commaList(() => this.selectItem())
    while (this.isCommaMissing(items.at(-1))) items.push(...this.commaList(() => this.selectItem()))
    return items
  }

  /** Another item where a comma or a clause should be: `a AS b c`, and `a b.c`, whose b was no alias. */
  private isCommaMissing(last: SelectItem | undefined): boolean {
    const alias = last?.kind === "select-expr" ? last.alias : undefined
    if (this.isOp(".") && alias && !this.isWordAt(-2, "AS")) this.at--
    else if (!this.isName() || (this.text !== "" && AFTER_TABLE.has(this.text))) return false
    else if (alias && isNearFrom(alias.text)) return false
    else if (!this.isOpAt(1, "(") && !this.isOpAt(1, ".") && this.keywordNear(AFTER_ITEMS))
      return false
    const { before } = this
    const fix = { title: "put a comma", start: before, end: before, text: "," }
    this.fail(`expected a comma or FROM, found ${this.found()}`, fix)
    return true
  }

  private selectItem(): SelectItem {
    const start = this.start
    const expr = this.expr()
    if (expr.kind === "star") return expr
    if (expr.kind === "missing") this.skipItem()
    const alias = this.alias()
    return {
      kind: "select-expr",
      expr,
      alias,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** After an expression that is not there: on to the next comma or clause. */
  private skipItem(): void {
    while (!this.atClause() && !this.isOp(",") && !this.isOp(")") && !this.isOp(";")) this.at++
  }

  private alias(): Name | undefined {
    if (this.acceptWord("AS"))
      return this.kind === STRING ? this.stringName() : this.anyName("a name")
    if (this.kind === QUOTED) return this.takeName()
    if (this.kind !== WORD) return undefined
    const word = this.text
    return word !== "" && (RESERVED.has(word) || AFTER_TABLE.has(word))
      ? undefined
      : this.takeName()
  }

  private stringName(): Name {
    const start = this.start
    const text = this.value()
    this.at++
    return { kind: "name", text, quoted: true, id: this.id(), span: this.span(start) }
  }

  private groupBy(): GroupBy | undefined {
    if (!this.isWord("GROUP")) return undefined
    const start = this.start
    this.at++
    this.expectWord("BY")
    const all = this.isWord("ALL") && !this.isOpAt(1, "(")
    if (all) this.at++
    const items = all ? [] : this.commaList(() => this.groupItem())
    return { kind: "group-by", all, items, id: this.id(), span: this.span(start) }
  }

  private groupItem(): GroupItem {
    const start = this.start
    if ((this.isWord("ROLLUP") || this.isWord("CUBE")) && this.isOpAt(1, "(")) {
      const kind = this.text === "ROLLUP" ? "rollup" : "cube"
      this.at += 2
      const items = this.commaList(() => this.exprOrList())
      this.close(")")
      return { kind, items, id: this.id(), span: this.span(start) }
    }
    if (this.isWord("GROUPING") && this.isWordAt(1, "SETS")) {
      this.at += 2
      this.expectOp("(")
      const items = this.commaList(() => this.groupingSet())
      this.close(")")
      return { kind: "grouping-sets", items, id: this.id(), span: this.span(start) }
    }
    if (this.isOp("(") && this.isOpAt(1, ")")) {
      this.at += 2
      return { kind: "group-list", exprs: [], id: this.id(), span: this.span(start) }
    }
    return { kind: "group-expr", expr: this.expr(), id: this.id(), span: this.span(start) }
  }

  private groupingSet(): GroupItem {
    const start = this.start
    if (!this.isOp("(")) return this.groupItem()
    return { kind: "group-list", exprs: this.exprOrList(), id: this.id(), span: this.span(start) }
  }

  /** `a` or `(a, b)` or `()`. */
  private exprOrList(): Expr[] {
    if (!this.isOp("(")) return [this.expr()]
    this.at++
    const exprs = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return exprs
  }

  private namedWindow(): NamedWindow {
    const start = this.start
    const name = this.name("a window")
    this.expectWord("AS")
    return {
      kind: "named-window",
      name,
      window: this.windowSpec(),
      id: this.id(),
      span: this.span(start),
    }
  }

  // --------------------------------------------------------------------------------------- from

  private fromClause(): TableRef[] {
    this.expectWord("FROM")
    return this.commaList(() => this.joined())
  }

  private joined(): TableRef {
    const start = this.start
    let left = this.table()
    for (;;) {
      const join = this.join(left, start)
      if (join === undefined) return left
      left = join
    }
  }

  private join(left: TableRef, start: number): Join | undefined {
    const mark = this.at
    const natural = this.acceptWord("NATURAL")
    const type = this.joinType()
    if (!this.acceptWord("JOIN")) {
      if (this.at !== mark) this.expected("JOIN")
      return undefined
    }
    const right = this.table()
    const on = this.acceptWord("ON") ? this.expr() : undefined
    const using = on === undefined && this.acceptWord("USING") ? this.usingColumns() : undefined
    const needsOn =
      !natural && ["inner", "left", "right", "full", "semi", "anti", "asof"].includes(type)
    if (needsOn && on === undefined && using === undefined) this.expected("ON or USING")
    return {
      kind: "join",
      type,
      natural,
      left,
      right,
      on,
      using,
      id: this.id(),
      span: this.span(start),
    }
  }

  private usingColumns(): Name[] {
    this.expectOp("(")
    const names = this.commaList(() => this.anyName("a column"))
    this.close(")")
    return names
  }

  private joinType(): Join["type"] {
    if (this.acceptWord("INNER")) return "inner"
    if (this.acceptWord("CROSS")) return "cross"
    if (this.acceptWord("SEMI")) return "semi"
    if (this.acceptWord("ANTI")) return "anti"
    if (this.acceptWord("POSITIONAL")) return "positional"
    if (this.acceptWord("ASOF")) {
      this.acceptWord("LEFT")
      return "asof"
    }
    for (const side of ["LEFT", "RIGHT", "FULL"] as const)
      if (this.acceptWord(side)) {
        this.acceptWord("OUTER")
        if (side === "LEFT" && this.acceptWord("SEMI")) return "semi"
        if (side === "LEFT" && this.acceptWord("ANTI")) return "anti"
        return side.toLowerCase() as "left" | "right" | "full"
      }
    return "inner"
  }

  private table(): TableRef {
    return this.deeper(
      () => this.tableItem(),
      () => this.missingTable(),
    )
  }

  private tableItem(): TableRef {
    const start = this.start
    const lateral = this.acceptWord("LATERAL")
    if (this.isOp("(")) return this.parenthesizedTable(start, lateral)
    if (this.isWord("VALUES") && this.isOpAt(1, "("))
      return {
        kind: "values-table",
        values: this.values(),
        alias: this.tableAlias(),
        id: this.id(),
        span: this.span(start),
      }
    if (!this.isName()) {
      this.expected("a table")
      return this.missingTable()
    }
    const path = [this.takeName()]
    while (this.acceptOp(".")) path.push(this.anyName("a table"))
    if (this.isOp("(")) {
      return {
        kind: "table-call",
        call: this.call(path, start),
        lateral,
        alias: this.tableAlias(),
        id: this.id(),
        span: this.span(start),
      }
    }
    const alias = this.tableAlias()
    return { kind: "table-name", path, alias, id: this.id(), span: this.span(start) }
  }

  private missingTable(): TableRef {
    return { kind: "missing-table", id: this.id(), span: { start: this.before, end: this.before } }
  }

  private parenthesizedTable(start: number, lateral: boolean): TableRef {
    this.at++
    if (this.atQuery()) {
      const query = this.query()
      this.close(")")
      const alias = this.tableAlias()
      return { kind: "subquery", query, lateral, alias, id: this.id(), span: this.span(start) }
    }
    const inner = this.joined()
    this.close(")")
    return inner
  }

  private tableAlias(): TableAlias | undefined {
    const start = this.start
    const name = this.alias()
    if (name === undefined) return undefined
    const columns = this.acceptOp("(") ? this.commaList(() => this.name("a column")) : []
    if (columns.length > 0) this.close(")")
    return { kind: "table-alias", name, columns, id: this.id(), span: this.span(start) }
  }
}
