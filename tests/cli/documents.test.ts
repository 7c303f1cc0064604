import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { SourceText } from "../../src/base/span.js"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import type { NodeResult } from "../../src/engine/run-plan.js"
import { projectFolder } from "../project.js"
import { diagnostic, documentOf, DOCUMENTS, result } from "./documents.js"
import { misfits } from "./shape.js"
import { document, smelt, type Finished } from "./smelt.js"

/** Every kind of node that there is: some tests fail, one warns, a model is incremental. */
const FILES: Readonly<Record<string, string>> = {
  "smelt.yml": `name: documents
targets:
  dev: { type: duckdb, database: target/dev.duckdb, schema: main }
  pg: { type: postgres, url: "postgres://nowhere/x" }
seeds:
  cities: { key: [id], columns: { id: { type: BIGINT, not_null: true }, city: { type: VARCHAR, not_null: true } } }
`,
  "sources/raw.yml": `sources:
  raw.events:
    path: data/events.parquet
    columns: { at: { type: TIMESTAMP, not_null: true }, city_id: { type: BIGINT }, price: { type: "DECIMAL(10,2)" } }
    event_time: at
    lateness: 1 day
    changes: append
`,
  "seeds/cities.csv": "id,city\n1,Bern\n2,Rome\n",
  "models/staging/trips.sql": `---
materialization: view
tags: [staging]
---
SELECT e.at, e.price, c.city
FROM smelt.source('raw.events') AS e LEFT JOIN smelt.ref('cities') AS c ON c.id = e.city_id
`,
  "models/by_city.sql": `---
columns: { city: { tests: [unique, { not_null: city, severity: warn }] } }
---
SELECT t.city, count(*) AS trips, sum(t.price) AS total FROM smelt.ref('trips') AS t GROUP BY t.city
`,
  "models/by_day.sql": `---
materialize: daily
partition_by: day
---
SELECT CAST(t.at AS DATE) AS day, count(*) AS trips FROM smelt.ref('trips') AS t GROUP BY CAST(t.at AS DATE)
`,
  "tests/no_cheap_trips.sql":
    "SELECT t.at, t.price FROM smelt.ref('trips') AS t WHERE t.price < 8 AND t.city IS NOT NULL\n",
}

/** Forty events, an hour and a half apart; every third of no city. */
async function documentsProject(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = projectFolder({ ...FILES, ...files, "data/.keep": "" })
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(`COPY (
    SELECT TIMESTAMP '2024-01-01' + to_minutes(CAST(i * 90 AS BIGINT)) AS "at",
      CASE WHEN i % 3 > 0 THEN i % 3 END AS city_id, CAST(i AS DECIMAL(10,2)) AS price
    FROM range(40) AS r(i)) TO '${join(folder, "data", "events.parquet")}'`)
  connection.closeSync()
  return folder
}

interface Run {
  readonly ok: boolean
  readonly diagnostics: readonly Diagnostic[]
  readonly results: readonly NodeResult[]
}

/** The document of a finished command, of the promised shape, its diagnostics in their places. */
function checked(folder: string, finished: Finished, command: string, done = true): unknown {
  expect(finished.stdout.trim().split("\n")).toHaveLength(1)
  expect(finished.stderr + finished.stdout).not.toMatch(/\n\s+at /)
  const found = document(finished)
  expect(misfits(found, documentOf(command, done))).toEqual([])
  expect(found.ok).toBe(finished.exit === 0)
  expect((found.diagnostics as Diagnostic[]).flatMap((one) => misplaced(one, folder))).toEqual([])
  return found
}

/** Places in which line and column are not those of the offset, or that end before they start. */
function misplaced(found: Diagnostic, folder: string): string[] {
  const notes = found.notes.filter(({ start }) => start !== undefined)
  const places = [found, ...notes, ...found.fixes.flatMap(({ edits }) => edits)]
  return places.flatMap(({ file = "", start, end }) => {
    if (file === "" || !start || !end) return []
    const text = new SourceText(file, readFileSync(join(folder, file), "utf8"))
    const right = [start, end].every(
      (place) => JSON.stringify(text.position(place.offset)) === JSON.stringify(place),
    )
    const inside = start.offset <= end.offset && end.offset <= text.text.length
    return right && inside ? [] : [`${found.code} at ${file}:${JSON.stringify([start, end])}`]
  })
}

function statuses({ results }: Pick<Run, "results">): Record<string, string> {
  return Object.fromEntries(results.map(({ name, status }) => [name, status]))
}

describe("documents of commands that do what they are asked", () => {
  let folder: string
  const ask = (command: string, ...args: readonly string[]) => {
    const finished = smelt(folder, command, ...args, "--json")
    return { ...(checked(folder, finished, command) as Run), exit: finished.exit }
  }

  beforeAll(async () => {
    folder = await documentsProject()
  })

  test("check: columns with types, keys, files", () => {
    const { exit, ...found } = ask("check")
    expect(exit).toBe(0)
    expect(found).toMatchObject({
      models: [
        {
          name: "by_city",
          file: "models/by_city.sql",
          columns: [
            { name: "city", type: "VARCHAR", nullable: true },
            { name: "trips", type: "BIGINT", nullable: false },
            { name: "total", type: "DECIMAL(38,2)", nullable: true },
          ],
          keys: [],
        },
        { name: "by_day", keys: [["day"]] },
        { name: "trips", file: "models/staging/trips.sql", keys: [] },
      ],
    })
    expect(JSON.stringify(found)).not.toContain("UNKNOWN")
  })

  test("compile: SQL of every model, the target, what it is made into", () => {
    expect(ask("compile")).toMatchObject({
      exit: 0,
      models: [
        { name: "by_city", target: "dev", materialization: "table" },
        { name: "by_day", target: "dev", materialization: "incremental" },
        { name: "trips", target: "dev", materialization: "view" },
      ],
    })
    expect(ask("compile", "-s", "by_city")).toMatchObject({ models: [{ name: "by_city" }] })
  })

  test("seed", () => {
    expect(ask("seed")).toMatchObject({
      exit: 0,
      results: [{ name: "cities", kind: "seed", status: "success", rows: 2 }],
    })
  })

  test("run: windows of an incremental model, days as half-open times", () => {
    const { exit, results } = ask("run")
    expect(exit).toBe(0)
    expect(statuses({ results })).toEqual({
      trips: "success",
      by_city: "success",
      by_day: "success",
    })
    expect(results.find(({ name }) => name === "by_day")).toMatchObject({
      kind: "model",
      rows: 3,
      windows: [{ start: "2024-01-01T00:00:00Z", end: "2024-01-04T00:00:00Z" }],
    })
  })

  test("test: failures with count, columns, five rows and the file of the SQL", () => {
    const { exit, results, diagnostics } = ask("test")
    expect(exit).toBe(1)
    expect(statuses({ results })).toEqual({
      unique_by_city_city: "success",
      not_null_by_city_city: "warn",
      no_cheap_trips: "fail",
    })
    const failed = results.find(({ status }) => status === "fail")
    expect(failed).toMatchObject({
      kind: "test",
      failures: { count: 5, columns: ["at", "price"] },
      diagnostic: { code: "test-failed", level: "error" },
    })
    expect(failed?.failures?.rows).toHaveLength(5)
    expect(failed?.failures?.rows[0]).toEqual(["2024-01-01 01:30:00", "1.00"])
    expect(existsSync(join(folder, failed?.failures?.file ?? ""))).toBe(true)
    expect(diagnostics.map(({ code, level }) => `${code} ${level}`).sort()).toEqual([
      "test-failed error",
      "test-failed warn",
    ])
  })

  test("retry: what failed last time; nothing where all went well", () => {
    expect(statuses(ask("retry"))).toEqual({ no_cheap_trips: "fail" })
    expect(ask("test", "-s", "by_city").exit).toBe(0)
    expect(ask("retry")).toMatchObject({ exit: 0, results: [] })
  })

  test("build: seeds, models and tests", () => {
    const { exit, results } = ask("build", "--exclude", "no_cheap_trips")
    expect(exit).toBe(0)
    expect(results.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      "model by_city",
      "model by_day",
      "model trips",
      "seed cities",
      "test not_null_by_city_city",
      "test unique_by_city_city",
    ])
  })

  test("show: columns and rows, as many as asked for", () => {
    expect(ask("show", "by_city", "--limit", "2")).toMatchObject({
      exit: 0,
      columns: [{ name: "city" }, { name: "trips" }, { name: "total", type: "DECIMAL(38,2)" }],
      rows: { length: 2 },
    })
    expect(ask("show", "-s", "by_city")).toMatchObject({ rows: { length: 3 } })
    expect(ask("show", "CITIES")).toMatchObject({
      columns: [
        { name: "id", type: "BIGINT", nullable: false },
        { name: "city", type: "VARCHAR", nullable: false },
      ],
      rows: [
        [1, "Bern"],
        [2, "Rome"],
      ],
    })
  })

  test("show says for people where the rows are from", () => {
    expect(smelt(folder, "show", "by_city").stdout).toMatch(
      /^by_city, computed now from its query\n\ncity +trips +total\n/,
    )
    expect(smelt(folder, "show", "cities").stdout).toMatch(/^id +city\n/)
  })

  test("history: the latest first, with its results; a start without an end is presumed failed", () => {
    const { exit, ...found } = ask("history")
    const { runs } = found as unknown as { runs: { command: string; status: string }[] }
    expect(exit).toBe(0)
    expect(runs.map(({ command, status }) => `${command} ${status}`)).toEqual([
      "build success",
      "test success",
      "retry fail",
      "test fail",
      "run success",
      "seed success",
    ])
    const start = { event: "start", id: "x", command: "build", time: new Date().toISOString() }
    appendFileSync(join(folder, ".smelt/state/runs.jsonl"), `${JSON.stringify(start)}\n{"event":`)
    expect(ask("history", "--limit", "1")).toMatchObject({
      runs: [{ id: "x", status: "presumed-failed", results: [] }],
    })
  })

  test("ls: every kind of node, with file, tags and what it depends on", () => {
    expect(ask("ls")).toMatchObject({
      exit: 0,
      nodes: [
        { name: "raw.events", kind: "source", file: "sources/raw.yml", tags: [], dependsOn: [] },
        { name: "cities", kind: "seed", file: "seeds/cities.csv", dependsOn: [] },
        { name: "by_city", kind: "model", tags: [], dependsOn: ["trips"] },
        { name: "by_day", kind: "model", file: "models/by_day.sql" },
        { name: "trips", tags: ["staging"], dependsOn: ["raw.events", "cities"] },
        { name: "unique_by_city_city", kind: "test", dependsOn: ["by_city"] },
        { name: "not_null_by_city_city", kind: "test", file: "models/by_city.sql" },
        { name: "no_cheap_trips", kind: "test", dependsOn: ["trips"] },
      ],
    })
  })

  test("debug: the targets with their versions, and why one does not open", () => {
    expect(ask("debug", "--target", "dev")).toMatchObject({
      exit: 0,
      targets: [
        { name: "dev", type: "duckdb", ok: true, version: expect.stringMatching(/\d\.\d/) },
      ],
    })
    expect(ask("debug")).toMatchObject({
      exit: 1,
      ok: false,
      targets: [{ name: "dev" }, { name: "pg", ok: false, reason: expect.stringMatching(/./) }],
    })
  })

  test("explain: facts, both plans, steps and costs", () => {
    const { exit, ...found } = ask("explain", "by_city")
    expect(exit).toBe(0)
    expect(found).toMatchObject({
      facts: expect.arrayContaining([expect.objectContaining({ status: "proven" })]),
      userPlan: expect.arrayContaining([expect.objectContaining({ name: "by_city" })]),
      chosenPlan: expect.arrayContaining([expect.objectContaining({ name: "by_city" })]),
    })
  })

  test("lineage: the edges above a column, through models to seeds and sources", () => {
    const { exit, ...found } = ask("lineage", "by_city")
    expect(exit).toBe(0)
    expect(found).toMatchObject({
      edges: expect.arrayContaining([
        expect.objectContaining({ to: expect.objectContaining({ node: "by_city" }) }),
      ]),
    })
  })

  test("clean: what was removed; then there is nothing", () => {
    expect(ask("clean")).toMatchObject({ exit: 0, files: [".smelt/state"] })
    expect(existsSync(join(folder, ".smelt/state"))).toBe(false)
    expect(ask("clean")).toMatchObject({ exit: 0, files: [] })
    expect(ask("history")).toMatchObject({ runs: [] })
  })

  test("init: the files that were written, of a project that builds", () => {
    const around = projectFolder({})
    const finished = smelt(around, "init", "new", "--json")
    const { files } = checked(around, finished, "init") as { files: string[] }
    expect(files).toContain("smelt.yml")
    expect(files.filter((file) => !existsSync(join(around, "new", file)))).toEqual([])
    const built = smelt(join(around, "new"), "build", "--json")
    expect((checked(around, built, "build") as Run).ok).toBe(true)
  })

  test("for people: columns and keys of the models asked for, and that there are more rows", () => {
    expect(smelt(folder, "check").stdout).toBe("3 models checked.\n")
    const asked = smelt(folder, "check", "by_day")
    expect(asked.stdout).toBe(`by_day (models/by_day.sql)
  day    DATE NOT NULL
  trips  BIGINT NOT NULL
  key (day)

1 model checked.
`)
    const shown = smelt(folder, "show", "cities", "--limit", "1")
    expect(shown.stdout).toBe("id  city\n--  ----\n 1  Bern\n")
    expect(shown.stderr).toBe("There are more rows; --limit N shows N.\n")
    expect(smelt(folder, "show", "cities", "--limit", "2").stderr).toBe("")
    smelt(folder, "run", "+by_day")
    const again = smelt(folder, "run", "+by_day")
    expect(again.stderr).toMatch(/by_day \(\d+ ms, up to date\)\n/)
    expect(again.stdout).toBe("Done: 2 succeeded.\n")
  })

  test("init: beside a dbt project smelt's files of it; what is left is a diagnostic", () => {
    const folder = projectFolder({
      "dbt_project.yml": "name: shop",
      "models/one.sql": "select * from {{ ref('two') }}, {{ ref('three') }}",
      "models/three.sql": "select 3 as n",
    })
    rmSync(join(folder, "smelt.yml"), { force: true })
    expect(smelt(folder, "check").stderr).toContain("`smelt init` makes one for the dbt project")
    const finished = smelt(folder, "init", "--json")
    const { files, diagnostics } = checked(folder, finished, "init") as Run & { files: string[] }
    expect(files).toEqual(["smelt.yml", "smelt/models/one.sql", "smelt/models/three.sql"])
    expect(diagnostics.map(({ code, file }) => `${code} ${file}`).sort()).toEqual([
      "not-carried dbt_project.yml",
      "not-carried models/one.sql",
    ])
    expect(readFileSync(join(folder, "smelt.yml"), "utf8")).toMatch(/^name: shop$/m)
    const { stderr } = smelt(folder, "check")
    expect(stderr).toContain("error[jinja]")
    expect(stderr).toContain("select * from {{ ref('two') }}, smelt.ref('three')")
    expect(stderr).not.toContain("select-star")
  })

  test("init: what to type next, as a shell reads it", () => {
    const finished = smelt(projectFolder({}), "init", "my shop")
    expect(finished.stdout).toMatch(/\nNext: cd 'my shop' && (npx )?smelt build\n$/)
  })
})

test("values that JSON numbers cannot hold are texts", () => {
  const folder = projectFolder({
    "models/v.sql": `SELECT 9007199254740991 AS safe, 9007199254740993 AS big, -9007199254740993 AS small,
  170141183460469231731687303715884105727 AS huge, 1.50 AS price, TIMESTAMP '2024-02-29 13:00:00.5' AS at,
  DATE '2024-02-29' AS day, 0.5e0 AS half, TRUE AS yes, NULL AS nothing, [1, NULL] AS many`,
  })
  const finished = smelt(folder, "show", "v", "--json")
  const { rows } = checked(folder, finished, "show") as { rows: unknown[][] }
  expect(rows).toEqual([
    [
      9007199254740991,
      "9007199254740993",
      "-9007199254740993",
      "170141183460469231731687303715884105727",
      "1.50",
      "2024-02-29 13:00:00.5",
      "2024-02-29",
      0.5,
      true,
      null,
      [1, null],
    ],
  ])
})

describe("documents of what goes wrong", () => {
  const BROKEN = {
    "models/good.sql": "SELECT 1 AS one",
    "models/bad.sql": "SELECT g.onne\nFROM smelt.ref('good') AS g",
    "models/after.sql": "SELECT b.one FROM smelt.ref('bad') AS b",
  }

  test("a model with an error is `error`, its descendants `skipped`, the rest runs: exit 1", () => {
    const folder = projectFolder(BROKEN)
    const finished = smelt(folder, "build", "--json")
    const found = checked(folder, finished, "build") as Run
    expect(finished.exit).toBe(1)
    expect(statuses(found)).toEqual({ good: "success", bad: "error", after: "skipped" })
    const bad = found.results.find(({ name }) => name === "bad")
    expect(bad?.diagnostic).toMatchObject({
      code: "unknown-column",
      level: "error",
      file: "models/bad.sql",
      start: { offset: 9, line: 1, column: 10 },
      end: { offset: 13, line: 1, column: 14 },
      fixes: [
        {
          kind: "changes-meaning",
          edits: [
            { file: "models/bad.sql", start: { offset: 9 }, end: { offset: 13 }, text: "one" },
          ],
        },
      ],
    })
    const after = found.results.find(({ name }) => name === "after")
    expect(after?.diagnostic).toMatchObject({ code: expect.stringMatching(/^upstream-/) })
  })

  test.each(["check", "compile"])("%s says the same, and exits 1", (command) => {
    const folder = projectFolder(BROKEN)
    const finished = smelt(folder, command, "--json")
    const { diagnostics } = checked(folder, finished, command) as Run
    expect(finished.exit).toBe(1)
    expect(diagnostics.map(({ code }) => code)).toContain("unknown-column")
  })

  test("check refuses a model that cannot run incrementally, as build does", () => {
    const folder = projectFolder({
      "sources/raw.yml": FILES["sources/raw.yml"] ?? "",
      "data/events.parquet": "",
      "models/running.sql": `-- @materialize: daily
-- @partition_by: day
SELECT CAST(e.at AS DATE) AS day, sum(e.price) OVER (ORDER BY e.at) AS running
FROM smelt.source('raw.events') AS e`,
      "models/clockless.sql": "---\nmaterialization: incremental\n---\nSELECT 1 AS one",
    })
    const finished = smelt(folder, "check", "--json")
    const { diagnostics } = checked(folder, finished, "check") as Run
    expect(finished.exit).toBe(1)
    expect(diagnostics).toMatchObject([
      { code: "incremental-without-clock", file: "models/clockless.sql" },
      { code: "not-incremental", file: "models/running.sql", start: { line: 3, column: 35 } },
    ])
  })

  test("notes have places too", () => {
    const folder = projectFolder({
      "models/a.sql": "SELECT b.x FROM smelt.ref('b') AS b",
      "models/b.sql": "SELECT a.x\nFROM smelt.ref('a') AS a",
    })
    const finished = smelt(folder, "check", "--json")
    const { diagnostics } = checked(folder, finished, "check", false) as Run
    expect(finished.exit).toBe(2)
    expect(diagnostics).toMatchObject([
      {
        code: "cycle",
        notes: [
          { file: "models/a.sql", start: { line: 1, column: 27 } },
          { file: "models/b.sql", start: { line: 2, column: 16 } },
        ],
      },
    ])
  })

  test("a query that fails in the target: an `error` of its own, exit 1", () => {
    const folder = projectFolder({
      "models/m.sql":
        "---\nmaterialization: table\n---\nSELECT CAST('x' || CAST(1 AS VARCHAR) AS INTEGER) AS n",
    })
    const finished = smelt(folder, "run", "--json")
    const { results } = checked(folder, finished, "run") as Run
    expect(finished.exit).toBe(1)
    expect(results).toMatchObject([{ status: "error", diagnostic: { code: "query-failed" } }])
  })

  test("show of a model with errors, or of one that the target cannot compute: exit 1", () => {
    const folder = projectFolder(BROKEN)
    for (const [model, code] of [
      ["bad", "unknown-column"],
      ["after", "upstream-error"],
    ] as const) {
      const finished = smelt(folder, "show", model, "--json")
      const { diagnostics } = checked(folder, finished, "show", false) as Run
      expect(finished.exit).toBe(1)
      expect(diagnostics).toMatchObject([{ code }])
    }
    const unbuilt = projectFolder({
      "models/a.sql": "---\nmaterialization: table\n---\nSELECT 1 AS one",
      "models/b.sql": "SELECT a.one FROM smelt.ref('a') AS a",
    })
    const finished = smelt(unbuilt, "show", "b", "--json")
    expect(finished.exit).toBe(1)
    expect(checked(unbuilt, finished, "show", false)).toMatchObject({
      diagnostics: [{ code: "query-failed" }],
    })
  })

  test("--fail-fast: what has not begun is skipped", () => {
    const failing = "---\nmaterialization: table\n---\nSELECT CAST('x' || 'y' AS INTEGER) AS n"
    const folder = projectFolder({ "models/a.sql": failing, "models/b.sql": "SELECT 1 AS one" })
    const all = smelt(folder, "run", "--json")
    expect(statuses(checked(folder, all, "run") as Run)).toEqual({ a: "error", b: "success" })
    const fast = smelt(folder, "run", "--json", "--fail-fast")
    expect(statuses(checked(folder, fast, "run") as Run)).toEqual({ a: "error", b: "skipped" })
  })

  test.each(Object.keys(DOCUMENTS))("%s: exit 2 prints the document too", (command) => {
    const folder = projectFolder({})
    const word = ["show", "explain", "lineage"].includes(command) ? ["m"] : []
    const finished = smelt(folder, command, ...word, "--threads", "many", "--json")
    const { diagnostics } = checked(folder, finished, command, false) as Run
    expect(finished.exit).toBe(2)
    expect(diagnostics).toMatchObject([{ code: "bad-flag", level: "error" }])
  })

  test("an error in a YAML file: exit 2, nothing runs", () => {
    const folder = projectFolder({
      "models/good.sql": "SELECT 1 AS one",
      "sources/raw.yml": "sources:\n  raw.t: { pth: x.parquet }\n",
    })
    const finished = smelt(folder, "build", "--json")
    const { results, diagnostics } = checked(folder, finished, "build") as Run
    expect(finished.exit).toBe(2)
    expect(results).toEqual([])
    expect(diagnostics[0]).toMatchObject({ code: "unknown-key", file: "sources/raw.yml" })
  })
})

describe("SARIF", () => {
  test("results with rules, regions, related places and fixes", () => {
    const folder = projectFolder({
      "models/good.sql": "SELECT 1 AS one",
      "models/bad.sql": "SELECT g.onne\nFROM smelt.ref('good') AS g",
    })
    const finished = smelt(folder, "check", "--sarif")
    expect(finished.exit).toBe(1)
    expect(document(finished)).toMatchObject({
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "smelt", rules: [{ id: "unknown-column" }] } },
          columnKind: "utf16CodeUnits",
          results: [
            {
              ruleId: "unknown-column",
              level: "error",
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: "models/bad.sql" },
                    region: { startLine: 1, startColumn: 10, endLine: 1, endColumn: 14 },
                  },
                },
              ],
              fixes: [
                { artifactChanges: [{ replacements: [{ insertedContent: { text: "one" } }] }] },
              ],
            },
          ],
        },
      ],
    })
  })

  test("a fault without a place has no location; exit 2", () => {
    const finished = smelt(projectFolder({}), "check", "--sarif", "--threads", "many")
    expect(finished.exit).toBe(2)
    expect(document(finished)).toMatchObject({
      runs: [{ results: [{ ruleId: "bad-flag", locations: [] }] }],
    })
  })
})

test("the records of the run log are those of the documents", async () => {
  const folder = await documentsProject()
  const { results } = document(smelt(folder, "build", "--json")) as unknown as Run
  const { runs } = document(smelt(folder, "history", "--json")) as {
    runs: { results: unknown[] }[]
  }
  expect(runs[0]?.results).toEqual(results)
  expect(results.flatMap((one) => misfits(one, result))).toEqual([])
  expect(results.flatMap(({ diagnostic: own }) => (own ? misfits(own, diagnostic) : []))).toEqual(
    [],
  )
})
