import { capabilities, dialect } from "../../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../../src/emit/query.js"
import type { Out } from "../../../src/ir/nodes.js"
import type { Sides } from "../../../src/optimize/sides.js"
import { table } from "../../../src/syntax/build.js"
import { print } from "../../../src/syntax/print.js"
import { AT_ONCE, type Answer, type Databases } from "./databases.js"
import { stagedQuery } from "./staged.js"

const target = { dialect, capabilities, table: (relation: string) => table([relation]) }

/** The two sides as SQL: as smelt writes it, the same for many databases at once, and one operator at a time. */
export interface Texts {
  readonly left: string
  readonly right: string
  readonly leftOfAll: string
  readonly rightOfAll: string
  readonly stagedLeft: string
  readonly stagedRight: string
}

export function textsOf({ left, right }: Sides, databases: Databases): Texts {
  const ofAll = { ...target, table: (relation: string) => databases.tableOfAll(relation) }
  const written = (out: Out) => print(emitQuery(out, target), { dialect })
  const writtenOfAll = (out: Out) => print(emitQuery(out, ofAll), { dialect })
  const staged = (out: Out) => print(stagedQuery(out, target), { dialect })
  return {
    left: written(left),
    right: written(right),
    leftOfAll: writtenOfAll(left),
    rightOfAll: writtenOfAll(right),
    stagedLeft: staged(left),
    stagedRight: staged(right),
  }
}

/** Of as many databases each side is also asked alone, as smelt writes it and staged. */
const ALONE = 20
const MOST_ALONE = 100
const MOST_DATABASES = 6000

/** Compares the sides until `wanted` databases had a row on the left; what differs is thrown, in words. */
export async function compare(
  all: readonly Texts[],
  databases: Databases,
  wanted: number,
): Promise<number> {
  for (const texts of all) await sameTypes(texts, databases)
  let filled = 0
  for (let first = 0; filled < wanted; first += AT_ONCE) {
    if (first >= MOST_DATABASES) throw new Error(`${filled} of ${first} databases had a row`)
    filled += (await compareMany(all, databases, first, AT_ONCE)).size
  }
  return filled
}

/** Compares the sides on one batch of databases; some must have a row. */
export async function compareSome(all: readonly Texts[], databases: Databases): Promise<void> {
  for (const texts of all) await sameTypes(texts, databases)
  const filled = await compareMany(all, databases, 0, MOST_ALONE)
  if (filled.size === 0) throw new Error("no database had a row")
}

/**
 * Databases of a batch in which a left side has a row. Where one makes a side fail, each is asked alone, up
 * to `most` of them.
 */
async function compareMany(
  all: readonly Texts[],
  databases: Databases,
  first: number,
  most: number,
): Promise<Set<number>> {
  const filled = new Set<number>()
  for (const texts of all) {
    const left = await databases.answers(texts.leftOfAll, first)
    const right = left && (await databases.answers(texts.rightOfAll, first))
    for (let i = first; i < first + (right ? AT_ONCE : most); i++) {
      const isAlone = !right || i - first < ALONE || left.get(i)?.join() !== right.get(i)?.join()
      const hasRow = isAlone ? await compareOne(texts, databases, i) : left.has(i)
      if (hasRow) filled.add(i)
    }
  }
  return filled
}

/** Whether the left side has a row in a database. */
async function compareOne(texts: Texts, databases: Databases, i: number): Promise<boolean> {
  const { left, right, stagedLeft, stagedRight } = texts
  await databases.show(i)
  const [found, other] = [await databases.answer(left), await databases.answer(right)]
  // An engine may move an error to where the plan has none; what the plan itself says is in stages.
  const a = await databases.answer(stagedLeft, true)
  const b = await databases.answer(stagedRight, true)
  const isSame = !isWrong(a, b) && !differ(found, a) && !differ(found, other)
  if (!isSame) throw new Error(await difference(stagedLeft, a, stagedRight, b, databases))
  return found.rows.length > 0
}

/** What differs on a batch of databases, in words; one of them is also asked alone, unless it is only the rows. */
export async function compareOnce(
  texts: Texts,
  databases: Databases,
  onlyRows = false,
): Promise<string | undefined> {
  try {
    if (!onlyRows) await sameTypes(texts, databases)
    const differing = await differingOf(texts, databases)
    for (const i of onlyRows ? differing : [...differing, 0]) await compareOne(texts, databases, i)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function differ(left: Answer, right: Answer): boolean {
  if (left.error !== undefined || right.error !== undefined) return false
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

const TRIES = { rows: AT_ONCE, error: AT_ONCE, draws: 100 } as const
// Two samples of one distribution over few outcomes are closer than this.
const STEPS = [
  { draws: 16, apart: 0.4 },
  { draws: 100, apart: 0.5 },
]
const MOST_OUTCOMES = 24

/** Whether some database shows that the right side is not the left one. */
export async function isRefuted(
  texts: Texts,
  databases: Databases,
  by: keyof typeof TRIES,
): Promise<boolean> {
  const differing = by === "rows" ? await differingOf(texts, databases) : []
  const others = Array.from({ length: TRIES[by] }, (_, i) => i)
  for (const i of [...differing, ...others]) {
    await databases.show(i)
    const differs =
      by === "draws" ? await drawsDiffer(texts, databases) : await givesOther(texts, databases, by)
    if (differs) return true
  }
  return false
}

/** Databases on which the sides seem to differ when many are asked at once. */
async function differingOf(texts: Texts, databases: Databases): Promise<number[]> {
  const left = await databases.answers(texts.leftOfAll, 0)
  const right = await databases.answers(texts.rightOfAll, 0)
  const all = [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])]
  return left && right ? all.filter((i) => left.get(i)?.join() !== right.get(i)?.join()) : []
}

/** In stages too: an engine may itself do to the left side what the rule does. */
async function givesOther(
  { left, right, stagedLeft, stagedRight }: Texts,
  databases: Databases,
  by: "rows" | "error",
): Promise<boolean> {
  const a = await databases.answer(stagedLeft, true)
  const b = await databases.answer(stagedRight, true)
  if (by === "error") return a.error === undefined && b.error !== undefined
  const written = [await databases.answer(left), await databases.answer(right)] as const
  const failed = [a, b, ...written].find(({ error }) => error !== undefined)
  if (failed) throw new Error(failed.error)
  return differ(a, b) || differ(...written)
}

async function drawsDiffer(texts: Texts, databases: Databases): Promise<boolean> {
  const a = new Frequencies(texts.stagedLeft, databases)
  const b = new Frequencies(texts.stagedRight, databases)
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
