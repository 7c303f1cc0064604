import { describe, expect, test } from "vitest"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import { projectFolder } from "../project.js"
import { document, smelt } from "./smelt.js"

// What YAML declares of nothing is a fault at its place, before anything runs.

const SMELT_YML = "name: test\ntargets: { dev: { type: duckdb, database: target/dev.duckdb } }\n"
const FILES: Readonly<Record<string, string>> = {
  "seeds/orders.csv": "id,amount\n1,10\n2,20\n",
  "models/mart/totals.sql": "SELECT o.id, o.amount AS total FROM smelt.ref('orders') AS o",
}

const seed = (settings: string) => ({ "smelt.yml": `${SMELT_YML}seeds: { orders: ${settings} }\n` })
const models = (entries: string) => ({ "smelt.yml": `${SMELT_YML}models: ${entries}\n` })
const header = (lines: string) => ({
  "models/mart/totals.sql": `---\n${lines}\n---\n${FILES["models/mart/totals.sql"]}`,
})
const source = (settings: string) => ({
  "sources/raw.yml": `sources:\n  raw.t: { table: main.t, columns: { a: { type: BIGINT } }, ${settings} }\n`,
})

/** Of a seed, of `models:` and of sources: exit 2. */
const IN_YAML: readonly (readonly [string, Record<string, string>, string, string])[] = [
  ["a key of a seed", seed("{ key: [idd] }"), "unknown-column", "did you mean `id`?"],
  ["keys of a seed", seed("{ keys: [[id], [id, day]] }"), "unknown-column", "it has id, amount"],
  [
    "a column of a seed",
    seed("{ columns: { amuont: { type: BIGINT } } }"),
    "unknown-column",
    "no column `amuont` in seed `orders`; did you mean `amount`?",
  ],
  [
    "a test of a seed's columns",
    seed("{ tests: [{ unique: [id, day] }] }"),
    "unknown-column",
    "`day`",
  ],
  [
    "a relation that is not there",
    seed("{ columns: { id: { tests: [{ relationships: { to: total, column: id } }] } } }"),
    "unknown-ref",
    "did you mean `totals`?",
  ],
  [
    "a column of a relation",
    seed("{ columns: { id: { tests: [{ relationships: { to: totals, column: idd } }] } } }"),
    "unknown-column",
    "no column `idd` in model `totals`; did you mean `id`?",
  ],
  [
    "a test of no column",
    seed("{ tests: [unique] }"),
    "bad-value",
    "`tests` needs columns where it is no column's test: `{ unique: [a, b] }`, found `unique`",
  ],
  [
    "an unknown test",
    seed("{ columns: { id: { tests: [uniq] } } }"),
    "bad-value",
    "one of unique, not_null, accepted_values, relationships",
  ],
  [
    "a test with an argument that it does not take",
    seed("{ columns: { id: { tests: [{ not_null: x }] } } }"),
    "bad-value",
    "`not_null` needs no argument under a column",
  ],
  [
    "an option at the wrong place",
    seed("{ columns: { id: { tests: [{ unique: { severity: warn } }] } } }"),
    "bad-value",
    "`severity` and `where` stand beside it",
  ],
  [
    "two tests in one",
    seed("{ columns: { id: { tests: [{ unique: , not_null: }] } } }"),
    "bad-value",
    "one of",
  ],
  [
    "a test without its values",
    seed("{ columns: { id: { tests: [accepted_values] } } }"),
    "bad-value",
    "{ accepted_values: [open, done] }",
  ],
  [
    "a value that is none",
    seed("{ columns: { id: { tests: [{ accepted_values: [[1]] }] } } }"),
    "bad-value",
    "a text, a number, true or false",
  ],
  [
    "a key of a model, in smelt.yml",
    models("{ totals: { key: [totl] } }"),
    "unknown-column",
    "no column `totl` in model `totals`; did you mean `total`?",
  ],
  [
    "the model of an execution file",
    { "execution/totls.yml": "model: totls\ntargets: [{ name: dev }]\n" },
    "bad-value",
    "the name of a model",
  ],
  [
    "what a foreign key of a source leads to",
    source("foreign_keys: [{ columns: [a], references: orders, to: [idd] }]"),
    "unknown-column",
    "no column `idd` in seed `orders`",
  ],
  ["a test of a source", source("tests: [{ unique: [b] }]"), "unknown-column", "source `raw.t`"],
]

/** In a model's header: the model is `error`. */
const IN_HEADERS: readonly (readonly [string, Record<string, string>, string, string])[] = [
  ["a key", header("key: [totl]"), "unknown-column", "did you mean `total`?"],
  ["a column", header("columns: { totl: { not_null: true } }"), "unknown-column", "`totl`"],
  [
    "a foreign key",
    header("foreign_keys: [{ columns: [id], references: order }]"),
    "unknown-ref",
    "did you mean `orders`?",
  ],
  [
    "a test",
    header("columns: { id: { tests: [{ relationships: { to: orders, field: nr } }] } }"),
    "unknown-column",
    "no column `nr` in seed `orders`; it has id, amount",
  ],
]

describe("a declaration of nothing", () => {
  test.each(IN_YAML)("%s", (_, files, code, says) => {
    const folder = projectFolder({ ...FILES, ...files })
    for (const command of ["check", "build"]) {
      const finished = smelt(folder, command, "--json")
      const { diagnostics } = document(finished) as { diagnostics: readonly Diagnostic[] }
      expect(finished.exit, finished.stdout).toBe(2)
      expect(diagnostics).toMatchObject([{ code, file: Object.keys(files)[0], level: "error" }])
      expect(diagnostics[0]?.message).toContain(says)
      expect(diagnostics[0]?.start.line).toBeGreaterThan(
        Object.keys(files)[0] === "smelt.yml" ? 2 : 0,
      )
    }
  })

  test.each(IN_HEADERS)("%s of a header", (_, files, code, says) => {
    const folder = projectFolder({ ...FILES, ...files, "models/good.sql": "SELECT 1 AS one" })
    const checked = smelt(folder, "check", "--json")
    const { diagnostics } = document(checked) as { diagnostics: readonly Diagnostic[] }
    expect(checked.exit).toBe(1)
    expect(diagnostics).toMatchObject([
      { code, file: "models/mart/totals.sql", start: { line: 2 } },
    ])
    expect(diagnostics[0]?.message).toContain(says)
    const built = smelt(folder, "build", "--json")
    const { results } = document(built) as { results: readonly object[] }
    expect(built.exit).toBe(1)
    expect(results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "good", status: "success" }),
        expect.objectContaining({ name: "totals", status: "error" }),
      ]),
    )
  })
})
