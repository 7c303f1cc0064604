import { ANALYSES as BUILT_IN, inOrder, type AnalysisName } from "./analyses.js"
import {
  countOf,
  entriesOf,
  fault,
  fieldsOf,
  flagOf,
  ifThere,
  listOf,
  oneOf,
  plainTermOf,
  textOf,
  CaseError,
  type Field,
} from "./case-fields.js"
import type { Assumption } from "./facts.js"
import { GUARD_FORMS, GUARD_NAMES, type GuardName } from "./guards.js"
import { isVariable, variablesOf } from "./rules.js"
import type { Term } from "./term.js"

export { CaseError } from "./case-fields.js"

// Conformance cases: each says the rules, start terms, scheduler and limits of a run, and what
// must come out of it.

export interface CaseFile {
  readonly rulesets: ReadonlyMap<string, readonly CaseRule[]>
  readonly cases: readonly Case[]
}

export interface Case {
  readonly name: string
  readonly ruleset: string
  /** In the order of their numbers. */
  readonly analyses: readonly AnalysisName[]
  /** Facts of terms, told before the first iteration and after the unions. */
  readonly assume: readonly (readonly [Term, Assumption])[]
  /** Ground terms; the last one is the root. */
  readonly starts: readonly Term[]
  readonly unions: readonly (readonly [Term, Term])[]
  readonly scheduler: Scheduler
  /** No limit where undefined. */
  readonly iterationLimit: number | undefined
  /** Patterns, looked for in the root's class. */
  readonly goals: readonly Term[]
  readonly stopOnGoals: boolean
  readonly expect: Expectation
}

export type Scheduler =
  | { readonly kind: "simple" }
  | {
      readonly kind: "backoff" | "fresh-backoff"
      readonly matchLimit: number
      readonly banLength: number
    }
  | { readonly kind: "sequence"; readonly steps: readonly ScheduleStep[]; readonly times?: number }

export type ScheduleStep =
  | { readonly run: readonly string[]; readonly times?: number }
  | { readonly repeat: readonly ScheduleStep[]; readonly times?: number }

export type Stop = "saturated" | "goal" | "schedule-end" | "iteration-limit"

/** What a run comes to. */
export interface Outcome {
  readonly iterations: number
  readonly stop: Stop
  readonly nodes: number
  readonly classes: number
  /** For each goal, whether it matches in the root's class at the end. */
  readonly goals: readonly boolean[]
  /** For each start, the size of the smallest term of its class; Infinity, null in a file, where all are subsumed. */
  readonly bestAstSize: readonly number[]
}

/** An outcome of which a part may be left open: undefined is not judged. */
export type Expectation = { readonly [K in keyof Outcome]: Outcome[K] | undefined }

export type CaseRule = RewriteCaseRule | MultiPatternCaseRule

export interface RewriteCaseRule {
  readonly kind: "rewrite"
  readonly name: string
  /** What a sequence knows it by. */
  readonly group: string
  readonly left: Term
  readonly right: Term
  readonly guards: readonly CaseGuard[]
  /** Says which right side is used; undefined: always `right`. */
  readonly applier: CaptureAvoiding | undefined
  /** The node at the top of the left side is subsumed once the rule was applied to it. */
  readonly subsume: boolean
}

/**
 * On the left the first variable ranges over all classes and every later clause's variable is
 * bound before it; on the right a new variable is bound to its term.
 */
export interface MultiPatternCaseRule {
  readonly kind: "multi-pattern"
  readonly name: string
  readonly group: string
  readonly left: readonly Clause[]
  readonly right: readonly Clause[]
  readonly guards: readonly CaseGuard[]
  /** The same of the first clause. */
  readonly subsume: boolean
}

export type Clause = readonly [variable: string, term: Term]

export interface CaseGuard {
  readonly name: GuardName
  /** Variables, but terms of `equal-after-adding`; as many as the guard takes. */
  readonly args: readonly Term[]
}

/** `term` replaces the right side where the class of `variable` is free in that of `inside`. */
export interface CaptureAvoiding {
  readonly name: "capture-avoiding"
  readonly variable: string
  readonly inside: string
  /** Bound to a new leaf of the matched class; occurs in `term`, not in the rule's sides. */
  readonly fresh: string
  readonly term: Term
}

export type { AnalysisName } from "./analyses.js"
export type { GuardName } from "./guards.js"

const ANALYSIS_NAMES = Object.keys(BUILT_IN) as AnalysisName[]
const ANALYSES = ["none", ...ANALYSIS_NAMES] as const
const APPLIERS = ["capture-avoiding"] as const
const STOPS = ["saturated", "goal", "schedule-end", "iteration-limit"] as const
/** Of a rule that says none. */
const GROUP = "main"

/** Reads and checks a case file, format 1. Throws CaseError with the place and what is wanted. */
export function readCases(text: string): CaseFile {
  const file = fieldsOf({ value: parsed(text), place: "" }, [
    "format",
    "note",
    "analyses",
    "guards",
    "appliers",
    "rulesets",
    "cases",
  ])
  if (file.format.value !== 1) fault(file.format, "1 is wanted")
  ifThere(file.note, textOf, "")
  checkDefinitions(file.analyses, ANALYSES)
  checkDefinitions(file.guards, GUARD_NAMES)
  checkDefinitions(file.appliers, APPLIERS)
  const rulesets = new Map(
    entriesOf(file.rulesets).map(([name, rules]) => [name, rulesOf(name, rules)]),
  )
  const cases = listOf(file.cases).map((field) => caseOf(field, rulesets))
  checkDistinct(cases, file.cases)
  return { rulesets, cases }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CaseError(`the file: JSON is wanted (${String(error)})`)
  }
}

/** The words of a definition are for readers; its heading is `name ?argument …`. */
function checkDefinitions(field: Field, known: readonly string[]): void {
  for (const [heading, words] of ifThere(field, entriesOf, [])) {
    oneOf({ value: heading.split(" ")[0], place: words.place }, known)
    textOf(words)
  }
}

function rulesOf(ruleset: string, field: Field): CaseRule[] {
  const rules = listOf(field).map((rule) => ruleOf(ruleset, rule))
  checkDistinct(rules, { ...field, place: `ruleset "${ruleset}"` })
  return rules
}

function checkDistinct(named: readonly { readonly name: string }[], field: Field): void {
  const seen = new Set<string>()
  for (const { name } of named) {
    if (seen.has(name)) fault({ value: name, place: field.place }, "a name of its own is wanted")
    seen.add(name)
  }
}

function ruleOf(ruleset: string, at: Field): CaseRule {
  const name = nameOf(at)
  const place = `rule "${name}" of ruleset "${ruleset}"`
  const field = inside(at, place, [
    ...(["name", "group", "lhs", "rhs", "guards", "applier", "subsume"] as const),
  ])
  if (Array.isArray(field.lhs.value)) return multiPatternOf(name, field)
  const left = patternOf(field.lhs)
  const bound = new Set(variablesOf(left))
  const right = boundPatternOf(field.rhs, bound)
  return {
    kind: "rewrite",
    name,
    group: ifThere(field.group, textOf, GROUP),
    left,
    right,
    guards: guardsOf(field.guards, bound),
    applier: ifThere(field.applier, (applier) => applierOf(applier, bound), undefined),
    subsume: subsumeOf(field.subsume, left),
  }
}

function subsumeOf(field: Field, top: Term | undefined): boolean {
  const isSubsuming = ifThere(field, flagOf, false)
  if (isSubsuming && top && isVariable(top.op))
    fault(field, "an operator at the top of the left side is wanted")
  return isSubsuming
}

function nameOf(field: Field): string {
  const missing = { value: undefined, place: `${field.place}.name` }
  return textOf(new Map(entriesOf(field)).get("name") ?? missing)
}

/** The fields of an object, placed by its name and not by its number. */
function inside<const K extends string>(
  field: Field,
  place: string,
  known: readonly K[],
): Readonly<Record<K, Field>> {
  return fieldsOf({ ...field, place: `${place},` }, known)
}

function multiPatternOf(
  name: string,
  field: Readonly<Record<"group" | "lhs" | "rhs" | "guards" | "applier" | "subsume", Field>>,
): MultiPatternCaseRule {
  if (field.applier.value !== undefined)
    fault(field.applier, "no applier is wanted on a multi-pattern")
  const bound = new Set<string>()
  const left = clausesOf(field.lhs).map((clause, i) => leftClauseOf(clause, i, bound))
  const guards = guardsOf(field.guards, bound)
  const right = clausesOf(field.rhs).map((clause) => rightClauseOf(clause, bound))
  const group = ifThere(field.group, textOf, GROUP)
  const subsume = subsumeOf(field.subsume, left[0]?.[1])
  return { kind: "multi-pattern", name, group, left, right, guards, subsume }
}

interface ClauseFields {
  readonly variable: Field
  readonly term: Field
}

function clausesOf(field: Field): ClauseFields[] {
  const clauses = listOf(field)
  if (clauses.length === 0) fault(field, "at least one [variable, term] is wanted")
  return clauses.map((clause) => {
    const [variable, term, more] = listOf(clause)
    if (!variable || !term || more) return fault(clause, "[variable, term] is wanted")
    return { variable, term }
  })
}

function leftClauseOf(clause: ClauseFields, index: number, bound: Set<string>): Clause {
  const variable =
    index === 0 ? variableOf(clause.variable) : boundVariableOf(clause.variable, bound)
  const term = patternOf(clause.term)
  for (const name of [variable, ...variablesOf(term)]) bound.add(name)
  return [variable, term]
}

function rightClauseOf(clause: ClauseFields, bound: Set<string>): Clause {
  const variable = variableOf(clause.variable)
  const term = boundPatternOf(clause.term, bound)
  bound.add(variable)
  return [variable, term]
}

function guardsOf(field: Field, bound: ReadonlySet<string>): CaseGuard[] {
  return ifThere(field, listOf, []).map((guard) => guardOf(guard, bound))
}

function guardOf(field: Field, bound: ReadonlySet<string>): CaseGuard {
  const [head, ...args] = listOf(field)
  if (!head) return fault(field, "[name, argument, …] is wanted")
  const name = oneOf(head, GUARD_NAMES)
  const wanted = GUARD_FORMS[name].takes
  if (args.length !== wanted.length)
    fault(field, `the arguments of ${name} are wanted: ${wanted.join(", ")}`)
  const argOf = (arg: Field, i: number): Term =>
    wanted[i] === "term"
      ? boundPatternOf(arg, bound)
      : { op: boundVariableOf(arg, bound), children: [] }
  return { name, args: args.map(argOf) }
}

function applierOf(field: Field, bound: ReadonlySet<string>): CaptureAvoiding {
  const [head, variable, inside, fresh, term, more] = listOf(field)
  if (!head) return fault(field, "[name, argument, …] is wanted")
  const name = oneOf(head, APPLIERS)
  if (!variable || !inside || !fresh || !term || more)
    return fault(field, `the arguments of ${name} are wanted: 3 variables and a term`)
  const freshName = variableOf(fresh)
  if (bound.has(freshName)) fault(fresh, "a variable that the left side does not bind is wanted")
  return {
    name,
    variable: boundVariableOf(variable, bound),
    inside: boundVariableOf(inside, bound),
    fresh: freshName,
    term: boundPatternOf(term, new Set([...bound, freshName])),
  }
}

function caseOf(at: Field, rulesets: ReadonlyMap<string, readonly CaseRule[]>): Case {
  const name = nameOf(at)
  const field = inside(at, `case "${name}"`, [
    "name",
    "kept",
    "ruleset",
    "analysis",
    "starts",
    "unions",
    "assume",
    "scheduler",
    "limits",
    "goals",
    "stopOnGoals",
    "expect",
  ])
  ifThere(field.kept, flagOf, false)
  const starts = listOf(field.starts).map(groundTermOf)
  if (starts.length === 0) fault(field.starts, "at least one term is wanted")
  const goals = ifThere(field.goals, listOf, []).map(patternOf)
  const ruleset = oneOf(field.ruleset, [...rulesets.keys()])
  const groups = [...new Set((rulesets.get(ruleset) ?? []).map(({ group }) => group))]
  return {
    name,
    ruleset,
    analyses: analysesOf(field.analysis),
    starts,
    unions: ifThere(field.unions, listOf, []).map(unionOf),
    assume: ifThere(field.assume, listOf, []).map(assumptionOf),
    scheduler: schedulerOf(field.scheduler, groups),
    iterationLimit: ifThere(field.limits, iterationLimitOf, undefined),
    goals,
    stopOnGoals: ifThere(field.stopOnGoals, flagOf, false),
    expect: expectationOf(field.expect, goals.length, starts.length),
  }
}

function iterationLimitOf(field: Field): number | undefined {
  return ifThere(fieldsOf(field, ["iterations"]).iterations, countOf, undefined)
}

function unionOf(field: Field): readonly [Term, Term] {
  const [one, other, more] = listOf(field)
  if (!one || !other || more) return fault(field, "a pair of terms is wanted")
  return [groundTermOf(one), groundTermOf(other)]
}

/** A name, or a list of those of which several are on. */
function analysesOf(field: Field): AnalysisName[] {
  if (Array.isArray(field.value))
    return inOrder(listOf(field).map((name) => oneOf(name, ANALYSIS_NAMES)))
  const name = oneOf(field, ANALYSES)
  return name === "none" ? [] : [name]
}

function assumptionOf(field: Field): readonly [Term, Assumption] {
  const [term, facts, more] = listOf(field)
  if (!term || !facts || more) return fault(field, "[term, facts] is wanted")
  fieldsOf(facts, ["interval", "nullability", "type", "cardinality"])
  return [groundTermOf(term), facts.value as Assumption]
}

const SCHEDULERS = ["simple", "backoff", "fresh-backoff", "sequence"] as const

function schedulerOf(field: Field, groups: readonly string[]): Scheduler {
  const fields = ["kind", "matchLimit", "banLength", "steps", "times"] as const
  const kind = oneOf(fieldsOf(field, fields).kind, SCHEDULERS)
  if (kind === "simple") {
    fieldsOf(field, ["kind"])
    return { kind }
  }
  if (kind === "sequence") {
    const { steps, times } = fieldsOf(field, ["kind", "steps", "times"])
    return { kind, steps: stepsOf(steps, groups), ...timesOf(times) }
  }
  const { matchLimit, banLength } = fieldsOf(field, ["kind", "matchLimit", "banLength"])
  return { kind, matchLimit: countOf(matchLimit), banLength: countOf(banLength) }
}

function stepsOf(field: Field, groups: readonly string[]): ScheduleStep[] {
  const steps = listOf(field)
  if (steps.length === 0) fault(field, "at least one step is wanted")
  return steps.map((step) => stepOf(step, groups))
}

function stepOf(field: Field, groups: readonly string[]): ScheduleStep {
  const { run, repeat, times } = fieldsOf(field, ["run", "repeat", "times"])
  if (run.value === undefined) return { repeat: stepsOf(repeat, groups), ...timesOf(times) }
  fieldsOf(field, ["run", "times"])
  const names = listOf(run).map((name) => oneOf(name, groups))
  if (names.length === 0) fault(run, "at least one group of rules is wanted")
  return { run: names, ...timesOf(times) }
}

function timesOf(field: Field): { times?: number } {
  return ifThere(field, (times) => ({ times: countOf(times) }), {})
}

function expectationOf(field: Field, goals: number, starts: number): Expectation {
  const expected = fieldsOf(
    ifThere(field, () => field, { ...field, value: {} }),
    ["iterations", "stop", "nodes", "classes", "goals", "bestAstSize"],
  )
  return {
    iterations: ifThere(expected.iterations, countOf, undefined),
    stop: ifThere(expected.stop, (stop) => oneOf(stop, STOPS), undefined),
    nodes: ifThere(expected.nodes, countOf, undefined),
    classes: ifThere(expected.classes, countOf, undefined),
    goals: ifThere(expected.goals, (list) => listFor(goals, list, flagOf), undefined),
    bestAstSize: ifThere(expected.bestAstSize, (list) => listFor(starts, list, sizeOf), undefined),
  }
}

function sizeOf(field: Field): number {
  return field.value === null ? Infinity : countOf(field)
}

function listFor<T>(length: number, field: Field, read: (field: Field) => T): T[] {
  const list = listOf(field)
  return list.length === length ? list.map(read) : fault(field, `${length} entries are wanted`)
}

function groundTermOf(field: Field): Term {
  const term = patternOf(field)
  const [variable] = variablesOf(term)
  return variable === undefined ? term : fault(field, `a term without variables is wanted`)
}

function patternOf(field: Field): Term {
  const term = plainTermOf(field)
  checkVariables(term, field)
  return term
}

function checkVariables(term: Term, field: Field): void {
  if (isVariable(term.op)) {
    if (term.children.length > 0) fault(field, `an operator is wanted where ${term.op} stands`)
    checkVariableName(term.op, field)
  }
  for (const child of term.children) checkVariables(child, field)
}

function boundPatternOf(field: Field, bound: ReadonlySet<string>): Term {
  const term = patternOf(field)
  const unbound = variablesOf(term).find((variable) => !bound.has(variable))
  return unbound === undefined
    ? term
    : fault(field, `${unbound} is not bound; a bound variable is wanted`)
}

function variableOf(field: Field): string {
  const text = textOf(field)
  if (!isVariable(text)) fault(field, "a variable (?x) is wanted")
  checkVariableName(text, field)
  return text
}

function boundVariableOf(field: Field, bound: ReadonlySet<string>): string {
  const variable = variableOf(field)
  return bound.has(variable) ? variable : fault(field, "a bound variable is wanted")
}

/** The format has no rest variables (`?xs...`). */
function checkVariableName(variable: string, field: Field): void {
  if (!/^\?[^\s()]*[^\s().]$/.test(variable))
    fault(field, `a variable ? with a name is wanted where ${variable} stands`)
}
