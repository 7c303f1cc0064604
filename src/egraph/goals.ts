import { at } from "../base/check.js"
import { checkPattern } from "./check-rules.js"
import { writePattern } from "./define.js"
import type { Operators } from "./operators.js"
import { variablesOf, type RuleText } from "./rules.js"
import { readTerm, type Term } from "./term.js"
import { memoryOf, type Instance } from "./wasm.js"

// Patterns that a run is to reach. A pattern is made words once, and put into the engine's memory for every run.

/** A pattern as assembly/egraph/match.ts has it, but for its place in memory and the numbers of operators. */
interface Template {
  readonly words: readonly number[]
  /** Where a word is the place of another, in bytes from the first. */
  readonly places: readonly number[]
  readonly operators: readonly Operator[]
  /** Where the whole pattern begins, in bytes from the first word. */
  readonly top: number
  readonly variables: number
}

interface Operator {
  readonly word: number
  readonly name: string
  readonly arity: number
}

/** Words of a goal: class, address of the pattern, how many variables. */
const GOAL = 3
/** Words of a pattern before those of its children: assembly/egraph/match.ts. */
const BLOCK = 4

export class Goals {
  private readonly templates = new WeakMap<Term, Template>()

  constructor(
    private readonly text: RuleText,
    private readonly operators: Operators,
  ) {}

  /** Puts goals into memory as assembly/egraph/run.ts has them; `equal` are two classes that must be one. */
  write(
    instance: Instance,
    root: number,
    patterns: readonly (string | Term)[],
    equal?: readonly [number, number],
  ): number {
    const count = patterns.length + (equal ? 1 : 0)
    const templates = patterns.map((pattern) => this.templateOf(pattern))
    // Before the place is taken: an operator that is new takes some.
    const numbers = templates.map((template) => this.numbersOf(template))
    let size = 1 + GOAL * count
    for (const { words } of templates) size += words.length
    const address = instance.exports.allocate(4 * size)
    const memory = memoryOf(instance)
    let goal = address >>> 2
    memory[goal++] = count
    let body = goal + GOAL * count
    templates.forEach((template, i) => {
      memory[goal] = root
      memory[goal + 1] = 4 * body + template.top
      memory[goal + 2] = template.variables
      put(memory, body, template, at(numbers, i))
      goal += GOAL
      body += template.words.length
    })
    if (equal) memory.set([equal[0], 0, equal[1]], goal)
    return address
  }

  private numbersOf({ operators }: Template): number[] {
    return operators.map(({ name, arity }) => this.operators.number(name, arity))
  }

  private templateOf(pattern: string | Term): Template {
    const term = typeof pattern === "string" ? readTerm(pattern) : pattern
    const known = this.templates.get(term)
    if (known) return known
    checkPattern(term, this.text)
    const template = templateOf(term)
    this.templates.set(term, template)
    return template
  }
}

function templateOf(term: Term): Template {
  const words: number[] = []
  const places: number[] = []
  const operators: Operator[] = []
  const variables = variablesOf(term)
  const top = writePattern(term, (variable) => variables.indexOf(variable), undefined, {
    op: (name, arity) => {
      operators.push({ word: words.length + 1, name, arity })
      return 0
    },
    block: (values) => {
      const first = words.length
      words.push(...values)
      for (let i = BLOCK; i < values.length; i++) places.push(first + i)
      return 4 * first
    },
  })
  return { words, places, operators, top, variables: variables.length }
}

/** Writes a pattern from word `body` on. */
function put(
  memory: Uint32Array,
  body: number,
  { words, places, operators }: Template,
  numbers: readonly number[],
): void {
  for (let i = 0; i < words.length; i++) memory[body + i] = at(words, i)
  for (const place of places) memory[body + place] = 4 * body + at(words, place)
  for (let i = 0; i < operators.length; i++) memory[body + at(operators, i).word] = at(numbers, i)
}
