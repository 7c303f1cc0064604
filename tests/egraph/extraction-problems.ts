import { at } from "../../src/base/check.js"
import {
  extractionProblem,
  type ExtractionProblem,
  type ProblemNode,
} from "../../src/egraph/extract.js"

// Extraction problems, random and of families that are hard for greedy algorithms.

/** Whole numbers below a bound, from a seed (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Any graph with a term for class 0: cycles, self-loops, children that occur twice, classes without terms. */
export function randomProblem(
  seed: number,
  { classes = 6, nodes = 12, arity = 3, cost = 10, least = 0 } = {},
): ExtractionProblem {
  const random = randomFrom(seed)
  const classCount = 1 + random(classes)
  const list: ProblemNode[] = []
  // A skeleton that has a term: each class by later ones.
  for (let cls = 0; cls < classCount; cls++) {
    const later = classCount - cls - 1
    const children =
      later === 0 ? [] : Array.from({ length: random(arity) }, () => cls + 1 + random(later))
    list.push({ cls, cost: least + random(cost), children })
  }
  const more = random(nodes)
  for (let i = 0; i < more; i++)
    list.push({
      cls: random(classCount),
      cost: random(20) === 0 ? Infinity : least + random(cost),
      children: Array.from({ length: random(arity + 1) }, () => random(classCount)),
    })
  const roots = random(3) === 0 && classCount > 1 ? [0, random(classCount), 0] : [0]
  return extractionProblem(shuffle(list, random), classCount, roots)
}

/** Every element is computed from one of the sets that hold it; each set costs once. */
export function setCover(
  seed: number,
  elements: number,
  sets: number,
  holders = 4,
): ExtractionProblem {
  const random = randomFrom(seed)
  const nodes: ProblemNode[] = [
    { cls: 0, cost: 0, children: Array.from({ length: elements }, (_, i) => 1 + i) },
  ]
  for (let i = 0; i < sets; i++)
    nodes.push({ cls: 1 + elements + i, cost: 1 + random(9), children: [] })
  for (let i = 0; i < elements; i++)
    for (let k = 0; k < holders; k++)
      nodes.push({ cls: 1 + i, cost: 0, children: [1 + elements + random(sets)] })
  return extractionProblem(nodes, 1 + elements + sets, [0])
}

/** Levels that use the level below twice, by two ways; tree costs double with every level. */
export function diamonds(seed: number, levels: number): ExtractionProblem {
  const random = randomFrom(seed)
  const nodes: ProblemNode[] = []
  for (let level = 0; level < levels; level++) {
    const [top, left, right, next] = [3 * level, 3 * level + 1, 3 * level + 2, 3 * level + 3]
    nodes.push({ cls: top, cost: 1, children: [left, right] })
    nodes.push({ cls: top, cost: 1 + random(4), children: [left, left] })
    for (const side of [left, right]) {
      nodes.push({ cls: side, cost: 1 + random(4), children: [next] })
      nodes.push({ cls: side, cost: 1, children: [next, 3 * random(level + 1)] })
    }
  }
  nodes.push({ cls: 3 * levels, cost: 1, children: [] })
  return extractionProblem(nodes, 3 * levels + 1, [0])
}

/**
 * Parts in a row, each alone in a cheap way or over a dear part that many share: greedy algorithms never pay for
 * the shared part.
 */
export function sharedParts(seed: number, groups: number, users: number): ExtractionProblem {
  const random = randomFrom(seed)
  const nodes: ProblemNode[] = []
  const first = 1 + groups * users
  const parts = Array.from({ length: groups * users }, (_, i) => 1 + i)
  nodes.push({ cls: 0, cost: 1, children: parts })
  for (let group = 0; group < groups; group++) {
    nodes.push({ cls: first + group, cost: users * (2 + random(4)), children: [] })
    for (let i = 0; i < users; i++) {
      const cls = 1 + group * users + i
      nodes.push({ cls, cost: 4 + random(6), children: [] })
      nodes.push({ cls, cost: random(3), children: [first + group] })
      nodes.push({ cls, cost: random(4), children: [1 + random(groups * users), first + group] })
    }
  }
  return extractionProblem(nodes, first + groups, [0])
}

/** Layers of classes with ways over the layers below, a third of them back up: many cycles. */
export function tangle(seed: number, classCount: number, ways = 4): ExtractionProblem {
  const random = randomFrom(seed)
  const nodes: ProblemNode[] = []
  for (let cls = 0; cls < classCount; cls++) {
    const below = (span: number) => Math.min(classCount - 1, cls + 1 + random(span))
    nodes.push({
      cls,
      cost: 5 + random(20),
      children: cls === classCount - 1 ? [] : [below(8), below(8)],
    })
    for (let i = 1; i < ways; i++)
      nodes.push({
        cls,
        cost: 1 + random(20),
        children: [random(3) === 0 ? random(classCount) : below(30), below(60)],
      })
  }
  nodes.push({ cls: classCount - 1, cost: 1, children: [] })
  return extractionProblem(shuffle(nodes, random), classCount, [0])
}

function shuffle<T>(list: readonly T[], random: (below: number) => number): T[] {
  const result = [...list]
  for (let i = result.length - 1; i > 0; i--) {
    const k = random(i + 1)
    const kept = at(result, i)
    result[i] = at(result, k)
    result[k] = kept
  }
  return result
}
