import type { AnalysisName } from "../../../src/egraph/cases.js"
import { GUARD_FORMS, GUARD_NAMES } from "../../../src/egraph/guards.js"
import { isVariable, variablesOf } from "../../../src/egraph/rules.js"
import { leaf, type Term } from "../../../src/egraph/term.js"
import type { Random } from "./random.js"
import {
  boundLeaves,
  generalize,
  patternLeaves,
  plainText,
  randomNode,
  randomTerm,
  subterms,
  type Operator,
  type Vocabulary,
} from "./random-terms.js"

/** A rule as a case file has it. */
export interface RawRule {
  readonly name: string
  readonly group?: string
  readonly lhs: string | readonly RawClause[]
  readonly rhs: string | readonly RawClause[]
  readonly guards?: readonly (readonly string[])[]
  readonly applier?: readonly string[]
  readonly subsume?: true
}

type RawClause = readonly [variable: string, term: string]

/** Draws rules over one vocabulary, whose left sides often fit the start terms. */
export class RuleSource {
  readonly #parts: readonly Term[]
  /** Laws that no drawn rule is yet, in random order. */
  readonly #laws: RawRule[]
  /** Operators that a random rule may define. */
  readonly #open: readonly Operator[]

  constructor(
    private readonly random: Random,
    private readonly vocabulary: Vocabulary,
    starts: readonly Term[],
    /** Rules that hold under the vocabulary's analysis. */
    laws: readonly RawRule[],
    private readonly analyses: readonly AnalysisName[],
  ) {
    this.#laws = random.shuffled(laws)
    this.#open = vocabulary.operators.filter(({ fixed }) => !fixed)
    this.#parts = starts
      .flatMap(subterms)
      .filter(({ op, children }) => children.length > 0 && this.#isOpen(op))
  }

  rules(): RawRule[] {
    const count = this.random.between(2, 6)
    const drawn = Array.from({ length: count }, () => this.#rule())
    const subsuming = this.random.chance(0.3) ? 0.4 : 0
    return drawn.map((rule, i) => ({
      ...rule,
      name: `r${i}`,
      ...(this.random.chance(subsuming) && hasOperator(rule) && { subsume: true }),
    }))
  }

  #rule(): RawRule {
    const { random } = this
    const law = random.chance(0.5) ? this.#laws.pop() : undefined
    if (law) return law
    if (random.chance(0.12)) return this.#unwrapping()
    return random.chance(0.18) ? this.#multiPattern() : this.#rewrite()
  }

  #rewrite(): RawRule {
    const left = this.#left()
    const bound = variablesOf(left)
    return {
      name: "",
      lhs: plainText(left),
      rhs: plainText(this.#right(left, bound)),
      ...this.#guards(bound),
    }
  }

  /** An operator that goes away: what it held merges late, and with it what is known of it. */
  #unwrapping(): RawRule {
    const operator = this.random.shuffled(this.#open)[0] ?? this.vocabulary.operators[0]
    const children = Array.from({ length: operator.arity }, () => leaf("?a"))
    return { name: "", lhs: plainText({ op: operator.word, children }), rhs: "?a" }
  }

  #left(): Term {
    const { random, vocabulary } = this
    if (random.chance(0.03)) return leaf("?a")
    const part = random.shuffled(this.#parts)[0]
    const pattern = part && random.chance(0.5) ? generalize(random, part) : this.#pattern()
    return depthOf(pattern) > 3 || (vocabulary.analysis !== "none" && pattern.children.length === 0)
      ? this.#pattern()
      : pattern
  }

  /** A random pattern of depth 1 to 3 under an operator that rules may define. */
  #pattern(): Term {
    const { random, vocabulary } = this
    const operator = random.shuffled(this.#open)[0] ?? random.pick(vocabulary.operators)
    const leaves = patternLeaves(random, vocabulary)
    return randomNode(random, vocabulary, leaves, operator, random.pick([1, 1, 2, 2, 3]))
  }

  #right(left: Term, bound: readonly string[]): Term {
    const { random, vocabulary } = this
    const inner = left.children.flatMap(subterms).filter(({ op }) => !isName(op))
    const part = random.shuffled(inner)[0]
    if (part && random.chance(0.25)) return part
    if (random.chance(0.15)) return { ...left, children: this.#rearranged(left) }
    const leaves = boundLeaves(random, vocabulary, bound)
    return randomTerm(random, vocabulary, leaves, random.pick([0, 1, 1, 2, 2, 3]))
  }

  /** The children in another order; a name stays where it is. */
  #rearranged({ op, children }: Term): Term[] {
    const fixed = this.vocabulary.operators.some(({ word, names }) => word === op && names) ? 1 : 0
    return [...children.slice(0, fixed), ...this.random.shuffled(children.slice(fixed))]
  }

  #guards(bound: readonly string[]): { guards?: string[][] } {
    const { random } = this
    if (bound.length === 0 || random.chance(0.6)) return {}
    return { guards: Array.from({ length: random.between(1, 2) }, () => this.#guard(bound)) }
  }

  #guard(bound: readonly string[]): string[] {
    const { random, vocabulary } = this
    const known = GUARD_NAMES.filter((guard) => {
      const { asks } = GUARD_FORMS[guard]
      return asks?.some((analysis) => this.analyses.includes(analysis)) ?? true
    })
    const name = random.shuffled(known)[0] ?? "is-const"
    const arity = GUARD_FORMS[name].takes.length
    const leaves = boundLeaves(random, vocabulary, bound)
    const arg = () =>
      name === "equal-after-adding"
        ? plainText(randomTerm(random, vocabulary, leaves, random.between(0, 2)))
        : (random.shuffled(bound)[0] ?? "")
    return [name, ...Array.from({ length: arity }, arg)]
  }

  #multiPattern(): RawRule {
    const { random } = this
    const bound = new Set(["?r"])
    const lhs = Array.from({ length: random.between(1, 4) }, (_, i): RawClause => {
      const variable = i === 0 ? "?r" : this.#expression(bound)
      const term = i > 0 && random.chance(0.15) ? leaf(random.pick(["?b", "?c"])) : this.#left()
      for (const name of variablesOf(term)) bound.add(name)
      return [variable, plainText(term)]
    })
    const guards = this.#guards([...bound].filter((variable) => !isName(variable)))
    const rhs = Array.from({ length: random.between(1, 3) }, (_, i) => this.#rightClause(i, bound))
    return { name: "", lhs, rhs, ...guards }
  }

  #rightClause(index: number, bound: Set<string>): RawClause {
    const { random, vocabulary } = this
    const leaves = boundLeaves(random, vocabulary, [...bound])
    const term = plainText(randomTerm(random, vocabulary, leaves, random.between(0, 2)))
    const variable = random.chance(0.3) ? `?n${index}` : this.#expression(bound)
    bound.add(variable)
    return [variable, term]
  }

  /** A bound variable that stands for an expression. */
  #expression(bound: ReadonlySet<string>): string {
    const variables = [...bound].filter((variable) => !isName(variable))
    return this.random.shuffled(variables)[0] ?? "?r"
  }

  #isOpen(op: string): boolean {
    return this.#open.some(({ word }) => word === op)
  }
}

/** Names and what stands for them: they are no expressions of their own. */
function isName(op: string): boolean {
  return ["?v", "?w", "x", "y", "z"].includes(op)
}

/** Whether there is a node at the top of the left side. */
function hasOperator({ lhs }: RawRule): boolean {
  const top = typeof lhs === "string" ? lhs : lhs[0]?.[1]
  return top !== undefined && !isVariable(top)
}

function depthOf({ op, children }: Term): number {
  return isVariable(op) || children.length === 0 ? 0 : 1 + Math.max(...children.map(depthOf))
}
