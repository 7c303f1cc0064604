import type {
  Case,
  CaseRule,
  Outcome,
  ScheduleStep,
  Scheduler,
  Stop,
} from "../../../src/egraph/cases.js"
import { addTerm, apply } from "./apply.js"
import { assumedFacts } from "./facts.js"
import { isFresh } from "./fresh.js"
import { Graph } from "./graph.js"
import { matchesIn, search, unsubsumed, type Classes, type Match } from "./match.js"
import { STRAIGHT, type Order } from "./order.js"

export interface NaiveOptions {
  readonly order?: Order
  /** TooLarge is thrown when more nodes are made. */
  readonly nodeLimit?: number
  /** The same for looks at nodes, of searches and rebuilds. */
  readonly lookLimit?: number
  /** Told the number of nodes after every rebuild, from that of the starts on. */
  readonly onRebuild?: (nodes: number) => void
  /** Shown the graph as the run left it. */
  readonly onEnd?: (graph: Graph) => void
}

/** A rule with what the backoff scheduler keeps of it. */
interface Scheduled {
  readonly rule: CaseRule
  times: number
  /** The first iteration in which it is searched again. */
  bannedUntil: number
  /** Iterations before the one after that in which it was applied last. */
  seen: number
}

const NOTHING_BOUND = new Map<string, number>()

/** Runs a case without any index, delta or shortcut. It is what the engine is held against. */
export function runNaive(
  given: Case,
  rules: readonly CaseRule[],
  options: NaiveOptions = {},
): Outcome {
  const { order = STRAIGHT, nodeLimit = Infinity, lookLimit = Infinity, onRebuild, onEnd } = options
  const hasAges = given.scheduler.kind === "fresh-backoff"
  const graph = new Graph(given.analyses, order, nodeLimit, lookLimit, hasAges)
  const starts = given.starts.map((term) => addTerm(term, NOTHING_BOUND, graph))
  for (const [one, other] of given.unions)
    graph.union(addTerm(one, NOTHING_BOUND, graph), addTerm(other, NOTHING_BOUND, graph))
  for (const [term, facts] of given.assume)
    graph.assume(addTerm(term, NOTHING_BOUND, graph), assumedFacts(facts))
  const rebuild = () => {
    graph.rebuild()
    onRebuild?.(count(graph.classes()))
  }
  const goalsNow = () => goalsMatch(given, graph, starts.at(-1) ?? -1)
  rebuild()

  const scheduled = rules.map((rule) => ({ rule, times: 0, bannedUntil: 0, seen: 0 }))
  const ended = iterate(given, graph, scheduled, order, rebuild, goalsNow)
  const classes = graph.classes()
  const sizes = smallestSizes(unsubsumed(classes), graph)
  const goals = goalsNow()
  onEnd?.(graph)
  return {
    ...ended,
    nodes: count(classes),
    classes: classes.size,
    goals,
    bestAstSize: starts.map((start) => sizes.get(graph.find(start)) ?? Infinity),
  }
}

/** Ends a run from within its schedule. */
class Stopped extends Error {
  override readonly name = "Stopped"
  constructor(
    readonly stop: Stop,
    readonly iterations: number,
  ) {
    super(stop)
  }
}

function iterate(
  { iterationLimit = Infinity, stopOnGoals, goals, scheduler }: Case,
  graph: Graph,
  scheduled: readonly Scheduled[],
  order: Order,
  rebuild: () => void,
  goalsNow: () => boolean[],
): { iterations: number; stop: Stop } {
  let i = 0
  /** One iteration with some of the rules. Whether another might change more. */
  const turn = (rules: readonly Scheduled[]): boolean => {
    if (i >= iterationLimit) throw new Stopped("iteration-limit", iterationLimit)
    if (stopOnGoals && goals.length > 0 && goalsNow().every(Boolean))
      throw new Stopped("goal", i + 1)
    const madeBefore = graph.made
    const found = searchAll(rules, scheduler, i, graph)
    const changed = applyAll(found, graph, order)
    rebuild()
    const isBanned = !changed && fastForward(rules, i)
    i++
    return changed || isBanned || graph.made !== madeBefore
  }
  try {
    const stop = scheduler.kind === "sequence" ? inSequence(scheduler, scheduled, turn) : undefined
    while (!stop && turn(scheduled)) continue
    return { stop: stop ?? "saturated", iterations: i }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return { stop: error.stop, iterations: error.iterations }
  }
}

function inSequence(
  { steps, times }: Extract<Scheduler, { kind: "sequence" }>,
  scheduled: readonly Scheduled[],
  turn: (rules: readonly Scheduled[]) => boolean,
): Stop {
  /** Does something until it changes nothing. Whether the last time changed something, and whether any did. */
  const again = (once: () => boolean, most = Infinity) => {
    let last = true
    let any = false
    for (let n = 0; n < most && last; n++) {
      last = once()
      any ||= last
    }
    return { last, any }
  }
  const pass = (list: readonly ScheduleStep[]) =>
    list.map((step) => runStep(step)).some((changed) => changed)
  const runStep = (step: ScheduleStep): boolean => {
    if ("repeat" in step) return again(() => pass(step.repeat), step.times).any
    const rules = scheduled.filter(({ rule }) => step.run.includes(rule.group))
    return again(() => turn(rules), step.times).any
  }
  return again(() => pass(steps), times).last ? "schedule-end" : "saturated"
}

interface Found {
  readonly rule: CaseRule
  readonly matches: readonly Match[]
}

function searchAll(
  scheduled: readonly Scheduled[],
  scheduler: Scheduler,
  iteration: number,
  graph: Graph,
): Found[] {
  const classes = unsubsumed(graph.classes())
  return scheduled
    .filter(({ bannedUntil }) => iteration >= bannedUntil)
    .map((entry) => ({ entry, matches: search(entry.rule, graph, classes) }))
    .filter(({ entry, matches }) =>
      allows(scheduler, entry, counted(scheduler, entry, matches, graph), iteration),
    )
    .map(({ entry, matches }) => {
      entry.seen = iteration + 1
      return { rule: entry.rule, matches }
    })
}

/** How many matches a scheduler counts. */
function counted(
  { kind }: Scheduler,
  { rule, seen }: Scheduled,
  matches: readonly Match[],
  graph: Graph,
): number {
  if (kind !== "fresh-backoff") return matches.length
  return matches.filter((match) => isFresh(rule, match, seen, graph)).length
}

/** Whether the matches are applied; if they are too many, bans the rule. */
function allows(
  scheduler: Scheduler,
  entry: Scheduled,
  matches: number,
  iteration: number,
): boolean {
  if (scheduler.kind === "simple" || scheduler.kind === "sequence") return true
  if (matches <= scheduler.matchLimit * 2 ** entry.times) return true
  entry.bannedUntil = iteration + scheduler.banLength * 2 ** entry.times
  entry.times++
  return false
}

/** Whether any rule reports a change. */
function applyAll(found: readonly Found[], graph: Graph, order: Order): boolean {
  let changed = false
  for (const { rule, matches } of found)
    for (const match of order.arrange(matches)) if (apply(rule, match, graph)) changed = true
  return changed
}

/** Moves the bans so that the first ends now. Whether there was one. */
function fastForward(scheduled: readonly Scheduled[], iteration: number): boolean {
  const banned = scheduled.filter(({ bannedUntil }) => bannedUntil > iteration)
  const wait = Math.min(...banned.map(({ bannedUntil }) => bannedUntil)) - iteration
  for (const entry of banned) entry.bannedUntil -= wait
  return banned.length > 0
}

function goalsMatch({ goals }: Case, graph: Graph, root: number): boolean[] {
  const classes = graph.classes()
  return goals.map((goal) => matchesIn(graph.find(root), goal, graph, classes).length > 0)
}

function count(classes: Classes): number {
  return [...classes.values()].reduce((sum, nodes) => sum + nodes.length, 0)
}

/** The size of the smallest term of every class. */
function smallestSizes(classes: Classes, graph: Graph): Map<number, number> {
  const sizes = new Map<number, number>()
  const sizeOf = (child: number) => sizes.get(graph.find(child)) ?? Infinity
  let improved: boolean
  do {
    improved = false
    for (const [id, nodes] of classes) {
      const options = nodes.map(({ children }) => children.reduce((n, c) => n + sizeOf(c), 1))
      const least = Math.min(...options)
      if (least < sizeOf(id)) {
        sizes.set(id, least)
        improved = true
      }
    }
  } while (improved)
  return sizes
}
