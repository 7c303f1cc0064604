import type { DuckDBConnection } from "@duckdb/node-api"
import type { Deployment } from "../../src/deployment.js"
import { emitQuery } from "../../src/emit/query.js"
import type { Out } from "../../src/ir/nodes.js"
import type { PipelinePlan, RewriteStep } from "../../src/ir/pipeline.js"
import { lower } from "../../src/lower/index.js"
import { differing } from "./building.js"

export interface Replayed {
  readonly steps: number
  /** Whose sides speak of an enclosing query, or of another step's ids. */
  readonly notAlone: number
  /** In words. */
  readonly wrong: readonly string[]
  readonly byRule: ReadonlyMap<string, number>
}

/** Runs both sides of every step of a plan over the stored relations: they must be the same bag. */
export async function replay(
  plan: PipelinePlan,
  deployment: Deployment,
  connection: DuckDBConnection,
): Promise<Replayed> {
  const all = [...plan.models.values(), ...plan.hidden].flatMap(({ steps }) => steps)
  const byRule = new Map<string, number>()
  const wrong: string[] = []
  const seen = new Set<string>()
  for (const { rule, sides } of all) {
    if (!sides) continue
    const [left, right] = [sides.left, sides.right].map((out) => sqlOf(out, deployment))
    const text = `${rule}\n${left}\n\n${right}`
    if (!left || !right || seen.has(text)) continue
    seen.add(text)
    byRule.set(rule, (byRule.get(rule) ?? 0) + 1)
    const problem = await compare(left, right, connection)
    if (problem !== undefined) wrong.push(`${text}\n${problem}`)
  }
  return { steps: seen.size, notAlone: all.filter(cannotStand).length, wrong, byRule }
}

function cannotStand({ sides }: RewriteStep): boolean {
  return sides === undefined
}

function sqlOf(out: Out, deployment: Deployment): string {
  const { capabilities, emitTarget } = deployment
  return deployment.print(emitQuery(lower(out, capabilities), emitTarget))
}

async function compare(
  left: string,
  right: string,
  connection: DuckDBConnection,
): Promise<string | undefined> {
  try {
    const count = await differing(connection, `(${left})`, `(${right})`)
    return count === 0 ? undefined : `${count} rows differ`
  } catch (error) {
    return String(error)
  }
}
