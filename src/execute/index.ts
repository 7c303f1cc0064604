import { CATALOG, message, type Code, type Params } from "../diagnostics/catalog.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { EngineError, type Connection, type Driver, type Value } from "../engine/driver.js"
import { compiledFile } from "../engine/run-plan.js"
import type { NodeResult, RunEvents, RunNode, RunPlan, TestNode } from "../engine/run-plan.js"
import { runTest } from "./data-tests.js"
import { prepareIncremental, runIncremental, type WindowOptions } from "./incremental.js"
import {
  dropHidden,
  loadSeed,
  materializeTable,
  materializeView,
  prepareTarget,
} from "./materialize.js"

export { dropHidden } from "./materialize.js"

export interface ExecuteOptions extends WindowOptions {
  readonly threads: number
  readonly failFast: boolean
  readonly events?: RunEvents | undefined
  /** Aborted by Ctrl-C: what runs is rolled back, the rest is skipped. */
  readonly signal?: AbortSignal | undefined
}

/** Runs every node after those that it depends on, `threads` at once; gives a result a node, in plan order. */
export async function execute(
  plan: RunPlan,
  driver: Driver,
  options: ExecuteOptions,
): Promise<NodeResult[]> {
  const execution = new Execution(plan, driver, options)
  return execution.run()
}

class Execution {
  private readonly results = new Map<string, NodeResult>()
  private readonly running = new Set<string>()
  private readonly connections = new Set<Connection>()
  private readonly idle: Connection[] = []
  private stopped = false

  constructor(
    private readonly plan: RunPlan,
    private readonly driver: Driver,
    private readonly options: ExecuteOptions,
  ) {}

  async run(): Promise<NodeResult[]> {
    this.options.signal?.addEventListener("abort", () => this.interrupt())
    const first = await this.connection()
    const schemas = this.plan.nodes.flatMap((node) => ("path" in node ? [node.path.schema] : []))
    await prepareTarget(first, new Set(schemas))
    await prepareIncremental(first)
    this.idle.push(first)
    const workers = Array.from({ length: Math.max(1, this.options.threads) }, () => this.work())
    await Promise.all(workers)
    for (const node of this.plan.nodes)
      if (!this.results.has(node.key)) this.finish(node, skipped(node))
    if (!this.stopped) await dropHidden(await this.connection(), new Set())
    for (const connection of this.connections) connection.close()
    return this.plan.nodes.flatMap((node) => this.resultOf(node) ?? [])
  }

  /** A hidden table that failed has kept nothing from running: what would have read it ran as written. */
  private resultOf(node: RunNode): NodeResult | undefined {
    const result = this.results.get(node.key)
    if (node.kind !== "hidden" || this.stopped || !result || isGood(result)) return result
    const { diagnostic: found, ...others } = result
    const softened = found && { diagnostic: { ...found, level: "warn" as const } }
    return { ...others, status: "warn", ...softened }
  }

  private interrupt(): void {
    this.stopped = true
    for (const connection of this.connections) connection.interrupt()
  }

  private async connection(): Promise<Connection> {
    const idle = this.idle.pop()
    if (idle) return idle
    const connection = await this.driver.connect()
    this.connections.add(connection)
    return connection
  }

  /** Takes ready nodes until none is left that can become ready. */
  private async work(): Promise<void> {
    for (;;) {
      this.skipBlocked()
      const node = this.stopped ? undefined : this.firstReady()
      if (node) await this.runNode(node)
      else if (this.running.size === 0 || this.stopped || !this.hasWaiting()) return
      else await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }

  private hasWaiting(): boolean {
    return this.plan.nodes.some((node) => this.isOpen(node))
  }

  private firstReady(): RunNode | undefined {
    for (const node of this.plan.nodes) {
      const ready = this.isOpen(node) ? this.ready(node) : undefined
      if (ready) return ready
    }
    return undefined
  }

  /** The node, if it can run: as written, where something has failed that only its plan reads. */
  private ready(node: RunNode): RunNode | undefined {
    const areGood = (keys: readonly string[]) => keys.every((key) => isGood(this.results.get(key)))
    if (areGood(node.dependsOn)) return node
    const written = "asWritten" in node ? node.asWritten : undefined
    if (!written || !node.dependsOn.some((key) => this.hasFailed(key))) return undefined
    return areGood(written.dependsOn) ? { ...node, ...written } : undefined
  }

  private skipBlocked(): void {
    for (const node of this.plan.nodes) {
      if (!this.isOpen(node)) continue
      const written = "asWritten" in node ? node.asWritten : undefined
      const failed = (written ?? node).dependsOn.find((key) => this.hasFailed(key))
      if (failed !== undefined) this.finish(node, skipped(node, failed))
    }
  }

  private isOpen({ key }: RunNode): boolean {
    return !this.results.has(key) && !this.running.has(key)
  }

  private hasFailed(key: string): boolean {
    return this.results.has(key) && !isGood(this.results.get(key))
  }

  private async runNode(node: RunNode): Promise<void> {
    this.running.add(node.key)
    this.options.events?.started?.(node)
    const started = performance.now()
    const ms = () => Math.round(performance.now() - started)
    const connection = await this.connection()
    try {
      const done = await this.attempt(node, connection)
      this.finish(node, { name: node.name, kind: kindOf(node), ms: ms(), ...done })
    } catch (error) {
      this.finish(node, {
        name: node.name,
        kind: kindOf(node),
        status: "error",
        ms: ms(),
        diagnostic: diagnose(node, error),
      })
    }
    this.idle.push(connection)
    this.running.delete(node.key)
  }

  private finish(node: RunNode, result: NodeResult): void {
    this.results.set(node.key, result)
    this.options.events?.finished?.(node, result)
    const failed = result.status === "error" || result.status === "fail"
    if (failed && this.options.failFast) this.stopped = true
  }

  /** What a node gives; where its plan fails, as its user wrote it. */
  private async attempt(node: RunNode, connection: Connection) {
    try {
      return await this.perform(node, connection)
    } catch (error) {
      const written = "asWritten" in node ? node.asWritten : undefined
      const isOfQuery = error instanceof EngineError && error.kind === "query"
      if (!written || !isOfQuery || !("sql" in node) || node.sql === written.sql) throw error
      return this.perform({ ...node, ...written }, connection)
    }
  }

  private async perform(
    node: RunNode,
    connection: Connection,
  ): Promise<Omit<NodeResult, "name" | "kind" | "ms">> {
    switch (node.kind) {
      case "faulty":
        return { status: "error", diagnostic: node.diagnostic }
      case "test": {
        const outcome = await runTest(connection, node)
        if (!outcome.failures) return outcome
        return { ...outcome, diagnostic: failed(node, outcome.failures, outcome.status === "warn") }
      }
      case "seed": {
        const rows = await loadSeed(connection, node, this.options.fullRefresh)
        return { status: "success", ...(rows === undefined ? {} : { rows }) }
      }
      default:
        return this.materialize(node, connection)
    }
  }

  private async materialize(
    node: RunNode & { readonly kind: "model" | "hidden" },
    connection: Connection,
  ) {
    if (node.materialization === "view") {
      await materializeView(connection, node)
      return { status: "success" as const }
    }
    if (node.materialization === "table")
      return {
        status: "success" as const,
        rows: await materializeTable(connection, node.path, node.sql),
      }
    const done = await runIncremental(connection, node, this.options)
    return { status: "success" as const, ...done }
  }
}

function isGood(result: NodeResult | undefined): boolean {
  return result?.status === "success" || result?.status === "warn"
}

function kindOf(node: RunNode): NodeResult["kind"] {
  return node.kind === "faulty" ? node.of : node.kind
}

function skipped(node: RunNode, because?: string): NodeResult {
  const result = { name: node.name, kind: kindOf(node), status: "skipped" as const, ms: 0 }
  if (because === undefined) return result
  return {
    ...result,
    diagnostic: diagnostic(
      "upstream-failed",
      { name: because.slice(because.indexOf(" ") + 1) },
      "",
    ),
  }
}

/** A failed test, with the rows that are shown of it. */
function failed(
  node: TestNode,
  { count, columns, rows }: NonNullable<NodeResult["failures"]>,
  isWarning: boolean,
): Diagnostic {
  const found = diagnostic("test-failed", { name: node.name, count }, node.file, isWarning)
  const shown = rows.map((row) => ({ message: shownRow(columns, row) }))
  const more = count > rows.length ? [{ message: `and ${count - rows.length} more` }] : []
  const sql = { message: `its SQL: ${node.file}` }
  return { ...found, ...node.origin, notes: [...shown, ...more, sql] }
}

const MOST_COLUMNS = 8

function shownRow(columns: readonly string[], row: readonly Value[]): string {
  const cells = columns
    .slice(0, MOST_COLUMNS)
    .map((name, i) => `${name} ${shownValue(row[i] ?? null)}`)
  return [...cells, ...(columns.length > MOST_COLUMNS ? ["…"] : [])].join(", ")
}

function shownValue(value: Value): string {
  if (value === null) return "NULL"
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

/** What went wrong while a node ran. */
function diagnose(node: RunNode, error: unknown): Diagnostic {
  if (!(error instanceof EngineError))
    return diagnostic(
      "bug",
      { problem: error instanceof Error ? error.message : String(error) },
      "",
    )
  if (error.kind === "disk-full")
    return diagnostic("disk-full", { what: `\`${node.name}\`` }, "", false, error.message)
  if (error.kind === "interrupted") return diagnostic("interrupted", {}, "")
  const origin = "origin" in node ? node.origin : undefined
  const compiled = "sql" in node ? `its SQL: ${compiledFile(node)}` : undefined
  const params = { name: node.name, engine: "the target", problem: error.message }
  return { ...diagnostic("query-failed", params, "", false, compiled), ...origin }
}

const NOWHERE = { offset: 0, line: 1, column: 1 }

function diagnostic<C extends Code>(
  code: C,
  params: Params<C>,
  file: string,
  warn = false,
  note?: string,
): Diagnostic {
  const level = warn || CATALOG[code][0] === "warn" ? "warn" : "error"
  const notes = note === undefined ? [] : [{ message: note }]
  return {
    code,
    level,
    message: message(code, params),
    file,
    start: NOWHERE,
    end: NOWHERE,
    notes,
    fixes: [],
  }
}
