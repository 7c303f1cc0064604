import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { compiledFile, type RunNode } from "../engine/run-plan.js"

/** Compiled SQL on disk, as dbt users expect: `target/compiled/<model>.sql`. */
export function writeCompiled(directory: string, nodes: readonly RunNode[]): void {
  for (const node of nodes) {
    if (!("sql" in node) || node.kind === "seed") continue
    const file = join(directory, compiledFile(node))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${node.sql}\n`)
  }
}
