import { at, some } from "../base/check.js"
import { EQUAL_AFTER_ADDING, GUARDS } from "./guards.js"
import { compileFreshCounts, compileRules, type CompilableRule } from "./compiled/compile.js"
import { planOf, type Clauses } from "./compiled/plan.js"
import {
  isRest,
  isVariable,
  rulesetsOf,
  variablesOf,
  type Guard,
  type Rule,
  type RuleText,
} from "./rules.js"
import type { Term } from "./term.js"
import { compileModule, install, layoutOf, type CompiledRules, type Instance } from "./wasm.js"

// Rules become what the engine runs: patterns as words (assembly/egraph/match.ts), and, where all operators of a rule
// have an order and it calls no function of the host, functions of a module of their own.

export interface Numbering {
  op(name: string, arity: number): number
  /** Words in the engine's memory; gives their address. */
  block(values: readonly number[]): number
}

export interface Definitions {
  readonly guards?: ReadonlyMap<string, number>
  readonly describe?: unknown
  readonly analyses?: readonly string[]
  readonly compile?: boolean | "aside"
}

type NumberOf = (variable: string) => number

const VAR = 0
const NODE = 1
const REST = 2
const CALL = 3
const CLAUSES = 4
const CHOICE = 5
const EVERY_CLASS = 0xffffffff
const ROOTS_ONLY = 1
const EVERY_TIME = 2

/**
 * Defines all rules in an empty instance. Where some are compiled, gives what lets the instance count fresh matches of
 * these, which is compiled when it is first asked for.
 */
export function defineRules(
  instance: Instance,
  text: RuleText,
  rules: readonly Rule[],
  numbering: Numbering,
  definitions: Definitions,
): (() => void) | undefined {
  const functions = [...text.functions.keys()]
  const variables = rules.map(variablesOfRule)
  const rulesets = rulesetsOf(rules)
  rules.forEach((rule, i) => {
    const number = rulesets.indexOf(rule.ruleset)
    defineRule(instance, rule, number, at(variables, i), functions, numbering, definitions)
  })
  const plain = rules.flatMap((rule, i) =>
    definitions.compile !== false && isPlain(rule, text) ? [i] : [],
  )
  return plain.length > 0
    ? compile(instance, text, rules, plain, numbering, definitions)
    : undefined
}

/** Whether all operators of a rule have an order, and it calls no function. */
function isPlain(rule: Rule, text: RuleText): boolean {
  const isPlainTerm = ({ op, children }: Term): boolean =>
    !isRest(op) && !text.operators.has(op) && !text.functions.has(op) && children.every(isPlainTerm)
  return sidesOf(rule).every(isPlainTerm)
}

function sidesOf({ left, right, clauses, choice }: Rule): Term[] {
  const sides = clauses
    ? [...clauses.left, ...clauses.right].map(([, term]) => term)
    : [left, right]
  return choice ? [...sides, choice.right] : sides
}

/** Those of the left side first. */
function variablesOfRule({ left, right, clauses, choice }: Rule): string[] {
  if (!clauses)
    return [
      ...new Set([...variablesOf(left), ...variablesOf(right), ...(choice ? [choice.fresh] : [])]),
    ]
  return [
    ...new Set(
      [...clauses.left, ...clauses.right].flatMap(([variable, term]) => [
        variable,
        ...variablesOf(term),
      ]),
    ),
  ]
}

// ------------------------------------------------------------------------------------------ words

function defineRule(
  { exports }: Instance,
  rule: Rule,
  ruleset: number,
  variables: readonly string[],
  functions: readonly string[],
  numbering: Numbering,
  definitions: Definitions,
): void {
  const number = (variable: string) => variables.indexOf(variable)
  const rests = variables.reduce(
    (mask, variable, i) => (isRest(variable) ? mask | (1n << BigInt(i)) : mask),
    0n,
  )
  exports.defineRule(
    writeLeft(rule, number, numbering),
    writeRight(rule, number, functions, numbering),
    variables.length,
    Number(rests & 0xffffffffn),
    Number(rests >> 32n),
    writeGuards(rule.guards, number, numbering, definitions),
    ruleset,
    rule.subsume ? 1 : 0,
  )
}

function writeLeft({ left, clauses }: Rule, number: NumberOf, numbering: Numbering): number {
  const write = (term: Term) => writePattern(term, number, undefined, numbering)
  return clauses ? writeClauses(clauses.left, number, write, numbering) : write(left)
}

/** Pairs of a variable and a pattern of its class. */
function writeClauses(
  clauses: NonNullable<Rule["clauses"]>["left"],
  number: NumberOf,
  write: (term: Term) => number,
  numbering: Numbering,
): number {
  const pairs = clauses.flatMap(([variable, term]) => [number(variable), write(term)])
  return numbering.block([CLAUSES, 0, 0, pairs.length, ...pairs])
}

function writeRight(
  { right, clauses, choice }: Rule,
  number: NumberOf,
  functions: readonly string[],
  numbering: Numbering,
): number {
  const write = (term: Term) => writePattern(term, number, functions, numbering)
  if (clauses) return writeClauses(clauses.right, number, write, numbering)
  if (!choice) return write(right)
  const variables = [choice.name, choice.inside, choice.fresh].map(number)
  return numbering.block([
    CHOICE,
    0,
    0,
    2 + variables.length,
    write(choice.right),
    write(right),
    ...variables,
  ])
}

/** Writes a pattern down, a right side where `functions` are given. */
export function writePattern(
  { op, children }: Term,
  number: NumberOf,
  functions: readonly string[] | undefined,
  numbering: Numbering,
): number {
  if (children.length === 0 && isVariable(op))
    return numbering.block([isRest(op) ? REST : VAR, number(op), 0, 0])
  const call = functions?.indexOf(op) ?? -1
  const last = children.at(-1)
  const rest = !functions && last && isRest(last.op) ? last : undefined
  const elements = (rest ? children.slice(0, -1) : children).map((child) =>
    writePattern(child, number, functions, numbering),
  )
  const head = call >= 0 ? [CALL, call] : [NODE, numbering.op(op, children.length)]
  return numbering.block([...head, rest ? number(rest.op) + 1 : 0, elements.length, ...elements])
}

function writeGuards(
  guards: readonly Guard[],
  number: NumberOf,
  numbering: Numbering,
  definitions: Definitions,
): number {
  if (guards.length === 0) return 0
  const written = guards.flatMap(({ name, args, terms }) => [
    some(definitions.guards?.get(name) ?? GUARDS.get(name), `a guard ${name}`),
    ...(name === EQUAL_AFTER_ADDING && terms
      ? [terms.length, ...terms.map((term) => writePattern(term, number, [], numbering))]
      : [args.length, ...args.map((arg) => argument(arg, number))]),
  ])
  return numbering.block([guards.length, ...written])
}

function argument(arg: string, number: NumberOf): number {
  return isRest(arg) ? (number(arg) | 0x80000000) >>> 0 : number(arg)
}

// -------------------------------------------------------------------------------------- functions

const modules = new WeakMap<RuleText, Map<string, CompiledRules>>()

function compile(
  instance: Instance,
  text: RuleText,
  rules: readonly Rule[],
  /** Which of them. */
  plain: readonly number[],
  numbering: Numbering,
  definitions: Definitions,
): () => void {
  const { exports } = instance
  const hasFacts = definitions.describe !== undefined || (definitions.analyses?.length ?? 0) > 0
  const plans = plain.map((i) => compilable(at(rules, i), i, numbering, hasFacts))
  const layout = layoutOf(exports)
  const key = JSON.stringify([layout, hasFacts, definitions.analyses])
  const known = modules.get(text) ?? new Map<string, CompiledRules>()
  modules.set(text, known)
  const moduleOf = (name: string, write: typeof compileRules) => {
    const found = known.get(name) ?? compileModule(write(plans, layout, namesFor(rules, numbering)))
    known.set(name, found)
    return found
  }
  const first = 1
  const functions = plans.flatMap((_, i) => [`search${i}`, `count${i}`])
  install(instance, moduleOf(key, compileRules), functions, first)
  plans.forEach(({ number, plan, hasClauses }, i) => {
    const [root] = plan.steps
    const isRootsOnly =
      root?.kind === "row" && plan.steps.length === 1 && plan.leaves.length === 0 && !hasClauses
    const flags = (isRootsOnly ? ROOTS_ONLY : 0) | (hasClauses ? EVERY_TIME : 0)
    exports.compileRule(
      number,
      first + 2 * i,
      first + 2 * i + 1,
      root?.kind === "row" ? root.op : EVERY_CLASS,
      flags,
    )
  })
  exports.setAllAside(definitions.compile === "aside" ? 1 : 0)
  return () => {
    const names = rules.map((_, i) =>
      plain.includes(i) ? `countFresh${plain.indexOf(i)}` : undefined,
    )
    const behind = first + functions.length
    install(instance, moduleOf(`fresh ${key}`, compileFreshCounts), names, behind)
    exports.setFreshCounts(behind)
  }
}

function compilable(rule: Rule, i: number, { op }: Numbering, hasFacts: boolean): CompilableRule {
  const variables = variablesOfRule(rule)
  const number = (variable: string) => variables.indexOf(variable)
  const clauses: Clauses = rule.clauses
    ? rule.clauses.left.map(([variable, pattern]) => ({ variable: number(variable), pattern }))
    : [{ pattern: rule.left }]
  const isMadeHere =
    rule.clauses === undefined &&
    rule.choice === undefined &&
    rule.guards.every(({ terms }) => terms === undefined)
  return {
    number: i,
    plan: planOf(clauses, op, number),
    variables: variables.length,
    isGuarded: rule.guards.length > 0,
    isSubsuming: rule.subsume === true,
    hasClauses: rule.clauses !== undefined,
    hasFacts,
    ...(isMadeHere && { right: rule.right }),
  }
}

function namesFor(rules: readonly Rule[], { op }: Numbering) {
  return {
    op,
    variable: ({ number }: CompilableRule, name: string) =>
      variablesOfRule(at(rules, number)).indexOf(name),
  }
}
