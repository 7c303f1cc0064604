import { some } from "../base/check.js"
import type { Term } from "./term.js"
import { acquire, doubles, release, words, type Exports } from "./wasm.js"

/** What a class has for a choice that it does not use. */
export const NONE = 0xffffffff

/**
 * Classes and the nodes that can compute them, apart from any e-graph. Nodes, classes and roots are
 * numbers from 0; the children of node i are the classes `children[childStarts[i] … childStarts[i + 1] - 1]`.
 */
export interface ExtractionProblem {
  /** What a node costs itself. Infinity: it may not be chosen. */
  readonly costs: Float64Array
  /** The class of a node. */
  readonly classes: Uint32Array
  readonly childStarts: Uint32Array
  readonly children: Uint32Array
  readonly classCount: number
  readonly roots: Uint32Array
}

export interface ProblemNode {
  readonly cls: number
  readonly cost: number
  readonly children: readonly number[]
}

/** One way to compute the roots. */
export interface Extraction {
  /** The node of a class; NONE where the class is not used. */
  readonly choices: Uint32Array
  /** What the roots cost where a shared part costs as often as it is used. */
  readonly treeCost: number
  /** What they cost where a shared part costs once. */
  readonly dagCost: number
  /** The tree cost of a class; Infinity where it is not used. */
  readonly classCosts: Float64Array
  /**
   * Whether it is shown that none costs less: no trees where trees were asked for, else no plan. Where all costs are
   * multiples of one whole number this is exact, else up to one part in 10¹⁰.
   */
  readonly optimal: boolean
}

/** An extraction by search, with what it began from. */
export interface DagExtraction extends Extraction {
  /** The DAG cost of the cheapest trees. */
  readonly treeStart: number
  /** The greedy algorithm's; Infinity where it found no plan. */
  readonly greedyStart: number
  /** Whether the greedy algorithm came to its end within its share of the budget. */
  readonly greedyEnded: boolean
  /** Changes that were tried. */
  readonly moves: number
  /** What no plan costs less than, as far as it was shown; -Infinity where nothing was. */
  readonly lowerBound: number
}

export interface SearchOptions {
  /** Time, in milliseconds; 100 where neither it nor `moves` is given. The cheapest trees are made in any case. */
  readonly budgetMs?: number
  /** Changes to try. Equal seeds and moves give equal answers where the time does not end the search. */
  readonly moves?: number
  readonly seed?: number
  /** False: without the exact search, which is made beside the other for what is left to choose where that is little. */
  readonly exact?: boolean
}

export type ExtractionFault =
  "bad-problem" | "bad-option" | "bad-cost" | "negative-cost" | "no-term" | "too-large"

/** A problem without an answer, or one that is none. */
export class ExtractionError extends Error {
  override readonly name = "ExtractionError"
  constructor(
    readonly fault: ExtractionFault,
    message: string,
  ) {
    super(message)
  }
}

/** A problem from one record a node. */
export function extractionProblem(
  nodes: readonly ProblemNode[],
  classCount: number,
  roots: readonly number[],
): ExtractionProblem {
  const childStarts = new Uint32Array(nodes.length + 1)
  nodes.forEach(({ children }, i) => {
    childStarts[i + 1] = some(childStarts[i], "a start") + children.length
  })
  return {
    costs: Float64Array.from(nodes, ({ cost }) => cost),
    classes: Uint32Array.from(nodes, ({ cls }) => cls),
    childStarts,
    children: Uint32Array.from(nodes.flatMap(({ children }) => children)),
    classCount,
    roots: Uint32Array.from(roots),
  }
}

/**
 * The cheapest tree of every class below the roots, exactly: `choices` and `classCosts` have them all. Costs
 * must not be negative. Among equal costs the order of the nodes decides.
 */
export function extractTree(problem: ExtractionProblem): Extraction {
  return onInstance(problem, (wasm) => {
    check(wasm, wasm.extractTrees(), problem)
    return readAnswer(wasm, problem, true)
  })
}

/**
 * A plan of low DAG cost: the better of the cheapest trees and of greedy extraction, improved by local
 * search and, where little is left to choose, by exact search (branch and bound), until a budget ends, the plan is shown
 * to be the cheapest, or nothing has come for long. Never worse than either start; more budget with the same
 * seed is never worse. Costs may be negative.
 */
export function extractDag(problem: ExtractionProblem, options: SearchOptions = {}): DagExtraction {
  const { seed, moves, deadline, exact } = readOptions(options)
  return onInstance(problem, (wasm) => {
    check(wasm, wasm.extractDag(seed, moves, deadline, exact), problem)
    return readSearch(wasm, problem)
  })
}

/**
 * Up to `count` plans that differ, the first as `extractDag` finds it, the others by rising DAG cost; a node
 * costs more the more plans have it already, so that they differ much where that is cheap. Fewer, if no
 * more are found within the budget.
 */
export function extractVariants(
  problem: ExtractionProblem,
  count: number,
  options: SearchOptions = {},
): Extraction[] {
  if (!Number.isInteger(count) || count < 1 || count > MOST_VARIANTS)
    throw new ExtractionError(
      "bad-option",
      `the number of variants is a whole number from 1 to ${MOST_VARIANTS}, found ${count}`,
    )
  const { seed, moves, deadline, exact } = readOptions(options)
  return onInstance(problem, (wasm) => {
    check(wasm, wasm.extractVariants(count, seed, moves, deadline, exact), problem)
    const variants = Array.from({ length: wasm.variantCount() }, (_, i) => {
      wasm.showVariant(i)
      return readAnswer(wasm, problem, i === 0 && wasm.isProven() !== 0)
    })
    const [first, ...others] = variants
    return first ? [first, ...others.sort((a, b) => a.dagCost - b.dagCost)] : []
  })
}

/** The term of a class under an extraction; a class that is used several times is one object. */
export function extractedTerm(
  problem: ExtractionProblem,
  { choices }: Pick<Extraction, "choices">,
  cls: number,
  op: (node: number) => string,
): Term {
  const terms = new Map<number, Term>()
  const open = [cls]
  while (open.length > 0) {
    const at = some(open.at(-1), "an open class")
    const node = some(choices[at], `class ${at}`)
    if (node === NONE) throw new RangeError(`the extraction does not use class ${at}`)
    const children = childrenOf(problem, node)
    const missing = children.filter((child) => !terms.has(child))
    if (missing.length > 0 && !terms.has(at)) open.push(...missing)
    else {
      open.pop()
      terms.set(
        at,
        terms.get(at) ?? {
          op: op(node),
          children: Array.from(children, (child) => some(terms.get(child), "a term")),
        },
      )
    }
  }
  return some(terms.get(cls), "a term")
}

/** The classes that a node needs. */
export function childrenOf(problem: ExtractionProblem, node: number): Uint32Array {
  return problem.children.subarray(problem.childStarts[node], problem.childStarts[node + 1])
}

// ---------------------------------------------------------------------------------- WebAssembly

/** What assembly/extract/index.ts exports; numbers are addresses, counts, or 0 for well. */
export interface ExtractionExports {
  newProblem(nodes: number, children: number, classes: number, roots: number): number
  problemCosts(): number
  problemClasses(): number
  problemChildStarts(): number
  problemChildren(): number
  problemRoots(): number
  extractTrees(): number
  extractDag(seed: number, moves: number, deadline: number, exact: number): number
  extractVariants(
    count: number,
    seed: number,
    moves: number,
    deadline: number,
    exact: number,
  ): number
  variantCount(): number
  showVariant(i: number): void
  answerChoices(): number
  answerCosts(): number
  treeCost(): number
  dagCost(): number
  treeStart(): number
  greedyStart(): number
  greedyEnded(): number
  movesDone(): number
  isProven(): number
  leastCost(): number
  faultAt(): number
}

const MOST_VARIANTS = 10_000
const DEFAULT_MS = 100

function onInstance<T>(problem: ExtractionProblem, run: (wasm: Exports) => T): T {
  const { costs, classes, childStarts, children, classCount, roots } = problem
  if (classes.length !== costs.length || childStarts.length !== costs.length + 1)
    throw new ExtractionError("bad-problem", "costs, classes and child starts do not fit together")
  const instance = acquire()
  try {
    const wasm = instance.exports
    if (wasm.newProblem(costs.length, children.length, classCount, roots.length) === 0)
      throw new ExtractionError("too-large", "the problem does not fit into memory")
    doubles(wasm, wasm.problemCosts(), costs.length).set(costs)
    words(wasm, wasm.problemClasses(), classes.length).set(classes)
    words(wasm, wasm.problemChildStarts(), childStarts.length).set(childStarts)
    words(wasm, wasm.problemChildren(), children.length).set(children)
    words(wasm, wasm.problemRoots(), roots.length).set(roots)
    return run(wasm)
  } finally {
    release(instance)
  }
}

function readOptions({ budgetMs, moves, seed = 1, exact = true }: SearchOptions) {
  const ms = budgetMs ?? (moves === undefined ? DEFAULT_MS : Infinity)
  if (!(ms >= 0)) throw new ExtractionError("bad-option", `a time from 0 is needed, found ${ms}`)
  if (moves !== undefined && !(moves >= 0))
    throw new ExtractionError("bad-option", `a number of moves from 0 is needed, found ${moves}`)
  return {
    seed,
    moves: moves ?? Infinity,
    deadline: performance.now() + ms,
    exact: exact ? 1 : 0,
  }
}

/** Constants of assembly/extract/problem.ts, in their order. */
function check(wasm: Exports, status: number, problem: ExtractionProblem): void {
  if (status === 0) return
  const at = wasm.faultAt()
  switch (status) {
    case 2:
      throw new ExtractionError(
        "bad-problem",
        `node ${at} is of class ${problem.classes[at]}, but ${range(problem)}`,
      )
    case 3:
      throw new ExtractionError(
        "bad-problem",
        `child starts do not rise from 0 to ${problem.children.length} at node ${at}`,
      )
    case 4:
      throw new ExtractionError(
        "bad-problem",
        `node ${at} has a child that is no class: ${range(problem)}`,
      )
    case 5:
      throw new ExtractionError(
        "bad-cost",
        `node ${at} costs ${problem.costs[at]}; a number is needed`,
      )
    case 6:
      throw new ExtractionError(
        "bad-problem",
        `root ${at} is class ${problem.roots[at]}, but ${range(problem)}`,
      )
    case 7:
      throw new ExtractionError(
        "negative-cost",
        `node ${at} costs ${problem.costs[at]}; trees need costs from 0`,
      )
    case 8:
      throw new ExtractionError("no-term", `class ${at} is a root and has no finite term`)
    default:
      throw new ExtractionError("bad-problem", "no problem was written")
  }
}

function range({ classCount }: ExtractionProblem): string {
  return `there are ${classCount} classes`
}

function readAnswer(
  wasm: Exports,
  { classCount }: ExtractionProblem,
  optimal: boolean,
): Extraction {
  return {
    choices: words(wasm, wasm.answerChoices(), classCount).slice(),
    classCosts: doubles(wasm, wasm.answerCosts(), classCount).slice(),
    treeCost: wasm.treeCost(),
    dagCost: wasm.dagCost(),
    optimal,
  }
}

function readSearch(wasm: Exports, problem: ExtractionProblem): DagExtraction {
  return {
    ...readAnswer(wasm, problem, wasm.isProven() !== 0),
    treeStart: wasm.treeStart(),
    greedyStart: wasm.greedyStart(),
    greedyEnded: wasm.greedyEnded() !== 0,
    moves: wasm.movesDone(),
    lowerBound: wasm.leastCost(),
  }
}
