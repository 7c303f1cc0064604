import {
  SafetyExpr,
  SafetyHeader,
  SafetyNode,
  SafetyOp,
  SafetyUnit,
} from "../../assembly/safety/wire.js"
import { unreachable } from "../base/check.js"
import type { Grain } from "../catalog/project.js"
import type {
  ColumnId,
  Definition,
  Origin,
  QueryScalar,
  Out,
  Rel,
  Scalar,
  SetRel,
  WindowRel,
} from "../ir/nodes.js"
import { appendTag } from "../ir/ids.js"
import { operands, scalarsOf } from "../ir/walk.js"

/** The clock of a stored relation: the column of its event time, or of its partitions. */
export type ClockOf = (relation: string) => string | undefined

/** A plan in the words of assembly/safety/days.ts, and what its nodes stand for. */
export interface EncodedPlan {
  readonly words: Uint32Array
  readonly nodes: readonly EncodedNode[]
  /** By number. */
  readonly columns: readonly ColumnId[]
}

export interface EncodedNode {
  readonly op: SafetyOp
  readonly rel: Rel
  readonly children: readonly number[]
  readonly definitions: readonly { readonly column: ColumnId; readonly expr: Scalar }[]
  readonly equalities: readonly (readonly [Scalar, Scalar])[]
  readonly subqueries: readonly number[]
  readonly clock: ColumnId | undefined
  /** What it is where that is not the kind of its relation. */
  readonly rule?: string
  /** The construct to point at where this node is refused. */
  readonly origin: Origin | undefined
  readonly isInSubquery: boolean
}

const UNITS: Readonly<Record<string, SafetyUnit>> = {
  microsecond: SafetyUnit.Finer,
  millisecond: SafetyUnit.Finer,
  second: SafetyUnit.Finer,
  minute: SafetyUnit.Finer,
  hour: SafetyUnit.Hour,
  day: SafetyUnit.Day,
  week: SafetyUnit.Week,
  month: SafetyUnit.Month,
}

const GRAINS: Readonly<Record<Grain, SafetyUnit>> = {
  hour: SafetyUnit.Hour,
  day: SafetyUnit.Day,
  month: SafetyUnit.Month,
}

/** Writes `out` down for the analysis; `partition` is the expression of its partition column. */
export function encode(out: Out, partition: Scalar, grain: Grain, clockOf: ClockOf): EncodedPlan {
  const encoder = new Encoder(clockOf)
  encoder.visitOut(out)
  return encoder.finish(partition, grain)
}

class Encoder {
  private readonly nodes: EncodedNode[] = []
  private readonly columnNumbers = new Map<ColumnId, number>()
  private readonly columnIds: ColumnId[] = []
  /** Of the outermost subquery that is being written: the construct to point at for all in it. */
  private enclosing: Origin | undefined

  constructor(private readonly clockOf: ClockOf) {}

  /** A model's body; what its columns ask of subqueries stands in a node of its own. */
  visitOut({ columns, input }: Out): void {
    const root = this.visit(input)
    const exprs = columns.map(({ expr }) => expr)
    if (exprs.some((expr) => queriesIn(expr).length > 0))
      this.add({ op: SafetyOp.Pass, rule: "out", rel: input, children: [root] }, exprs)
  }

  /** Writes `rel` and everything below it; gives its number. A shared body is written once an occurrence. */
  visit(rel: Rel): number {
    switch (rel.kind) {
      case "scan": {
        const clock = this.clockOf(rel.relation)
        const column = rel.columns.find((candidate) => candidate.name === clock)
        return this.add({ op: SafetyOp.Scan, rel, children: [], clock: column?.id })
      }
      case "values":
        return this.add({ op: SafetyOp.Values, rel, children: [] })
      case "filter":
        return this.filter(rel.predicates, rel.input, rel)
      case "join":
        return this.add({
          op: SafetyOp.Join,
          rel,
          children: rel.inputs.map((input) => this.visit(input)),
        })
      case "left":
      case "full":
      case "semi":
      case "anti":
        return this.add({
          op:
            rel.kind === "left"
              ? SafetyOp.Left
              : rel.kind === "full"
                ? SafetyOp.Full
                : SafetyOp.Semi,
          rel,
          children: [this.visit(rel.left), this.visit(rel.right)],
          equalities: equalities(rel.on),
        })
      case "compute":
        return this.add({
          op: SafetyOp.Pass,
          rel,
          children: [this.visit(rel.input)],
          definitions: rel.definitions.map(definition),
        })
      case "agg":
        return this.add({
          op: SafetyOp.Group,
          rel,
          children: [this.visit(rel.input)],
          definitions: keysOfEverySet(rel.keys, rel.sets).map(definition),
        })
      case "distinct": {
        const input = this.visit(rel.input)
        const below = rel.on
          ? this.add(
              {
                op: SafetyOp.Window,
                rel,
                children: [input],
                definitions: rel.on.keys.map(nameless),
              },
              [],
            )
          : input
        return this.add({
          op: SafetyOp.Distinct,
          rel,
          children: [below],
          definitions: rel.columns.map(definition),
        })
      }
      case "window":
        return this.windows(rel)
      case "set":
        return this.set(rel)
      case "sort":
        return this.add({ op: SafetyOp.Pass, rel, children: [this.visit(rel.input)] })
      case "limit":
        return this.add({ op: SafetyOp.Limit, rel, children: [this.visit(rel.input)] })
      case "tag": {
        const start = this.nodes.length
        const input = this.visit(rel.input)
        const definitions = [...dayColumns(this.nodes.slice(start))].map((id) => ({
          column: appendTag(id, rel.tag),
          expr: columnScalar(id),
        }))
        return this.add({ op: SafetyOp.Rename, rel, children: [input], definitions })
      }
      default:
        return unreachable(rel)
    }
  }

  /** The equalities of a filter over a join are the join's. */
  private filter(predicates: readonly Scalar[], input: Rel, rel: Rel): number {
    if (input.kind !== "join")
      return this.add({ op: SafetyOp.Pass, rel, children: [this.visit(input)] })
    const children = input.inputs.map((each) => this.visit(each))
    const joined = { op: SafetyOp.Join, rel: input, children, equalities: equalities(predicates) }
    return this.add(joined, predicates)
  }

  /** A node for each function; the subqueries of all stand at the first. */
  private windows(rel: WindowRel): number {
    let below = this.visit(rel.input)
    for (const [i, { call, origin }] of rel.definitions.entries())
      below = this.add(
        {
          op: SafetyOp.Window,
          rel,
          children: [below],
          definitions: call.partitionBy.map(nameless),
          ...(origin ? { origin } : {}),
        },
        i === 0 ? scalarsOf(rel) : [],
      )
    return below
  }

  private set(rel: SetRel): number {
    const children = rel.branches.map((branch) => this.visit(branch.input))
    const definitions = rel.branches.flatMap((branch) =>
      branch.columns.map((expr, i) => ({ column: rel.columns[i]?.id ?? "", expr })),
    )
    return this.add({ op: SafetyOp.Set, rel, children, definitions })
  }

  /** The relations that subqueries in these expressions read, each written on the way. */
  private subqueries(exprs: readonly Scalar[]): number[] {
    return exprs.flatMap(queriesIn).flatMap((subquery) => {
      const outer = this.enclosing
      this.enclosing ??= subquery.origin
      const root = this.visit(subquery.rel)
      const shown = this.subqueries(subquery.column ? [subquery.column] : [])
      this.enclosing = outer
      return [root, ...shown]
    })
  }

  /** `exprs`: the expressions that the node computes, whose subqueries count. */
  private add(
    node: Pick<EncodedNode, "op" | "rel" | "children"> & Partial<EncodedNode>,
    exprs: readonly Scalar[] = scalarsOf(node.rel),
  ): number {
    const { definitions = [], equalities = [], clock } = node
    const subqueries = this.subqueries(exprs)
    const origin = this.enclosing ?? node.origin ?? node.rel.origin
    for (const { column } of definitions) this.numberOf(column)
    if (clock !== undefined) this.numberOf(clock)
    const isInSubquery = this.enclosing !== undefined
    this.nodes.push({ ...node, definitions, equalities, subqueries, clock, origin, isInSubquery })
    return this.nodes.length - 1
  }

  private numberOf(id: ColumnId): number {
    const known = this.columnNumbers.get(id)
    if (known !== undefined) return known
    this.columnNumbers.set(id, this.columnIds.length)
    return this.columnIds.push(id) - 1
  }

  finish(partition: Scalar, grain: Grain): EncodedPlan {
    const exprs: number[] = []
    const lists: number[] = []
    const written = this.nodes.flatMap((node) => this.nodeWords(node, exprs, lists))
    const output = this.exprWords(partition, exprs)
    const header = new Array<number>(SafetyHeader.Words).fill(0)
    header[SafetyHeader.Nodes] = this.nodes.length
    header[SafetyHeader.Exprs] = exprs.length / 3
    header[SafetyHeader.Columns] = this.columnIds.length
    header[SafetyHeader.Grain] = GRAINS[grain]
    header[SafetyHeader.Output] = output
    const words = Uint32Array.from([...header, ...written, ...exprs, ...lists])
    return { words, nodes: this.nodes, columns: this.columnIds }
  }

  private nodeWords(node: EncodedNode, exprs: number[], lists: number[]): number[] {
    const words = new Array<number>(SafetyNode.Words).fill(0)
    const put = (
      field: SafetyNode,
      count: SafetyNode,
      length: number,
      values: readonly number[],
    ) => {
      words[field] = lists.length
      words[count] = length
      lists.push(...values)
    }
    words[SafetyNode.Op] = node.op
    put(SafetyNode.Child, SafetyNode.Children, node.children.length, node.children)
    const definitions = node.definitions.flatMap(({ column, expr }) => [
      this.numberOf(column),
      this.exprWords(expr, exprs),
    ])
    put(SafetyNode.Def, SafetyNode.Defs, node.definitions.length, definitions)
    const pairs = node.equalities.flatMap(([a, b]) => [
      this.exprWords(a, exprs),
      this.exprWords(b, exprs),
    ])
    put(SafetyNode.Pair, SafetyNode.Pairs, node.equalities.length, pairs)
    put(SafetyNode.Sub, SafetyNode.Subs, node.subqueries.length, node.subqueries)
    words[SafetyNode.Clock] = node.clock === undefined ? 0 : this.numberOf(node.clock) + 1
    return words
  }

  private exprWords(expr: Scalar, exprs: number[]): number {
    const [op, argument, unit] = this.dayShape(expr)
    const a =
      argument === undefined
        ? 0
        : typeof argument === "number"
          ? argument
          : this.exprWords(argument, exprs)
    return exprs.push(op, a, unit) / 3 - 1
  }

  /** What `expr` does to the day of its argument: op, argument (column number or expression), unit. */
  private dayShape(expr: Scalar): readonly [SafetyExpr, Scalar | number | undefined, number] {
    if (expr.kind === "column") return [SafetyExpr.Column, this.numberOf(expr.id), 0]
    if (expr.kind === "cast" && isTime(expr.arg) && expr.type.kind === "scalar") {
      if (expr.type.name === "DATE") return [SafetyExpr.CastDate, expr.arg, 0]
      if (expr.type.name === "TIMESTAMP") return [SafetyExpr.SameInstant, expr.arg, 0]
    }
    if (expr.kind === "call" && expr.fn === "date_trunc") {
      const [unit, time] = expr.args
      if (unit?.kind === "literal" && time && isTime(time))
        return [
          SafetyExpr.Truncate,
          time,
          UNITS[(unit.value ?? "").toLowerCase()] ?? SafetyUnit.Coarser,
        ]
    }
    return [SafetyExpr.Other, undefined, 0]
  }
}

/** Zoned timestamps have no day of their own: it depends on the session's zone. */
function isTime(expr: Scalar): boolean {
  return (
    expr.type.kind === "scalar" && (expr.type.name === "DATE" || expr.type.name === "TIMESTAMP")
  )
}

function definition({ id, expr }: Definition): { column: ColumnId; expr: Scalar } {
  return { column: id, expr }
}

/** An expression that is looked at but shown under no name: its column is its own, if it is one. */
function nameless(expr: Scalar): { column: ColumnId; expr: Scalar } {
  return { column: expr.kind === "column" ? expr.id : "", expr }
}

/** Every column that may carry a day in these nodes: clocks, definitions, sides of equalities. */
function dayColumns(nodes: readonly EncodedNode[]): Set<ColumnId> {
  const found = new Set<ColumnId>()
  for (const node of nodes) {
    if (node.clock !== undefined) found.add(node.clock)
    for (const { column } of node.definitions) found.add(column)
    for (const side of node.equalities.flat()) for (const id of columnsIn(side)) found.add(id)
  }
  return found
}

function columnsIn(expr: Scalar): ColumnId[] {
  if (expr.kind === "column") return [expr.id]
  if (expr.kind === "cast") return columnsIn(expr.arg)
  return expr.kind === "call" ? expr.args.flatMap(columnsIn) : []
}

function columnScalar(id: ColumnId): Scalar {
  return {
    kind: "column",
    id,
    type: { kind: "unknown", reason: "only the id counts" },
    nullable: true,
  }
}

function keysOfEverySet(
  keys: readonly Definition[],
  sets: readonly (readonly number[])[] | undefined,
) {
  return sets ? keys.filter((_, i) => sets.every((set) => set.includes(i))) : keys
}

function equalities(predicates: readonly Scalar[]): (readonly [Scalar, Scalar])[] {
  return predicates.flatMap((predicate) => {
    if (predicate.kind !== "call" || predicate.fn !== "=") return []
    const [a, b] = predicate.args
    return a && b ? [[a, b] as const] : []
  })
}

/** The subqueries in `expr`, outermost ones only: their own are found when they are visited. */
function queriesIn(expr: Scalar): QueryScalar[] {
  if (expr.kind === "query") return [expr, ...(expr.arg ? queriesIn(expr.arg) : [])]
  return operands(expr).flatMap(queriesIn)
}
