import type { ClassId, EGraph } from "../egraph/index.js"
import type { ColumnId, Scalar } from "../ir/nodes.js"
import { underNull } from "../ir/ids.js"
import { mentioned } from "../ir/walk.js"
import { damped, type DistinctCounts } from "./distinct.js"
import type { ScalarReader } from "./scalars.js"
import { columnInfo, columnOf, type Vocabulary } from "./terms.js"

/**
 * How many rows a class has, from its oldest row: estimates are not facts, and those of what a user
 * wrote do not change with the rules that fire. A class whose rows an earlier run counted has those.
 */
export class RowEstimates {
  private readonly known = new Map<number, number>()
  private readonly counted = new Map<ClassId, number>()
  /** Columns that some join of the plans makes equal. */
  private readonly equal = new Map<ColumnId, ColumnId[]>()

  constructor(
    private readonly graph: EGraph,
    private readonly words: Vocabulary,
    private readonly scalars: ScalarReader<ClassId>,
    private readonly distinct: DistinctCounts,
  ) {}

  /** Looks at the plans that were put into the graph. `counted` are classes whose rows an earlier run counted. */
  learn(counted: ReadonlyMap<ClassId, number>): void {
    for (const [cls, rows] of counted) this.counted.set(this.graph.find(cls), rows)
    for (let row = 1; row < this.graph.rows; row++)
      if (this.graph.opOf(row) === "=") this.learnEquality(row)
  }

  rows(cls: ClassId): number {
    const oldest = this.graph.find(cls)
    const known = this.known.get(oldest)
    if (known !== undefined) return known
    this.known.set(oldest, 1)
    const rows = Math.max(1, this.counted.get(oldest) ?? this.ofRow(oldest))
    this.known.set(oldest, rows)
    return rows
  }

  /** Groups of `rows` rows by the definitions of a list. */
  groups(list: ClassId, rows: number): number {
    return this.groupsOf(this.definitions(list), rows)
  }

  /** Distinct values met in `rows` draws of the combinations of the expressions. */
  groupsOf(exprs: readonly Scalar[], rows: number): number {
    const all = this.combinations(exprs)
    return all * -Math.expm1(-rows / all)
  }

  /** What flows through a class: of a join that a filter stands above, its largest input. */
  flowing(cls: ClassId): number {
    const oldest = this.graph.find(cls)
    if (this.graph.opOf(oldest) !== "join") return this.rows(oldest)
    return Math.max(...this.graph.childrenOf(oldest).map((child) => this.rows(child)))
  }

  private ofRow(row: number): number {
    const op = this.graph.opOf(row)
    const children = this.graph.childrenOf(row)
    const [a = 0, b = 0, c = 0] = children
    const stored = this.words.stored.get(op)
    if (stored) return stored.relation === undefined ? 1 : this.distinct.rowsOf(stored.relation)
    switch (op) {
      case "filter":
        return this.filtered(this.predicates(a), this.rows(b))
      case "join":
        return children.reduce((product, child) => product * this.rows(child), 1)
      case "left":
        return Math.max(
          this.rows(b),
          this.filtered(this.predicates(a), this.rows(b) * this.rows(c)),
        )
      case "full":
        return Math.max(
          this.rows(b) + this.rows(c),
          this.filtered(this.predicates(a), this.rows(b) * this.rows(c)),
        )
      case "semi":
      case "anti":
        return this.rows(b) / 2
      case "distinct":
        return this.groups(a, this.rows(b))
      case "distinct-on":
        return Math.min(this.rows(children[3] ?? 0), this.combinations(this.list(b)))
      case "compute":
      case "window":
      case "sort":
      case "tag":
        return this.rows(b)
      case "candidate":
        return this.rows(c)
      case "limit":
        return Math.min(this.rows(c), this.literal(a) ?? Infinity)
      case "union-all":
        return sum(this.graph.childrenOf(b).map((branch) => this.branch(branch)))
      default:
        return this.ofPrefixed(op, children)
    }
  }

  private ofPrefixed(op: string, children: readonly ClassId[]): number {
    const [a = 0, , c = 0] = children
    if (op === "agg") return this.isEmpty(a) ? 1 : this.groups(a, this.rows(c))
    if (op.startsWith("agg-sets:")) return 2 * this.groups(a, this.rows(c))
    if (op.startsWith("set-op:union"))
      return sum(children.slice(1).map((branch) => this.branch(branch)))
    if (op.startsWith("set-op:")) return this.branch(children[1] ?? 0) / 2
    return 1
  }

  private branch(branch: ClassId): number {
    return this.rows(this.graph.childrenOf(branch)[1] ?? 0)
  }

  private isEmpty(list: ClassId): boolean {
    return this.graph.childrenOf(list).length === 0
  }

  private list(cls: ClassId): Scalar[] {
    return this.graph.childrenOf(cls).map((child) => this.scalars.scalar(child))
  }

  private predicates(cls: ClassId): Scalar[] {
    return this.list(cls)
  }

  private definitions(list: ClassId): Scalar[] {
    return this.graph
      .childrenOf(list)
      .flatMap((definition) => this.graph.childrenOf(definition)[1] ?? [])
      .map((expr) => this.scalars.scalar(expr))
  }

  private literal(cls: ClassId): number | undefined {
    const expr = this.graph.opOf(cls) === "none" ? undefined : this.scalars.scalar(cls)
    return expr?.kind === "literal" ? Number(expr.value) : undefined
  }

  // ---------------------------------------------------------------------------------- combinations

  /**
   * Values of several expressions together. Columns of one relation are no more than its rows, and add
   * nothing where another column fixes the row that they come from. Times are taken to be independent of
   * the rest: what happens on one day tends to happen on most.
   */
  private combinations(exprs: readonly Scalar[]): number {
    const times = exprs.filter(isTemporal).map((expr) => this.distinct.of(expr))
    return product(times) * this.others(exprs.filter((expr) => !isTemporal(expr)))
  }

  private others(exprs: readonly Scalar[]): number {
    const mentions = new Set(exprs.flatMap((expr) => [...mentioned(expr)].map(plain)))
    const byRelation = new Map<string, Scalar[]>()
    for (const expr of exprs) {
      const [id] = mentioned(expr)
      const relation = id === undefined ? "" : this.occurrence(plain(id))
      byRelation.set(relation, [...(byRelation.get(relation) ?? []), expr])
    }
    const counts = [...byRelation].flatMap(([relation, own]) => {
      if (this.isFixed(relation, mentions)) return []
      const counts = own.map((expr) => this.distinct.of(expr))
      const [name] = relation.split("#")
      const bound = name && counts.length > 1 ? this.distinct.rowsOf(name) : Infinity
      return [Math.min(bound, this.met(relation), damped(counts))]
    })
    return damped(counts)
  }

  /** The relation that a column is of, with its tag. */
  private occurrence(id: ColumnId): string {
    const base = columnInfo(this.words, id)?.base
    const tag = /#[\d.]+$/.exec(id)?.[0] ?? ""
    return base ? `${base.relation}${tag}` : ""
  }

  /** A column of `mentions` that is not of the relation is equal to one of its columns. */
  private isFixed(relation: string, mentions: ReadonlySet<ColumnId>): boolean {
    if (relation === "") return false
    return [...mentions].some(
      (id) =>
        this.occurrence(id) !== relation &&
        (this.equal.get(id) ?? []).some((other) => this.occurrence(other) === relation),
    )
  }

  /** Rows of a relation that joins meet: no more than the other side has values. */
  private met(relation: string): number {
    const others = [...this.equal].flatMap(([id, equals]) =>
      relation !== "" && this.occurrence(id) === relation
        ? equals.filter((other) => this.occurrence(other) !== relation)
        : [],
    )
    return Math.min(Infinity, ...others.map((id) => this.distinct.ofId(id)))
  }

  private learnEquality(row: number): void {
    const [a, b] = this.graph.childrenOf(row).map((side) => columnOf(this.graph.opOf(side)))
    if (a === undefined || b === undefined) return
    this.equal.set(plain(a), [...(this.equal.get(plain(a)) ?? []), plain(b)])
    this.equal.set(plain(b), [...(this.equal.get(plain(b)) ?? []), plain(a)])
  }

  // ----------------------------------------------------------------------------------- selectivity

  private filtered(predicates: readonly Scalar[], rows: number): number {
    return predicates.reduce((left, predicate) => left * this.selectivity(predicate), rows)
  }

  private selectivity(predicate: Scalar): number {
    if (predicate.kind !== "call") return predicate.kind === "query" ? 0.5 : 0.3
    const [a, b] = predicate.args
    switch (predicate.fn) {
      case "=":
      case "is-not-distinct":
        return a && b ? 1 / Math.max(1, this.distinct.of(a), this.distinct.of(b)) : 0.1
      case "<>":
      case "is-distinct":
        return 0.9
      case "in":
        return a ? Math.min(1, (predicate.args.length - 1) / this.distinct.of(a)) : 0.1
      case "and":
        return predicate.args.reduce((all, arg) => all * this.selectivity(arg), 1)
      case "or":
        return Math.min(1, sum(predicate.args.map((arg) => this.selectivity(arg))))
      case "not":
        return a ? Math.max(0.05, 1 - this.selectivity(a)) : 0.9
      case "is-null":
        return a ? this.nullFraction(a) : 0.05
      case "like":
      case "ilike":
        return 0.1
      default:
        return 0.33
    }
  }

  private nullFraction(expr: Scalar): number {
    if (expr.kind !== "column") return 0.05
    return this.distinct.statisticsOf(plain(expr.id))?.nullFraction ?? 0.05
  }
}

const CALENDAR = new Set([
  "date_part",
  "hour",
  "minute",
  "dow",
  "dayofweek",
  "week",
  "month",
  "year",
])

function isTemporal(expr: Scalar): boolean {
  const { type } = expr
  if (type.kind === "scalar" && (type.name === "DATE" || type.name.startsWith("TIMESTAMP")))
    return true
  return expr.kind === "call" && CALENDAR.has(expr.fn)
}

function product(counts: readonly number[]): number {
  return counts.reduce((a, b) => a * b, 1)
}

function plain(id: ColumnId): ColumnId {
  const below = underNull(id)
  return below === undefined ? id : plain(below)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}
