import type { OutputColumn } from "../catalog/names.js"
import { hasAggregate } from "../functions/calls.js"
import { bareId, bornOf, exprId, hash, nullId, relHash, scalarText } from "../ir/ids.js"
import type {
  AggregateDefinition,
  ColumnId,
  Definition,
  Rel,
  Scalar,
  SetRel,
  SortKey,
  WindowDefinition,
} from "../ir/nodes.js"
import { provided } from "../ir/walk.js"
import type {
  Expr,
  GroupBy,
  GroupItem,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SetOperation,
} from "../syntax/ast.js"
import { print } from "../syntax/print.js"
import { columnOf, keyColumn, planCondition, planExpr } from "./expr.js"
import { planTable } from "./from.js"
import { originOf, Unsupported, type PlanContext, type Planned, type SelectScope } from "./scope.js"

/** A CTE is planned once; every reference shares its body. */
export function planCte(query: Query, cx: PlanContext): Planned {
  const known = cx.ctes.get(query.id)
  if (known) return known
  const planned = planQuery(query, cx)
  cx.ctes.set(query.id, planned)
  return planned
}

/**
 * A query in an expression. What it binds has ids that nothing outside of it has, below its own groups too:
 * its tag is made of what it says. So an expression can be put for a column that it reads of the query
 * around, wherever that takes it, and nothing in it captures what the expression mentions.
 */
export function planSubquery(query: Query, cx: PlanContext): Planned {
  const { rel, columns } = planQuery(query, cx)
  const tag = parseInt(hash([relHash(rel), ...columns.map(scalarText)].join(" ")).slice(0, 8), 16)
  return planQuery(query, { ...cx, tag: String(tag) })
}

export function planQuery(query: Query, cx: PlanContext): Planned {
  if (query.body.kind === "select") return planSelect(query.body, query, cx)
  const planned = planBody(query.body, cx)
  if (query.orderBy.length === 0 && !query.limit) return planned
  const keys = query.orderBy.map((item) => outputKey(item, planned.columns, cx))
  return { ...planned, rel: ordered(planned.rel, keys, query, cx) }
}

function planBody(body: QueryBody, cx: PlanContext): Planned {
  switch (body.kind) {
    case "select":
      return planSelect(body, undefined, cx)
    case "query":
      return planQuery(body, cx)
    case "set-operation":
      return planSet(body, cx)
    case "values":
      throw new Unsupported("VALUES", body.id)
    case "pivot-query":
    case "unpivot-query":
    case "show":
      throw new Unsupported("PIVOT", body.id)
  }
}

function planSet(body: SetOperation, cx: PlanContext): Planned {
  const names = (node: QueryBody) => cx.input.names.columnNames.get(node.id) ?? []
  if (
    body.byName &&
    names(body.left).join("\0").toLowerCase() !== names(body.right).join("\0").toLowerCase()
  )
    throw new Unsupported("UNION BY NAME of different columns", body.id)
  const branches = [body.left, body.right].map((side) => {
    const { rel, columns } = planBody(side, cx)
    return { columns, input: rel }
  })
  const types = cx.input.types.columns.get(body.id) ?? []
  const birth = `${body.op} ${body.all} ${branches.map((branch) => `${relHash(branch.input)} ${branch.columns.map(scalarText).join(",")}`).join(" ")}`
  const idOf = bornOf(birth)
  const columns = types.map(({ type, nullable }, i) => ({
    id: idOf(`${body.op.toLowerCase()}.${i}`),
    type,
    nullable,
  }))
  const rel: SetRel = {
    kind: "set",
    op: body.op.toLowerCase() as SetRel["op"],
    all: body.all,
    columns,
    branches,
    origin: originOf(cx, body.id),
  }
  return { rel, columns: columns.map((column) => ({ kind: "column", ...column })) }
}

function outputKey(item: OrderItem, columns: readonly Scalar[], cx: PlanContext): SortKey {
  const index = cx.input.names.outputRefs.get(item.expr.id)
  const expr = index === undefined ? undefined : columns[index]
  if (!expr) throw new Unsupported("ORDER BY of an expression over a set operation", item.id)
  return { expr, descending: item.descending, nulls: item.nulls ?? "last" }
}

function ordered(rel: Rel, keys: readonly SortKey[], query: Query, cx: PlanContext): Rel {
  const sorted: Rel =
    keys.length === 0 ? rel : { kind: "sort", keys, input: rel, origin: originOf(cx, query.id) }
  if (!query.limit) return sorted
  if (query.limit.percent) throw new Unsupported("LIMIT of a percentage", query.limit.id)
  const scope = { birth: "limit" }
  return {
    kind: "limit",
    ...(query.limit.count ? { count: planExpr(query.limit.count, scope, cx) } : {}),
    ...(query.limit.offset ? { offset: planExpr(query.limit.offset, scope, cx) } : {}),
    input: sorted,
    origin: originOf(cx, query.limit.id),
  }
}

// -------------------------------------------------------------------------------------- select

function planSelect(select: Select, query: Query | undefined, cx: PlanContext): Planned {
  if (select.sample) throw new Unsupported("a sample", select.sample.id)
  const planner = new SelectPlanner(select, query, cx)
  return planner.plan()
}

/** FROM, WHERE, GROUP BY, HAVING, windows, QUALIFY, DISTINCT, ORDER BY, LIMIT: in the order in which they run. */
class SelectPlanner {
  private rel: Rel
  private readonly aggregates: AggregateDefinition[] = []
  private readonly windows: WindowDefinition[] = []
  private readonly outputs: readonly OutputColumn[]
  private readonly planned = new Map<number, Scalar>()
  private sets: readonly (readonly number[])[] | undefined

  constructor(
    private readonly select: Select,
    private readonly query: Query | undefined,
    private readonly cx: PlanContext,
  ) {
    this.outputs = cx.input.names.outputs.get(select.id) ?? []
    this.rel = this.from()
  }

  plan(): Planned {
    const { select, cx } = this
    cx.avoid.push(new Set([...provided(this.rel)].map(bareId)))
    this.where()
    const scope = this.grouping()
    const columns = this.outputs.map((_, i) => this.output(i, scope))
    const having = select.having
      ? planCondition(
          select.having,
          { ...scope, output: (i) => columns[i] ?? this.ungrouped(i) },
          cx,
        )
      : []
    const windowed: SelectScope = { ...scope, windows: this.windows, named: select.windows }
    const shown = columns.map((column, i) => column ?? this.windowedOutput(i, windowed))
    const qualify = select.qualify
      ? planCondition(select.qualify, { ...windowed, output: (i) => at(shown, i, select.id) }, cx)
      : []
    const order = this.order(shown, windowed)
    this.close(scope, having)
    if (this.windows.length > 0)
      this.rel = {
        kind: "window",
        definitions: this.windows,
        input: this.rel,
        origin: originOf(cx, select.id),
      }
    if (qualify.length > 0)
      this.rel = {
        kind: "filter",
        predicates: qualify,
        input: this.rel,
        origin: originOf(cx, select.id),
      }
    const result = this.distinct(shown, order)
    cx.avoid.pop()
    return result
  }

  private from(): Rel {
    const { select, cx } = this
    if (select.from.length === 0)
      return { kind: "values", columns: [], rows: [[]], origin: originOf(cx, select.id) }
    const taken = { ids: new Set<ColumnId>(), inside: new Set<ColumnId>() }
    const tables = select.from.map((ref) => planTable(ref, taken, cx))
    const [only] = tables
    if (tables.length === 1 && only) return only
    return {
      kind: "join",
      inputs: tables.flatMap((input) => (input.kind === "join" ? input.inputs : [input])),
      origin: originOf(cx, select.id),
    }
  }

  private where(): void {
    const { where } = this.select
    if (!where) return
    const scope: SelectScope = { birth: "where", output: (i) => this.ungrouped(i) }
    this.filter(planCondition(where, scope, this.cx), where.id)
  }

  private filter(predicates: readonly Scalar[], node: number): void {
    const below = this.rel
    const merged = below.kind === "filter" && below.input.kind === "join" ? below : undefined
    this.rel = {
      kind: "filter",
      predicates: [...(merged?.predicates ?? []), ...predicates],
      input: merged?.input ?? below,
      origin: merged?.origin ?? originOf(this.cx, node),
    }
  }

  /** The scope of what stands after grouping; before it where there are no groups. */
  private grouping(): SelectScope {
    const { select } = this
    const output = (i: number) => this.ungrouped(i)
    const exprs = [
      ...this.outputs.flatMap((column) => (column.kind === "expr" ? [column.expr] : [])),
      ...(select.having ? [select.having] : []),
      ...(select.qualify ? [select.qualify] : []),
      ...(this.query?.orderBy ?? []).map(({ expr }) => expr),
    ]
    if (!select.groupBy && !select.having && !exprs.some((expr) => hasAggregate(expr)))
      return { birth: relHash(this.rel), output }
    const written = this.keys(select.groupBy)
    this.sets = groupingSets(select.groupBy, written, (expr) => exprId(this.keyExpr(expr)))
    const keys = written.map((key, i) => leftOut(key, i, this.sets))
    const birth = `${relHash(this.rel)} ${keys.map(({ id }) => id).join(",")}`
    return { keys, aggregates: this.aggregates, birth, output }
  }

  private keys(groupBy: GroupBy | undefined): Definition[] {
    const all = (this.cx.input.names.groupAll.get(this.select.id) ?? []).map((i) =>
      this.ungrouped(i),
    )
    const written = groupItems(groupBy).map((expr) => this.keyExpr(expr))
    const definitions = [...all, ...written].map((expr): Definition => ({ id: exprId(expr), expr }))
    this.checkSets(groupBy, written)
    return definitions.filter(
      ({ id }, i) => definitions.findIndex((other) => other.id === id) === i,
    )
  }

  /** In grouping sets keys are told apart by their text: of two that are one value, one may be left out. */
  private checkSets(groupBy: GroupBy | undefined, written: readonly Scalar[]): void {
    if (!groupBy || groupBy.items.every(({ kind }) => kind === "group-expr")) return
    const texts = new Set(groupItems(groupBy).map((expr) => print(expr)))
    if (new Set(written.map(exprId)).size < texts.size)
      throw new Unsupported("grouping sets of equal expressions", groupBy.id)
  }

  private keyExpr(expr: Expr): Scalar {
    const output = this.cx.input.names.outputRefs.get(expr.id)
    if (output !== undefined) return this.ungrouped(output)
    return planExpr(expr, { birth: "group", output: (i) => this.ungrouped(i) }, this.cx)
  }

  /** An output column as it is before grouping: what an alias means in WHERE and GROUP BY. */
  private ungrouped(i: number): Scalar {
    const column = at(this.outputs, i, this.select.id)
    if (column.kind === "star")
      return columnOf(column.target, column.star, { birth: "star" }, this.cx)
    return planExpr(column.expr, { birth: "alias", output: (j) => this.ungrouped(j) }, this.cx)
  }

  /** An output column, or undefined where it needs window functions, which come later. */
  private output(i: number, scope: SelectScope): Scalar | undefined {
    const known = this.planned.get(i)
    if (known) return known
    const column = at(this.outputs, i, this.select.id)
    if (column.kind === "expr" && hasWindow(column.expr)) return undefined
    const planned = this.planOutput(column, {
      ...scope,
      output: (j) =>
        this.output(j, scope) ??
        this.windowedOutput(j, { ...scope, windows: this.windows, named: this.select.windows }),
    })
    this.planned.set(i, planned)
    return planned
  }

  private windowedOutput(i: number, scope: SelectScope): Scalar {
    const known = this.planned.get(i)
    if (known) return known
    const column = at(this.outputs, i, this.select.id)
    const planned = this.planOutput(column, {
      ...scope,
      output: (j) => this.windowedOutput(j, scope),
    })
    this.planned.set(i, planned)
    return planned
  }

  private planOutput(column: OutputColumn, scope: SelectScope): Scalar {
    if (column.kind === "expr") return planExpr(column.expr, scope, this.cx)
    const target = columnOf(column.target, column.star, scope, this.cx)
    const key = scope.keys?.find((candidate) => scalarText(candidate.expr) === scalarText(target))
    return key ? keyColumn(key) : target
  }

  private order(shown: readonly Scalar[], scope: SelectScope): SortKey[] {
    return (this.query?.orderBy ?? []).map((item) => {
      const index = this.cx.input.names.outputRefs.get(item.expr.id)
      const expr =
        index === undefined
          ? planExpr(item.expr, { ...scope, output: (i) => at(shown, i, item.id) }, this.cx)
          : at(shown, index, item.id)
      return { expr, descending: item.descending, nulls: item.nulls ?? "last" }
    })
  }

  /** Puts the group node, then HAVING, on top, now that every aggregate is known. */
  private close(scope: SelectScope, having: readonly Scalar[]): void {
    const { select, cx } = this
    if (scope.keys) {
      const { sets } = this
      const origin = originOf(cx, select.groupBy?.id ?? select.id)
      this.rel = {
        kind: "agg",
        keys: scope.keys,
        aggregates: this.aggregates,
        ...(sets ? { sets } : {}),
        input: this.rel,
        origin,
      }
    }
    if (having.length > 0)
      this.rel = {
        kind: "filter",
        predicates: having,
        input: this.rel,
        origin: originOf(cx, select.id),
      }
  }

  private distinct(shown: readonly Scalar[], order: readonly SortKey[]): Planned {
    const { select, cx } = this
    const origin = originOf(cx, select.id)
    if (select.distinct === false) return { rel: this.ordered(this.rel, order), columns: shown }
    const columns = shown
      .map((expr): Definition => ({ id: exprId(expr), expr }))
      .filter(({ id }, i, all) => all.findIndex((other) => other.id === id) === i)
    const on =
      select.distinct === true
        ? undefined
        : {
            keys: select.distinct.map((expr) => planExpr(expr, { birth: "distinct" }, cx)),
            orderBy: order,
          }
    const rel: Rel = { kind: "distinct", columns, ...(on ? { on } : {}), input: this.rel, origin }
    const visible = shown.map((expr): Scalar => ({
      kind: "column",
      id: exprId(expr),
      type: expr.type,
      nullable: expr.nullable,
    }))
    const keys = order.map((key) => ({
      ...key,
      expr: visible[shown.findIndex((expr) => scalarText(expr) === scalarText(key.expr))],
    }))
    const known = keys.flatMap((key) => (key.expr ? [{ ...key, expr: key.expr }] : []))
    if (known.length < order.length) {
      if (!on || this.query?.limit)
        throw new Unsupported("ORDER BY of what DISTINCT does not show", select.id)
      return { rel, columns: visible }
    }
    return { rel: this.ordered(rel, known), columns: visible }
  }

  private ordered(rel: Rel, keys: readonly SortKey[]): Rel {
    return this.query ? ordered(rel, keys, this.query, this.cx) : rel
  }
}

function hasWindow(expr: Expr): boolean {
  let found = false
  const search = (value: unknown): void => {
    if (found || typeof value !== "object" || value === null) return
    if ("kind" in value && value.kind === "query") return
    if ("kind" in value && value.kind === "call" && "over" in value && value.over) found = true
    else for (const field of Object.values(value)) search(field)
  }
  search(expr)
  return found
}

function groupItems(groupBy: GroupBy | undefined): Expr[] {
  const exprs = (item: GroupItem): readonly Expr[] => {
    if (item.kind === "group-expr") return [item.expr]
    if (item.kind === "group-list") return item.exprs
    return item.kind === "grouping-sets" ? item.items.flatMap(exprs) : item.items.flat()
  }
  return (groupBy?.items ?? []).flatMap(exprs)
}

/** A key that some grouping set leaves out is NULL there: another id than before the groups. */
function leftOut(
  key: Definition,
  number: number,
  sets: readonly (readonly number[])[] | undefined,
): Definition {
  const always = sets?.every((set) => set.includes(number)) ?? true
  return always ? key : { ...key, id: nullId(key.id) }
}

/** Grouping sets as lists of key numbers; undefined where all keys always group. Several items multiply. */
function groupingSets(
  groupBy: GroupBy | undefined,
  keys: readonly Definition[],
  idOf: (expr: Expr) => ColumnId,
): number[][] | undefined {
  const items = groupBy?.items ?? []
  if (items.every(({ kind }) => kind === "group-expr")) return undefined
  const number = (expr: Expr) => keys.findIndex(({ id }) => id === idOf(expr))
  const setsOf = (item: GroupItem): number[][] => {
    switch (item.kind) {
      case "group-expr":
        return [[number(item.expr)]]
      case "group-list":
        return [item.exprs.map(number)]
      case "grouping-sets":
        return item.items.flatMap(setsOf)
      case "rollup":
        return Array.from({ length: item.items.length + 1 }, (_, i) =>
          item.items
            .slice(0, item.items.length - i)
            .flat()
            .map(number),
        )
      case "cube":
        return item.items.reduce<number[][]>(
          (sets, exprs) => [...sets.map((set) => [...set, ...exprs.map(number)]), ...sets],
          [[]],
        )
    }
  }
  return items
    .map(setsOf)
    .reduce<number[][]>(
      (sets, next) => sets.flatMap((set) => next.map((more) => [...new Set([...set, ...more])])),
      [[]],
    )
}

function at<T>(list: readonly T[], index: number, node: number): T {
  const found = list[index]
  if (found === undefined) throw new Unsupported("a column that is not there", node)
  return found
}
