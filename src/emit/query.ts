import { Bug, unreachable } from "../base/check.js"
import { lookupFunction } from "../functions/index.js"
import { appendTag, nullId, shortName } from "../ir/ids.js"
import type {
  Aggregate,
  ColumnId,
  Definition,
  DistinctRel,
  LimitRel,
  Out,
  Rel,
  Scalar,
  SetRel,
  SortKey,
  WindowRel,
} from "../ir/nodes.js"
import { boundScalars, callScalars, mentioned, operands, provided } from "../ir/walk.js"
import type {
  ColumnRef,
  Expr,
  GroupBy,
  GroupItem,
  Join,
  Limit,
  Query,
  QueryBody,
  TableRef,
} from "../syntax/ast.js"
import {
  all,
  column,
  exists,
  integer,
  item,
  query,
  select,
  subquery,
  tableAlias,
  withAlias,
} from "../syntax/build.js"
import { print } from "../syntax/print.js"
import { children, type AnyNode } from "../syntax/walk.js"
import { conditionApart, holdsQuery, windowsApart } from "./apart.js"
import { blockOf, isPlain, queryOf, Stage, type Block } from "./block.js"
import {
  writeAggregate,
  writeScalar,
  writeSortKey,
  writeWindow,
  type ScalarWriter,
} from "./scalar.js"
import type { EmitTarget } from "./target.js"

/**
 * SQL of a plan, as a person would write it: a block of joins, filter, groups, HAVING, windows and
 * QUALIFY is one SELECT; only what SQL's order of clauses forces apart becomes a subquery.
 */
export function emitQuery(out: Out, target: EmitTarget): Query {
  return new Emitter(target).out(out)
}

type Outer = (id: ColumnId) => Expr | undefined
type Needed = ReadonlySet<ColumnId>

const NODE = { id: 0, span: { start: 0, end: 0 } } as const
const nowhere: Outer = () => undefined

class Emitter {
  private readonly aliases = new Map<string, number>()

  constructor(private readonly target: EmitTarget) {}

  out({ columns, input }: Out, outer: Outer = nowhere): Query {
    const direct = this.direct(columns, input, outer)
    if (direct) return direct
    const exprs = columns.map(({ expr }) => expr)
    const needed = union(new Set(), exprs)
    const block = this.correlatable(this.rel(input, needed, outer), exprs, needed)
    const writer = this.writer(block, outer)
    return queryOf(
      block,
      columns.map(({ name, expr }) => [name, writeScalar(expr, writer)] as const),
    )
  }

  /** A set operation or DISTINCT that shows exactly these columns needs no select around it. */
  private direct(columns: Out["columns"], input: Rel, outer: Outer): Query | undefined {
    const ids = columns.map(({ expr }) => (expr.kind === "column" ? expr.id : ""))
    const names = columns.map(({ name }) => name)
    const shows = (own: readonly ColumnId[]) =>
      own.length === ids.length && own.every((id, i) => id === ids[i])
    if (input.kind === "set" && shows(input.columns.map(({ id }) => id)))
      return query(this.setBody(input, names, outer))
    if (input.kind === "distinct" && !input.on && shows(input.columns.map(({ id }) => id))) {
      const { block, shown } = this.distinctBlock(input, outer)
      return queryOf(
        block,
        shown.map(([, expr], i) => [names[i] ?? "", expr] as const),
      )
    }
    return undefined
  }

  private rel(rel: Rel, needed: Needed, outer: Outer): Block {
    switch (rel.kind) {
      case "scan": {
        const alias = this.alias(rel.relation)
        const stored = this.target.table(rel.relation, rel.relationKind)
        const table = isCalled(stored, alias) ? stored : withAlias(stored, tableAlias(alias))
        return blockOf(
          [table],
          new Map(rel.columns.map(({ id, name }) => [id, column(alias, name)])),
        )
      }
      case "values":
        if (rel.columns.length > 0) throw new Bug("VALUES with columns is not planned yet")
        return blockOf([], new Map())
      case "filter":
        return this.filter(rel.predicates, rel.input, needed, outer)
      case "join":
        return this.join(rel.inputs, [], needed, outer)
      case "left":
      case "full":
        return this.outerJoin(rel, needed, outer)
      case "semi":
      case "anti":
        return this.semiJoin(rel, needed, outer)
      case "compute":
        return this.compute(rel.definitions, rel.input, needed, outer)
      case "agg":
        return this.aggregate(rel, needed, outer)
      case "distinct": {
        const { block, shown } = this.distinctBlock(rel, outer)
        return this.asTable(block, shown)
      }
      case "window":
        return this.window(rel, needed, outer)
      case "set": {
        const names = this.columnNames(rel.columns.map(({ id }) => id))
        const alias = this.alias("combined")
        const table = subquery(query(this.setBody(rel, names, outer)), alias)
        return blockOf(
          [table],
          new Map(rel.columns.map(({ id }, i) => [id, column(alias, names[i] ?? "")])),
        )
      }
      case "sort":
        return this.rel(rel.input, needed, outer)
      case "limit":
        return this.limit(rel, needed, outer)
      case "tag": {
        const below = new Set(
          [...provided(rel.input)].filter((id) => needed.has(appendTag(id, rel.tag))),
        )
        const block = this.rel(rel.input, below, outer)
        return {
          ...block,
          columns: new Map([...block.columns].map(([id, expr]) => [appendTag(id, rel.tag), expr])),
        }
      }
      default:
        return unreachable(rel)
    }
  }

  // --------------------------------------------------------------------------------- filters

  private filter(predicates: readonly Scalar[], input: Rel, needed: Needed, outer: Outer): Block {
    const below = union(needed, predicates)
    if (input.kind === "join") return this.join(input.inputs, predicates, below, outer)
    const block = this.correlatable(this.rel(input, below, outer), predicates, below)
    const ready =
      block.stage >= Stage.Qualified ||
      (block.stage === Stage.Windowed && !this.target.capabilities.qualify)
        ? this.wrap(block, below)
        : block
    const written = predicates.map((predicate) => writeScalar(predicate, this.writer(ready, outer)))
    if (ready.stage === Stage.From) return { ...ready, where: [...ready.where, ...written] }
    if (ready.stage === Stage.Grouped) return { ...ready, having: [...ready.having, ...written] }
    return { ...ready, stage: Stage.Qualified, qualify: [...ready.qualify, ...written] }
  }

  // ----------------------------------------------------------------------------------- joins

  /** Inner joins: each next input is one that a predicate ties to those before, if there is one. */
  private join(
    inputs: readonly Rel[],
    predicates: readonly Scalar[],
    needed: Needed,
    outer: Outer,
  ): Block {
    const below = union(needed, predicates)
    const open = inputs.map((input) => ({
      input,
      block: this.joinable(this.rel(input, below, outer), below),
    }))
    const first = open.shift()
    if (!first) throw new Bug("a join has inputs")
    let joined: TableRef | undefined = first.block.from[0]
    let where = [...first.block.where]
    const columns = new Map(first.block.columns)
    const shown = new Set(provided(first.input))
    let rest = [...predicates]
    while (open.length > 0) {
      const tied = open.findIndex(({ input }) =>
        rest.some((predicate) => ties(predicate, shown, provided(input))),
      )
      const [next] = open.splice(Math.max(tied, 0), 1)
      if (!next) break
      for (const id of provided(next.input)) shown.add(id)
      for (const [id, expr] of next.block.columns) columns.set(id, expr)
      const own = provided(next.input)
      const here = rest.filter(
        (predicate) =>
          isJoin(predicate, own) &&
          [...mentioned(predicate)].every((id) => shown.has(id) || !provides(inputs, id)),
      )
      rest = rest.filter((predicate) => !here.includes(predicate))
      where = [...where, ...next.block.where]
      const writer = this.writer({ ...first.block, columns }, outer)
      const on = all(here.map((predicate) => writeScalar(predicate, writer)))
      joined = joinOf(on ? "inner" : "cross", joined, next.block.from[0], on)
    }
    const block = blockOf(joined ? [joined] : [], columns)
    const writer = this.writer(block, outer)
    return {
      ...block,
      where: [...where, ...rest.map((predicate) => writeScalar(predicate, writer))],
    }
  }

  private outerJoin(
    rel: Rel & { readonly kind: "left" | "full" },
    needed: Needed,
    outer: Outer,
  ): Block {
    const apart = conditionApart(rel)
    const onColumns = union(new Set(), apart.on)
    const side = (input: Rel, definitions: readonly Definition[], padded: boolean) => {
      const rows: Rel = definitions.length > 0 ? { kind: "compute", definitions, input } : input
      const own = new Set(
        [...provided(rows)].filter(
          (id) => onColumns.has(id) || needed.has(padded ? nullId(id) : id),
        ),
      )
      const block = this.joinable(this.rel(rows, own, outer), own)
      const odd = padded && (block.where.length > 0 || [...own].some((id) => !isPlain(id, block)))
      const asks = [...own].some((id) => onColumns.has(id) && holdsQuery(block.columns.get(id)))
      return odd || asks ? this.wrap(block, own) : block
    }
    const left = side(rel.left, apart.left, rel.kind === "full")
    const right = side(rel.right, apart.right, true)
    const columns = new Map([...left.columns, ...right.columns])
    const writer = this.writer({ ...left, columns }, outer)
    const on = all(apart.on.map((predicate) => writeScalar(predicate, writer)))
    const joined = joinOf(rel.kind, left.from[0], right.from[0], on)
    const padded = (block: Block) =>
      [...block.columns].map(([id, expr]) => [nullId(id), expr] as const)
    const shown =
      rel.kind === "left"
        ? [...left.columns, ...padded(right)]
        : [...padded(left), ...padded(right)]
    return { ...blockOf(joined ? [joined] : [], new Map(shown)), where: left.where }
  }

  /** EXISTS in WHERE: every engine has it. */
  private semiJoin(
    rel: Rel & { readonly kind: "semi" | "anti" },
    needed: Needed,
    outer: Outer,
  ): Block {
    const left = this.atFrom(
      this.rel(rel.left, union(needed, rel.on), outer),
      union(needed, rel.on),
    )
    const inner: Outer = (id) => left.columns.get(id) ?? outer(id)
    const right = this.atFrom(
      this.rel(rel.right, union(new Set(), rel.on), inner),
      union(new Set(), rel.on),
    )
    const writer = this.writer(right, inner)
    const where = all([
      ...right.where,
      ...rel.on.map((predicate) => writeScalar(predicate, writer)),
    ])
    const match = exists(
      query(select({ items: [item(integer(1))], from: right.from, ...(where ? { where } : {}) })),
    )
    return {
      ...left,
      where: [
        ...left.where,
        rel.kind === "semi" ? match : { ...NODE, kind: "unary", op: "NOT", operand: match },
      ],
    }
  }

  // ------------------------------------------------------------------- columns, groups, windows

  private compute(
    definitions: readonly Definition[],
    input: Rel,
    needed: Needed,
    outer: Outer,
  ): Block {
    const wanted = definitions.filter(({ id }) => needed.has(id))
    const exprs = wanted.map(({ expr }) => expr)
    const below = union(needed, exprs)
    const block = this.correlatable(this.rel(input, below, outer), exprs, below)
    const writer = this.writer(block, outer)
    const added = wanted.map(({ id, expr }) => [id, writeScalar(expr, writer)] as const)
    return { ...block, columns: new Map([...block.columns, ...added]) }
  }

  private aggregate(written: Aggregate, needed: Needed, outer: Outer): Block {
    const { rel, rows } = this.ownArguments(written, outer)
    const { block, keys } = this.keysOf(rel, rows, outer)
    const writer = this.writer(block, outer)
    const aggregates = rel.aggregates.map(
      ({ id, call }) => [id, writeAggregate(call, writer)] as const,
    )
    const groupBy = groupByOf(
      keys.map(([, expr]) => expr),
      rel.sets,
    )
    // Without keys there is one group; GROUP BY () says so where no aggregate does.
    const lone = aggregates.some(([id]) => needed.has(id)) ? {} : { groupBy: groupByOf([], [[]]) }
    return {
      ...block,
      stage: Stage.Grouped,
      ...(keys.length > 0 || rel.sets ? { groupBy } : lone),
      columns: new Map([...keys, ...aggregates]),
    }
  }

  /**
   * The rows to group. An aggregate of nothing but columns of an enclosing query would be taken for one
   * of that query, so its arguments become columns of the rows.
   */
  private ownArguments(rel: Aggregate, outer: Outer): { rel: Aggregate; rows: Block } {
    const exprs = [
      ...rel.keys.map(({ expr }) => expr),
      ...rel.aggregates.flatMap(({ call }) => callScalars(call)),
    ]
    const rows = this.groupedRows(rel, union(new Set(), exprs), outer)
    const writer = this.writer(rows, outer)
    const added: (readonly [ColumnId, Expr])[] = []
    const aggregates = rel.aggregates.map(({ id, call }) => {
      const args = call.args.map((arg) => writeScalar(arg, writer))
      if (!args.some(mentionsColumn) || args.some((arg) => readsTable(arg, rows.from)))
        return { id, call }
      const own = call.args.map((arg, i): Scalar => {
        const expr = args[i]
        if (!expr || !mentionsColumn(expr)) return arg
        const argument = `${id} argument ${i}`
        added.push([argument, expr])
        return { kind: "column", id: argument, type: arg.type, nullable: arg.nullable }
      })
      return { id, call: { ...call, args: own } }
    })
    if (added.length === 0) return { rel, rows }
    return { rel: { ...rel, aggregates }, rows: this.asTable(rows, [...rows.columns, ...added]) }
  }

  /**
   * The rows and the keys to group them by. In grouping sets a key is known by its text alone, there and
   * above: unless all are columns of their own, each gets one.
   */
  private keysOf(
    { keys, aggregates, sets }: Aggregate,
    rows: Block,
    outer: Outer,
  ): { readonly block: Block; readonly keys: readonly (readonly [ColumnId, Expr])[] } {
    const writer = this.writer(rows, outer)
    const written = keys.map(({ id, expr }) => [id, writeScalar(expr, writer)] as const)
    const columns = written.flatMap(([, expr]) => (expr.kind === "column-ref" ? print(expr) : []))
    if (!sets || new Set(columns).size === keys.length) return { block: rows, keys: written }
    const read = union(
      new Set(),
      aggregates.flatMap(({ call }) => callScalars(call)),
    )
    const own = keys.map(({ id }, i) => `${id} key ${i}`)
    const shown = [
      ...[...rows.columns].filter(([id]) => read.has(id)),
      ...written.map(([, expr], i) => [own[i] ?? "", expr] as const),
    ]
    const block = this.asTable(rows, shown)
    const shownKeys = keys.flatMap(({ id }, i): (readonly [ColumnId, Expr])[] => {
      const expr = block.columns.get(own[i] ?? "")
      return expr ? [[id, expr]] : []
    })
    return { block, keys: shownKeys }
  }

  /** Rows to group: in an order where an aggregate takes them as they come. */
  private groupedRows({ aggregates, input }: Aggregate, below: Needed, outer: Outer): Block {
    const takesOrder = aggregates.some(
      ({ call: { fn, orderBy } }) =>
        orderBy.length === 0 && lookupFunction(fn)?.algebra === "order-dependent",
    )
    return input.kind === "sort" && takesOrder
      ? this.wrap(this.sorted(input.keys, input.input, below, outer), below)
      : this.atFrom(this.rel(input, below, outer), below)
  }

  private window(rel: WindowRel, needed: Needed, outer: Outer): Block {
    const apart = windowsApart(rel)
    const wanted = apart.windows.filter(({ id }) => needed.has(id))
    // QUALIFY wants a window function to be there.
    if (wanted.length === 0) return this.rel(rel.input, needed, outer)
    const exprs = wanted.flatMap(({ call }) => [
      ...callScalars(call),
      ...call.partitionBy,
      ...call.windowOrder.map(({ expr }) => expr),
      ...boundScalars(call),
    ])
    const below = union(needed, exprs)
    const block = this.compute(apart.queries, rel.input, below, outer)
    const asks = [...union(new Set(), exprs)].some((id) => holdsQuery(block.columns.get(id)))
    const ready = asks || block.stage >= Stage.Windowed ? this.wrap(block, below) : block
    const writer = this.writer(ready, outer)
    const added = wanted.map(({ id, call }) => [id, writeWindow(call, writer)] as const)
    return { ...ready, stage: Stage.Windowed, columns: new Map([...ready.columns, ...added]) }
  }

  private distinctBlock(
    rel: DistinctRel,
    outer: Outer,
  ): { block: Block; shown: (readonly [ColumnId, Expr])[] } {
    const exprs = [
      ...rel.columns.map(({ expr }) => expr),
      ...(rel.on ? [...rel.on.keys, ...rel.on.orderBy.map(({ expr }) => expr)] : []),
    ]
    const below = union(new Set(), exprs)
    const found = this.correlatable(this.rel(rel.input, below, outer), exprs, below)
    const block = found.stage >= Stage.Closed ? this.wrap(found, below) : found
    const writer = this.writer(block, outer)
    const distinct = rel.on ? rel.on.keys.map((key) => writeScalar(key, writer)) : true
    const orderBy = (rel.on?.orderBy ?? []).map((key) => writeSortKey(key, writer))
    const shown = rel.columns.map(({ id, expr }) => [id, writeScalar(expr, writer)] as const)
    return { block: { ...block, stage: Stage.Closed, distinct, orderBy }, shown }
  }

  private limit(rel: LimitRel, needed: Needed, outer: Outer): Block {
    const keys = rel.input.kind === "sort" ? rel.input.keys : []
    const input = rel.input.kind === "sort" ? rel.input.input : rel.input
    const block = this.sorted(keys, input, needed, outer)
    const writer = this.writer(block, outer)
    const limit: Limit = {
      ...NODE,
      kind: "limit",
      percent: false,
      ...(rel.count ? { count: writeScalar(rel.count, writer) } : {}),
      ...(rel.offset ? { offset: writeScalar(rel.offset, writer) } : {}),
    }
    return { ...block, limit }
  }

  private sorted(keys: readonly SortKey[], input: Rel, needed: Needed, outer: Outer): Block {
    const below = union(
      needed,
      keys.map(({ expr }) => expr),
    )
    const found = this.rel(input, below, outer)
    const block = found.stage >= Stage.Closed ? this.wrap(found, below) : found
    const writer = this.writer(block, outer)
    const orderBy = keys.map((key) => writeSortKey(key, writer))
    return { ...block, stage: Stage.Closed, orderBy }
  }

  private setBody(rel: SetRel, names: readonly string[], outer: Outer): QueryBody {
    const bodies = rel.branches.map(({ columns, input }): QueryBody => {
      const nested = this.out(
        { columns: columns.map((expr, i) => ({ name: names[i] ?? "", expr })), input },
        outer,
      )
      return nested.orderBy.length === 0 && !nested.limit ? nested.body : nested
    })
    const [first, ...rest] = bodies
    if (!first) throw new Bug("a set operation has branches")
    const op = rel.op.toUpperCase() as "UNION" | "INTERSECT" | "EXCEPT"
    return rest.reduce<QueryBody>(
      (left, right) => ({
        ...NODE,
        kind: "set-operation",
        op,
        all: rel.all,
        byName: false,
        left,
        right,
      }),
      first,
    )
  }

  // ---------------------------------------------------------------------------------- nesting

  /** A block to which joins and WHERE can still be added. */
  private atFrom(block: Block, needed: Needed): Block {
    return block.stage === Stage.From ? block : this.wrap(block, needed)
  }

  /** A block that can stand as one side of a join. */
  private joinable(block: Block, needed: Needed): Block {
    return block.stage === Stage.From && block.from.length === 1 ? block : this.wrap(block, needed)
  }

  /** A block of whose aggregates and window functions no subquery in these expressions speaks. */
  private correlatable(block: Block, exprs: readonly Scalar[], needed: Needed): Block {
    if (block.stage === Stage.From) return block
    const ids = exprs.flatMap(queriesIn).flatMap((one) => [...mentioned(one)])
    const isCalled = (id: ColumnId) => block.columns.has(id) && !isPlain(id, block)
    return ids.some(isCalled) ? this.wrap(block, needed) : block
  }

  /** The block as a subquery in FROM, showing what is needed of it. */
  private wrap(block: Block, needed: Needed): Block {
    const shown = [...block.columns].filter(([id]) => needed.has(id))
    return this.asTable(block, shown)
  }

  private asTable(block: Block, shown: readonly (readonly [ColumnId, Expr])[]): Block {
    const names = this.columnNames(shown.map(([id]) => id))
    const alias = this.alias("q")
    const list =
      shown.length === 0
        ? [["one", integer(1)] as const]
        : shown.map(([, expr], i) => [names[i] ?? "", expr] as const)
    const table = subquery(queryOf(block, list), alias)
    return blockOf([table], new Map(shown.map(([id], i) => [id, column(alias, names[i] ?? "")])))
  }

  /** Short names of ids, unique among themselves. */
  private columnNames(ids: readonly ColumnId[]): string[] {
    const taken = new Set<string>()
    return ids.map((id) => {
      const base = shortName(id)
      let name = base
      for (let n = 2; taken.has(name); n++) name = `${base}_${n}`
      taken.add(name)
      return name
    })
  }

  private alias(relation: string): string {
    const base = (relation.split(".").at(-1) ?? relation)
      .replace(/^smelt__(.*)_[0-9a-f]+$/, "$1") // a hidden table: what it holds
      .replace(/[^A-Za-z0-9_]/g, "_")
      .toLowerCase()
    const count = (this.aliases.get(base) ?? 0) + 1
    this.aliases.set(base, count)
    return count === 1 ? base : `${base}_${count}`
  }

  private writer(block: Block, outer: Outer): ScalarWriter {
    const find: Outer = (id) => block.columns.get(id) ?? outer(id)
    return {
      can: this.target.capabilities,
      column: find,
      subquery: ({ rel, column: shown }) => {
        const value: Scalar = shown ?? {
          kind: "literal",
          value: "1",
          type: { kind: "scalar", name: "INTEGER" },
          nullable: false,
        }
        return this.out({ columns: [{ name: "value", expr: value }], input: rel }, find)
      },
    }
  }
}

/** A table that goes by this name without an alias. */
function isCalled(table: TableRef, name: string): boolean {
  return table.kind === "table-name" && table.path.at(-1)?.text === name
}

function mentionsColumn(expr: AnyNode): boolean {
  return expr.kind === "column-ref" || children(expr).some(mentionsColumn)
}

/** Whether `expr` reads a column of one of these tables. */
function readsTable(expr: AnyNode, from: readonly TableRef[]): boolean {
  const names = new Set(from.flatMap(tableNames))
  const reads = (node: AnyNode): boolean =>
    node.kind === "column-ref"
      ? names.has((node as ColumnRef).path[0]?.text ?? "")
      : children(node).some(reads)
  return reads(expr)
}

function tableNames(ref: TableRef): string[] {
  if (ref.kind === "join") return [...tableNames(ref.left), ...tableNames(ref.right)]
  if ("alias" in ref && ref.alias) return [ref.alias.name.text]
  return ref.kind === "table-name" ? [ref.path.at(-1)?.text ?? ""] : []
}

function union(ids: Needed, exprs: readonly Scalar[]): Set<ColumnId> {
  return new Set([...ids, ...exprs.flatMap((expr) => [...mentioned(expr)])])
}

function queriesIn(expr: Scalar): Scalar[] {
  return expr.kind === "query" ? [expr] : operands(expr).flatMap(queriesIn)
}

/** True if `predicate` speaks of columns on both sides. */
function ties(predicate: Scalar, shown: Needed, next: Needed): boolean {
  const ids = [...mentioned(predicate)]
  return ids.some((id) => shown.has(id)) && ids.some((id) => next.has(id))
}

/** True if the predicate speaks of `own` and of something else. */
function isJoin(predicate: Scalar, own: Needed): boolean {
  const ids = [...mentioned(predicate)]
  return ids.some((id) => own.has(id)) && ids.some((id) => !own.has(id))
}

function provides(inputs: readonly Rel[], id: ColumnId): boolean {
  return inputs.some((input) => provided(input).has(id))
}

function joinOf(
  type: Join["type"],
  left: TableRef | undefined,
  right: TableRef | undefined,
  on: Expr | undefined,
): TableRef | undefined {
  if (!left || !right) return left ?? right
  const condition =
    on ??
    (type === "cross"
      ? undefined
      : ({ ...NODE, kind: "literal", type: "boolean", value: "true" } as const))
  return {
    ...NODE,
    kind: "join",
    type,
    natural: false,
    left,
    right,
    ...(condition ? { on: condition } : {}),
  }
}

/** A literal in GROUP BY would be a position: it is guarded by a cast. */
function groupByOf(keys: readonly Expr[], sets: Aggregate["sets"]): GroupBy {
  const guarded = keys.map((key): Expr =>
    key.kind === "literal"
      ? {
          ...NODE,
          kind: "cast",
          operand: key,
          type: {
            ...NODE,
            kind: "type-name",
            name: typeOfLiteral(key.type),
            args: [],
            fields: [],
            dimensions: 0,
          },
          try: false,
          short: false,
        }
      : key,
  )
  if (!sets)
    return {
      ...NODE,
      kind: "group-by",
      all: false,
      items: guarded.map((expr): GroupItem => ({ ...NODE, kind: "group-expr", expr })),
    }
  const lists = sets.map((set): GroupItem => ({
    ...NODE,
    kind: "group-list",
    exprs: set.flatMap((i) => guarded[i] ?? []),
  }))
  return {
    ...NODE,
    kind: "group-by",
    all: false,
    items: [{ ...NODE, kind: "grouping-sets", items: lists }],
  }
}

function typeOfLiteral(type: string): string {
  return type === "integer" ? "INTEGER" : type === "boolean" ? "BOOLEAN" : "VARCHAR"
}
