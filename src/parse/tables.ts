import type {
  Expr,
  Join,
  Literal,
  Name,
  PivotColumn,
  PivotTable,
  Query,
  Sample,
  SelectItem,
  TableAlias,
  TableName,
  TableRef,
  TableVersion,
  TypeName,
  UnpivotColumn,
  UnpivotTable,
  Values,
} from "../syntax/ast.js"
import { NUMBER, PARAMETER, QUOTED, STRING, WORD } from "./lexer.js"
import { ExprParser } from "./expressions.js"
import { FUNCTION_NAMES, words, type Spelling } from "./words.js"

/** Joins in a row that make a tree deeper than stages can walk. */
const MAX_JOINS = 1000

const NEEDS_CONDITION: ReadonlySet<Join["type"]> = new Set([
  "inner",
  "left",
  "right",
  "full",
  "semi",
  "anti",
  "asof",
])

const JOINS = words(`
  JOIN INNER LEFT RIGHT FULL SEMI ANTI ASOF NATURAL CROSS POSITIONAL
`)

/** Words that may follow a table and are no alias for it. */
const AFTER_TABLE: ReadonlySet<Spelling> = new Set(words("AT"))

/** FROM: tables, joins, pivots, samples, aliases. */
export abstract class TableParser extends ExprParser {
  protected abstract values(inFrom?: boolean): Values
  protected abstract selectItem(): SelectItem
  /** The token that closes the parenthesis there, counted from here. */
  protected abstract closeAhead(ahead: number): number

  /** Whether the FROM clause here has been told that a table takes no parentheses. */
  private hasParentheses = false

  protected fromClause(): TableRef[] {
    this.expectWord("FROM")
    this.hasParentheses = false
    return this.commaList(() => this.joined())
  }

  protected joined(): TableRef {
    const start = this.start
    return this.joinedTo(this.table(), start, false)
  }

  /** What is joined to `left`, or turned from it. `inner` leaves ON to the join around. */
  private joinedTo(left: TableRef, start: number, inner: boolean): TableRef {
    for (let i = 0; i < MAX_JOINS; i++) {
      const next = inner ? undefined : this.turned(left, start)
      const joined = next ?? this.join(left, start)
      if (joined === undefined) return left
      left = joined
    }
    this.tooDeep()
    return left
  }

  private join(left: TableRef, start: number): Join | undefined {
    const mark = this.at
    const natural = this.acceptWord("NATURAL")
    const [type, side] = this.joinType()
    if (!this.acceptWord("JOIN")) {
      if (this.at !== mark) this.expected("JOIN")
      return undefined
    }
    const needsCondition = !natural && NEEDS_CONDITION.has(type)
    const at = this.start
    let right = this.table()
    // The condition is still to come, so that a pivot is one of the right side.
    if (needsCondition) right = this.turnedOver(right, at)
    // `a JOIN b JOIN c ON x ON y`: the inner join stands to the right.
    if (needsCondition && this.atJoin()) right = this.joinedInside(right, at)
    const on = needsCondition && this.acceptWord("ON") ? this.expr() : undefined
    const using = needsCondition && on === undefined && this.atUsing() ? this.using() : undefined
    if (needsCondition && on === undefined && using === undefined) this.expected("ON or USING")
    return {
      kind: "join",
      type,
      natural,
      side,
      left,
      right,
      on,
      using,
      alias: undefined,
      id: this.id(),
      span: this.span(start),
    }
  }

  private turnedOver(table: TableRef, start: number): TableRef {
    for (let i = 0; i < MAX_JOINS; i++) {
      const next = this.turned(table, start)
      if (next === undefined) return table
      table = next
    }
    return table
  }

  private joinedInside(left: TableRef, start: number): TableRef {
    return this.deeper(
      () => this.joinedTo(left, start, true),
      () => left,
    )
  }

  private atUsing(): boolean {
    return this.isWord("USING") && this.isOpAt(1, "(")
  }

  private using(): Name[] {
    this.at++
    return this.nameList("a column")
  }

  /** Whether a join that asks for a condition begins here. */
  private atJoin(): boolean {
    switch (this.among(JOINS)) {
      case "JOIN":
      case "INNER":
      case "LEFT":
      case "RIGHT":
      case "FULL":
      case "SEMI":
      case "ANTI":
      case "ASOF":
      case "NATURAL":
      case "CROSS":
      case "POSITIONAL":
        return true
      default:
        return false
    }
  }

  private joinType(): readonly [Join["type"], Join["side"]] {
    if (this.acceptWord("INNER")) return ["inner", undefined]
    if (this.acceptWord("CROSS")) return ["cross", undefined]
    if (this.acceptWord("SEMI")) return ["semi", undefined]
    if (this.acceptWord("ANTI")) return ["anti", undefined]
    if (this.acceptWord("POSITIONAL")) return ["positional", undefined]
    if (this.acceptWord("ASOF")) {
      const [side] = this.joinType()
      return ["asof", isSide(side) ? side : undefined]
    }
    for (const side of ["LEFT", "RIGHT", "FULL"] as const)
      if (this.acceptWord(side)) {
        this.acceptWord("OUTER")
        if (side === "LEFT" && this.acceptWord("SEMI")) return ["semi", undefined]
        if (side === "LEFT" && this.acceptWord("ANTI")) return ["anti", undefined]
        return [side.toLowerCase() as "left" | "right" | "full", undefined]
      }
    return ["inner", undefined]
  }

  // -------------------------------------------------------------------------------------- tables

  protected table(): TableRef {
    return this.deeper(
      () => this.tableItem(),
      () => this.missingTable(),
    )
  }

  private tableItem(): TableRef {
    const start = this.start
    const prefix = this.prefixAlias()
    const lateral = this.acceptWord("LATERAL")
    if (this.isOp("(")) return this.parenthesizedTable(start, lateral, prefix)
    if (this.isWord("VALUES") && this.isOpAt(1, "(")) return this.valuesTable(start, prefix)
    if (this.kind === STRING) return this.tableName([this.takeString()], start, prefix)
    const isOnly = this.isWord("ONLY") && this.acceptWord("ONLY")
    const isWrapped = isOnly && this.acceptOp("(")
    const isFunction = FUNCTION_NAMES.has(this.text) && this.isOpAt(1, "(")
    if (!this.isName() && !isFunction) {
      this.expected("a table")
      return this.missingTable()
    }
    const path = [this.takeName()]
    while (this.acceptOp(".")) path.push(this.anyName("a table"))
    if (isWrapped) this.close(")")
    if (this.isOp("(")) return this.tableCall(path, lateral, start, prefix)
    // PostgreSQL's `t *`: with the tables that inherit from it, as is the default.
    if (this.isOp("*")) this.at++
    return this.tableName(path, start, prefix)
  }

  private tableName(path: readonly Name[], start: number, prefix?: TableAlias): TableName {
    const alias = prefix ?? this.tableAlias()
    const at = this.version()
    const sample = this.tableSample()
    return { kind: "table-name", path, alias, at, sample, id: this.id(), span: this.span(start) }
  }

  private tableCall(
    path: readonly Name[],
    lateral: boolean,
    start: number,
    prefix?: TableAlias,
  ): TableRef {
    const call = this.application(path, path[0]?.span.start ?? start)
    const ordinality =
      this.isWord("WITH") && this.isWordAt(1, "ORDINALITY") ? ((this.at += 2), true) : undefined
    return {
      kind: "table-call",
      call,
      lateral,
      ordinality,
      alias: prefix ?? this.functionAlias(),
      sample: this.tableSample(),
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `VALUES (1) AS t` is `(VALUES (1)) AS t`. */
  private valuesTable(start: number, prefix?: TableAlias): TableRef {
    const body = this.values(true)
    const query: Query = {
      kind: "query",
      recursive: false,
      ctes: [],
      body,
      orderBy: [],
      id: this.id(),
      span: body.span,
    }
    return {
      kind: "subquery",
      query,
      lateral: false,
      alias: prefix ?? this.tableAlias(),
      sample: this.tableSample(),
      id: this.id(),
      span: this.span(start),
    }
  }

  protected missingTable(): TableRef {
    return { kind: "missing-table", id: this.id(), span: this.gap() }
  }

  private parenthesizedTable(start: number, lateral: boolean, prefix?: TableAlias): TableRef {
    if (this.atQuery() && !this.atNamedValues()) {
      this.at++
      const query = this.query()
      this.close(")")
      return {
        kind: "subquery",
        query,
        lateral,
        alias: prefix ?? this.tableAlias(),
        sample: this.tableSample(),
        id: this.id(),
        span: this.span(start),
      }
    }
    this.at++
    const inner = this.joined()
    if (inner.kind !== "join" && this.isOp(")")) this.refuseParentheses()
    this.close(")")
    const alias = prefix ?? this.tableAlias()
    if (!alias) return inner
    if (inner.kind === "missing-table") return inner
    return { ...inner, alias, span: this.span(start) }
  }

  /** Once a clause: rows of VALUES that are left over are a hundred tables. */
  private refuseParentheses(): void {
    if (!this.hasParentheses) this.expected("a join: a table by itself takes no parentheses")
    this.hasParentheses = true
  }

  /** `(VALUES (1), (2) v JOIN t …)`: an alias after the rows makes them a table. */
  private atNamedValues(): boolean {
    if (!this.isWordAt(1, "VALUES")) return false
    let ahead = 2
    while (this.isOpAt(ahead, "(")) {
      ahead = this.closeAhead(ahead) + 1
      if (this.isOpAt(ahead, ",")) ahead++
    }
    return this.isNameAt(ahead) || this.isWordAt(ahead, "AS")
  }

  // -------------------------------------------------------------------------------------- aliases

  /** `x: t` */
  private prefixAlias(): TableAlias | undefined {
    if (!this.isOpAt(1, ":")) return undefined
    if (this.kind !== STRING && !this.isName()) return undefined
    const start = this.start
    const name = this.kind === STRING ? this.takeString() : this.takeName()
    const span = this.span(start)
    this.at++
    return { kind: "table-alias", name, columns: [], types: undefined, id: this.id(), span }
  }

  protected tableAlias(): TableAlias | undefined {
    const start = this.start
    const name = this.tableAliasName()
    if (name === undefined) return undefined
    const columns = this.isOp("(") ? this.nameList("a column") : []
    return {
      kind: "table-alias",
      name,
      columns,
      types: undefined,
      id: this.id(),
      span: this.span(start),
    }
  }

  private tableAliasName(): Name | undefined {
    if (this.acceptWord("AS"))
      return this.kind === STRING ? this.takeString() : this.name("a name for the table")
    if (this.kind === QUOTED) return this.takeName()
    if (this.atVersion()) return undefined
    if (this.kind !== WORD || (this.text !== "" && AFTER_TABLE.has(this.text))) return undefined
    return this.isName() ? this.takeName() : undefined
  }

  /** As any alias, or `AS t(a INTEGER)` and `AS (a INTEGER)`, whose columns have types. */
  private functionAlias(): TableAlias | undefined {
    const start = this.start
    const isNameless = this.isWord("AS") && this.isOpAt(1, "(")
    const name = isNameless ? (this.at++, this.unnamed()) : this.tableAliasName()
    if (name === undefined) return undefined
    const columns: Name[] = []
    const types: TypeName[] = []
    if (this.acceptOp("(")) {
      this.commaList(() => {
        columns.push(this.nameOrString("a column"))
        if (!this.isOp(",") && !this.isOp(")")) types.push(this.typeName())
        if (this.isWord("COLLATE")) {
          this.fail(
            "a collation of a column is not supported here: write it where the column is used",
          )
          this.at += 2
        }
      })
      this.close(")")
    }
    return {
      kind: "table-alias",
      name,
      columns,
      types: types.length > 0 ? types : undefined,
      id: this.id(),
      span: this.span(start),
    }
  }

  private unnamed(): Name {
    const { before } = this
    const span = { start: before, end: before }
    return { kind: "name", text: "", quoted: false, id: this.id(), span }
  }

  // ---------------------------------------------------------------------- versions and samples

  private atVersion(): boolean {
    if (!this.isWord("AT") || !this.isOpAt(1, "(")) return false
    const isUnit = this.isWordAt(2, "VERSION") || this.isWordAt(2, "TIMESTAMP") || this.isNameAt(2)
    return isUnit && this.isOpAt(3, "=>")
  }

  /** `AT (VERSION => 3)` */
  private version(): TableVersion | undefined {
    if (!this.atVersion()) return undefined
    const start = this.start
    this.at += 2
    const unit = this.acceptWord("VERSION")
      ? "VERSION"
      : (this.expectWord("TIMESTAMP"), "TIMESTAMP" as const)
    this.expectOp("=>")
    const value = this.expr()
    this.close(")")
    return { kind: "table-version", unit, value, id: this.id(), span: this.span(start) }
  }

  private tableSample(): Sample | undefined {
    if (!this.isWord("TABLESAMPLE")) return undefined
    const start = this.start
    this.at++
    return this.sample(start)
  }

  /** `10%`, `10 ROWS (reservoir, 7)`, `reservoir(10 ROWS) REPEATABLE (7)`, after its word. */
  protected sample(start: number): Sample {
    const isMethod = this.isName() && this.isOpAt(1, "(")
    let method: Name | undefined = isMethod ? this.takeName() : undefined
    let seed: Literal | undefined
    const isWrapped = this.acceptOp("(")
    const { count, percent } = this.sampleCount()
    if (isWrapped) this.close(")")
    if (this.isWord("REPEATABLE") && this.isOpAt(1, "(")) {
      this.at += 2
      seed = this.seed()
      this.close(")")
    } else if (!isWrapped && this.acceptOp("(")) {
      method = this.name("a method")
      if (this.acceptOp(",")) seed = this.seed()
      this.close(")")
    }
    return {
      kind: "sample",
      count,
      percent,
      method,
      seed,
      id: this.id(),
      span: this.span(start),
    }
  }

  private sampleCount(): { readonly count: Expr; readonly percent: boolean } {
    const start = this.start
    const isValue = this.kind === NUMBER || this.kind === PARAMETER
    const count = isValue ? this.sampleValue(start) : this.missing()
    if (!isValue) this.expected("how many rows, or what percentage")
    const percent = this.acceptOp("%") || this.acceptWord("PERCENT")
    if (!percent) this.acceptWord("ROWS")
    return { count, percent }
  }

  private sampleValue(start: number): Expr {
    const text = this.value()
    const isParameter = this.kind === PARAMETER
    this.at++
    const span = this.span(start)
    if (isParameter) return { kind: "parameter", name: text, id: this.id(), span }
    const type = /[.eE]/.test(text) ? "decimal" : "integer"
    return { kind: "literal", type, value: text, id: this.id(), span }
  }

  private seed(): Literal | undefined {
    const start = this.start
    if (this.kind !== NUMBER) {
      this.expected("a number")
      return undefined
    }
    const value = this.value()
    this.at++
    return { kind: "literal", type: "integer", value, id: this.id(), span: this.span(start) }
  }

  // --------------------------------------------------------------------------------------- pivots

  private turned(left: TableRef, start: number): PivotTable | UnpivotTable | undefined {
    if (this.isWord("PIVOT")) return this.pivotTable(left, start)
    return this.isWord("UNPIVOT") ? this.unpivotTable(left, start) : undefined
  }

  /** `t PIVOT (sum(x) FOR a IN (1, 2) b IN (3) GROUP BY c)` */
  private pivotTable(source: TableRef, start: number): PivotTable {
    this.at++
    this.expectOp("(")
    const aggregates = this.commaList(
      () => this.selectItem(),
      () => this.isWord("FOR"),
    )
    this.expectWord("FOR")
    const on = this.oneAfterAnother(() => this.pivotColumn(true))
    const groupBy = this.pivotGroups()
    this.close(")")
    return {
      kind: "pivot",
      source,
      aggregates,
      on,
      groupBy,
      alias: this.tableAlias(),
      id: this.id(),
      span: this.span(start),
    }
  }

  /** Items without commas between them, up to a clause or the closing parenthesis. */
  private oneAfterAnother<N>(item: () => N): N[] {
    const items: N[] = []
    do {
      const before = this.at
      items.push(item())
      if (this.at === before) break
    } while (!this.isOp(")") && !this.atClause())
    return items
  }

  protected pivotGroups(): Name[] {
    if (!this.acceptWord("GROUP")) return []
    this.expectWord("BY")
    return this.isOp("(")
      ? this.nameList("a column")
      : this.commaList(() => this.nameOrString("a column"))
  }

  /** `a IN (1, 2)`, `(a, b) IN ((1, 2))`, `a IN mood`, `a IN (SELECT …)`; of a statement also `a`. */
  protected pivotColumn(needsIn: boolean): PivotColumn {
    const start = this.start
    const head = this.bounded()
    const exprs = head.kind === "row" && this.source[head.span.start] === "(" ? head.items : [head]
    let values: SelectItem[] | undefined
    let enumeration: Name | undefined
    let query: PivotColumn["query"]
    if (this.isWord("IN")) {
      this.at++
      if (!this.isOp("(")) enumeration = this.nameOrString("a type or a list")
      else if (this.atQuery()) {
        this.at++
        query = this.query()
        this.close(")")
      } else {
        this.at++
        values = this.commaList(() => this.selectItem())
        this.close(")")
      }
    } else if (needsIn) this.expected("IN")
    return {
      kind: "pivot-column",
      exprs,
      values,
      enumeration,
      query,
      id: this.id(),
      span: this.span(start),
    }
  }

  /** `t UNPIVOT INCLUDE NULLS (v FOR n IN (a, b))` */
  private unpivotTable(source: TableRef, start: number): UnpivotTable {
    this.at++
    const word = this.isWord("INCLUDE") ? "INCLUDE" : "EXCLUDE"
    if (this.acceptWord(word)) this.expectWord("NULLS")
    this.expectOp("(")
    const values = this.nameOrList()
    this.expectWord("FOR")
    const on = this.oneAfterAnother(() => this.unpivotColumn())
    this.close(")")
    return {
      kind: "unpivot",
      source,
      includeNulls: word === "INCLUDE",
      values,
      on,
      alias: this.tableAlias(),
      id: this.id(),
      span: this.span(start),
    }
  }

  private unpivotColumn(): UnpivotColumn {
    const start = this.start
    const names = this.nameOrList()
    this.expectWord("IN")
    let columns: SelectItem[] = []
    let enumeration: Name | undefined
    if (this.acceptOp("(")) {
      columns = this.commaList(() => this.selectItem())
      this.close(")")
    } else enumeration = this.name("a list of columns")
    return {
      kind: "unpivot-column",
      names,
      columns,
      enumeration,
      id: this.id(),
      span: this.span(start),
    }
  }

  private nameOrList(): Name[] {
    if (this.isOp("(")) return this.nameList("a name")
    return [this.nameOrString("a name")]
  }
}

function isSide(type: Join["type"]): type is "left" | "right" | "full" | "semi" | "anti" {
  return ["left", "right", "full", "semi", "anti"].includes(type)
}
