import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, expect, test } from "vitest"
import { projectFolder } from "../project.js"
import { sampleProject } from "../sample.js"
import { document, smelt } from "./smelt.js"

// What README.md shows of the sample project is what comes out; `…` stands for what is left out.

const readme = readFileSync("README.md", "utf8")
const blocks = [...readme.matchAll(/```\w*\n([^]*?)```/g)].map(([, text = ""]) => text)

/** The block of the README that begins like this. */
function block(start: string): string {
  const found = blocks.find((text) => text.startsWith(start))
  expect(found, start).toBeDefined()
  return found ?? ""
}

/** Pieces between the marks of what is left out. */
function shown(text: string): string[] {
  return text.split(/\s*…\s*/).filter((piece) => piece.trim() !== "")
}

let folder: string
beforeAll(() => {
  folder = sampleProject()
  expect(smelt(folder, "build").exit).toBe(0)
})

test("the plan and the rewrites of monthly_city_pairs", () => {
  const { stdout } = smelt(folder, "explain", "monthly_city_pairs")
  const pieces = [...shown(block("-- monthly_city_pairs")), ...shown(block("Rewrites"))]
  expect(pieces.filter((piece) => !stdout.includes(piece.trim()))).toEqual([])
})

test("how many read what", () => {
  const { models, hidden } = document(smelt(folder, "compile", "--json")) as {
    models: readonly { name: string; sql: string }[]
    hidden: readonly { name: string; usedBy: readonly string[] }[]
  }
  const { nodes } = document(smelt(folder, "ls", "--json")) as {
    nodes: readonly { kind: string; dependsOn: readonly string[] }[]
  }
  const isOf = (kind: string) => nodes.filter((node) => node.kind === kind)
  expect(readme).toContain("twenty models, twenty-six data tests")
  expect([isOf("model").length, isOf("test").length]).toEqual([20, 26])

  expect(readme).toMatch(/in a hidden table that six marts read/)
  const totals = hidden.find(({ name }) => name.includes("origin_flight_month_destination"))
  expect(totals?.usedBy).toHaveLength(6)

  expect(readme).toMatch(/thirteen\nmarts read three to six of its sixteen columns/)
  const readers = models.filter(({ sql }) => sql.includes("flights_enriched AS e"))
  const columns = readers.map(({ sql }) => new Set(sql.match(/\be\.\w+/g)).size)
  expect(readers).toHaveLength(13)
  expect([Math.min(...columns), Math.max(...columns)]).toEqual([3, 6])
})

test("a misspelled column", () => {
  const file = join(folder, "examples/flights/models/marts/airport_summary.sql")
  const text = readFileSync(file, "utf8")
  writeFileSync(file, text.replace("e.is_late", "e.is_lat"))
  expect(smelt(folder, "check").stderr).toContain(block("error[unknown-column]"))
})

test("a model that is refused", () => {
  const other = projectFolder({
    "sources/raw.yml": `sources:
  raw.events:
    table: main.events
    columns:
      id: { type: BIGINT }
      at: { type: TIMESTAMP, not_null: true }
      amount: { type: BIGINT }
    event_time: at
`,
    "models/running.sql": `---
materialize: daily
partition_by: day
---
SELECT CAST(e.at AS DATE) AS day, e.id, sum(e.amount) OVER (ORDER BY e.at) AS running
FROM smelt.source('raw.events') AS e
`,
  })
  expect(smelt(other, "check").stderr).toContain(block("error[not-incremental]"))
})
