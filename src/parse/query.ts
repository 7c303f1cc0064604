import type {
  Cte,
  Expr,
  GroupBy,
  GroupItem,
  Limit,
  Name,
  NamedWindow,
  OrderItem,
  QualifiedName,
  Query,
  QueryBody,
  Sample,
  Select,
  SelectItem,
  Star,
  TableRef,
  Values,
} from "../syntax/ast.js"
import { nearest } from "../base/suggest.js"
import { END, NUMBER, OPERATOR, QUOTED, STRING, WORD } from "./lexer.js"
import { TableParser } from "./tables.js"
import { RESERVED, UNITS, words, type Spelling } from "./words.js"

const SET_OPS = ["UNION", "EXCEPT", "INTERSECT"] as const

/** Set operations in a row that make a tree deeper than stages can walk. */
const MAX_BRANCHES = 1000

/** Words that are an alias only after AS: something else may begin with them. */
const NEEDS_AS: ReadonlySet<Spelling> = new Set<Spelling>([
  ...words(`
    AT BETWEEN BIGINT BIT BOOLEAN CHAR CHARACTER DEC DECIMAL EXISTS EXPORT_STATE EXTRACT FILTER FLOAT GROUPING
    INT INTEGER INTERVAL NATIONAL NCHAR NUMERIC OVER OVERLAY POSITION PRECISION REAL ROW SETOF
    SMALLINT SUBSTRING TIME TIMESTAMP TREAT TRIM VALUES VARCHAR VARYING WITHIN WITHOUT
  `),
  ...UNITS.keys(),
])

/** After an inner query in parentheses: the outer one goes on, so that it is a query, too. */
const GOES_ON: ReadonlySet<Spelling> = new Set(
  words("UNION EXCEPT INTERSECT ORDER LIMIT OFFSET FETCH"),
)

const STARTS_OF_QUERY = words(`
  SELECT WITH FROM PIVOT PIVOT_WIDER UNPIVOT PIVOT_LONGER TABLE DESCRIBE DESC SHOW SUMMARIZE VALUES
`)

function isNearFrom(word: string): boolean {
  return nearest(word.toUpperCase(), ["FROM"]) !== undefined
}

const AFTER_ITEMS = "FROM, WHERE, GROUP, HAVING, ORDER, LIMIT or UNION"

/** Queries: WITH, set operations, SELECT and its clauses, FROM. */
export class QueryParser extends TableParser {
  /** By token: where its parenthesis closes; made when it is first asked for. */
  private closes: Int32Array | undefined

  /** Every statement of the text, separated by `;`. */
  statements(): Query[] {
    const statements: Query[] = []
    while (this.kind !== END) {
      if (this.acceptOp(";")) continue
      const before = this.at
      this.firstToken = this.at
      if (this.atQuery() || this.isMeantAsQuery()) statements.push(this.statement())
      while (this.kind !== END && !this.isOp(";")) this.skip()
      if (this.at === before) this.skip()
    }
    return statements
  }

  private statement(): Query {
    const query = this.query()
    if (this.kind === END || this.isOp(";")) return query
    this.leftOver()
    return this.goneOn(query)
  }

  /** A query with the clauses that stand after a mistake, so that what they name is known. */
  private goneOn(query: Query): Query {
    let whole = query
    while (this.kind !== END && !this.isOp(";")) {
      const change = this.clauseAgain()
      if (change) whole = changedQuery(whole, change, this.span(query.span.start).end)
      else this.skip()
    }
    return whole
  }

  /** What a clause that stands once more, or too late, changes of its select. */
  private clauseAgain(): ((select: Select) => Select) | undefined {
    if (this.acceptWord("WHERE")) {
      const where = this.expr()
      return (select) => ({ ...select, where: this.both(select.where, where) })
    }
    if (this.acceptWord("HAVING")) {
      const having = this.expr()
      return (select) => ({ ...select, having: this.both(select.having, having) })
    }
    if (this.acceptWord("QUALIFY")) {
      const qualify = this.expr()
      return (select) => ({ ...select, qualify: this.both(select.qualify, qualify) })
    }
    if (this.isWord("GROUP")) {
      const groupBy = this.groupBy()
      return (select) => ({ ...select, groupBy: select.groupBy ?? groupBy })
    }
    return undefined
  }

  private both(first: Expr | undefined, second: Expr): Expr {
    if (!first) return second
    const span = { start: first.span.start, end: second.span.end }
    return { kind: "logic", op: "AND", operands: [first, second], id: this.id(), span }
  }

  /** Names the statement that is written instead of a query; whether that is only a misspelled one. */
  private isMeantAsQuery(): boolean {
    while (this.isOp("(")) this.at++
    const word = this.source.slice(this.start, this.end).toUpperCase()
    if (this.kind === WORD && OTHER_STATEMENTS.has(word))
      this.fail(`${word} is no query: a model is one SELECT, and smelt makes its table or view`)
    else {
      this.expected("SELECT, FROM, VALUES or WITH")
      if (this.keywordNear("SELECT") === undefined) return false
      this.readAs("SELECT")
      return true
    }
    return false
  }

  wholeExpression(): Expr {
    const expr = this.expr()
    if (this.kind !== END) this.leftOver()
    return expr
  }

  private leftOver(): void {
    if (this.isWord("FOR") && !this.isNameSpelled(1, "SYSTEM_TIME"))
      return this.fail("FOR UPDATE and FOR SHARE are not supported: a model locks no rows")
    if (this.isWord("USING") && this.kindAt(1) === OPERATOR && !this.isOpAt(1, "("))
      return this.fail("USING is not supported in ORDER BY: write ASC or DESC")
    if (this.isWord("ON") || this.isWord("USING"))
      return this.fail(
        `CROSS, NATURAL and POSITIONAL JOIN take no ${this.text}: write JOIN alone for one with a condition`,
      )
    const clauses =
      "FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET UNION EXCEPT INTERSECT JOIN ON"
    if (this.kind === WORD) this.expected(`${clauses.replaceAll(" ", ", ")} or the end`)
    else this.fail(`unexpected ${this.found()}`)
  }

  /** Whether a query begins here, in parentheses or not: `((SELECT 1) + 1)` is none. */
  protected atQuery(): boolean {
    if (!this.isOp("(")) return this.startsQuery(0)
    let ahead = 1
    while (this.isOpAt(ahead, "(")) ahead++
    if (!this.startsQuery(ahead)) return false
    for (let open = ahead - 1; open > 0; open--) if (!this.isQueryAround(open)) return false
    return true
  }

  private startsQuery(ahead: number): boolean {
    switch (this.amongAt(ahead, STARTS_OF_QUERY)) {
      case "SELECT":
      case "WITH":
      case "FROM":
      case "PIVOT":
      case "PIVOT_WIDER":
      case "UNPIVOT":
      case "PIVOT_LONGER":
      case "TABLE":
      case "DESCRIBE":
      case "DESC":
      case "SHOW":
      case "SUMMARIZE":
        return true
      case "VALUES":
        return this.isOpAt(ahead + 1, "(")
      default:
        return false
    }
  }

  /** Whether what follows the parentheses that open there is the rest of a query. */
  private isQueryAround(open: number): boolean {
    const ahead = this.closeAhead(open)
    const next = this.textAt(ahead + 1)
    const isEnd = next === ")" || this.kindAt(ahead) === END || this.kindAt(ahead + 1) === END
    const isReadOnly = next === "FOR" && this.isNameSpelled(ahead + 2, "READ")
    return isEnd || isReadOnly || (next !== "" && GOES_ON.has(next))
  }

  /** The last token where none closes it. */
  protected closeAhead(ahead: number): number {
    this.closes ??= closesOf(this.spellings)
    return (this.closes[this.at + ahead] ?? this.kinds.length - 1) - this.at
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
      recursive = !this.isCteNamedRecursive() && this.acceptWord("RECURSIVE")
      ctes = this.strictList(() => this.cte())
    }
    const body = this.setOperations()
    const orderBy: OrderItem[] = this.isWord("ORDER") ? this.orderBy() : []
    const isReadOnly = this.readOnly()
    const limit = this.limit()
    if (!isReadOnly) this.readOnly()
    const isAlone = ctes.length === 0 && orderBy.length === 0 && limit === undefined
    if (isAlone && body.kind === "query") return body
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

  /** FOR READ ONLY asks for nothing. */
  private readOnly(): boolean {
    const isHere = this.isWord("FOR") && this.isNameSpelled(1, "READ") && this.isWordAt(2, "ONLY")
    if (isHere) this.at += 3
    return isHere
  }

  private isCteNamedRecursive(): boolean {
    return this.isOpAt(1, "(") || this.isWordAt(1, "AS") || this.isWordAt(1, "USING")
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
    const name = this.nameOrString("the name of a CTE")
    if (this.isOp("(") && this.startsQuery(1)) return this.cteWithoutAs(name, start)
    const columns = this.isOp("(") ? this.nameList("a column") : []
    const usingKey = this.isWord("USING") && this.isWordAt(1, "KEY") ? this.usingKey() : undefined
    this.expectWord("AS")
    if (this.startsQuery(0)) return this.cteWithoutParentheses(name, columns, start)
    const not = this.isWord("NOT") && this.isWordAt(1, "MATERIALIZED") ? (this.at++, true) : false
    const materialized = this.acceptWord("MATERIALIZED") ? !not : undefined
    this.expectOp("(")
    const query = this.query()
    this.close(")")
    return {
      kind: "cte",
      name,
      columns,
      usingKey,
      materialized,
      query,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `WITH c (SELECT 1)` */
  private cteWithoutAs(name: Name, start: number): Cte {
    const { start: open } = this
    this.at++
    this.fail("expected AS before the query", {
      title: "put AS",
      start: open,
      end: open,
      text: "AS ",
    })
    const query = this.query()
    this.close(")")
    return { kind: "cte", name, columns: [], query, id: this.id(), span: this.span(start) }
  }

  /** `WITH a AS SELECT 1 SELECT …` */
  private cteWithoutParentheses(name: Name, columns: Name[], start: number): Cte {
    this.fail(`the query of a CTE stands in parentheses, found ${this.found()}`)
    const query = this.query()
    return { kind: "cte", name, columns, query, id: this.id(), span: this.span(start) }
  }

  /** `USING KEY (a, max(b))` */
  private usingKey(): Expr[] {
    this.at += 2
    this.expectOp("(")
    const exprs = this.commaList(() => this.expr())
    this.close(")")
    return exprs
  }

  // ---------------------------------------------------------------------------- set operations

  /** INTERSECT binds tighter than UNION and EXCEPT; all are left-associative. */
  private setOperations(): QueryBody {
    const start = this.start
    let left = this.intersections()
    for (let i = 0; this.isWord("UNION") || this.isWord("EXCEPT"); i++) {
      if (i > MAX_BRANCHES) this.tooDeep()
      else left = this.setOperation(left, start, () => this.intersections())
    }
    return left
  }

  private intersections(): QueryBody {
    const start = this.start
    let left = this.queryTerm()
    for (let i = 0; this.isWord("INTERSECT"); i++) {
      if (i > MAX_BRANCHES) this.tooDeep()
      else left = this.setOperation(left, start, () => this.queryTerm())
    }
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
    switch (this.among(STARTS_OF_QUERY)) {
      case "SELECT":
      case "FROM":
        return this.select()
      case "PIVOT":
      case "PIVOT_WIDER":
        return this.pivotQuery()
      case "UNPIVOT":
      case "PIVOT_LONGER":
        return this.unpivotQuery()
      case "TABLE":
        return this.tableQuery()
      case "DESCRIBE":
      case "DESC":
      case "SHOW":
      case "SUMMARIZE":
        return this.show()
    }
    const word = this.source.slice(this.start, this.end).toUpperCase()
    if (this.kind === WORD && OTHER_STATEMENTS.has(word))
      this.fail(`${word} is no query: a model changes nothing but its own table or view`)
    else this.expected("SELECT, FROM or VALUES")
    const before = this.at
    this.skipTo(")")
    return this.at > before && this.isWord("SELECT") ? this.select() : this.emptyQuery().body
  }

  /** `inFrom`: after a trailing comma a name is the alias of the rows. */
  protected values(inFrom = false): Values {
    const start = this.start
    const isAlias = () => inFrom && (this.isName() || this.isWord("AS"))
    this.expectWord("VALUES")
    const rows = this.commaList(() => {
      this.expectOp("(")
      const row = this.commaList(() => this.expr())
      this.close(")")
      return row
    }, isAlias)
    return { kind: "values", rows, id: this.id(), span: this.span(start) }
  }

  private limit(): Limit | undefined {
    const start = this.start
    let count: Expr | undefined
    let offset: Expr | undefined
    let percent = false
    for (;;) {
      if (this.acceptWord("LIMIT")) {
        count = this.isWord("ALL") ? this.unlimited() : this.limitCount()
        percent = this.acceptOp("%") || this.acceptWord("PERCENT")
        if (this.isOp(","))
          this.fail("`LIMIT offset, count` is not supported: write LIMIT count OFFSET offset")
      } else if (this.acceptWord("OFFSET")) {
        offset = this.expr()
        if (!this.acceptWord("ROWS")) this.acceptWord("ROW")
      } else if (this.isWord("FETCH")) {
        this.at++
        if (!this.acceptWord("FIRST")) this.expectWord("NEXT")
        const one = this.isWord("ROW") || this.isWord("ROWS")
        count = one ? this.one() : this.expr()
        if (!this.acceptWord("ROW")) this.expectWord("ROWS")
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

  private limitCount(): Expr {
    this.isInLimit = true
    const count = this.expr()
    this.isInLimit = false
    return count
  }

  /** `LIMIT ALL` is `LIMIT NULL`. */
  private unlimited(): Expr {
    const span = { start: this.before, end: this.before }
    this.at++
    return { kind: "literal", type: "null", value: "null", id: this.id(), span }
  }

  /** What `FETCH FIRST ROW ONLY` leaves out. */
  private one(): Expr {
    const span = { start: this.before, end: this.before }
    return { kind: "literal", type: "integer", value: "1", id: this.id(), span }
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
    if (this.isWord("INTO")) this.refuseInto()
    if (!fromFirst && this.isWord("FROM")) from = this.fromClause()
    else if (!fromFirst && !this.atClause() && this.atOperand() && !this.isAfterItems())
      this.misspelledFrom(items.at(-1), from)
    const where = this.acceptWord("WHERE") ? this.expr() : undefined
    const groupBy = this.groupBy()
    const having = this.acceptWord("HAVING") ? this.expr() : undefined
    let windows = this.acceptWord("WINDOW") ? this.commaList(() => this.namedWindow()) : []
    const qualify = this.acceptWord("QUALIFY") ? this.expr() : undefined
    if (windows.length === 0 && this.acceptWord("WINDOW"))
      windows = this.commaList(() => this.namedWindow())
    const sample = this.atSampleClause() ? this.usingSample() : undefined
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
      sample,
      id: this.id(),
      span: this.span(start),
    }
  }

  private atOperand(): boolean {
    return this.kind === WORD || this.kind === NUMBER || this.kind === STRING
  }

  /** Words that follow a query without FROM, apart from clauses. */
  private isAfterItems(): boolean {
    return this.isWord("FOR") || this.atSampleClause()
  }

  private usingSample(): Sample {
    const start = this.start
    this.at += 2
    return this.sample(start)
  }

  private refuseInto(): void {
    this.fail("SELECT INTO is not supported: smelt makes the table or view of a model")
    this.skipTo(")")
  }

  /** `SELECT a FORM t`: the alias taken for the misspelled keyword is forgiven, the rest is read as FROM. */
  private misspelledFrom(last: SelectItem | undefined, from: TableRef[]): void {
    const { text = "", span } = (last?.kind === "select-expr" && last.alias) || {}
    const fix =
      span && isNearFrom(text)
        ? { title: `change \`${text}\` to FROM`, ...span, text: "FROM" }
        : undefined
    if (fix) {
      this.fail(`expected ${AFTER_ITEMS}, found ${this.found()}`, fix)
      this.recovered()
      from.push(...this.commaList(() => this.joined()))
      return
    }
    this.expected(AFTER_ITEMS)
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
    if (!this.isWord("ON")) return true
    this.at++
    if (!this.expectOp("(")) return true
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
    else if (!this.isName()) return false
    else if (alias && isNearFrom(alias.text)) return false
    else if (!this.isOpAt(1, "(") && !this.isOpAt(1, ".") && this.keywordNear(AFTER_ITEMS))
      return false
    const { before } = this
    const fix = { title: "put a comma", start: before, end: before, text: "," }
    this.fail(`expected a comma or FROM, found ${this.found()}`, fix)
    this.recovered()
    return true
  }

  protected selectItem(): SelectItem {
    const start = this.start
    const prefix = this.prefixName()
    const expr = this.expr()
    if (expr.kind === "star") {
      if (prefix || this.isWord("AS")) this.refuseStarAlias(prefix)
      return expr
    }
    if (expr.kind === "missing") this.skipItem()
    const alias = prefix ?? this.alias()
    return {
      kind: "select-expr",
      expr,
      alias,
      id: this.id(),
      span: this.span(start),
    }
  }

  private refuseStarAlias(prefix: Name | undefined): void {
    this.fail(
      "a star takes no alias: its columns keep their names, and RENAME (a AS b) changes them",
    )
    if (!prefix) this.at += 2
  }

  /** `x: a + b` is `a + b AS x`. */
  private prefixName(): Name | undefined {
    if (!this.isOpAt(1, ":") || !this.isName()) return undefined
    const name = this.takeName()
    this.at++
    return name
  }

  /** After an expression that is not there: on to the next comma or clause. */
  private skipItem(): void {
    while (!this.atClause() && !this.isOp(",") && !this.isOp(")") && !this.isOp(";")) this.skip()
  }

  private alias(): Name | undefined {
    if (this.acceptWord("AS"))
      return this.kind === STRING ? this.takeString() : this.anyName("a name")
    if (this.kind === QUOTED) return this.takeName()
    if (!this.isName()) return undefined
    // A word of the grammar is an alias only where nothing but the end of the item can follow.
    if (this.text !== "" && (NEEDS_AS.has(this.text) || !this.endsItemAt(1))) return undefined
    return this.takeName()
  }

  private endsItemAt(ahead: number): boolean {
    const kind = this.kindAt(ahead)
    const next = this.textAt(ahead)
    return kind === END || (next !== "" && (RESERVED.has(next) || ",);".includes(next)))
  }

  private groupBy(): GroupBy | undefined {
    if (!this.isWord("GROUP")) return undefined
    const start = this.start
    this.at++
    this.expectWord("BY")
    const isStar = this.isOp("*") && this.endsItemAt(1)
    const all = this.acceptWord("ALL") || (isStar && this.acceptOp("*"))
    const items = all ? [] : this.commaList(() => this.groupItem())
    return { kind: "group-by", all, items, id: this.id(), span: this.span(start) }
  }

  private groupItem(): GroupItem {
    return this.deeper(
      () => this.wholeGroupItem(),
      () => ({ kind: "group-expr", expr: this.missing(), id: this.id(), span: this.gap() }),
    )
  }

  private wholeGroupItem(): GroupItem {
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
    const expr = this.expr()
    return { kind: "group-expr", expr, id: this.id(), span: this.span(start) }
  }

  /** `(a, b)`, `a`, or grouping sets in grouping sets. */
  private groupingSet(): GroupItem {
    const start = this.start
    const item = this.groupItem()
    if (item.kind !== "group-expr") return item
    const { expr } = item
    if (this.source[start] !== "(") return item
    const exprs = expr.kind === "row" ? expr.items : [expr]
    return expr.span.start === start && expr.kind !== "row"
      ? item
      : { kind: "group-list", exprs, id: this.id(), span: this.span(start) }
  }

  /** `a` or `(a, b)` or `()`. */
  private exprOrList(): readonly Expr[] {
    if (this.isOp("(") && this.isOpAt(1, ")")) {
      this.at += 2
      return []
    }
    const isWrapped = this.isOp("(")
    const expr = this.expr()
    return isWrapped && expr.kind === "row" ? expr.items : [expr]
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

  // ------------------------------------------------------------------------- DuckDB's statements

  /** `PIVOT t ON a USING sum(x) GROUP BY b` */
  private pivotQuery(): QueryBody {
    const start = this.start
    this.at++
    const source = this.joined()
    const on = this.acceptWord("ON")
      ? this.commaList(
          () => this.pivotColumn(false),
          () => this.isWord("USING"),
        )
      : []
    const aggregates = this.acceptWord("USING") ? this.commaList(() => this.selectItem()) : []
    const groupBy = this.pivotGroups()
    return {
      kind: "pivot-query",
      source,
      on,
      aggregates,
      groupBy,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `UNPIVOT t ON a, b INTO NAME n VALUE v` */
  private unpivotQuery(): QueryBody {
    const start = this.start
    this.at++
    const source = this.joined()
    this.expectWord("ON")
    const on = this.commaList(
      () => this.selectItem(),
      () => this.isWord("INTO"),
    )
    let name: Name | undefined
    let values: Name[] = []
    if (this.acceptWord("INTO")) {
      this.expectWord("NAME")
      name = this.nameOrString("a column")
      if (!this.acceptWord("VALUE")) this.expectWord("VALUES")
      values = this.isOp("(")
        ? this.nameList("a column")
        : this.commaList(() => this.nameOrString("a column"))
    }
    return {
      kind: "unpivot-query",
      source,
      on,
      name,
      values,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `TABLE t` is `SELECT * FROM t`. */
  private tableQuery(): QueryBody {
    const start = this.start
    this.at++
    const items = [this.everything()]
    const from = [this.table()]
    return {
      kind: "select",
      distinct: false,
      items,
      from,
      where: undefined,
      groupBy: undefined,
      having: undefined,
      windows: [],
      qualify: undefined,
      sample: undefined,
      id: this.id(),
      span: this.span(start),
    }
  }

  private show(): QueryBody {
    const start = this.start
    let from: QualifiedName | undefined
    const verb = this.isWord("SHOW") ? "SHOW" : this.isWord("SUMMARIZE") ? "SUMMARIZE" : "DESCRIBE"
    this.at++
    const query = this.atQuery() ? this.query() : undefined
    const path: Name[] = []
    if (!query && this.isWord("ALL")) {
      const at = this.start
      this.at++
      const text = this.acceptWord("TABLES") ? "ALL TABLES" : "ALL"
      path.push({ kind: "name", text, quoted: false, id: this.id(), span: this.span(at) })
    } else if (!query && this.isWord("TABLES") && this.isWordAt(1, "FROM")) {
      this.at += 2
      from = this.qualifiedName("a schema")
    } else if (!query && this.kind === STRING) path.push(this.takeString())
    else if (!query && this.isAnyName()) {
      path.push(this.takeName())
      while (this.acceptOp(".")) path.push(this.anyName("a table"))
    }
    return { kind: "show", verb, query, path, from, id: this.id(), span: this.span(start) }
  }
}

/** A query with its last select changed, which then ends there. */
function changedQuery<Q extends QueryBody>(
  query: Q,
  change: (select: Select) => Select,
  end: number,
): Q {
  const whole = { ...query, span: { start: query.span.start, end } }
  switch (whole.kind) {
    case "select":
      return { ...whole, ...change(whole) }
    case "query":
      return { ...whole, body: changedQuery(whole.body, change, end) }
    case "set-operation":
      return { ...whole, right: changedQuery(whole.right, change, end) }
    default:
      return query
  }
}

const OTHER_STATEMENTS = new Set(
  (
    "INSERT UPDATE DELETE MERGE CREATE ALTER DROP TRUNCATE COPY ATTACH DETACH USE SET PRAGMA CALL " +
    "EXPLAIN BEGIN COMMIT ROLLBACK GRANT REVOKE VACUUM LOAD INSTALL EXECUTE PREPARE"
  ).split(" "),
)

/** For each `(` the token of its `)`, or of the end where it has none. */
function closesOf(spellings: readonly Spelling[]): Int32Array {
  const closes = new Int32Array(spellings.length).fill(spellings.length - 1)
  const open: number[] = []
  spellings.forEach((spelling, i) => {
    if (spelling === "(") open.push(i)
    else if (spelling === ")") {
      const last = open.pop()
      if (last !== undefined) closes[last] = i
    }
  })
  return closes
}
