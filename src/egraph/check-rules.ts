import { didYouMean, nearest, orThese } from "../base/suggest.js"
import { ANALYSES } from "./analyses.js"
import { EGraphError, type EGraphFault } from "./errors.js"
import { formOf, GUARDS } from "./guards.js"
import {
  isRest,
  isVariable,
  leftTerms,
  rightTerms,
  subterms,
  variablesOf,
  type Choice,
  type Guard,
  type Rule,
  type RuleText,
} from "./rules.js"
import type { Term } from "./term.js"

// What is wrong with rules: of a rule by itself, for whoever reads one, and of rules with what a graph is made with.

// Of a rule, and of one side of it: bits of masks, and of counts in the log.
const MOST_VARIABLES = 64
const MOST_NODES = 200
const MOST_RULES = 4096

/** What is wrong with a rule by itself; undefined if nothing is. */
export function faultIn(rule: Rule): string | undefined {
  const sides = [leftTerms(rule), ...rightTerms(rule).map((term) => [term])]
  const terms = [...sides.flat(), ...rule.guards.flatMap(termsOf)]
  const applied = terms
    .flatMap(subterms)
    .find(({ op, children }) => isVariable(op) && children.length > 0)
  if (applied) return `an operator is wanted where ${applied.op} stands`
  const [first] = rule.clauses ? rule.clauses.left.map(([, term]) => term) : [rule.left]
  if (rule.subsume && first && isVariable(first.op))
    return `a rule that subsumes has an operator at the top of its left side, found ${first.op}`
  const bound = new Set<string>()
  const fault = rule.clauses ? faultInClauses(rule.clauses, bound) : faultInSides(rule, bound)
  if (fault !== undefined) return fault
  const variables = new Set([...bound, ...terms.flatMap(variablesOf)]).size
  const large = sides
    .map((side) => faultInSize(side, variables))
    .find((found) => found !== undefined)
  if (large !== undefined) return large
  return rule.guards.map((guard) => faultInGuard(guard, bound)).find((found) => found !== undefined)
}

/** What the engine has room for. */
function faultInSize(terms: readonly Term[], variables: number): string | undefined {
  if (variables > MOST_VARIABLES)
    return `${variables} variables, and ${MOST_VARIABLES} are possible`
  const nodes = terms.flatMap(subterms).filter(({ op }) => !isVariable(op)).length
  return nodes > MOST_NODES ? `${nodes} operators, and ${MOST_NODES} are possible` : undefined
}

function termsOf({ terms = [] }: Guard): readonly Term[] {
  return terms
}

function faultInSides({ left, right, choice }: Rule, bound: Set<string>): string | undefined {
  for (const variable of variablesOf(left)) bound.add(variable)
  return unbound(right, bound) ?? (choice ? faultInChoice(choice, bound) : undefined)
}

function faultInChoice({ name, inside, fresh, right }: Choice, bound: Set<string>) {
  if (bound.has(fresh))
    return `${fresh} is bound by the left side; a new variable is wanted for the new leaf`
  return unboundAmong([name, inside], bound) ?? unbound(right, new Set([...bound, fresh]))
}

function faultInClauses(
  { left, right }: NonNullable<Rule["clauses"]>,
  bound: Set<string>,
): string | undefined {
  for (const [i, [variable, term]] of left.entries()) {
    if (i > 0 && !bound.has(variable))
      return `${variable} is not bound by an earlier clause; only the first clause is of any class`
    for (const each of [variable, ...variablesOf(term)]) bound.add(each)
  }
  const made = new Set(bound)
  for (const [variable, term] of right) {
    const fault = unbound(term, made)
    if (fault !== undefined) return fault
    made.add(variable)
  }
  return undefined
}

function faultInGuard(
  { name, args, terms }: Guard,
  bound: ReadonlySet<string>,
): string | undefined {
  const wanted = formOf(name)?.takes
  const given = terms ?? args
  if (wanted && given.length !== wanted.length)
    return `(${[name, ...wanted.map((kind) => `?${kind}`)].join(" ")}) is wanted, found ${given.length} arguments`
  const rest = wanted && args.find(isRest)
  if (rest !== undefined) return `${name} takes variables for classes, found ${rest}`
  return unboundAmong([...args, ...(terms ?? []).flatMap(variablesOf)], bound)
}

function unbound(term: Term, bound: ReadonlySet<string>): string | undefined {
  return unboundAmong(variablesOf(term), bound)
}

function unboundAmong(
  variables: readonly string[],
  bound: ReadonlySet<string>,
): string | undefined {
  const free = variables.find((variable) => !bound.has(variable))
  return free === undefined
    ? undefined
    : `${free} is not bound by the left side${didYouMean(nearest(free, bound))}`
}

// ----------------------------------------------------------------------------- rules in a graph

/** What a graph is made with. */
export interface Surroundings {
  readonly analyses?: readonly string[]
  readonly guards?: ReadonlyMap<string, number>
  readonly functions?: Readonly<Record<string, unknown>>
  readonly describe?: unknown
  readonly compile?: boolean | "aside"
}

/** Throws EGraphError where the engine cannot run these rules of a text with what it is given. */
export function checkRules(text: RuleText, rules: readonly Rule[], given: Surroundings): void {
  checkAnalyses(given)
  if (rules.length > MOST_RULES)
    throw new EGraphError("bad-rule", `${rules.length} rules, and ${MOST_RULES} are possible`)
  for (const rule of rules) {
    const fault = faultIn(rule) ?? faultInPatterns(rule, text)
    if (fault !== undefined) refuse(rule, "bad-rule", fault)
    checkGuards(rule, given)
    checkFunctions(rule, text, given)
    if (rule.choice && !given.analyses?.includes("lambda"))
      refuse(
        rule,
        "unknown-analysis",
        'capture-avoiding asks for free variables: analyses: ["lambda"] is needed',
      )
  }
}

function checkAnalyses({ analyses = [] }: Surroundings): void {
  for (const name of analyses) {
    const names = Object.keys(ANALYSES)
    if (names.includes(name)) continue
    const hint = orThese(nearest(name, names), "there are", names)
    throw new EGraphError("unknown-analysis", `there is no analysis ${name}${hint}`)
  }
}

function refuse({ name, line }: Rule, fault: EGraphFault, message: string): never {
  throw new EGraphError(
    fault,
    `rule ${name}${line === undefined ? "" : ` (line ${line})`}: ${message}`,
  )
}

function faultInPatterns(rule: Rule, text: RuleText): string | undefined {
  const searched = [...leftTerms(rule), ...rule.guards.flatMap(termsOf)]
  return faultInSearched(searched) ?? faultInRests([...searched, ...rightTerms(rule)], text)
}

/** Throws EGraphError where a pattern, as a goal, cannot be looked for. */
export function checkPattern(pattern: Term, text: RuleText): void {
  const fault =
    faultInSearched([pattern]) ??
    faultInRests([pattern], text) ??
    faultInSize([pattern], variablesOf(pattern).length)
  if (fault !== undefined) throw new EGraphError("bad-term", `a goal: ${fault}`)
}

/** What is searched ends in its rest. */
function faultInSearched(terms: readonly Term[]): string | undefined {
  for (const { op, children } of terms.flatMap(subterms)) {
    const rest = children.slice(0, -1).find((child) => isRest(child.op))
    if (rest) return `${rest.op} is wanted as the last child of ${op}`
  }
  return undefined
}

/** A rest stands among children that have no order. */
function faultInRests(
  terms: readonly Term[],
  { operators, functions }: RuleText,
): string | undefined {
  const alone = terms.find(({ op }) => isRest(op))
  if (alone) return `${alone.op} is many classes; it stands among the children of an operator`
  for (const { op, children } of terms.flatMap(subterms)) {
    const rest = children.find((child) => isRest(child.op))
    if (!rest || operators.has(op) || functions.has(op)) continue
    return `${rest.op} stands in ${op}, whose children have an order; (operator ${op} :set) or :multiset is needed`
  }
  return undefined
}

function checkGuards(rule: Rule, { guards, analyses = [] }: Surroundings): void {
  for (const { name } of rule.guards) {
    if (guards?.has(name)) continue
    const asks = formOf(name)?.asks
    if (asks && !asks.some((analysis) => analyses.includes(analysis)))
      refuse(
        rule,
        "unknown-analysis",
        `${name} asks the analysis ${asks.join(" or ")}: analyses: ["${asks[0] ?? ""}"] is needed`,
      )
    if (GUARDS.has(name)) continue
    const names = [...(guards?.keys() ?? []), ...GUARDS.keys()]
    refuse(
      rule,
      "unknown-guard",
      `there is no guard ${name}${orThese(nearest(name, names), "there are", names)}`,
    )
  }
}

function checkFunctions(rule: Rule, { functions }: RuleText, given: Surroundings): void {
  for (const { op, children } of rightTerms(rule).flatMap(subterms)) {
    const arity = functions.get(op)
    if (arity === undefined) continue
    if (!given.functions || !Object.hasOwn(given.functions, op))
      refuse(
        rule,
        "unknown-function",
        `the function ${op} is declared, and \`functions\` of the options has none of that name`,
      )
    if (children.length !== arity && !children.some((child) => isRest(child.op)))
      refuse(
        rule,
        "bad-rule",
        `${op} is called with ${children.length} arguments, and is declared with ${arity}`,
      )
  }
}
