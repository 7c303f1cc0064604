import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { document, smelt } from "../cli/smelt.js"
import { sampleProject } from "../sample.js"
import { differing } from "./building.js"
import { runProject, type Ran } from "./running.js"

// The sample project: what the optimizer chose is what runs, and gives what the user's own plan gives.

const MART = "monthly_city_pairs"
const DATABASE = join("target", "flights.duckdb")

interface Fact {
  readonly fact: string
  readonly status: string
}

interface Explained {
  readonly origin: string
  readonly userPlan: readonly Part[]
  readonly chosenPlan: readonly Part[]
  readonly steps: readonly {
    readonly rule: string
    readonly reason: string
    readonly facts: readonly Fact[]
  }[]
  readonly cost: { readonly user: number; readonly chosen: number }
}

interface Part {
  readonly name: string
  readonly materialization: string
  readonly sql: string
}

describe("the sample project", () => {
  const [folder, other] = [sampleProject(), sampleProject()]
  let ran: Ran
  let written: Ran
  let connection: DuckDBConnection

  beforeAll(async () => {
    ran = await runProject(folder)
    written = await runProject(other, { optimize: false })
    connection = await (await DuckDBInstance.create(":memory:")).connect()
    await attach(folder, "optimized")
    await attach(other, "written")
  }, 180_000)

  const attach = (of: string, name: string) =>
    connection.run(`ATTACH '${join(of, DATABASE)}' AS ${name} (READ_ONLY)`)

  const explain = (...options: readonly string[]): Explained =>
    document(smelt(folder, "explain", MART, "--json", ...options)) as unknown as Explained

  async function relations(database: string): Promise<string[]> {
    const reader = await connection.runAndReadAll(
      `SELECT schema_name || '.' || table_name || ' table' FROM duckdb_tables() WHERE database_name = '${database}'
       UNION ALL SELECT schema_name || '.' || view_name || ' view' FROM duckdb_views() WHERE database_name = '${database}' AND NOT internal
       ORDER BY 1`,
    )
    return reader.getRows().map(([name]) => String(name))
  }

  async function unequal(left: string, right: string): Promise<string[]> {
    const found: string[] = []
    for (const relation of await relations(left)) {
      const [name = ""] = relation.split(" ")
      if (name.startsWith("smelt.")) continue
      const [a, b] = [`${left}.${name}`, `${right}.${name}`]
      const count = relation.endsWith("table")
        ? await differing(connection, `FROM ${a}`, `FROM ${b}`)
        : await differing(connection, sums(a), sums(b))
      if (count > 0) found.push(`${name}: ${count} rows`)
    }
    return found
  }

  /** Of a view, whose rows are many: how many, and the sum of what each hashes to. */
  const sums = (relation: string) =>
    `SELECT count(*), sum(CAST(hash(r) AS HUGEINT)) FROM ${relation} AS r`

  test("both plans run through", () => {
    for (const { results, diagnostics } of [ran, written]) {
      expect(results.filter(({ status }) => status !== "success")).toEqual([])
      expect(diagnostics.filter(({ level }) => level !== "note")).toEqual([])
    }
    expect(ran.optimizer.fallback).toBeUndefined()
    expect(ran.results.filter(({ kind }) => kind === "hidden").length).toBeGreaterThan(0)
    expect(written.results.filter(({ kind }) => kind === "hidden")).toEqual([])
  })

  test("the same tables and views, no hidden table left, the same rows in each", async () => {
    const [found, wanted] = [await relations("optimized"), await relations("written")]
    expect(found).toEqual(wanted)
    expect(found.length).toBeGreaterThan(20)
    expect(await unequal("optimized", "written")).toEqual([])
  }, 120_000)

  test("explain shows a rewrite over several models, which is what DuckDB was given", () => {
    const { origin, chosenPlan, userPlan, steps, cost } = explain()
    expect(origin).toBe("the last build")
    const hidden = chosenPlan.filter(({ name }) => name.startsWith("smelt__"))
    expect(hidden.length).toBeGreaterThan(0)
    expect(chosenPlan.at(-1)).toMatchObject({ name: MART, materialization: "table" })
    expect(chosenPlan.at(-1)?.sql).toContain(hidden[0]?.name)
    for (const { name, sql } of chosenPlan) {
      const file = join(folder, "target", "compiled", `${name}.sql`)
      expect(readFileSync(file, "utf8")).toBe(`${sql}\n`)
      const schema = name.startsWith("smelt__") ? "smelt" : "main"
      const statement = `CREATE OR REPLACE TABLE ${schema}.${name} AS\n${sql}`
      expect(ran.statements.filter((text) => text === statement)).toHaveLength(1)
    }
    // As its user wrote it, it reads the view that others read too.
    expect(userPlan.map(({ name }) => name)).toContain("flights_enriched")
    expect(cost.chosen).toBeLessThan(cost.user)

    const rules = steps.map(({ rule }) => rule)
    expect(rules).toContain("root-left-left")
    expect(rules).toContain("left-unused-agg")
    expect(steps.every(({ reason }) => reason.length > 0)).toBe(true)
    const facts = steps.flatMap((step) => step.facts)
    const declared = facts.filter(({ status }) => status !== "proven")
    expect(declared.length).toBeGreaterThan(0)
    expect(declared.every(({ status }) => status === "tested")).toBe(true)
    const unused = steps.find(({ rule }) => rule === "left-unused-agg")
    expect(unused?.facts.map(({ fact }) => fact)).toContain("holidays(holiday_date) is a key")
  })

  test("no hidden table and no compiled text of one where the plan is the user's own", () => {
    const hidden = ran.results.flatMap(({ name, kind }) => (kind === "hidden" ? [name] : []))
    for (const name of hidden) {
      expect(existsSync(join(folder, "target", "compiled", `${name}.sql`))).toBe(true)
      expect(existsSync(join(other, "target", "compiled", `${name}.sql`))).toBe(false)
    }
  })

  test.each(["root-left-left", "left-unused-agg", "root-agg", "key-implied"])(
    "without %s: another plan, the same rows",
    async (rule) => {
      const less = sampleProject()
      const { statements, results, optimizer } = await runProject(less, { without: [rule] })
      expect(results.filter(({ status }) => status !== "success")).toEqual([])
      expect(ran.optimizer.applied).toContain(rule)
      expect(optimizer.applied).not.toContain(rule)
      const tables = (of: readonly string[]) =>
        of
          .filter((text) => text.startsWith("CREATE OR REPLACE TABLE"))
          .map((text) => text.replaceAll(less, folder))
          .sort()
      expect(tables(statements)).not.toEqual(tables(ran.statements))
      const name = `without_${rule.replaceAll("-", "_")}`
      await attach(less, name)
      expect(await unequal(name, "written")).toEqual([])
    },
    120_000,
  )

  test("explain --without shows a plan without the rule", () => {
    const [all, less] = [explain(), explain("--without", "root-left-left")]
    expect(less.steps.map(({ rule }) => rule)).not.toContain("root-left-left")
    expect(less.chosenPlan).not.toEqual(all.chosenPlan)
    expect(less.userPlan).toEqual(all.userPlan)
  })

  test("another model built alone takes nothing from it; itself built as written leaves no plan that ran", async () => {
    const own = sampleProject()
    const selected = (...names: readonly string[]) => ({ selected: new Set(names) })
    const origin = () =>
      (document(smelt(own, "explain", MART, "--json")) as unknown as Explained).origin
    await runProject(own)
    const before = document(smelt(own, "explain", MART, "--json"))
    await runProject(own, selected("top_routes"))
    expect(document(smelt(own, "explain", MART, "--json"))).toEqual(before)
    expect(origin()).toBe("the last build")
    await runProject(own, { ...selected(MART), optimize: false })
    expect(origin()).toBe("planned now")
  }, 180_000)

  test.each(["build", "run", "compile", "explain"])(
    "%s --without a rule that there is not: a near name, exit 2",
    (command) => {
      const args = command === "explain" ? [command, MART] : [command]
      const finished = smelt(folder, ...args, "--json", "--without", "root-left-lef")
      expect(finished.exit).toBe(2)
      const { diagnostics } = document(finished) as {
        diagnostics: readonly { readonly code: string; readonly message: string }[]
      }
      expect(diagnostics).toMatchObject([{ code: "unknown-rule", level: "error" }])
      expect(diagnostics[0]?.message).toContain("did you mean `root-left-left`?")
    },
  )
})
