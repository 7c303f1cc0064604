import {
  EGraph,
  Explanation,
  proofFault,
  readTerm,
  type Application,
  type Guard,
  type Limits,
  type Rule,
  UnionIndex,
} from "../../../src/egraph/index.js"
import type { DeclaredFact } from "../../../src/facts/declared.js"
import type { Out } from "../../../src/ir/nodes.js"
import { Encoder } from "../../../src/optimize/encode.js"
import { declaredFunctions } from "../../../src/optimize/functions/index.js"
import { normalizer } from "../../../src/optimize/normalize.js"
import { RelationReader } from "../../../src/optimize/read.js"
import { loadRules } from "../../../src/optimize/rules.js"
import { sides, type Sides } from "../../../src/optimize/sides.js"
import { describe as words, GUARDS, vocabulary } from "../../../src/optimize/terms.js"

export const RULES = loadRules()

export function ruleOf(name: string): Rule {
  const all = [...RULES.relational.rules, ...RULES.scalar]
  const found = all.find((rule) => rule.name === name)
  if (!found) throw new Error(`no rule ${name}`)
  return found
}

export function guardText({ name, args }: Guard): string {
  return `(${[name, ...args].join(" ")})`
}

/** The rule without one of its guards. */
export function unguarded(rule: Rule, guard: string): Rule {
  const guards = rule.guards.filter((one) => guardText(one) !== guard)
  if (guards.length === rule.guards.length) throw new Error(`${rule.name} has no guard ${guard}`)
  return { ...rule, guards }
}

/** The rule with another right side. */
export function falsified(rule: Rule, right: string): Rule {
  return { ...rule, right: readTerm(right) }
}

export interface Setting {
  readonly out: Out
  readonly facts: readonly DeclaredFact[]
  /** The rules that may fire. */
  readonly rules: readonly Rule[]
  /** An aggregate over a part of `out`: proposed as a root. */
  readonly finer?: Out | undefined
  readonly limits?: Limits
}

export interface Said extends Sides {
  readonly rule: string
  /** Numbers of the declared facts that it rests on. */
  readonly witnesses: readonly number[]
}

/** Another form of a plan that the engine found. */
export interface Form {
  readonly out: Out
  /** The steps to it, by their rules, and the declared facts that they rest on. */
  readonly rules: readonly string[]
  readonly facts: readonly number[]
}

export interface Fired {
  /** What each application of the rule said; an application that cannot stand alone says nothing. */
  readonly sides: readonly Said[]
  readonly applied: number
  readonly contradiction: boolean
  /** Applications that the engine's proof of does not pass the checker. */
  readonly unproven: readonly string[]
  /** Forms of the whole plan, as the engine first wrote them. */
  readonly forms: readonly Form[]
}

const ITERATIONS = 6

/** Runs the engine on a plan and reads what a rule, or each of them, said of it. */
export function fire(
  rule: string | undefined,
  { out, facts, rules, finer, limits = { iterations: ITERATIONS } }: Setting,
): Fired {
  const known = vocabulary(facts)
  const text = { ...RULES.relational, rules }
  const normal = normalizer(RULES.scalar, text.operators, known)
  const graph = EGraph.createSync({
    rules: text,
    functions: declaredFunctions(known, normal),
    guards: GUARDS,
    describe: (op) => words(known, op),
  })
  try {
    const encoder = new Encoder(graph, known, normal)
    const written = encoder.out(out)
    const root = finer && encoder.relation(finer.input)
    if (root !== undefined) propose(graph, root)
    const { contradiction } = graph.run(limits)
    const isOf = ({ rule: name, left }: Application) =>
      // A root is also the aggregate of a finer one: of itself.
      left !== root && name === (rule ?? name)
    const applications = graph
      .log()
      .unions.flatMap(({ application }) => (application && isOf(application) ? [application] : []))
    const found = applications.flatMap((application) => {
      const both = sides(application, { graph, encoder, rules: text })
      const { rule: name, witnesses } = application
      return both ? [{ ...both, rule: name, witnesses }] : []
    })
    const forms = formsOf(written.out, graph, encoder)
    const unproven = unprovenIn(graph)
    return { sides: found, applied: applications.length, contradiction, forms, unproven }
  } finally {
    graph.dispose()
  }
}

function unprovenIn(graph: EGraph): string[] {
  const prover = graph.prover()
  const rules = graph.proofRules()
  return graph.log().unions.flatMap(({ application }) => {
    if (!application) return []
    const { rule, left, right } = application
    const proves = [graph.originalTerm(left), graph.originalTerm(right)] as const
    const fault = proofFault(prover.explain(left, right), { ...rules, proves })
    return fault ? [`${rule}, step ${fault.at.join(".")}: ${fault.reason}`] : []
  })
}

const MOST_FORMS = 4

/** The newest forms, which rest on most others. */
function formsOf(written: number, graph: EGraph, encoder: Encoder): Form[] {
  const read = rowReader(graph, encoder)
  const log = graph.log()
  const rows = graph.members(written).filter((row) => row !== written)
  const whole = rows.slice(-MOST_FORMS).map((row) => {
    return formOf(read(row), graph.applications(written, row, log))
  })
  return [...whole, newestForm(written, graph, encoder)]
}

function formOf(out: Out, applications: readonly Application[]): Form {
  return {
    out,
    rules: applications.map(({ rule }) => rule),
    facts: [...new Set(applications.flatMap(({ witnesses }) => witnesses))],
  }
}

/** Only the host writes them. */
const UNREAD = new Set(["tag", "candidate"])

/** Of every class the newest row that does not stand in itself: as plans are put together of many steps. */
function newestForm(written: number, graph: EGraph, encoder: Encoder): Form {
  const chosen = new Map<number, number>()
  const above = new Set<number>()
  const choose = (cls: number): boolean => {
    if (chosen.has(cls)) return true
    if (above.has(cls)) return false
    above.add(cls)
    const rows = graph.members(cls).filter((row) => !UNREAD.has(graph.opOf(row)))
    const row = rows
      .sort((a, b) => b - a)
      .find((each) => graph.childrenOf(each).every((child) => choose(child)))
    above.delete(cls)
    if (row !== undefined) chosen.set(cls, row)
    return row !== undefined
  }
  const explanation = new Explanation(new UnionIndex(graph, graph.log()))
  const below = (row: number): number[] =>
    graph.firstChildrenOf(row).map((child) => {
      choose(graph.find(child))
      const to = chosen.get(graph.find(child)) ?? child
      explanation.add(child, to)
      return to
    })
  const read = rowReader(graph, encoder, below)
  return formOf(read(written), explanation.applications())
}

/** Reads an `out` back from its rows as they were first written. */
export function rowReader(
  graph: EGraph,
  encoder: Encoder,
  below = (row: number) => graph.firstChildrenOf(row),
): (row: number) => Out {
  const reader = new RelationReader<number>(
    {
      op: (row) => graph.opOf(row),
      children: below,
      typed: (row) => encoder.typed(row),
      stored: () => undefined,
    },
    encoder.words,
    encoder.leaves,
  )
  return (row) => {
    const [list = 0, body = 0] = below(row)
    return { columns: reader.columns(list), input: reader.relation(body) }
  }
}

/** The host's word for a root: the same bag as what it groups. */
function propose(graph: EGraph, root: number): void {
  const row = graph.members(root).find((member) => graph.opOf(member) === "agg")
  const [keys, aggregates, input] = row === undefined ? [] : graph.childrenOf(row)
  if (keys === undefined || aggregates === undefined || input === undefined)
    throw new Error("a root is an aggregate")
  graph.union(input, graph.addNode("candidate", [keys, aggregates, input]))
}
