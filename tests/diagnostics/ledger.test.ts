import { readFileSync, writeFileSync } from "node:fs"
import { expect, test } from "vitest"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import { checkQuery } from "../../src/index.js"

/**
 * Texts whose message, place or fix is known to be worse than it ought to be. `ledger.txt` opens with a schema and
 * with how many entries there are, which only goes down; an entry is
 *
 *   SELECT …                               the text
 *   now   code [what it points at] message => fix, or nothing: accepted
 *   ought what it ought to say
 *
 * What is said now is compared; an entry that says something else is mended, or worse. SMELT_COMPLETE=1 writes `now`.
 */
const FILE = "tests/diagnostics/ledger.txt"

const [head = "", ...blocks] = readFileSync(FILE, "utf8").trimEnd().split("\n\n")
const [, most = "0"] = /^at most (\d+)$/m.exec(head) ?? []
const schema = head.replace(/^(#.*|at most \d+)\n?/gm, "")

const entries = blocks.map((block) => {
  const lines = block.split("\n")
  const text = lines.filter((line) => !/^(now|ought|#) /.test(line) && line !== "now").join("\n")
  const now = lines.filter((line) => line.startsWith("now ")).map((line) => line.slice(4).trim())
  const ought = lines.flatMap((line) => (line.startsWith("ought ") ? [line] : []))
  return { text, now, ought }
})

function said(text: string): string[] {
  const { diagnostics } = checkQuery(text, { schema })
  return diagnostics
    .filter(({ level, code }) => level !== "note" && code !== "unnamed-column")
    .map((found) => `${found.code} [${pointedAt(found, text)}] ${found.message}${fixOf(found)}`)
}

function pointedAt({ start, end }: Diagnostic, text: string): string {
  return text.slice(start.offset, end.offset)
}

function fixOf({ fixes: [fix] }: Diagnostic): string {
  return fix ? ` => ${fix.title}` : ""
}

test("the ledger is true", () => {
  if (process.env["SMELT_COMPLETE"]) {
    const written = entries.map(({ text, ought }) =>
      [text, ...said(text).map((line) => `now   ${line}`), ...ought].join("\n"),
    )
    return writeFileSync(FILE, `${[head, ...written].join("\n\n")}\n`)
  }
  expect(entries.map(({ text }) => said(text))).toEqual(entries.map(({ now }) => now))
  for (const { ought } of entries) expect(ought).toHaveLength(1)
})

test("the ledger only shrinks", () => {
  expect(entries.length).toBe(Number(most))
  expect(new Set(entries.map(({ text }) => text)).size).toBe(entries.length)
})
