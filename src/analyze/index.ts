import { SafetyAnswer, SafetyFault, SafetyOp } from "../../assembly/safety/wire.js"
import { some } from "../base/check.js"
import type { Model, Source } from "../catalog/project.js"
import type { Certificate, Incrementality, InputWindow } from "../facts/incremental.js"
import { lookupFunction } from "../functions/index.js"
import type { CallScalar, ColumnId, Origin, Out, Rel, Scalar } from "../ir/nodes.js"
import { inputs as inputsBelow, operands, scalarsOf } from "../ir/walk.js"
import { runSafetyAnalysis } from "../egraph/wasm.js"
import { checkCertificate } from "./certificate.js"
import { encode, type ClockOf, type EncodedNode, type EncodedPlan } from "./encode.js"

export interface AnalyzeInput {
  /** Its `partitionBy` names the partition column. */
  readonly model: Model
  readonly out: Out
  /** The partition column may be NULL, as far as typecheck knows. */
  readonly nullable: boolean
  readonly sources: ReadonlyMap<string, Source>
  /** Incremental models that this one may read, by name: their partitions are their clock. */
  readonly incremental: ReadonlyMap<string, Model>
}

const REASONS: Readonly<Record<SafetyFault, string>> = {
  [SafetyFault.None]: "",
  [SafetyFault.Group]:
    "these groups hold rows of several partitions; group by the partition column as well",
  [SafetyFault.Window]:
    "this window function reads rows of other partitions; put the partition column into PARTITION BY",
  [SafetyFault.Distinct]:
    "DISTINCT compares rows of several partitions; select the partition column as well",
  [SafetyFault.Limit]: "LIMIT chooses among the rows of all partitions",
  [SafetyFault.Join]: "two inputs with event times are joined, but not on equal partitions",
  [SafetyFault.Full]: "a FULL JOIN makes rows whose partition is unknown",
  [SafetyFault.Subquery]: "a subquery reads an input with an event time, over all its partitions",
  [SafetyFault.Set]: "no column of this set operation is the partition in every branch",
  [SafetyFault.Output]: "it is not the partition of the event time of the inputs",
  [SafetyFault.Padded]: "this join keeps rows without a match, whose partition is unknown",
}

/**
 * Proves that each partition of an incremental model depends on the same partition of its inputs only
 * (the case [0, 0] of the sensitivity intervals), or says which construct is at fault.
 */
export function analyze(input: AnalyzeInput): Incrementality {
  const { model, out } = input
  const column = model.partitionBy?.column ?? ""
  const partition = out.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())
  const refuse = (reason: string, origin?: Origin): Incrementality => ({
    kind: "refused",
    model: model.name,
    column,
    reason,
    origin,
  })
  if (!partition) return refuse(`it has no column \`${column}\``)
  const varying = varyingCall(out)
  if (varying)
    return refuse(
      `\`${varying.fn}\` is another value in a later run, which does not compute these partitions again; smelt.param('…') is one that rebuilds them`,
      varying.origin,
    )
  const clockOf: ClockOf = (relation) =>
    input.sources.get(relation)?.eventTime ?? input.incremental.get(relation)?.partitionBy?.column
  const plan = encode(out, partition.expr, model.grain ?? "day", clockOf)
  const inputs = inputsOf(plan)
  if (inputs.every(({ clock }) => clock === undefined))
    return refuse(`none of its inputs has an event time${clockHint(inputs, input)}`)

  const answer = runSafetyAnalysis(plan.words, answerWords(plan))
  const fault = some(answer[SafetyAnswer.Fault], "an answer") as SafetyFault
  const node = faultyNode(plan, fault, answer[SafetyAnswer.Node] ?? 0)
  if (fault !== SafetyFault.None) {
    const inside = node?.isInSubquery === true ? SafetyFault.Subquery : fault
    return refuse(REASONS[inside], fault === SafetyFault.Output ? undefined : node?.origin)
  }

  if (input.nullable)
    return refuse(
      "the column may be NULL, and a row without a partition would never be written again; filter it by IS NOT NULL",
    )

  const certificate = readCertificate(plan, answer)
  const flaw = checkCertificate(plan.nodes, certificate, partition.expr, model.grain ?? "day")
  if (flaw !== undefined) return refuse(`the proof does not hold on a second look (${flaw})`)
  return { kind: "incremental", model: model.name, column, inputs, certificate }
}

/** A call that gives other values in another run, anywhere in the plan. */
function varyingCall({ columns, input }: Out): CallScalar | undefined {
  const seen = new Set<Rel>()
  const inScalar = (expr: Scalar): CallScalar | undefined => {
    if (expr.kind === "call" && lookupFunction(expr.fn)?.deterministic === false) return expr
    const below = expr.kind === "query" ? inRel(expr.rel) : undefined
    return below ?? first(operands(expr), inScalar)
  }
  const inRel = (rel: Rel): CallScalar | undefined => {
    if (seen.has(rel)) return undefined
    seen.add(rel)
    return first(scalarsOf(rel), inScalar) ?? first(inputsBelow(rel), inRel)
  }
  return (
    first(
      columns.map(({ expr }) => expr),
      inScalar,
    ) ?? inRel(input)
  )
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function clockHint(inputs: readonly InputWindow[], { sources }: AnalyzeInput): string {
  const names = inputs.flatMap(({ input }) => (sources.has(input) ? [`\`${input}\``] : []))
  return names.length === 0 ? "" : `; declare \`event_time:\` on ${names.join(" or ")}`
}

/** The node to point at: of a subquery that reads a clock, the subquery. */
function faultyNode(
  plan: EncodedPlan,
  fault: SafetyFault,
  number: number,
): EncodedNode | undefined {
  const node = plan.nodes[number]
  const inside = fault === SafetyFault.Subquery ? node?.subqueries[0] : undefined
  return inside === undefined ? node : plan.nodes[inside]
}

/** The analysis leaves, a node, one word and then its day columns as bits. */
function answerWords(plan: EncodedPlan): number {
  return SafetyAnswer.Words + plan.nodes.length * (1 + setWords(plan))
}

function setWords(plan: EncodedPlan): number {
  return (plan.columns.length + 31) >>> 5
}

function readCertificate(plan: EncodedPlan, answer: Uint32Array): Certificate {
  const sets = SafetyAnswer.Words + plan.nodes.length
  const width = setWords(plan)
  return {
    steps: plan.nodes.map((node, number) => ({
      node: number,
      rule: node.rule ?? node.rel.kind,
      premises: [...node.children, ...node.subqueries],
      dated: answer[SafetyAnswer.Words + number] === 1,
      aligned: plan.columns.filter((_, c) => {
        const word = answer[sets + number * width + (c >>> 5)] ?? 0
        return ((word >>> (c & 31)) & 1) === 1
      }),
    })),
  }
}

/** Every stored relation that the plan reads, once each; one with a clock is read by partitions. */
function inputsOf(plan: EncodedPlan): InputWindow[] {
  const scans = new Map<string, ColumnId | undefined>()
  for (const node of plan.nodes)
    if (node.op === SafetyOp.Scan && node.rel.kind === "scan")
      scans.set(node.rel.relation, clockName(node))
  return [...scans].map(([input, clock]) =>
    clock === undefined ? { input, clock } : { input, clock, lookback: 0, lookahead: 0 },
  )
}

function clockName(node: EncodedNode): string | undefined {
  return node.rel.kind === "scan"
    ? node.rel.columns.find(({ id }) => id === node.clock)?.name
    : undefined
}
