import { leaf, type Term } from "../../../src/egraph/term.js"
import type { Random } from "./random.js"

export type NonEmpty<T> = readonly [T, ...T[]]

export interface Operator {
  readonly word: string
  readonly arity: number
  /** Whether the first child is a name and no expression. */
  readonly names?: boolean
  /** Whether an analysis computes with it: a random rule must not give it another meaning. */
  readonly fixed?: boolean
}

/** What random terms speak of: what one analysis knows, or numbers that may be NULL, for several. */
export type Topic = "none" | "constant-fold" | "boolean-fold" | "lambda" | "values"

/** What random terms are made of. */
export interface Vocabulary {
  readonly analysis: Topic
  readonly operators: NonEmpty<Operator>
  readonly leaves: NonEmpty<string>
}

/** The leaves of a random term: variables or words. */
export interface LeafSource {
  leaf(): string
  name(): string
}

const NAMES: NonEmpty<string> = ["x", "y", "z"]
const VARIABLES: NonEmpty<string> = ["?a", "?b", "?c", "?d"]
const NAME_VARIABLES: NonEmpty<string> = ["?v", "?w"]

const FIXED: Readonly<Record<Exclude<Topic, "none">, Vocabulary>> = {
  "constant-fold": {
    analysis: "constant-fold",
    operators: [
      { word: "+", arity: 2, fixed: true },
      { word: "-", arity: 2, fixed: true },
      { word: "*", arity: 2, fixed: true },
      { word: "/", arity: 2, fixed: true },
      { word: "pow", arity: 2 },
      { word: "f", arity: 1 },
      { word: "g", arity: 2 },
    ],
    leaves: ["x", "y", "0", "1", "2", "3"],
  },
  "boolean-fold": {
    analysis: "boolean-fold",
    operators: [
      { word: "~", arity: 1, fixed: true },
      { word: "&", arity: 2, fixed: true },
      { word: "|", arity: 2, fixed: true },
      { word: "->", arity: 2, fixed: true },
      { word: "f", arity: 1 },
      { word: "g", arity: 2 },
    ],
    leaves: ["p", "q", "r", "true", "false"],
  },
  lambda: {
    analysis: "lambda",
    operators: [
      { word: "var", arity: 1, names: true, fixed: true },
      { word: "var", arity: 1, names: true, fixed: true },
      { word: "lam", arity: 2, names: true, fixed: true },
      { word: "let", arity: 3, names: true, fixed: true },
      { word: "app", arity: 2, fixed: true },
      { word: "+", arity: 2, fixed: true },
      { word: "=", arity: 2, fixed: true },
      { word: "if", arity: 3, fixed: true },
      { word: "f", arity: 1 },
      { word: "g", arity: 2 },
    ],
    leaves: ["0", "1", "2", "true"],
  },
  values: {
    analysis: "values",
    operators: [
      { word: "+", arity: 2, fixed: true },
      ...fixed(["-", "*", "/", "min", "max", "<", "<=", ">", "=", "<>", "&", "|"], 2),
      ...fixed(["abs", "-", "~", "is-null"], 1),
      ...fixed(["coalesce"], 2),
      ...fixed(["if"], 3),
      ...fixed(["filter", "cross", "limit", "union-all", "union", "group", "aggregate", "scan"], 2),
      ...fixed(["join", "left-join", "key-join", "left-key-join", "anti-join"], 3),
      ...fixed(["distinct"], 1),
      { word: "f", arity: 1 },
      { word: "g", arity: 2 },
      { word: "h", arity: 1 },
    ],
    leaves: ["x", "y", "z", "0", "1", "2", "3", "-2", "0.5", "true", "null", "'a'", "empty"],
  },
}

function fixed(words: readonly string[], arity: number): Operator[] {
  return words.map((word) => ({ word, arity, fixed: true }))
}

export function randomAnalysis(random: Random): Topic {
  return random.chance(0.12)
    ? "values"
    : random.pick(["none", "none", "none", "constant-fold", "boolean-fold", "lambda"])
}

export function randomVocabulary(random: Random, analysis: Topic): Vocabulary {
  return analysis === "none" ? freeVocabulary(random) : FIXED[analysis]
}

/** Operators without a meaning; the same word may come with two arities, and as a leaf. */
function freeVocabulary(random: Random): Vocabulary {
  const operator = () => ({
    word: random.pick(["f", "g", "h", "k", "a"]),
    arity: random.pick([1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 6]),
  })
  const more = Array.from({ length: random.between(1, 3) }, operator)
  return {
    analysis: "none",
    operators: [operator(), ...more],
    leaves: random.pick<NonEmpty<string>>([["a"], ["a", "b"], ["a", "b", "c", "0"]]),
  }
}

export function groundLeaves(random: Random, { leaves }: Vocabulary): LeafSource {
  return { leaf: () => random.pick(leaves), name: () => random.pick(NAMES) }
}

/** Variables, many of them repeated, and now and then a word. */
export function patternLeaves(random: Random, vocabulary: Vocabulary): LeafSource {
  const ground = groundLeaves(random, vocabulary)
  return {
    leaf: () => (random.chance(0.7) ? random.pick(VARIABLES) : ground.leaf()),
    name: () => (random.chance(0.8) ? random.pick(NAME_VARIABLES) : ground.name()),
  }
}

/** Those of `variables` that stand for the wanted kind of thing, and now and then a word. */
export function boundLeaves(
  random: Random,
  vocabulary: Vocabulary,
  variables: readonly string[],
): LeafSource {
  const ground = groundLeaves(random, vocabulary)
  const isName = (variable: string) => NAME_VARIABLES.includes(variable)
  const choose = (from: readonly string[], other: () => string) => {
    const [first, ...rest] = from
    return first !== undefined && random.chance(0.8) ? random.pick([first, ...rest]) : other()
  }
  const [names, others] = [variables.filter(isName), variables.filter((v) => !isName(v))]
  return {
    leaf: () => choose(others, () => ground.leaf()),
    name: () => choose(names, () => ground.name()),
  }
}

export function randomTerm(
  random: Random,
  vocabulary: Vocabulary,
  leaves: LeafSource,
  depth: number,
): Term {
  if (depth === 0 || random.chance(0.15)) return expressionLeaf(vocabulary, leaves)
  return randomNode(random, vocabulary, leaves, random.pick(vocabulary.operators), depth)
}

export function randomNode(
  random: Random,
  vocabulary: Vocabulary,
  leaves: LeafSource,
  { word, arity, names }: Operator,
  depth: number,
): Term {
  const child = (_: unknown, i: number) =>
    names && i === 0
      ? leaf(leaves.name())
      : randomTerm(random, vocabulary, leaves, random.chance(0.4) ? depth - 1 : random.below(depth))
  return { op: word, children: Array.from({ length: arity }, child) }
}

function expressionLeaf({ analysis }: Vocabulary, leaves: LeafSource): Term {
  const word = leaves.leaf()
  return analysis === "lambda" && NAMES.includes(word)
    ? { op: "var", children: [leaf(word)] }
    : leaf(word)
}

/** A term in which some subterms, equal ones alike, have become variables. */
export function generalize(random: Random, term: Term): Term {
  const found = new Map<string, string>()
  const walk = (part: Term, isRoot: boolean, isName: boolean): Term => {
    const text = plainText(part)
    const known = found.get(text)
    if (known !== undefined && random.chance(0.8)) return leaf(known)
    const isOpen = !isRoot && random.chance(part.children.length === 0 ? 0.6 : 0.3)
    const free = (isName ? NAME_VARIABLES : VARIABLES).find(
      (variable) => ![...found.values()].includes(variable),
    )
    if (isOpen && free !== undefined) {
      found.set(text, free)
      return leaf(free)
    }
    const bindsName = ["var", "lam", "let", "fix"].includes(part.op)
    return {
      op: part.op,
      children: part.children.map((child, i) => walk(child, false, bindsName && i === 0)),
    }
  }
  return walk(term, true, false)
}

export function subterms(term: Term): Term[] {
  return [term, ...term.children.flatMap(subterms)]
}

/** A term as case files write it, where `|` is a letter. */
export function plainText({ op, children }: Term): string {
  return children.length === 0 ? op : `(${[op, ...children.map(plainText)].join(" ")})`
}
