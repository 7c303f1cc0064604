import type { RuleReport } from "./options.js"
import type { Rule } from "./rules.js"
import { memoryOf, type Instance } from "./wasm.js"

/** Words of a rule's statistics, as assembly/egraph/statistics.ts has them. */
const WORDS = 12

// An array of its own for every run would cost more than a small run does: many runs share one.
const CHUNK = 1 << 15
let chunk = new Float64Array(CHUNK >> 1)
let kept = new Uint32Array(chunk.buffer)
let used = 0

/** What the rules did in the run that has just ended; read when it is asked for. */
export function statistics(
  instance: Instance,
  address: number,
  rules: readonly Rule[],
): () => readonly RuleReport[] {
  const count = rules.length * WORDS
  if (used + count > kept.length) {
    chunk = new Float64Array(Math.max(CHUNK, count) >> 1)
    kept = new Uint32Array(chunk.buffer)
    used = 0
  }
  const first = address >>> 2
  kept.set(memoryOf(instance).subarray(first, first + count), used)
  const [words, doubles, from] = [kept, chunk, used]
  used += count
  return () => rules.map((rule, i) => reportOf(rule, words, doubles, from + i * WORDS))
}

function reportOf(
  { name, subsume }: Rule,
  words: Uint32Array,
  doubles: Float64Array,
  from: number,
): RuleReport {
  const small = (word: number) => words[from + word] ?? 0
  const large = (word: number) => small(word) + small(word + 1) * 2 ** 32
  return {
    name,
    searched: large(0),
    matches: large(2),
    applied: small(8),
    banned: small(9),
    ...(subsume && { subsumed: small(10) }),
    ms: doubles[(from + 4) >> 1] ?? 0,
  }
}
