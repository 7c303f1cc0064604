import { capabilities, dialect } from "../../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../../src/emit/query.js"
import type { Out } from "../../../src/ir/nodes.js"
import type { Sides } from "../../../src/optimize/sides.js"
import { table } from "../../../src/syntax/build.js"
import { print } from "../../../src/syntax/print.js"
import type { Answer, Databases } from "./databases.js"
import { stagedQuery } from "./staged.js"

const target = { dialect, capabilities, table: (relation: string) => table([relation]) }

/** The two sides as SQL: as smelt writes it, and one operator at a time. */
export interface Texts {
  readonly left: string
  readonly right: string
  readonly stagedLeft: string
  readonly stagedRight: string
}

export function textsOf({ left, right }: Sides): Texts {
  const written = (out: Out) => print(emitQuery(out, target), { dialect })
  const staged = (out: Out) => print(stagedQuery(out, target), { dialect })
  return {
    left: written(left),
    right: written(right),
    stagedLeft: staged(left),
    stagedRight: staged(right),
  }
}

const STAGED_EVERY = 5
const MOST_DATABASES = 6000

/** Compares the sides until `wanted` databases had a row on the left; what differs is thrown, in words. */
export async function compare(
  all: readonly Texts[],
  databases: Databases,
  wanted: number,
): Promise<number> {
  for (const texts of all) await sameTypes(texts, databases)
  let filled = 0
  for (let i = 0; filled < wanted; i++) {
    if (i === MOST_DATABASES) throw new Error(`${filled} of ${i} databases had a row`)
    await databases.show(i)
    let rows = 0
    for (const { left, right, stagedLeft, stagedRight } of all) {
      const found = await databases.answer(left)
      rows += found.rows.length
      // An engine may move an error to where the plan has none; what the plan itself says is in stages.
      if (!differ(found, await databases.answer(right)) && i % STAGED_EVERY > 0) continue
      const a = await databases.answer(stagedLeft, true)
      const b = await databases.answer(stagedRight, true)
      if (
        isWrong(a, b) ||
        differ(found, a, true) ||
        differ(found, await databases.answer(right), true)
      )
        throw new Error(await difference(stagedLeft, a, stagedRight, b, databases))
    }
    if (rows > 0) filled++
  }
  return filled
}

function differ(left: Answer, right: Answer, ignoreErrors = false): boolean {
  if (left.error !== undefined || right.error !== undefined) return !ignoreErrors
  return left.rows.join() !== right.rows.join()
}

/** Errors may go, but none may come. */
function isWrong(left: Answer, right: Answer): boolean {
  if (left.error !== undefined) return false
  return right.error !== undefined || left.rows.join() !== right.rows.join()
}

async function sameTypes({ left, right }: Texts, databases: Databases): Promise<void> {
  const [a, b] = [await databases.typesOf(left), await databases.typesOf(right)]
  if (a.join() !== b.join()) throw new Error(`types ${a.join()} and ${b.join()}\n${left}\n${right}`)
}

async function difference(
  left: string,
  a: Answer,
  right: string,
  b: Answer,
  databases: Databases,
): Promise<string> {
  const show = ({ rows, error }: Answer) => error ?? rows.join(" ")
  return `${left}\ngives ${show(a)}\n\n${right}\ngives ${show(b)}\n\n${await databases.describe()}`
}

// -------------------------------------------------------------------------------------- mutants

const TRIES = { rows: 400, error: 400, draws: 60 } as const
// Two samples of one distribution over few outcomes are closer than this.
const STEPS = [
  { draws: 16, apart: 0.4 },
  { draws: 100, apart: 0.5 },
]
const MOST_OUTCOMES = 16

/** Whether some database shows that the right side is not the left one. */
export async function isRefuted(
  { left, right, stagedLeft, stagedRight }: Texts,
  databases: Databases,
  by: keyof typeof TRIES,
): Promise<boolean> {
  for (let i = 0; i < TRIES[by]; i++) {
    await databases.show(i)
    if (by === "draws" ? await drawsDiffer(stagedLeft, stagedRight, databases) : await once())
      return true
  }
  return false

  async function once(): Promise<boolean> {
    const staged = by === "error"
    const a = await databases.answer(staged ? stagedLeft : left, staged)
    const b = await databases.answer(staged ? stagedRight : right, staged)
    if (by === "rows" && (a.error ?? b.error) !== undefined) throw new Error(a.error ?? b.error)
    return (
      a.error === undefined && (staged ? b.error !== undefined : a.rows.join() !== b.rows.join())
    )
  }
}

async function drawsDiffer(left: string, right: string, databases: Databases): Promise<boolean> {
  const [a, b] = [new Frequencies(left, databases), new Frequencies(right, databases)]
  // Most databases show in a few draws that they have nothing to tell.
  for (const { draws, apart } of STEPS) {
    await a.draw(draws)
    await b.draw(draws)
    const outcomes = new Set([...a.outcomes, ...b.outcomes])
    if (outcomes.size > MOST_OUTCOMES || distance(a, b, outcomes) < apart) return false
  }
  return true
}

/** The total variation distance. */
function distance(a: Frequencies, b: Frequencies, outcomes: ReadonlySet<string>): number {
  return [...outcomes].reduce((sum, one) => sum + Math.abs(a.of(one) - b.of(one)), 0) / 2
}

/** How often a query gives which rows. */
class Frequencies {
  private readonly counts = new Map<string, number>()
  private runs = 0

  constructor(
    private readonly sql: string,
    private readonly databases: Databases,
  ) {}

  async draw(upTo: number): Promise<void> {
    for (; this.runs < upTo; this.runs++) {
      const { rows, error } = await this.databases.answer(this.sql, true)
      if (error !== undefined) throw new Error(error)
      const outcome = rows.join()
      this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1)
    }
  }

  get outcomes(): readonly string[] {
    return [...this.counts.keys()]
  }

  of(outcome: string): number {
    return (this.counts.get(outcome) ?? 0) / this.runs
  }
}
