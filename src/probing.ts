import { plural } from "./base/plural.js"
import { SourceText } from "./base/span.js"
import type { DataTestKind } from "./catalog/project.js"
import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import { emitDataTest } from "./emit/data-tests.js"
import { EngineError, type Driver, type Value } from "./engine/driver.js"
import type { TestNode } from "./engine/run-plan.js"
import { runTest } from "./execute/data-tests.js"
import { showFact, type DeclaredFact } from "./facts/declared.js"
import type { State } from "./record/index.js"
import { query, select, star, subquery } from "./syntax/build.js"
import type { TableRef } from "./syntax/ast.js"

export interface Probing {
  readonly deployment: Deployment
  readonly driver: Driver
  readonly state: State
  /** The run loads the seeds, so that their files are what counts. */
  readonly loadsSeeds: boolean
  /** What a broken fact leads to, at the end of its message. */
  readonly consequence: string
}

export interface BrokenFact {
  readonly fact: DeclaredFact
  /** None where smelt.yml switches the warning off. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Tries declared facts on the data before a plan that rests on them runs; gives those that do not hold. An answer is kept with the fingerprint of what it was asked of.
 */
export async function probe(
  facts: readonly DeclaredFact[],
  probing: Probing,
): Promise<BrokenFact[]> {
  const broken: BrokenFact[] = []
  for (const fact of facts) {
    const found = await probeOne(fact, probing)
    if (found) broken.push(found)
  }
  return broken
}

async function probeOne(fact: DeclaredFact, probing: Probing): Promise<BrokenFact | undefined> {
  const { driver, state } = probing
  const text = showFact(fact)
  const fingerprint = await fingerprintOf(fact, probing)
  if (fingerprint !== undefined && state.probe(text, fingerprint)?.holds) return undefined
  const connection = await driver.connect()
  try {
    for (const kind of testsOf(fact)) {
      const { failures } = await runTest(connection, testNode(fact, kind, probing))
      if (failures) return warning(fact, failures, probing)
    }
  } catch (error) {
    // Data that cannot be read: what reads them says so, and no plan rests on them.
    if (error instanceof EngineError && error.kind === "query") return { fact, diagnostics: [] }
    throw error
  } finally {
    connection.close()
  }
  if (fingerprint !== undefined) state.rememberProbe(text, fingerprint, { holds: true, count: 0 })
  return undefined
}

/** A fact as the data tests that ask for it. */
function testsOf(fact: DeclaredFact): DataTestKind[] {
  switch (fact.kind) {
    case "not-null":
      return [{ type: "not_null", column: fact.column }]
    case "key":
      return [{ type: "unique", columns: fact.columns, isKey: true }]
    case "range":
      return [] // what a footer says holds of the file that it is of
    case "foreign-key":
      return fact.columns.map((column, i) => ({
        type: "relationships" as const,
        column,
        to: fact.to,
        toColumn: fact.toColumns[i] ?? column,
      }))
  }
}

function testNode(
  fact: DeclaredFact,
  kind: DataTestKind,
  { deployment, loadsSeeds }: Probing,
): TestNode {
  const { place = { file: "", span: { start: 0, end: 0 } } } = fact
  const of = { name: fact.relation, kind: "source" as const }
  const test = { name: "", of, kind, severity: "error" as const, place }
  const table = (name: string): TableRef => relationOf(name, deployment, loadsSeeds)
  const sql = deployment.print(emitDataTest(test, table, undefined))
  return { key: "", kind: "test", name: "", dependsOn: [], sql, severity: "error", file: "" }
}

function relationOf(name: string, deployment: Deployment, loadsSeeds: boolean): TableRef {
  const { project, backend } = deployment
  if (project.sources.some((source) => source.name === name))
    return deployment.table(name, "source")
  const seed = loadsSeeds ? project.seeds.find((candidate) => candidate.name === name) : undefined
  if (!seed) return deployment.table(name, "seed")
  const file = backend.sourceTable(deployment.seedSource(seed), project.directory)
  return subquery(query(select({ items: [star()], from: [file] })))
}

/** Undefined where the data behind a fact cannot be told apart from other data. */
async function fingerprintOf(fact: DeclaredFact, probing: Probing): Promise<string | undefined> {
  const relations = fact.kind === "foreign-key" ? [fact.relation, fact.to] : [fact.relation]
  const { project } = probing.deployment
  const parts: string[] = []
  for (const name of relations) {
    const source = project.sources.find((candidate) => candidate.name === name)
    const seed = project.seeds.find((candidate) => candidate.name === name)
    if (source?.files) parts.push(await probing.driver.fingerprint(source))
    else if (seed && probing.loadsSeeds) parts.push(seed.fingerprint)
    else return undefined
  }
  return parts.join(" ")
}

type Failures = NonNullable<Awaited<ReturnType<typeof runTest>>["failures"]>

function warning(
  fact: DeclaredFact,
  failures: Failures,
  { deployment, consequence }: Probing,
): BrokenFact {
  const { texts, levels } = deployment.project
  const { file, span } = fact.place ?? { file: "", span: { start: 0, end: 0 } }
  // A seed's file is data, not a text that was read: the place is its beginning.
  const text = texts.get(file) ?? new SourceText(file, "")
  const sink = new Sink(text, levels, texts)
  const shown = failures.rows.map((row) => `(${row.map(shownValue).join(", ")})`)
  sink.report(
    "fact-broken",
    span,
    { fact: showFact(fact), found: foundInstead(fact, failures), consequence },
    { notes: [{ message: `${failures.columns.join(", ")}: ${shown.join(" ")}` }] },
  )
  return { fact, diagnostics: sink.diagnostics }
}

/** `order_id 4 stands in 2 rows`, by the rows of the test that asked. */
function foundInstead(
  fact: DeclaredFact,
  { count, columns, rows: [first = []] }: Failures,
): string {
  const named = (names: readonly string[]) =>
    names.map((name) => `${name} ${shownValue(first[columns.indexOf(name)] ?? null)}`).join(", ")
  const rows = (n: number) => plural(n, "row")
  switch (fact.kind) {
    case "key": {
      const more = count > 1 ? `, and ${count - 1} more like it` : ""
      return `${named(columns.slice(0, -1))} stands in ${rows(Number(first.at(-1)))}${more}`
    }
    case "foreign-key": {
      const verb = count === 1 ? "leads" : "lead"
      return `${rows(count)} ${verb} nowhere, such as ${named(some([...fact.columns, ...columns]))}`
    }
    default: {
      const others = columns.filter((name) => fact.kind !== "not-null" || name !== fact.column)
      const example = others.length > 0 ? `, such as ${named(some(others))}` : ""
      return `${rows(count)} ${count === 1 ? "is" : "are"}${example}`
    }
  }
}

/** Enough of a row's columns to know it by. */
function some(columns: readonly string[]): string[] {
  return [...new Set(columns)].slice(0, 4)
}

function shownValue(value: Value): string {
  return value === null ? "NULL" : String(value)
}
