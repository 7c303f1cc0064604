import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { describe, expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { projectFolder } from "../project.js"
import { document, smelt, type Finished } from "./smelt.js"

// Bad input gets a coded message with its place, exit 1 (a model) or 2 (the configuration), and no stack trace.

interface BadInput {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly exit: 1 | 2
  readonly code: string
  /** `file:line:column`, where the fault has a place. */
  readonly at?: string
  /** A part of the message, or of a fix. */
  readonly says: string
  /** Models that run all the same. */
  readonly runs?: readonly string[]
}

const GOOD = { "models/good.sql": "SELECT 1 AS one" }
const target = (type: string) => `name: test\ntargets: { dev: ${type} }\n`

const CASES: readonly BadInput[] = [
  {
    name: "half-written SQL",
    files: {
      ...GOOD,
      "models/bad.sql": "SELECT g.one,\nFROM smelt.ref('good') AS g\nWHERE g.one >\n",
    },
    exit: 1,
    code: "syntax",
    at: "models/bad.sql:4:1",
    says: "expected an expression, found the end of the text",
    runs: ["good"],
  },
  {
    name: "a misspelled keyword",
    files: { ...GOOD, "models/bad.sql": "SELECT g.one\nFORM smelt.ref('good') AS g" },
    exit: 1,
    code: "syntax",
    at: "models/bad.sql:2:1",
    says: "FROM",
    runs: ["good"],
  },
  {
    name: "a YAML typo",
    files: {
      ...GOOD,
      "smelt.yml":
        "name: test\ntargetz: { dev: { type: duckdb } }\ntargets: { dev: { type: duckdb } }\n",
    },
    exit: 2,
    code: "unknown-key",
    at: "smelt.yml:2:1",
    says: "did you mean `targets`?",
  },
  {
    name: "YAML that is none",
    files: { ...GOOD, "smelt.yml": "name: [test\n" },
    exit: 2,
    code: "yaml-syntax",
    says: "",
  },
  ...[
    ["a text that needs quotes", "description: a: b", "put the text in quotes"],
    ["a reserved character", "description: @x", "begins with `@`"],
    ["a key without its colon", "materialization table", "put a colon after `materialization`"],
    ["a later key without it", "tags: [x]\ndescription of it", "missing after `description`"],
    ["a colon without its space", "tags:[x]\nallow_star: true", "put a space after `tags:`"],
    ["a key twice", "tags: [x]\ntags: [y]", "key `tags` is given twice"],
  ].map(([name = "", header = "", says = ""]): BadInput => ({
    name: `YAML of a header: ${name}`,
    files: { ...GOOD, "models/bad.sql": `---\n${header}\n---\nSELECT 1 AS one` },
    exit: 1,
    code: "yaml-syntax",
    says,
    runs: ["good"],
  })),
  {
    name: "a header that is not closed",
    files: { ...GOOD, "models/bad.sql": "---\ntags: [x]\nSELECT 1 AS one" },
    exit: 1,
    code: "yaml-syntax",
    at: "models/bad.sql:1:1",
    says: "the header opened in line 1 is not closed",
    runs: ["good"],
  },
  {
    name: "an incremental model without a partition column",
    files: {
      ...GOOD,
      "models/bad.sql":
        "---\nmaterialize: daily\n---\nSELECT g.one, DATE '2024-01-01' AS day FROM smelt.ref('good') AS g",
    },
    exit: 1,
    code: "incremental-without-clock",
    says: "add `partition_by: day`",
    runs: ["good"],
  },
  {
    name: "an incremental model of a source without a clock",
    files: {
      ...GOOD,
      "sources/raw.yml":
        "sources:\n  raw.t: { table: main.t, columns: { day: { type: DATE, not_null: true } } }\n",
      "models/bad.sql":
        "---\nmaterialize: daily\npartition_by: day\n---\nSELECT t.day FROM smelt.source('raw.t') AS t",
    },
    exit: 1,
    code: "not-incremental",
    says: "declare `event_time:` on `raw.t`",
    runs: ["good"],
  },
  {
    name: "a source without columns",
    files: {
      ...GOOD,
      "sources/raw.yml": "sources:\n  raw.t: { table: main.t }\n",
      "models/bad.sql": "SELECT t.id, t.at FROM smelt.source('raw.t') AS t",
    },
    exit: 1,
    code: "unknown-column",
    at: "models/bad.sql:1:10",
    says: "`raw.t` declares no columns; add `columns:` in sources/raw.yml",
    runs: ["good"],
  },
  ...[
    ["accepted_values", "its arguments: `{ accepted_values: [open, done] }`"],
    ["{ accepted_values: open }", "a list: `accepted_values: [open, done]`"],
    ["{ relationships: other }", "a mapping: `relationships: { to: customers, column: id }`"],
  ].map(([test = "", says = ""]): BadInput => ({
    name: `a test: ${test}`,
    files: {
      ...GOOD,
      "models/bad.sql": `---\ncolumns: { one: { tests: [${test}] } }\n---\nSELECT 1 AS one`,
    },
    exit: 1,
    code: "bad-value",
    says,
    runs: ["good"],
  })),
  ...[
    ["materialization: table\nmaterialize: daily", "`materialization` is given twice"],
    ["materialize: daily\ngrain: month\npartition_by: one", "`grain` is given twice"],
    ["materialization: table\n---\n-- @materialize: table", "in the header and as an annotation"],
  ].map(([header = "", says = ""]): BadInput => ({
    name: `two keys for one thing: ${says}`,
    files: {
      ...GOOD,
      "models/bad.sql": header.includes("--")
        ? `---\n${header}\nSELECT 1 AS one`
        : `---\n${header}\n---\nSELECT 1 AS one`,
    },
    exit: 1,
    code: "duplicate-key",
    says,
    runs: ["good"],
  })),
  {
    name: "sources as dbt has them",
    files: { ...GOOD, "sources/raw.yml": "sources:\n  - name: raw\n    tables: [{ name: t }]\n" },
    exit: 2,
    code: "bad-value",
    at: "sources/raw.yml:2:3",
    says: "a mapping by name, such as `raw.orders: {",
  },
  {
    name: "an unknown key in a header",
    files: { ...GOOD, "models/bad.sql": "---\nmaterialisation: table\n---\nSELECT 1 AS one" },
    exit: 1,
    code: "unknown-key",
    at: "models/bad.sql:2:1",
    says: "did you mean `materialization`?",
    runs: ["good"],
  },
  {
    name: "a missing ref",
    files: { ...GOOD, "models/bad.sql": "SELECT g.one FROM smelt.ref('goood') AS g" },
    exit: 1,
    code: "unknown-ref",
    at: "models/bad.sql:1:29",
    says: "did you mean `good`?",
    runs: ["good"],
  },
  {
    name: "a misspelled column",
    files: { ...GOOD, "models/bad.sql": "SELECT g.onne FROM smelt.ref('good') AS g" },
    exit: 1,
    code: "unknown-column",
    at: "models/bad.sql:1:10",
    says: "did you mean `one`?",
    runs: ["good"],
  },
  {
    name: "text and number",
    files: { ...GOOD, "models/bad.sql": "SELECT g.one + 'a' AS two FROM smelt.ref('good') AS g" },
    exit: 1,
    code: "implicit-coercion",
    says: "+",
    runs: ["good"],
  },
  {
    name: "a cycle",
    files: {
      "models/a.sql": "SELECT b.x FROM smelt.ref('b') AS b",
      "models/b.sql": "SELECT a.x FROM smelt.ref('a') AS a",
    },
    exit: 2,
    code: "cycle",
    at: "models/a.sql:1:27",
    says: "a → b → a",
  },
  {
    name: "a missing source file",
    files: {
      ...GOOD,
      "sources/raw.yml":
        "sources:\n  raw.t: { path: data/none.parquet, columns: { a: { type: BIGINT } } }\n",
      "models/bad.sql": "SELECT t.a FROM smelt.source('raw.t') AS t",
      "models/after.sql": "SELECT b.a FROM smelt.ref('bad') AS b",
    },
    exit: 1,
    code: "source-file-missing",
    at: "models/bad.sql:1:30",
    says: "data/none.parquet",
    runs: ["good"],
  },
  {
    name: "a failing query in the middle",
    files: {
      ...GOOD,
      "models/bad.sql":
        "---\nmaterialization: table\n---\nSELECT CAST('x' || CAST(g.one AS VARCHAR) AS INTEGER) AS n FROM smelt.ref('good') AS g",
      "models/after.sql": "SELECT b.n FROM smelt.ref('bad') AS b",
    },
    exit: 1,
    code: "query-failed",
    says: "Could not convert string",
    runs: ["good"],
  },
  {
    name: "an unknown target",
    files: GOOD,
    args: ["--target", "dew"],
    exit: 2,
    code: "unknown-target",
    says: "did you mean `dev`?",
  },
  {
    name: "an unknown selector",
    files: GOOD,
    args: ["-s", "goo"],
    exit: 2,
    code: "unknown-selector",
    says: "did you mean `good`?",
  },
  {
    name: "an unknown flag",
    files: GOOD,
    args: ["--treads", "2"],
    exit: 2,
    code: "bad-flag",
    says: "--threads",
  },
  {
    name: "a target of a later version",
    files: { ...GOOD, "smelt.yml": target("{ type: postgres }") },
    exit: 2,
    code: "not-yet",
    at: "smelt.yml:2:12",
    says: "postgres",
  },
  {
    name: "an unset variable",
    files: { ...GOOD, "smelt.yml": target('{ type: duckdb, database: "${NOPE}/x.duckdb" }') },
    exit: 2,
    code: "env-unset",
    at: "smelt.yml:2:12",
    says: "NOPE",
  },
  {
    name: "an unwritable database",
    files: { ...GOOD, "smelt.yml": target("{ type: duckdb, database: /proc/smelt/x.duckdb }") },
    exit: 2,
    code: "connection-failed",
    says: "dev",
  },
  {
    name: "Jinja",
    files: { ...GOOD, "models/bad.sql": "SELECT g.one FROM {{ ref('good') }} AS g" },
    exit: 1,
    code: "jinja",
    at: "models/bad.sql:1:19",
    says: "smelt.ref('good')",
    runs: ["good"],
  },
  ...[
    [
      "config(materialized='table', tags=['x', 'y'])",
      "---\nmaterialization: table\ntags: [x, y]\n---",
    ],
    [
      "config(materialized='incremental', unique_key='one')",
      "the keys of config(…) in the model's header",
    ],
    ["var('since')", "smelt.param('since')"],
  ].map(([call = "", says = ""]): BadInput => ({
    name: `Jinja: ${call}`,
    files: { ...GOOD, "models/bad.sql": `{{ ${call} }}\nSELECT 1 AS one` },
    exit: 1,
    code: "jinja",
    at: "models/bad.sql:1:1",
    says,
    runs: ["good"],
  })),
  {
    name: "a metric",
    files: {
      ...GOOD,
      "models/bad.sql": "SELECT smelt.metric('revenue') AS r FROM smelt.ref('good') AS g",
    },
    exit: 1,
    code: "not-yet",
    at: "models/bad.sql:1:8",
    says: "smelt.metric",
    runs: ["good"],
  },
  {
    name: "a ref parameter of a later version",
    files: { ...GOOD, "models/bad.sql": "SELECT g.one FROM smelt.ref('good', as_of => 1) AS g" },
    exit: 1,
    code: "not-yet",
    at: "models/bad.sql:1:37",
    says: "as_of",
    runs: ["good"],
  },
]

interface Found {
  readonly code: string
  readonly message: string
  readonly file: string
  readonly start: { readonly line: number; readonly column: number }
  readonly notes: readonly unknown[]
  readonly fixes: readonly unknown[]
}

function diagnostics(finished: Finished): readonly Found[] {
  return (document(finished) as { diagnostics: readonly Found[] }).diagnostics
}

function statuses(finished: Finished): Record<string, string> {
  const { results = [] } = document(finished) as {
    results?: readonly { name: string; status: string }[]
  }
  return Object.fromEntries(results.map(({ name, status }) => [name, status]))
}

describe("bad input", () => {
  test.each(CASES)("$name", ({ files, args = [], exit, code, at, says, runs = [] }) => {
    const finished = smelt(projectFolder(files), "build", "--json", ...args)
    const found = diagnostics(finished).find((diagnostic) => diagnostic.code === code)
    expect(found, finished.stdout).toBeDefined()
    if (at !== undefined)
      expect(`${found?.file}:${found?.start.line}:${found?.start.column}`).toBe(at)
    expect(JSON.stringify(found)).toContain(JSON.stringify(says).slice(1, -1))
    expect(finished.exit).toBe(exit)
    expect(finished.stderr + finished.stdout).not.toMatch(/\n\s+at /)
    for (const name of runs) expect(statuses(finished)[name]).toBe("success")
    if ("models/after.sql" in files) expect(statuses(finished).after).toBe("skipped")
  })

  test("for people: causes first, the query and not the comment above it, one row", () => {
    const folder = projectFolder({
      "models/a.sql": "SELECT z.one FROM smelt.ref('z') AS z",
      "models/z.sql": "SELECT nope AS one",
      "models/fails.sql": `-- What is divided here is text.
SELECT CAST(upper('x') AS INTEGER) AS n`,
      "tests/one_row.sql": "SELECT 1 AS one",
    })
    const { stderr } = smelt(folder, "check")
    expect(stderr.match(/error\[[a-z-]+\]/g)).toEqual([
      "error[unknown-column]",
      "error[upstream-error]",
    ])
    const built = smelt(folder, "build")
    expect(built.stderr).toMatch(/--> models\/fails\.sql:2:1\n/)
    expect(built.stderr).toContain("test `one_row` failed: 1 row\n")
    expect(built.stdout).toBe("Done: 1 failed, 2 errors, 1 skipped.\n")
  })

  test.each<readonly [string, Readonly<Record<string, string>>, string, string]>([
    [
      "columns in models/schema.yml",
      { "models/schema.yml": "version: 2\nmodels:\n  - name: good\n" },
      "models/schema.yml:1",
      "columns and tests of a model stand in its header",
    ],
    [
      "sources in models/sources.yml",
      { "models/sources.yml": "version: 2\nsources:\n  - name: raw\n" },
      "models/sources.yml:1",
      "sources stand in a file under sources/",
    ],
    [
      "a name of no model",
      { "smelt.yml": `${target("{ type: duckdb }")}models: { godo: { materialization: view } }\n` },
      "smelt.yml:3",
      "did you mean `good`?",
    ],
    [
      "a folder without its slash",
      {
        "smelt.yml": `${target("{ type: duckdb }")}models: { stage: { materialization: view } }\n`,
        "models/stage/a.sql": "SELECT 1 AS one",
      },
      "smelt.yml:3",
      "a folder is written `stage/`",
    ],
    [
      "a folder and a tag of no model",
      { "smelt.yml": `${target("{ type: duckdb }")}models:\n  stage/: {}\n  tag:x: {}\n` },
      "smelt.yml:4",
      "its keys are names of models",
    ],
    [
      "model_paths of no folder",
      { "smelt.yml": `${target("{ type: duckdb }")}model_paths: [models, modles]\n` },
      "smelt.yml:3",
      "paths are relative to the folder of smelt.yml",
    ],
  ])("what is not read warns: %s", (_, files, at, says) => {
    const folder = projectFolder({ ...GOOD, ...files })
    for (const command of ["check", "build"]) {
      const finished = smelt(folder, command, "--json")
      expect(finished.exit).toBe(0)
      const [found] = diagnostics(finished)
      expect(["not-read", "matches-nothing"]).toContain(found?.code)
      expect(`${found?.file}:${found?.start.line}`).toBe(at)
      expect(found?.message).toContain(says)
    }
  })

  test("a folder without smelt.yml", () => {
    const folder = join(projectFolder({ "smelt.yml": "" }), "..")
    expect(diagnostics(smelt(folder, "build", "--json"))).toMatchObject([
      { code: "config-missing" },
    ])
  })

  test("a database that another process holds: who", async () => {
    const folder = projectFolder(GOOD)
    mkdirSync(join(folder, "target"))
    const database = join(folder, "target", "dev.duckdb")
    const script = `import("@duckdb/node-api").then(async ({ DuckDBInstance }) => { await DuckDBInstance.create(${JSON.stringify(database)}); console.log("open"); setInterval(() => {}, 1000) })`
    const holder = spawn("node", ["-e", script], {
      cwd: packageFile("."),
      stdio: ["ignore", "pipe", "ignore"],
    })
    await new Promise((done) => holder.stdout.once("data", done))
    const finished = smelt(folder, "build", "--json")
    holder.kill("SIGKILL")
    expect(diagnostics(finished)).toMatchObject([{ code: "database-locked" }])
    expect(diagnostics(finished)[0]?.message).toContain(`PID ${holder.pid}`)
    expect(finished.exit).toBe(2)
  })

  test("a failed model leaves the old table standing", async () => {
    const model = (body: string) => `---\nmaterialization: table\n---\n${body}`
    const folder = projectFolder({
      "models/m.sql": model("SELECT 1 AS n"),
      "seeds/s.csv": "x\na\n",
    })
    expect(smelt(folder, "build").exit).toBe(0)
    writeFileSync(
      join(folder, "models/m.sql"),
      model("SELECT CAST(s.x AS INTEGER) AS n FROM smelt.ref('s') AS s"),
    )
    expect(smelt(folder, "build").exit).toBe(1)
    const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
    const rows = await (await instance.connect()).runAndReadAll("SELECT n FROM main.m")
    expect(rows.getRowsJson()).toEqual([[1]])
    instance.closeSync()
  })

  test("a full disk: the old table stands, and the next build goes on", async () => {
    const rows = (power: number) =>
      `---\nmaterialization: table\n---\nSELECT md5(CAST(a.i * ${power} + b.i AS VARCHAR)) AS text\n` +
      "FROM smelt.ref('numbers') AS a CROSS JOIN smelt.ref('numbers') AS b CROSS JOIN smelt.ref('numbers') AS c\n" +
      `WHERE c.i < ${power}\n`
    const numbers = Array.from({ length: 200 }, (_, i) => i).join("\n")
    const folder = projectFolder({
      ...GOOD,
      "seeds/numbers.csv": `i\n${numbers}\n`,
      "models/big.sql": rows(1),
    })
    expect(smelt(folder, "build").exit).toBe(0)
    writeFileSync(join(folder, "models/big.sql"), rows(200))
    const limited = spawnSync(
      "bash",
      ["-c", `ulimit -f 20000; exec node ${packageFile("dist/src/cli/main.js")} build --json`],
      { cwd: folder, encoding: "utf8" },
    )
    const finished = { exit: limited.status, stdout: limited.stdout, stderr: limited.stderr }
    expect(diagnostics(finished)).toMatchObject([{ code: "disk-full" }])
    expect(finished.exit).toBe(1)
    expect(statuses(finished)).toMatchObject({ good: "success", big: "error" })
    expect(await count(folder, "main.big")).toBe(40_000)
    expect(smelt(folder, "build").exit).toBe(0)
    expect(await count(folder, "main.big")).toBe(8_000_000)
  })
})

async function count(folder: string, table: string): Promise<number> {
  const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`)
  connection.closeSync()
  instance.closeSync()
  return Number(rows.getRows()[0]?.[0])
}

describe("what the run does not make must be there", () => {
  const FILES = {
    "seeds/orders.csv": "id\n1\n",
    "models/stg.sql": `---
materialization: view
---
SELECT o.id FROM smelt.ref('orders') AS o`,
    "models/top.sql": `---
columns: { n: { tests: [not_null] } }
---
SELECT count(*) AS n FROM smelt.ref('stg') AS s`,
    "tests/few.sql": "SELECT t.n FROM smelt.ref('top') AS t WHERE t.n > 9",
  }

  test.each([
    [
      ["run"],
      "seed `orders` is not loaded in target `dev`; `smelt build` or `smelt seed` loads it",
      "models/stg.sql:4:28",
    ],
    [
      ["build", "top"],
      "model `stg` is not built in target `dev`; `smelt build +stg` builds it",
      "models/top.sql:4:37",
    ],
    [["test", "few"], "model `top` is not built", "tests/few.sql:1:27"],
    [["test", "top"], "model `top` is not built", "models/top.sql:2:25"],
  ] as const)("%s", (args, says, at) => {
    const finished = smelt(projectFolder(FILES), ...args, "--json")
    expect(finished.exit).toBe(1)
    const [found] = diagnostics(finished)
    expect(diagnostics(finished).map(({ code }) => code)).toEqual(["not-built"])
    expect(found?.message).toContain(says)
    expect(`${found?.file}:${found?.start.line}:${found?.start.column}`).toBe(at)
  })

  test("what is there may be left out", () => {
    const folder = projectFolder(FILES)
    expect(smelt(folder, "seed").exit).toBe(0)
    expect(smelt(folder, "run").exit).toBe(0)
    expect(smelt(folder, "test").exit).toBe(0)
    expect(smelt(folder, "build", "top").exit).toBe(0)
  })
})
