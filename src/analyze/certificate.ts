import { SafetyOp } from "../../assembly/safety/wire.js"
import type { Grain } from "../catalog/project.js"
import type { Certificate, CertificateStep } from "../facts/incremental.js"
import { lookupFunction } from "../functions/index.js"
import type { ColumnId, Scalar } from "../ir/nodes.js"
import { operands, scalarsOf } from "../ir/walk.js"
import type { EncodedNode } from "./encode.js"

/** Units that refine a grain: every partition of the grain is a union of theirs. Weeks straddle months. */
const REFINING: Readonly<Record<Grain, ReadonlySet<string>>> = {
  hour: new Set(["hour", "minute", "second", "millisecond", "microsecond"]),
  day: new Set(["day", "hour", "minute", "second", "millisecond", "microsecond"]),
  month: new Set(["month", "day", "hour", "minute", "second", "millisecond", "microsecond"]),
}

/**
 * Looks at every claim of a certificate again, one node at a time, from the claims of its children.
 * Shares no code with the analysis that made it. Gives the first flaw in words.
 */
export function checkCertificate(
  nodes: readonly EncodedNode[],
  certificate: Certificate,
  partition: Scalar,
  grain: Grain,
): string | undefined {
  const { steps } = certificate
  if (steps.length !== nodes.length) return "a step is missing"
  for (const [number, node] of nodes.entries()) {
    const step = steps[number]
    if (!step || step.node !== number) return `step ${number} is out of order`
    const checker = new StepChecker(node, step, steps, grain)
    const flaw = checker.flaw()
    if (flaw !== undefined) return `node ${number}: ${flaw}`
  }
  const root = steps[steps.length - 1]
  if (!root) return "the plan is empty"
  return root.dated && !lies(partition, new Set(root.aligned), grain)
    ? "the output is not aligned"
    : undefined
}

class StepChecker {
  private readonly children: readonly CertificateStep[]
  private readonly aligned: ReadonlySet<ColumnId>

  constructor(
    private readonly node: EncodedNode,
    private readonly step: CertificateStep,
    steps: readonly CertificateStep[],
    private readonly grain: Grain,
  ) {
    this.children = node.children.flatMap((child) => steps[child] ?? [])
    this.aligned = new Set(step.aligned)
    this.subqueryDated = node.subqueries.some((query) => steps[query]?.dated !== false)
  }

  private readonly subqueryDated: boolean

  flaw(): string | undefined {
    if (this.children.length !== this.node.children.length) return "a child has no step"
    if (scalarsOf(this.node.rel).some(varies)) return "an expression differs from run to run"
    if (this.subqueryDated) return "a subquery depends on a clock"
    const dated =
      this.node.op === SafetyOp.Scan
        ? this.node.clock !== undefined
        : this.children.some((child) => child.dated)
    if (dated !== this.step.dated) return "its dependence on a clock is wrong"
    if (!dated)
      return this.aligned.size > 0 ? "an input without a clock has no partitions" : undefined
    return this.datedFlaw()
  }

  private datedFlaw(): string | undefined {
    switch (this.node.op) {
      case SafetyOp.Scan:
        return this.only([this.node.clock ?? ""])
      case SafetyOp.Pass:
        return this.only([...this.below(0), ...this.defined(0)])
      case SafetyOp.Window:
        return this.defined(0, true).length === 0
          ? "no PARTITION BY expression is aligned"
          : this.only([...this.below(0)])
      case SafetyOp.Group:
      case SafetyOp.Distinct:
      case SafetyOp.Rename:
        return this.aligned.size === 0 ? "no key is aligned" : this.only(this.defined(0))
      case SafetyOp.Join:
        return this.joinFlaw()
      case SafetyOp.Left:
      case SafetyOp.Semi:
        return this.preservingFlaw()
      case SafetyOp.Set:
        return this.setFlaw()
      default:
        return "this operator mixes partitions"
    }
  }

  /** The claimed columns are among `allowed`. */
  private only(allowed: readonly ColumnId[]): string | undefined {
    const known = new Set(allowed)
    const stray = [...this.aligned].find((column) => !known.has(column))
    return stray === undefined ? undefined : `${stray} is not shown to be aligned`
  }

  private below(child: number): ReadonlySet<ColumnId> {
    return new Set(this.children[child]?.aligned ?? [])
  }

  /** Definitions whose expression lies in the partition; `any` keeps nameless ones too. */
  private defined(child: number, any = false): ColumnId[] {
    const below = this.below(child)
    return this.node.definitions
      .filter(({ column, expr }) => (any || column !== "") && lies(expr, below, this.grain))
      .map(({ column }) => column)
  }

  /** All clocked inputs are reached from one of them through equalities of columns in one partition. */
  private joinFlaw(): string | undefined {
    const dated = this.children.filter((child) => child.dated)
    const reached = new Set(dated[0]?.aligned ?? [])
    const open = new Set(dated.slice(1))
    for (let size = -1; size !== reached.size + open.size * -1;) {
      size = reached.size - open.size
      for (const [a, b] of this.node.equalities) {
        if (lies(a, reached, this.grain)) for (const id of core(b, this.grain)) reached.add(id)
        if (lies(b, reached, this.grain)) for (const id of core(a, this.grain)) reached.add(id)
      }
      for (const child of open)
        if (child.aligned.some((id) => reached.has(id))) {
          for (const id of child.aligned) reached.add(id)
          open.delete(child)
        }
    }
    return open.size > 0 ? "two clocked inputs are not equated" : this.only([...reached])
  }

  private preservingFlaw(): string | undefined {
    const [left, right] = [this.below(0), this.below(1)]
    const preservedDated = this.children[0]?.dated === true
    const sides = this.node.equalities.flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ])
    if (!this.children[1]?.dated) return this.only([...left])
    const matching = sides
      .filter(([, there]) => there && lies(there, right, this.grain))
      .flatMap(([here]) => here ?? [])
    if (preservedDated)
      return matching.some((here) => lies(here, left, this.grain))
        ? this.only([...left])
        : "not equated"
    const columns = matching.flatMap((here) => (here.kind === "column" ? [here.id] : []))
    return this.aligned.size === 1 ? this.only(columns) : "the kept side has one partition column"
  }

  private setFlaw(): string | undefined {
    const width = this.node.definitions.length / Math.max(1, this.children.length)
    const undated = this.children.some((child) => !child.dated)
    const aligned = Array.from({ length: width }, (_, i) => i).filter((i) =>
      this.children.every((child, branch) => {
        const definition = this.node.definitions[branch * width + i]
        return (
          !child.dated || (definition && lies(definition.expr, new Set(child.aligned), this.grain))
        )
      }),
    )
    if (this.aligned.size === 0) return "no column is aligned"
    if (undated && this.aligned.size > 1)
      return "with an unclocked branch one column is aligned at most"
    return this.only(aligned.flatMap((i) => this.node.definitions[i]?.column ?? []))
  }
}

/** True if the value of `expr` lies in the partition in which the columns `aligned` lie. */
function lies(expr: Scalar, aligned: ReadonlySet<ColumnId>, grain: Grain): boolean {
  return core(expr, grain).some((id) => aligned.has(id))
}

/** The column that `expr` is in the same partition with, if there is one. */
function core(expr: Scalar, grain: Grain): ColumnId[] {
  if (expr.kind === "column") return [expr.id]
  if (expr.kind === "cast" && zoneless(expr.arg)) {
    const to = expr.type.kind === "scalar" ? expr.type.name : ""
    return to === "TIMESTAMP" || (to === "DATE" && grain !== "hour") ? core(expr.arg, grain) : []
  }
  if (expr.kind !== "call" || expr.fn !== "date_trunc") return []
  const [unit, time] = expr.args
  const refines = unit?.kind === "literal" && REFINING[grain].has((unit.value ?? "").toLowerCase())
  return refines && time && zoneless(time) ? core(time, grain) : []
}

function zoneless(expr: Scalar): boolean {
  return expr.type.kind === "scalar" && ["DATE", "TIMESTAMP"].includes(expr.type.name)
}

function varies(expr: Scalar): boolean {
  const isSteady = expr.kind !== "call" || lookupFunction(expr.fn)?.deterministic !== false
  return !isSteady || operands(expr).some(varies)
}
