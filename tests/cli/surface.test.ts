import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { projectFolder } from "../project.js"
import { document, smelt, type Finished } from "./smelt.js"

// Every command and option is there; what this version does not do says so, with a code, and is never
// passed over.

const COMMANDS =
  "init build run seed test compile check fmt show ls explain lineage contract history retry debug clean".split(
    " ",
  )
const LATER = "plan optimize deploy backfill docs lsp import prove".split(" ")
const OPTIONS: readonly (readonly string[])[] = [
  ["--target", "dev"],
  ["--json"],
  ["--no-optimize"],
  ["--select", "orders"],
  ["--exclude", "nothing_at_all"],
  ["--threads", "2"],
  ["--full-refresh"],
  ["--fail-fast"],
  ["--start", "2024-01-01"],
  ["--end", "2024-02-01T06:00:00"],
  ["--limit", "3"],
  ["--sarif"],
]

/** Options that say how a run goes: the commands without one accept them. */
const OF_RUNS = ["--no-optimize", "--threads", "--fail-fast", "--without"]

/** Options that only some commands use; the others refuse them, or accept them unnamed. */
const RUNS = "build run retry"
const SELECTING = `${RUNS} seed test compile check fmt ls contract`
const USED: readonly (readonly [option: string, commands: string, args: readonly string[]])[] = [
  ["--target", `${SELECTING} explain lineage show history debug clean`, ["--target", "dev"]],
  ["--select", `${SELECTING} explain lineage show`, ["--select", "orders"]],
  ["--exclude", SELECTING, ["--exclude", "orders"]],
  ["--full-refresh", `${RUNS} seed`, ["--full-refresh"]],
  ["--start", RUNS, ["--start", "2024-01-01"]],
  ["--end", RUNS, ["--end", "2024-01-01"]],
  ["--limit", "show history", ["--limit", "3"]],
  ["--check", "fmt", ["--check"]],
  ["--write", "contract", ["--write"]],
]
const LISTED: Readonly<Record<string, string>> = {
  "--no-optimize": `${RUNS} compile explain`,
  "--threads": `${RUNS} seed test`,
  "--fail-fast": `${RUNS} seed test`,
}

function uses(command: string, option: string): boolean {
  const name = option === "-s" ? "--select" : option
  const commands = USED.find(([used]) => used === name)?.[1] ?? LISTED[name]
  return commands === undefined || commands.split(" ").includes(command)
}

const FILES: Readonly<Record<string, string>> = {
  "smelt.yml": `name: surface
targets:
  dev: { type: duckdb, database: target/dev.duckdb }
  prod: { type: duckdb, database: target/prod.duckdb, schema: shop }
`,
  "seeds/raw_orders.csv": "id,amount\n1,10\n2,20\n",
  "models/staging/orders.sql":
    "---\ntags: [core]\n---\nSELECT o.id, o.amount FROM smelt.ref('raw_orders') AS o",
  "models/big.sql": "SELECT o.id FROM smelt.ref('orders') AS o WHERE o.amount > 15",
  "models/totals.sql":
    "---\ntags: [core]\n---\nSELECT sum(o.amount) AS total FROM smelt.ref('orders') AS o",
  "models/report.sql":
    "SELECT t.total, b.id FROM smelt.ref('totals') AS t CROSS JOIN smelt.ref('big') AS b",
  "models/nothing_at_all.sql": "SELECT 1 AS one",
}

interface Coded {
  readonly code: string
  readonly level: string
  readonly message: string
  readonly file: string
  readonly start: { readonly line: number; readonly column: number }
}

function codes(finished: Finished): string[] {
  return diagnostics(finished).map(({ code }) => code)
}

function diagnostics(finished: Finished): readonly Coded[] {
  return (document(finished) as { diagnostics: readonly Coded[] }).diagnostics
}

describe("the command line", () => {
  let folder: string
  beforeAll(() => {
    folder = projectFolder(FILES)
    expect(smelt(folder, "build").exit).toBe(0)
  })

  test("--help names every command, and each command's options", () => {
    const help = smelt(folder, "--help")
    expect(help.exit).toBe(0)
    for (const command of COMMANDS) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, "m"))
      const own = smelt(folder, command, "--help")
      expect(own.exit).toBe(0)
      expect(own.stdout).toContain("--project-dir")
      for (const [option = ""] of OPTIONS)
        if (option !== "-s") expect(own.stdout.includes(`${option} `)).toBe(uses(command, option))
    }
  })

  test.each(
    USED.flatMap(([option, , args]) =>
      COMMANDS.filter((command) => !uses(command, option)).map((command) => ({
        command,
        option,
        args,
      })),
    ),
  )("$command refuses $option", ({ command, option, args }) => {
    const finished = smelt(folder, command, ...args, "--json")
    expect(finished.exit).toBe(2)
    expect(diagnostics(finished)).toMatchObject([{ code: "bad-flag" }])
    expect(diagnostics(finished)[0]?.message).toContain(`does not use ${option};`)
  })

  test.each(COMMANDS.filter((command) => command !== "init"))(
    "%s takes all of them at once, and those that say how a run goes",
    (command) => {
      const isOfOne = ["show", "explain", "lineage"].includes(command)
      const plain = OPTIONS.filter(
        ([name = ""]) => (uses(command, name) || OF_RUNS.includes(name)) && name !== "--sarif",
      ).flat()
      const all = smelt(folder, command, ...plain)
      expect(all.exit, all.stderr).toBe(0)
      expect(document(all)).toMatchObject({ command, ok: true })
      const sarif = smelt(folder, command, ...(isOfOne ? ["orders"] : []), "--sarif")
      expect(document(sarif)).toMatchObject({ version: "2.1.0" })
    },
  )

  test("--project-dir, from anywhere; smelt.yml may stand above", () => {
    const elsewhere = projectFolder({})
    const far = smelt(elsewhere, "ls", "--project-dir", folder, "--json")
    expect(far.exit).toBe(0)
    expect(document(far)).toEqual(document(smelt(folder, "ls", "--json")))
    mkdirSync(join(folder, "models/deep"), { recursive: true })
    expect(document(smelt(join(folder, "models/deep"), "ls", "--json"))).toEqual(document(far))
  })

  test.each([
    ["orders", ["orders"]],
    ["Orders", ["orders"]],
    ["+report", ["raw_orders", "orders", "big", "totals", "report"]],
    ["orders+", ["orders", "big", "totals", "report"]],
    ["raw_orders+", ["raw_orders", "orders", "big", "totals", "report"]],
    ["+big+", ["raw_orders", "orders", "big", "report"]],
    ["1+report", ["big", "totals", "report"]],
    ["orders+1", ["orders", "big", "totals"]],
    ["@big", ["raw_orders", "orders", "big", "totals", "report"]],
    ["tag:core", ["orders", "totals"]],
    ["path:models/staging", ["orders"]],
    ["path:models/big.sql", ["big"]],
    ["+tag:core", ["raw_orders", "orders", "totals"]],
    ["tag:core,path:models/staging", ["orders"]],
    ["big totals", ["big", "totals"]],
  ] as const)("selector %s", (selector, names) => {
    const { nodes } = document(smelt(folder, "ls", "-s", selector, "--json")) as {
      nodes: readonly { name: string }[]
    }
    expect(nodes.map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  test("--exclude takes away from --select", () => {
    const found = document(
      smelt(folder, "run", "--json", "-s", "orders+", "--exclude", "report", "--exclude", "big"),
    ) as { results: readonly { name: string }[] }
    expect(found.results.map(({ name }) => name).sort()).toEqual(["orders", "totals"])
  })

  test("--target chooses where", () => {
    const found = document(smelt(folder, "compile", "--target", "prod", "--json")) as {
      models: readonly { target: string; sql: string }[]
    }
    expect(found.models.map(({ target }) => target)).toEqual(Array(5).fill("prod"))
    expect(found.models.every(({ sql }) => !sql.includes("main."))).toBe(true)
  })

  test.each([
    ["an unknown command", ["biuld"], "bad-flag", "did you mean `build`?"],
    ["an unknown option", ["build", "--treads", "2"], "bad-flag", "--threads"],
    ["an option before its command", ["--limit", "2", "show"], "bad-flag", "--limit stands after"],
    ["an option of another tool", ["build", "-m", "big"], "bad-flag", "chosen with `--select`"],
    ["threads that are no number", ["build", "--threads", "0"], "bad-flag", "above 0"],
    ["a limit that is no number", ["show", "big", "--limit", "few"], "bad-flag", "--limit"],
    ["a time that is none", ["build", "--start", "soon"], "bad-flag", "--start"],
    [
      "an end before the start",
      ["build", "--start", "2024-02-01", "--end", "2024-01-01"],
      "bad-flag",
      "--start",
    ],
    ["an unknown selector", ["ls", "-s", "bgi"], "unknown-selector", "did you mean `big`?"],
    ["a path without its word", ["ls", "-s", "models/big.sql"], "unknown-selector", "write path:"],
    ["a wildcard", ["ls", "-s", "nothing_*"], "unknown-selector", "stands for nothing here"],
    ["an unknown tag", ["ls", "-s", "tag:cor"], "unknown-selector", "the tags are core"],
    ["words far from any name", ["ls", "-s", "+zzz"], "unknown-selector", "a selector is a name,"],
    [
      "an empty intersection",
      ["build", "-s", "tag:core,big"],
      "unknown-selector",
      "`tag:core,big` matches nothing; a comma asks",
    ],
    ["an unknown exclusion", ["ls", "--exclude", "bgi"], "unknown-selector", "`bgi`"],
    ["a selector by state", ["build", "-s", "state:modified+"], "not-yet", "state:modified"],
    ["show without a model", ["show"], "bad-flag", "needs the name of a model"],
    ["show of two models", ["show", "big", "totals"], "bad-flag", "too many"],
    ["show of two selections", ["show", "-s", "big", "-s", "totals"], "bad-flag", "one model"],
    ["explain without a model", ["explain"], "bad-flag", "needs the name of a model"],
    ["explain of an unknown model", ["explain", "bgi"], "unknown-ref", "bgi"],
    ["an unknown rule", ["build", "--without", "no-such-rule"], "unknown-rule", "no-such-rule"],
    ["an unknown rule", ["compile", "--without", "no-such-rule"], "unknown-rule", "no-such-rule"],
    ["an unknown rule", ["explain", "big", "--without", "no-such"], "unknown-rule", "no-such"],
    ["lineage of an unknown model", ["lineage", "bgi.x"], "unknown-ref", "did you mean `big`?"],
    ["lineage of an unknown column", ["lineage", "big.nope"], "unknown-column", "it has"],
    ["lineage without a word", ["lineage"], "bad-flag", "model or MODEL.COLUMN"],
    ["show of an unknown model", ["show", "bgi"], "unknown-ref", "did you mean `big`?"],
    ["a project folder that is none", ["build", "--project-dir", "nope"], "bad-flag", "`nope`"],
    [
      "a project folder that is a file",
      ["ls", "--project-dir", "smelt.yml"],
      "bad-flag",
      "no folder",
    ],
    ["words where none belong", ["history", "big"], "bad-flag", "too many"],
    ...["check", "ls", "debug", "build", "clean", "explain"].map(
      (command) =>
        [
          `${command} for an unknown target`,
          [command, ...(command === "explain" ? ["big"] : []), "--target", "prd"],
          "unknown-target",
          "did you mean `prod`?",
        ] as const,
    ),
  ] as const)("%s: exit 2", (_, args, code, says) => {
    const finished = smelt(folder, ...args, "--json")
    expect(finished.exit).toBe(2)
    expect(diagnostics(finished)).toMatchObject([{ code, level: "error" }])
    expect(diagnostics(finished)[0]?.message).toContain(says)
  })

  test.each(LATER)("smelt %s comes later", (command) => {
    const finished = smelt(folder, command, "big", "--budget", "4h", "--json")
    expect(finished.exit).toBe(2)
    expect(document(finished)).toMatchObject({
      command,
      ok: false,
      diagnostics: [{ code: "not-yet" }],
    })
  })
})

describe("what this version does not do yet", () => {
  const model = (sql: string, header = "") => ({
    "models/good.sql": "SELECT 1 AS id",
    "models/m.sql": header === "" ? sql : `---\n${header}\n---\n${sql}`,
  })
  const reading = (call: string) => model(`SELECT g.id FROM ${call} AS g`)
  const showing = (expr: string) => model(`SELECT ${expr} AS v FROM smelt.ref('good') AS g`)
  const source = "sources:\n  raw.t: { table: main.t, columns: { id: { type: BIGINT } } }\n"

  const LATER_PARAMETERS = [
    "max_staleness => INTERVAL '1 hour'",
    "max_staleness => '1 hour'",
    "as_of => TIMESTAMP '2024-01-01 00:00:00'",
    "prefer_materialized => true",
    "allow_approximate => true",
  ]
  const IN_MODELS: readonly (readonly [
    name: string,
    files: Readonly<Record<string, string>>,
    says: string,
  ])[] = [
    ...LATER_PARAMETERS.map(
      (parameter) =>
        [
          `ref(${parameter})`,
          reading(`smelt.ref('good', ${parameter})`),
          parameter.split(" ")[0] ?? "",
        ] as const,
    ),
    ...LATER_PARAMETERS.map(
      (parameter) =>
        [
          `source(${parameter})`,
          { ...reading(`smelt.source('raw.t', ${parameter})`), "sources/raw.yml": source },
          parameter.split(" ")[0] ?? "",
        ] as const,
    ),
    ["metric", showing("smelt.metric('revenue', at => g.id)"), "smelt.metric"],
    ["window_start", showing("smelt.window_start()"), "smelt.window_start"],
    ["window_end", showing("smelt.window_end()"), "smelt.window_end"],
    ["backend hints", model("SELECT 1 AS id", "backend_hints: { spark: {} }"), "backend_hints"],
    ["a backend hint", model("-- @backend_hint(spark): {}\nSELECT 1 AS id"), "@backend_hint"],
  ]

  test.each(IN_MODELS)("%s: the model is `error`, the rest runs", (_, files, says) => {
    const finished = smelt(projectFolder(files), "build", "--json", "-s", "good", "-s", "m")
    expect(finished.exit).toBe(1)
    const [found] = diagnostics(finished)
    expect(codes(finished)).toEqual(["not-yet"])
    expect(found).toMatchObject({ level: "error", file: "models/m.sql" })
    expect(found?.message).toContain(says)
    const { results } = document(finished) as { results: { name: string; status: string }[] }
    expect(results).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "good", status: "success" }),
        expect.objectContaining({ name: "m", status: "error" }),
      ]),
    )
  })

  const target = (type: string) => `name: x\ntargets: { dev: { type: ${type} } }\n`
  const IN_YAML: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ...["postgres", "spark", "datafusion"].map(
      (type) => [`a ${type} target`, { "smelt.yml": target(type) }, type] as const,
    ),
    [
      "metrics",
      { "metrics/m.yml": "metric revenue:\n  entity: order\n  model: good\n  measure: sum(id)\n" },
      "metrics",
    ],
    [
      "hints of an execution file",
      { "execution/good.yml": "model: good\ntargets: [{ name: dev, hints: { memory: 4GB } }]\n" },
      "hints",
    ],
    [
      "an optimization budget",
      { "execution/good.yml": "model: good\noptimization: { budget: 4h }\n" },
      "optimization",
    ],
  ]

  test.each(IN_YAML)("%s: exit 2, nothing runs", (_, files, says) => {
    const finished = smelt(
      projectFolder({ "models/good.sql": "SELECT 1 AS id", ...files }),
      "build",
      "--json",
    )
    expect(finished.exit).toBe(2)
    expect(codes(finished)).toEqual(["not-yet"])
    expect(diagnostics(finished)[0]?.message).toContain(says)
    expect(document(finished).results).toEqual([])
  })

  test("a target that is not used may be of any type, its variables unset", () => {
    const folder = projectFolder({
      "smelt.yml":
        'name: x\ntargets:\n  dev: { type: duckdb }\n  pg: { type: postgres, url: "${NO_SUCH_URL}" }\n',
      "models/good.sql": "SELECT 1 AS id",
    })
    expect(smelt(folder, "build").exit).toBe(0)
  })

  test.each([
    ["of smelt.yml, which the run is not in", "target: prod", "not-yet", ["--target", "dev"]],
    ["that smelt.yml does not have", "target: prd", "unknown-target", []],
  ])("a model's own target %s", (_, header, code, args) => {
    const folder = projectFolder({
      ...FILES,
      "models/m.sql": `---\n${header}\n---\nSELECT 1 AS id`,
    })
    const finished = smelt(folder, "run", "--json", "-s", "m", "-s", "nothing_at_all", ...args)
    expect(finished.exit).toBe(1)
    expect(diagnostics(finished)).toMatchObject([
      { code, file: "models/m.sql", start: { line: 2, column: 9 } },
    ])
    const there = smelt(folder, "check", "--json", "--target", "prod")
    expect(there.exit).toBe(code === "not-yet" ? 0 : 1)
  })
})

describe("settings", () => {
  test("a header may name the model otherwise than its file does", () => {
    const folder = projectFolder({
      "models/file_name.sql": "---\nname: own_name\n---\nSELECT 1 AS one",
      "models/reader.sql": "SELECT o.one FROM smelt.ref('own_name') AS o",
    })
    const { models } = document(smelt(folder, "check", "--json")) as { models: { name: string }[] }
    expect(models.map(({ name }) => name)).toEqual(["own_name", "reader"])
  })

  test("a misspelled setting of a target is an error, not a database in memory", () => {
    const folder = projectFolder({
      "smelt.yml": "name: x\ntargets: { dev: { type: duckdb, databse: target/x.duckdb } }\n",
    })
    const finished = smelt(folder, "build", "--json")
    expect(finished.exit).toBe(2)
    expect(diagnostics(finished)[0]).toMatchObject({ code: "unknown-key", start: { line: 2 } })
    expect(diagnostics(finished)[0]?.message).toContain("did you mean `database`?")
  })

  test("keys and foreign keys of a source are of its columns", () => {
    const folder = projectFolder({
      "sources/raw.yml": `sources:
  raw.t:
    table: main.t
    columns: { id: { type: BIGINT } }
    keys: [[idd]]
    foreign_keys: [{ columns: [uid], references: raw.t, to: [id] }]
`,
    })
    expect(codes(smelt(folder, "check", "--json"))).toEqual(["bad-value", "bad-value"])
  })
})
