import { Bug, some } from "../base/check.js"
import { isRest, isVariable, type Guard, type Rule, type RuleText } from "../egraph/rules.js"
import { showTerm, type Term } from "../egraph/term.js"
import { isDeterministic, isNeverNull } from "./scalar-facts.js"
import type { Vocabulary } from "./terms.js"

// The normal form of scalars: the one-way rules, applied from the leaves up until none of them fires.

/** What a pattern's variables stand for: one term, or several for a rest variable. */
type Binding = ReadonlyMap<string, readonly Term[]>

export interface Normalizer {
  /** A scalar, or a list of scalars, in normal form. */
  readonly scalar: (term: Term) => Term
  /** The predicates of a filter or join: always an `and`, also around one or none. */
  readonly predicates: (predicates: readonly Term[]) => Term
}

const GUARDS: Readonly<Record<string, (term: Term, words: Vocabulary) => boolean>> = {
  "not-null": isNeverNull,
  deterministic: isDeterministic,
}

/** `orders` are the operators without an order, as the rule files declare them. */
export function normalizer(
  rules: readonly Rule[],
  orders: RuleText["operators"],
  words: Vocabulary,
): Normalizer {
  const byOperator = new Map<string, Rule[]>()
  for (const rule of rules)
    byOperator.set(rule.left.op, [...(byOperator.get(rule.left.op) ?? []), rule])

  function rewritten(term: Term): Term | undefined {
    for (const rule of byOperator.get(term.op) ?? [])
      for (const binding of matches(rule.left, term, new Map(), orders))
        if (rule.guards.every((guard) => holds(guard, binding, words)))
          return instantiate(rule.right, binding)
    return undefined
  }

  /** Children first; a filter's predicates and the inside of a subquery's relation keep their `and`. */
  function scalar(term: Term): Term {
    const children = term.children.map((child) =>
      keepsAnd(term, child) ? predicates(child.children) : scalar(child),
    )
    const own = ordered({ op: term.op, children }, orders)
    const next = rewritten(own)
    return next ? scalar(next) : own
  }

  function predicates(all: readonly Term[]): Term {
    const flat = all.map(scalar).flatMap((one) => (one.op === "and" ? one.children : [one]))
    return ordered({ op: "and", children: flat.filter(({ op }) => op !== "true") }, orders)
  }

  return { scalar, predicates }
}

const WITH_CONDITION = new Set(["filter", "left", "full", "semi", "anti"])

function keepsAnd(above: Term, child: Term): boolean {
  return child.op === "and" && WITH_CONDITION.has(above.op) && above.children[0] === child
}

/** The children of an operator without order, sorted; a set's repeats go. */
function ordered(term: Term, orders: RuleText["operators"]): Term {
  const order = orders.get(term.op)
  if (!order || term.children.length < 2) return term
  const texts = term.children.map((child) => ({ child, text: showTerm(child) }))
  texts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  const kept = order === "set" ? texts.filter(({ text }, i) => text !== texts[i - 1]?.text) : texts
  return { op: term.op, children: kept.map(({ child }) => child) }
}

function holds({ name, args }: Guard, binding: Binding, words: Vocabulary): boolean {
  const guard = GUARDS[name]
  if (!guard) throw new Bug(`no guard ${name} on scalars outside of a graph`)
  return args.every((arg) => (binding.get(arg) ?? []).every((term) => guard(term, words)))
}

/** Every way in which a pattern matches a term. */
function* matches(
  pattern: Term,
  term: Term,
  binding: Binding,
  orders: RuleText["operators"],
): Generator<Binding> {
  if (isVariable(pattern.op)) {
    const bound = bind(binding, pattern.op, [term])
    if (bound) yield bound
  } else if (pattern.op === term.op) {
    yield* orders.has(term.op)
      ? matchUnordered(pattern.children, term.children, binding, orders)
      : matchInOrder(pattern.children, term.children, binding, orders)
  }
}

function* matchInOrder(
  patterns: readonly Term[],
  terms: readonly Term[],
  binding: Binding,
  orders: RuleText["operators"],
): Generator<Binding> {
  const [pattern, ...morePatterns] = patterns
  const [term, ...moreTerms] = terms
  if (patterns.length !== terms.length) return
  if (!pattern || !term) return yield binding
  for (const bound of matches(pattern, term, binding, orders))
    yield* matchInOrder(morePatterns, moreTerms, bound, orders)
}

function* matchUnordered(
  patterns: readonly Term[],
  terms: readonly Term[],
  binding: Binding,
  orders: RuleText["operators"],
): Generator<Binding> {
  const [pattern, ...more] = patterns
  if (!pattern) {
    if (terms.length === 0) yield binding
  } else if (isRest(pattern.op)) {
    const bound = bind(binding, pattern.op, terms)
    if (bound) yield bound
  } else {
    for (const [i, term] of terms.entries())
      for (const bound of matches(pattern, term, binding, orders))
        yield* matchUnordered(
          more,
          terms.filter((_, j) => j !== i),
          bound,
          orders,
        )
  }
}

function bind(binding: Binding, variable: string, terms: readonly Term[]): Binding | undefined {
  const known = binding.get(variable)
  if (!known) return new Map(binding).set(variable, terms)
  const same = known.length === terms.length && known.every((one, i) => sameTerm(one, terms[i]))
  return same ? binding : undefined
}

function sameTerm(a: Term, b: Term | undefined): boolean {
  return a === b || (b !== undefined && showTerm(a) === showTerm(b))
}

function instantiate({ op, children }: Term, binding: Binding): Term {
  if (isVariable(op)) return some(binding.get(op)?.[0], `a value of ${op}`)
  return {
    op,
    children: children.flatMap((child) =>
      isRest(child.op) ? (binding.get(child.op) ?? []) : [instantiate(child, binding)],
    ),
  }
}
