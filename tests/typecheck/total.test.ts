import fc from "fast-check"
import { expect, test } from "vitest"
import { check } from "./check.js"
import { randomQuery, TABLES } from "./queries.js"
import { relation } from "./check.js"
import { tpcMissing, tpcQueries } from "../tpc.js"

const relations = Object.entries(TABLES).map(([name, { columns, keys }]) =>
  relation("source", name, columns, keys),
)

/** A text with some of its words dropped, doubled or swapped. */
function mangled(text: string, draw: (n: number) => number): string {
  const words = text.split(/(\s+|[(),.])/)
  for (let i = 0; i < 1 + draw(3); i++) {
    const at = draw(words.length)
    const other = words[draw(words.length)] ?? ""
    words.splice(at, draw(3), ...(draw(2) === 0 ? [] : [other, words[at] ?? ""]))
  }
  return words.join("")
}

function neverThrows(texts: readonly string[] | undefined, runs: number): void {
  const text = fc.gen().map((gen) => {
    const draw = (n: number) => gen(fc.nat, { max: n - 1 })
    return mangled(texts ? (texts[draw(texts.length)] ?? "") : randomQuery(draw), draw)
  })
  fc.assert(
    fc.property(text, (sql) => {
      for (const { start, end, fixes } of check(sql, { relations, bareTables: true }).diagnostics) {
        expect(start.offset).toBeLessThanOrEqual(end.offset)
        expect(end.offset).toBeLessThanOrEqual(sql.length)
        for (const edit of fixes.flatMap((fix) => fix.edits))
          expect(edit.end.offset).toBeLessThanOrEqual(sql.length)
      }
    }),
    { numRuns: runs },
  )
}

test("queries with words missing, doubled or swapped never make it throw", () =>
  neverThrows(undefined, 2000))

test.skipIf(tpcMissing())("nor do such of TPC-DS", async () =>
  neverThrows(await tpcQueries("tpcds"), 500),
)
