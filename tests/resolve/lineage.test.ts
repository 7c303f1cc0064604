import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { lineage } from "../../src/resolve/index.js"
import { check } from "../typecheck/check.js"
import { relationsOf } from "../typecheck/slt.js"

// Cases as data: `lineage what is asked`, a query, `----`, a line for each output column.
// SMELT_COMPLETE=1 writes the answers that smelt gives.

const folder = "tests/resolve/lineage"
const complete = process.env["SMELT_COMPLETE"] !== undefined

for (const file of readdirSync(folder).sort()) describe(file, () => runCases(`${folder}/${file}`))

function runCases(file: string): void {
  const text = readFileSync(file, "utf8")
  const relations = relationsOf(text)
  const found = text.matchAll(/^lineage (.*)\n([\s\S]*?)\n----\n((?:\S.*\n?)*)/gm)
  let completed = text
  for (const [whole, name = "", sql = "", answer = ""] of found) {
    test(name, () => {
      const checked = check(sql, {
        relations,
        allowStar: true,
        levels: { "unnamed-column": "off" },
      })
      const faults = checked.diagnostics.filter(({ level }) => level === "error")
      expect(faults.map(({ message }) => message)).toEqual([])
      if (!checked.names) throw new Error("no names")
      const columns = checked.types?.output.map((column) => column.name) ?? []
      const lines = lineage(checked.names).map((origins, i) => {
        const list = origins.map(({ kind, relation, column }) => `${kind} ${relation}.${column}`)
        return `${columns[i]}: ${list.join(", ")}`.trim()
      })
      if (complete) {
        const at = `lineage ${name}\n${sql}\n----\n`
        completed = completed.replace(whole, `${at}${lines.join("\n")}\n`)
      } else expect(lines.join("\n")).toBe(answer.trimEnd())
    })
  }
  if (complete) test("answers", () => writeFileSync(file, completed))
}
