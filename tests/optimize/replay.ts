import type { DuckDBConnection } from "@duckdb/node-api"
import { dialect, capabilities } from "../../src/backends/duckdb/dialect.js"
import { emitQuery } from "../../src/emit/query.js"
import type { EmitTarget } from "../../src/emit/target.js"
import type { Out } from "../../src/ir/nodes.js"
import type { PipelinePlan, RewriteStep } from "../../src/ir/pipeline.js"
import { lower } from "../../src/lower/index.js"
import { print } from "../../src/syntax/print.js"
import { differing } from "./building.js"

export interface Replayed {
  readonly steps: number
  /** Of these, those that were too large for whole tables: cross products, which filters above cut down. */
  readonly onFewRows: number
  /** Whose sides speak of an enclosing query. */
  readonly notAlone: number
  /** In words. */
  readonly wrong: readonly string[]
  readonly byRule: ReadonlyMap<string, number>
}

/** How relations are read: whole, and a few rows of each, of which declared facts hold too. */
export interface Tables {
  readonly whole: EmitTarget["table"]
  readonly few?: EmitTarget["table"]
}

/** How long a step may take, and how long before few rows are taken for it. */
const PATIENCE_MS = 60_000
const IMPATIENCE_MS = 700

/** Runs both sides of every step of a plan over the stored relations: they must be the same bag. */
export async function replay(
  plan: PipelinePlan,
  tables: Tables,
  connection: DuckDBConnection,
): Promise<Replayed> {
  const all = [...plan.models.values(), ...plan.hidden].flatMap(({ steps }) => steps)
  const byRule = new Map<string, number>()
  const wrong: string[] = []
  const seen = new Set<string>()
  let onFewRows = 0
  await connection.run("SET memory_limit = '1GB'; SET max_temp_directory_size = '0MB'")
  for (const step of all) {
    const texts = textsOf(step, tables.whole)
    if (!texts || seen.has(texts.text)) continue
    seen.add(texts.text)
    byRule.set(step.rule, (byRule.get(step.rule) ?? 0) + 1)
    const patience = tables.few ? IMPATIENCE_MS : PATIENCE_MS
    let problem = await compare(texts, connection, patience)
    const fewer = problem === TOO_LARGE && tables.few && textsOf(step, tables.few)
    if (fewer) {
      onFewRows++
      problem = await compare(fewer, connection, PATIENCE_MS)
    }
    if (problem !== undefined) wrong.push(`${texts.text}\n${problem}`)
  }
  const notAlone = all.filter(({ sides }) => sides === undefined).length
  return { steps: seen.size, onFewRows, notAlone, wrong, byRule }
}

interface Texts {
  readonly left: string
  readonly right: string
  readonly text: string
}

function textsOf({ rule, sides }: RewriteStep, table: EmitTarget["table"]): Texts | undefined {
  if (!sides) return undefined
  const target = { dialect, capabilities, table }
  const sqlOf = (out: Out) => print(emitQuery(lower(out, capabilities), target), { dialect })
  const [left, right] = [sqlOf(sides.left), sqlOf(sides.right)]
  return { left, right, text: `${rule}\n${left}\n\n${right}` }
}

const TOO_LARGE = "takes too long"

async function compare(
  { left, right }: Texts,
  connection: DuckDBConnection,
  patienceMs: number,
): Promise<string | undefined> {
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    connection.interrupt()
  }, patienceMs)
  try {
    const count = await differing(connection, `(${left})`, `(${right})`)
    return count === 0 ? undefined : `${count} rows differ`
  } catch (error) {
    return isLate || /Out of Memory/i.test(String(error)) ? TOO_LARGE : String(error)
  } finally {
    clearTimeout(timer)
  }
}
