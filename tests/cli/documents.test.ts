import { existsSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, test } from "vitest"
import { projectFolder } from "../project.js"
import { fields, filled, list, maybe, misfits, oneOf, type Shape } from "./shape.js"
import { document, smelt } from "./smelt.js"

// Other people's programs read these documents: fields may be added, never renamed or dropped.

const position = fields({ offset: "number", line: "number", column: "number" })
const diagnostic = fields({
  code: "string",
  level: oneOf("error", "warn", "note"),
  message: "string",
  file: "string",
  start: position,
  end: position,
  notes: list(fields({ message: "string" })),
  fixes: list(
    fields({
      title: "string",
      kind: oneOf("equivalent", "if-declared", "changes-meaning"),
      edits: list(fields({ file: "string", start: position, end: position, text: "string" })),
    }),
  ),
})
const column = fields({ name: "string", type: "string", nullable: "boolean" })
const plan = filled(fields({ name: "string", materialization: "string", sql: "string" }))
const fact = fields({
  fact: "string",
  status: oneOf("proven", "tested", "trusted"),
  from: maybe("string"),
})
const results = filled(
  fields({
    name: "string",
    kind: oneOf("model", "seed", "test", "hidden"),
    status: oneOf("success", "fail", "warn", "error", "skipped"),
    rows: maybe("number"),
    ms: "number",
    windows: maybe(list(fields({ start: "string", end: "string" }))),
    failures: maybe(
      fields({ count: "number", columns: list("string"), rows: list(list("any")), file: "string" }),
    ),
    diagnostic: maybe(diagnostic),
  }),
)
const ran = {
  results,
  optimizer: fields({ ms: "number", applied: list("string"), fallback: maybe("string") }),
}

const DOCUMENTS: readonly (readonly [
  command: string,
  args: readonly string[],
  shape: Readonly<Record<string, Shape>>,
])[] = [
  [
    "check",
    [],
    {
      models: filled(
        fields({
          name: "string",
          file: "string",
          columns: filled(column),
          keys: list(list("string")),
        }),
      ),
    },
  ],
  [
    "compile",
    [],
    {
      models: filled(
        fields({
          name: "string",
          target: "string",
          materialization: "string",
          sql: "string",
          optimizedSql: "string",
          fallback: maybe("string"),
        }),
      ),
      hidden: list(fields({ name: "string", sql: "string", usedBy: list("string") })),
    },
  ],
  ["build", [], ran],
  ["run", [], ran],
  ["seed", [], ran],
  ["test", [], ran],
  ["retry", [], { results: list("any"), optimizer: "any" }],
  ["show", ["by_city"], { columns: filled(column), rows: filled(filled("any")) }],
  [
    "history",
    [],
    {
      runs: filled(
        fields({
          id: "string",
          command: "string",
          started: "string",
          ended: maybe("string"),
          status: oneOf("success", "fail", "presumed-failed"),
          results: "any",
        }),
      ),
    },
  ],
  [
    "debug",
    [],
    {
      targets: filled(
        fields({
          name: "string",
          type: "string",
          ok: "boolean",
          version: "string",
          reason: maybe("string"),
        }),
      ),
    },
  ],
  [
    "ls",
    [],
    {
      nodes: filled(
        fields({
          name: "string",
          kind: oneOf("model", "seed", "source", "test"),
          file: "string",
          tags: list("string"),
          dependsOn: list("string"),
        }),
      ),
    },
  ],
  [
    "explain",
    ["by_city"],
    {
      facts: list(fact),
      userPlan: plan,
      chosenPlan: plan,
      steps: list(fields({ rule: "string", reason: "string", facts: list(fact) })),
      cost: fields({ user: "number", chosen: "number" }),
    },
  ],
  ["clean", [], { files: list("string") }],
]

let folder = ""

beforeAll(() => {
  folder = projectFolder({
    "seeds/cities.csv": "id,city\n1,Bern\n2,Rome\n",
    "seeds/trips.csv": "trip,city_id,price\n1,1,10\n2,1,20\n3,2,5\n",
    "models/trips_by_city.sql": `--- 
materialization: view
columns: { trip: { tests: [unique, not_null] } }
---
SELECT t.trip, t.price, c.city
FROM smelt.ref('trips') AS t LEFT JOIN smelt.ref('cities') AS c ON c.id = t.city_id
`,
    "models/by_city.sql": `SELECT w.city, sum(w.price) AS total FROM smelt.ref('trips_by_city') AS w GROUP BY w.city\n`,
  })
})

describe("the JSON documents", () => {
  test.each(DOCUMENTS)("smelt %s --json", (command, args, shape) => {
    const finished = smelt(folder, command, ...args, "--json")
    expect(finished.stderr).not.toContain("    at ")
    const found = document(finished)
    const whole: Shape = fields({
      command: oneOf(command),
      ok: "boolean",
      diagnostics: list(diagnostic),
      ...shape,
    })
    expect(misfits(found, whole)).toEqual([])
    expect(found.ok).toBe(true)
    expect(finished.exit).toBe(0)
  })

  test("init writes files and names them", () => {
    const empty = join(projectFolder({}), "new")
    const finished = smelt(join(empty, ".."), "init", "new", "--json")
    const { files } = document(finished) as { files: readonly string[] }
    expect(files.length).toBeGreaterThan(2)
    expect(files.every((file) => existsSync(join(empty, file)))).toBe(true)
    const built = smelt(empty, "build", "--json")
    expect(misfits(document(built), fields(ran))).toEqual([])
    expect(built.exit).toBe(0)
  })

  test("exit 2 prints the document too", () => {
    const finished = smelt(folder, "build", "--threads", "many", "--json")
    expect(finished.exit).toBe(2)
    expect(document(finished)).toMatchObject({ command: "build", ok: false })
  })

  test("an error in one model: it is `error`, its descendants `skipped`, the rest runs", () => {
    const broken = projectFolder({
      "models/good.sql": "SELECT 1 AS one",
      "models/bad.sql": "SELECT g.two FROM smelt.ref('good') AS g",
      "models/after.sql": "SELECT b.two FROM smelt.ref('bad') AS b",
    })
    const finished = smelt(broken, "build", "--json")
    const { results } = document(finished) as {
      results: readonly { name: string; status: string }[]
    }
    expect(finished.exit).toBe(1)
    expect(Object.fromEntries(results.map(({ name, status }) => [name, status]))).toEqual({
      good: "success",
      bad: "error",
      after: "skipped",
    })
  })

  test("SARIF", () => {
    const finished = smelt(folder, "check", "--sarif")
    expect(document(finished)).toMatchObject({ version: "2.1.0" })
  })
})
