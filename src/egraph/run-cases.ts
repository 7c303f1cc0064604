import type { Case, CaseRule, Outcome, Stop } from "./cases.js"
import { EGraph, type Guard, type Rule, type RuleText } from "./index.js"
import { ExtractionError } from "./extract.js"
import { MOST_ROWS } from "./wasm.js"
import { leaf, type Term } from "./term.js"

// Runs conformance cases on the engine.

/** The rules of a case as the engine takes them. */
export function rulesOf(rules: readonly CaseRule[]): RuleText {
  return {
    rules: rules.map(ruleOf),
    operators: new Map(),
    functions: new Map(),
    oneWay: new Set(),
  }
}

function ruleOf(rule: CaseRule): Rule {
  const { name, group } = rule
  const guards = rule.guards.map(guardOf)
  const common = {
    ...{ name, guards, ruleset: group, reason: "" },
    ...(rule.subsume && { subsume: true }),
  }
  if (rule.kind === "multi-pattern") {
    const { left, right } = rule
    return { ...common, left: leaf(""), right: leaf(""), clauses: { left, right } }
  }
  const { left, right, applier } = rule
  if (!applier) return { ...common, left, right }
  const { variable, inside, fresh, term } = applier
  const choice = { kind: applier.name, name: variable, inside, fresh, right: term }
  return { ...common, left, right, choice }
}

function guardOf({ name, args }: CaseRule["guards"][number]): Guard {
  return name === "equal-after-adding"
    ? { name, args: [], terms: args }
    : { name, args: args.map(({ op }) => op) }
}

const withoutChoices = new WeakMap<RuleText, RuleText>()

/** Where no analysis knows free variables none is free, so no other right side is ever chosen. */
function rulesUnder(analyses: Case["analyses"], text: RuleText): RuleText {
  if (analyses.includes("lambda") || text.rules.every(({ choice }) => choice === undefined))
    return text
  const known = withoutChoices.get(text)
  if (known) return known
  const rules = text.rules.map(({ choice: _, ...rule }) => rule)
  const plain = { ...text, rules }
  withoutChoices.set(text, plain)
  return plain
}

/** How a case is run; what comes out does not depend on it. */
export interface CaseOptions {
  readonly proofs?: boolean
  readonly compile?: boolean | "aside"
  readonly rows?: number
}

/** An empty graph for a case, to be filled by `start`. */
export function graphFor(
  given: Case,
  rules: RuleText,
  { proofs, compile, rows = MOST_ROWS }: CaseOptions = {},
): EGraph {
  return EGraph.createSync({
    rules: rulesUnder(given.analyses, rules),
    analyses: given.analyses,
    ...(proofs !== undefined && { proofs }),
    ...(compile !== undefined && { compile }),
    limits: { nodes: rows, iterations: given.iterationLimit ?? Infinity },
  })
}

/** Adds a case's terms and runs it; the graph is then as the run left it. */
export function runIn(graph: EGraph, given: Case): Pick<Outcome, "iterations" | "stop"> {
  const starts = given.starts.map((term) => graph.add(term))
  for (const [a, b] of given.unions) graph.union(graph.add(a), graph.add(b))
  for (const [term, facts] of given.assume) graph.assume(graph.add(term), facts)
  const root = starts.at(-1) ?? 0
  const stopsOnGoals = given.stopOnGoals && given.goals.length > 0
  const { stop, iterations } = graph.run({
    scheduler: given.scheduler,
    ...(stopsOnGoals && { goals: { root, patterns: given.goals } }),
  })
  return { iterations, stop: stop as Stop }
}

/** What a case comes to. */
export function runCase(given: Case, rules: RuleText, options: CaseOptions = {}): Outcome {
  const graph = graphFor(given, rules, options)
  try {
    return outcomeIn(graph, given)
  } finally {
    graph.dispose()
  }
}

/** What a case comes to in an empty graph that was made for it. */
export function outcomeIn(graph: EGraph, given: Case): Outcome {
  const run = runIn(graph, given)
  const starts: readonly Term[] = given.starts
  const root = graph.add(starts.at(-1) ?? leaf(""))
  return {
    ...run,
    nodes: graph.nodes,
    classes: graph.classes,
    goals: given.goals.map((goal) => graph.matches(root, goal)),
    bestAstSize: starts.map((term) => sizeOf(graph, graph.add(term))),
  }
}

/** Infinity where all terms are subsumed. */
function sizeOf(graph: EGraph, cls: number): number {
  try {
    return graph.extract(cls).cost
  } catch (error) {
    if (error instanceof ExtractionError && error.fault === "no-term") return Infinity
    throw error
  }
}
