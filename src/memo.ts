import { isSameList } from "./base/same.js"

// What a stage found for each text, kept while all that it came from is the same. A result comes from its
// inputs, which are known before, and from what the computation then asked of other texts, which its trace
// noted. Both are compared by identity: whoever makes an input gives the same object while it says the same.

interface Question {
  readonly ask: (key: string) => unknown
  readonly key: string
  readonly answer: unknown
}

/** The questions that one computation asked, and the answers. */
export class Trace {
  private readonly questions: Question[] = []

  /** `ask`, with each answer noted. */
  noting<A>(ask: (key: string) => A): (key: string) => A {
    const answers = new Map<string, A>()
    return (key) => {
      const known = answers.get(key)
      if (known !== undefined || answers.has(key)) return known as A
      const answer = ask(key)
      answers.set(key, answer)
      this.questions.push({ ask, key, answer })
      return answer
    }
  }

  /** What was asked about. */
  get keys(): readonly string[] {
    return this.questions.map(({ key }) => key)
  }

  /** Whether every question still has its answer. */
  holds(): boolean {
    for (const { ask, key, answer } of this.questions) if (ask(key) !== answer) return false
    return true
  }
}

interface Kept<T> {
  readonly inputs: readonly unknown[]
  readonly trace: Trace
  readonly value: T
}

/** The last results of one stage. */
export class Memo<T> {
  private readonly results = new Map<string, Kept<T>>()
  /** Whose results were computed since `begin`. */
  readonly computed = new Set<string>()

  /** The last result, or what `compute` makes of the inputs and of what it asks through the trace. */
  get(key: string, inputs: readonly unknown[], compute: (trace: Trace) => T): T {
    const last = this.results.get(key)
    if (last && isSameList(last.inputs, inputs) && last.trace.holds()) return last.value
    const trace = new Trace()
    const value = compute(trace)
    this.results.set(key, { inputs, trace, value })
    this.computed.add(key)
    return value
  }

  /** Whose last results asked about each key. */
  askers(): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>()
    for (const [asker, { trace }] of this.results) noteAsker(asker, trace.keys, found)
    return found
  }

  /** What the last result asked about. */
  asked(key: string): readonly string[] {
    return this.results.get(key)?.trace.keys ?? []
  }

  begin(): void {
    this.computed.clear()
  }

  /** Forgets the results of texts that are gone. */
  retain(isThere: (key: string) => boolean): void {
    for (const key of this.results.keys()) if (!isThere(key)) this.results.delete(key)
  }
}

export function noteAsker(
  asker: string,
  keys: readonly string[],
  askers: Map<string, Set<string>>,
): void {
  for (const key of keys) {
    const known = askers.get(key)
    if (known) known.add(asker)
    else askers.set(key, new Set([asker]))
  }
}
