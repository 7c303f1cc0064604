import type { CostModel } from "../engine/driver.js"
import type { ClassId, EGraph } from "../egraph/index.js"
import type { ColumnId, OutColumn } from "../ir/nodes.js"
import type { SqlType } from "../types/type.js"
import type { RowEstimates } from "./estimate.js"
import { mentioned } from "./functions/columns.js"
import { isSubquery } from "./functions/columns.js"
import type { DistinctCounts } from "./distinct.js"
import type { Vocabulary } from "./terms.js"

/**
 * What a row of the graph costs by itself, without what is below it, in nanoseconds of CPU. Columns are
 * paid where demand is closed, by the operator that mentions them: engines read only those.
 */
export class RowPrices {
  private readonly mentions = new Map<ClassId, ReadonlySet<ColumnId>>()

  constructor(
    private readonly graph: EGraph,
    private readonly words: Vocabulary,
    private readonly estimates: RowEstimates,
    private readonly distinct: DistinctCounts,
    private readonly costs: CostModel,
  ) {}

  /** Infinity for what is no way to compute a relation. */
  of(row: number): number {
    const { costs, estimates } = this
    const op = this.graph.opOf(row)
    const children = this.graph.childrenOf(row)
    const [a = 0, b = 0, c = 0] = children
    const stored = this.words.stored.get(op)
    if (stored)
      return stored.relation === undefined ? 0 : this.scan(stored.relation, estimates.rows(row))
    switch (op) {
      case "filter":
        return estimates.flowing(b) * (costs.filterRow + this.cells(a))
      case "join":
        return this.join(children)
      case "left":
      case "full":
      case "semi":
      case "anti":
        return estimates.rows(b) * costs.joinProbeRow + estimates.rows(c) * costs.joinBuildRow
      case "compute":
        return estimates.rows(b) * this.graph.childrenOf(a).length
      case "agg":
        return this.group([a, b], estimates.rows(c), estimates.rows(row))
      case "distinct":
        return this.group([a], estimates.rows(b), estimates.rows(row))
      case "distinct-on":
        return estimates.rows(children[3] ?? 0) * costs.sortRow
      case "window":
        return estimates.rows(b) * (costs.windowRow + this.cells(a))
      case "sort":
        return estimates.rows(b) * costs.sortRow
      case "out":
        return estimates.rows(b) * this.cells(a)
      case "tag":
        return 1 // no work, but the renamed copy is as good where nothing is read
      case "candidate":
        return Infinity
      default:
        return this.prefixed(op, children)
    }
  }

  private prefixed(op: string, children: readonly ClassId[]): number {
    const [a = 0, b = 0, c = 0] = children
    if (op.startsWith("agg-sets:"))
      return 2 * this.group([a, b], this.estimates.rows(c), this.estimates.rows(c) / 2)
    if (op.startsWith("set-op:"))
      return children
        .slice(1)
        .map((branch) => this.estimates.rows(this.graph.childrenOf(branch)[1] ?? 0))
        .reduce((sum, rows) => sum + rows * this.costs.groupRow, 0)
    return 0
  }

  /** Reading a relation that is stored as a table of the target. */
  read(rows: number): number {
    return rows * this.costs.scanRow
  }

  /** Writing `rows` rows of a table, beside computing them. */
  write(rows: number, columns: readonly OutColumn[]): number {
    const cells = columns.reduce((sum, { expr }) => sum + this.cellWeight(expr.type), 0)
    return this.costs.statement + rows * cells * this.costs.writeCell
  }

  private cellWeight(type: SqlType): number {
    return type.kind === "scalar" && type.name === "HUGEINT" ? this.costs.wideCells : 1
  }

  private scan(relation: string, rows: number): number {
    const text = this.distinct.textBytesOf(relation)
    return rows * this.costs.scanRow + text * this.costs.parseByte
  }

  /** The largest input flows past hash tables of the others. */
  private join(inputs: readonly ClassId[]): number {
    const rows = inputs.map((input) => this.estimates.rows(input)).sort((x, y) => y - x)
    const [probing = 0, ...built] = rows
    return built.reduce(
      (sum, count) => sum + count * this.costs.joinBuildRow + probing * this.costs.joinProbeRow,
      0,
    )
  }

  private group(lists: readonly ClassId[], rows: number, groups: number): number {
    const [keys = 0, aggregates] = lists
    const row =
      this.costs.groupRow +
      this.graph.childrenOf(keys).length * this.costs.groupKey +
      (aggregates === undefined ? 0 : this.calls(aggregates)) +
      lists.reduce((sum, list) => sum + this.cells(list), 0)
    return rows * row + groups * this.costs.groupEntry
  }

  private calls(aggregates: ClassId): number {
    return this.graph
      .childrenOf(aggregates)
      .reduce(
        (sum, definition) =>
          sum + (this.isDistinct(definition) ? this.costs.distinctValue : this.costs.aggregate),
        0,
      )
  }

  private isDistinct(definition: ClassId): boolean {
    const call = this.graph.childrenOf(definition)[1]
    return call !== undefined && this.hasOperator(call, "distinct-arg")
  }

  private hasOperator(cls: ClassId, op: string): boolean {
    const own = this.graph.opOf(cls)
    return (
      own === op ||
      (!isSubquery(own) && this.graph.childrenOf(cls).some((child) => this.hasOperator(child, op)))
    )
  }

  private cells(list: ClassId): number {
    const leader = this.graph.find(list)
    const known = this.mentions.get(leader)
    const found = known ?? mentioned(this.graph.originalTerm(leader), this.words)
    if (!known) this.mentions.set(leader, found)
    return found.size * this.costs.scanCell
  }
}
