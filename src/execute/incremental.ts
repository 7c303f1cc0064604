import type { Connection, Value } from "../engine/driver.js"
import type { IncrementalInput, RelationNode } from "../engine/run-plan.js"
import { show } from "../types/type.js"
import { column, OWN_SCHEMA, spelled } from "./statements.js"

export interface WindowOptions {
  readonly fullRefresh: boolean
  /** ISO times, half-open. */
  readonly start?: string | undefined
  readonly end?: string | undefined
}

export interface IncrementalResult {
  readonly rows: number
  readonly windows: readonly { readonly start: string; readonly end: string }[]
  /** Why all of it was built, where it was. */
  readonly rebuilt?: string
}

/** What the target remembers of an input: how it looked, and the latest event time seen. */
type InputState = Readonly<
  Record<
    string,
    { readonly fingerprint: string; readonly low: string | null; readonly high: string | null }
  >
>

const MODELS = `${OWN_SCHEMA}.smelt__incremental`

export async function prepareIncremental(connection: Connection): Promise<void> {
  await connection.run(
    `CREATE TABLE IF NOT EXISTS ${MODELS} (model VARCHAR, definition VARCHAR, inputs VARCHAR, window_start TIMESTAMP, window_end TIMESTAMP)`,
  )
}

/**
 * Writes the partitions that changed inputs reach, and what is now known of the inputs, in one
 * transaction. The proof says that a partition depends on the same partition of its clocked inputs
 * only, so DELETE and INSERT of a partition give what a full build would hold there.
 */
export async function runIncremental(
  connection: Connection,
  node: RelationNode,
  options: WindowOptions,
): Promise<IncrementalResult> {
  const run = node.incremental
  if (!run) throw new Error(`${node.name} is not incremental`)
  const now = await inputStates(connection, run.inputs)
  const known = await readKnown(connection, node)
  const before = known?.inputs ?? {}
  const isNamed = options.start !== undefined || options.end !== undefined
  const reason =
    rebuildReason(known, node, options) ??
    (isNamed ? undefined : reachingAll(run.inputs, before, now))
  const whole = await wholeWindow(connection, [before, now], node)
  if (reason !== undefined) return rebuild(connection, node, now, whole, reason)

  const windows = isNamed
    ? await namedWindow(connection, node, whole, options)
    : await newWindows(connection, node, before, now)
  if (windows.length === 0) return { rows: 0, windows: [] }
  return connection.transaction(async () => {
    let rows = 0
    for (const window of windows) rows += await writeWindow(connection, node, window)
    // A named window may leave out days that changed: what was known of the inputs stays.
    await remember(connection, node, isNamed ? before : now, whole)
    return { rows, windows }
  })
}

type Window = { readonly start: string; readonly end: string }

async function rebuild(
  connection: Connection,
  node: RelationNode,
  now: InputState,
  whole: Window | undefined,
  reason: string,
): Promise<IncrementalResult> {
  return connection.transaction(async () => {
    await dropView(connection, node)
    const rows = await connection.execute(
      `CREATE OR REPLACE TABLE ${spelled(node.path)} AS\n${node.sql}`,
    )
    await remember(connection, node, now, whole)
    return { rows, windows: whole ? [whole] : [], rebuilt: reason }
  })
}

async function writeWindow(
  connection: Connection,
  node: RelationNode,
  window: Window,
): Promise<number> {
  const by = column(node.incremental?.column ?? "")
  const type = show(node.incremental?.columnType ?? { kind: "scalar", name: "TIMESTAMP" })
  const inside = `${by} >= CAST($1 AS ${type}) AND ${by} < CAST($2 AS ${type})`
  const bounds = [window.start, window.end]
  await connection.run(`DELETE FROM ${spelled(node.path)} WHERE ${inside}`, bounds)
  return connection.execute(
    `INSERT INTO ${spelled(node.path)}\nSELECT * FROM (\n${node.sql}\n) AS smelt__model WHERE ${inside}`,
    bounds,
  )
}

function rebuildReason(
  known: Known | undefined,
  node: RelationNode,
  options: WindowOptions,
): string | undefined {
  if (options.fullRefresh) return "full refresh"
  if (!known) return "first build"
  return known.definition === node.definition ? undefined : "its definition changed"
}

/**
 * The input, if there is one, whose change reaches every partition: it has no clock, or its rows may
 * change anywhere. Such a change may also make partitions in which no clocked input has a row.
 */
function reachingAll(
  inputs: readonly IncrementalInput[],
  before: InputState,
  now: InputState,
): string | undefined {
  const changed = inputs.find(({ name, lateness }) => {
    const [old, current] = [before[name], now[name]]
    if (!old || !current) return true
    if (old.fingerprint === current.fingerprint) return false
    return lateness === undefined || old.high === null || current.high === null
  })
  return changed && `\`${changed.name}\` changed`
}

/** `--start` and `--end`, widened to whole partitions; what was left out is the end of the data. */
async function namedWindow(
  connection: Connection,
  node: RelationNode,
  whole: Window | undefined,
  options: WindowOptions,
): Promise<Window[]> {
  const from = options.start ?? whole?.start
  const to = options.end ?? whole?.end
  if (from === undefined || to === undefined || from >= to) return []
  return [await aligned(connection, node, from, to)]
}

/** Of inputs that only grow, the partitions after (latest event time at the last success - lateness). */
async function newWindows(
  connection: Connection,
  node: RelationNode,
  before: InputState,
  now: InputState,
): Promise<Window[]> {
  const windows: Window[] = []
  for (const { name, lateness = 0 } of node.incremental?.inputs ?? []) {
    const [old, current] = [before[name], now[name]]
    if (!old?.high || !current?.high || old.fingerprint === current.fingerprint) continue
    const from = await shifted(connection, old.high, lateness)
    windows.push(await aligned(connection, node, from, current.high, true))
  }
  return merged(windows)
}

/** Overlapping windows become one. */
function merged(windows: readonly Window[]): Window[] {
  const result: Window[] = []
  for (const window of [...windows].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = result.at(-1)
    if (last && window.start <= last.end)
      result[result.length - 1] = {
        start: last.start,
        end: last.end > window.end ? last.end : window.end,
      }
    else result.push(window)
  }
  return result
}

/** All partitions in which the clocked inputs have rows, or had. */
async function wholeWindow(
  connection: Connection,
  states: readonly InputState[],
  node: RelationNode,
): Promise<Window | undefined> {
  const inputs = states.flatMap((state) => Object.values(state))
  const lows = inputs.flatMap(({ low }) => low ?? [])
  const highs = inputs.flatMap(({ high }) => high ?? [])
  const [low, high] = [lows.sort()[0], highs.sort().at(-1)]
  return low === undefined || high === undefined
    ? undefined
    : aligned(connection, node, low, high, true)
}

/** Times widened to whole partitions; `inclusive`: the partition of `to` belongs to it. */
async function aligned(
  connection: Connection,
  node: RelationNode,
  from: string,
  to: string,
  inclusive = false,
): Promise<Window> {
  const grain = node.incremental?.grain ?? "day"
  const step = inclusive ? `INTERVAL 1 ${grain}` : `INTERVAL 1 ${grain} - INTERVAL 1 MICROSECOND`
  const end = inclusive
    ? `date_trunc('${grain}', CAST($2 AS TIMESTAMP)) + ${step}`
    : `date_trunc('${grain}', CAST($2 AS TIMESTAMP) + INTERVAL 1 ${grain} - INTERVAL 1 MICROSECOND)`
  const { rows } = await connection.query(
    `SELECT strftime(date_trunc('${grain}', CAST($1 AS TIMESTAMP)), '${ISO}'), strftime(${end}, '${ISO}')`,
    [from.replace("Z", ""), to.replace("Z", "")],
  )
  return { start: `${String(rows[0]?.[0])}Z`, end: `${String(rows[0]?.[1])}Z` }
}

const ISO = "%Y-%m-%dT%H:%M:%S"

async function shifted(
  connection: Connection,
  time: string,
  microseconds: number,
): Promise<string> {
  const { rows } = await connection.query(
    "SELECT CAST(CAST($1 AS TIMESTAMP) - to_microseconds(CAST($2 AS BIGINT)) AS VARCHAR)",
    [time, microseconds],
  )
  return String(rows[0]?.[0])
}

async function inputStates(
  connection: Connection,
  inputs: readonly IncrementalInput[],
): Promise<InputState> {
  const states: Record<string, InputState[string]> = {}
  for (const input of inputs) {
    const [low, high] =
      input.boundsSql === undefined
        ? [null, null]
        : ((await connection.query(input.boundsSql)).rows[0] ?? [null, null])
    const fingerprint =
      "value" in input.fingerprint
        ? input.fingerprint.value
        : JSON.stringify((await connection.query(input.fingerprint.sql)).rows[0])
    states[input.name] = { fingerprint, low: textOf(low), high: textOf(high) }
  }
  return states
}

interface Known {
  readonly definition: string
  readonly inputs: InputState
}

async function readKnown(connection: Connection, node: RelationNode): Promise<Known | undefined> {
  const { rows } = await connection.query(
    `SELECT m.definition, m.inputs FROM ${MODELS} AS m
     JOIN duckdb_tables() AS t ON lower(t.schema_name) = lower($2) AND lower(t.table_name) = lower($3)
     WHERE m.model = $1`,
    [node.name, node.path.schema, node.path.name],
  )
  const [row] = rows
  return row
    ? { definition: String(row[0]), inputs: JSON.parse(String(row[1])) as InputState }
    : undefined
}

async function remember(
  connection: Connection,
  node: RelationNode,
  inputs: InputState,
  whole: Window | undefined,
): Promise<void> {
  await connection.run(`DELETE FROM ${MODELS} WHERE model = $1`, [node.name])
  const bounds = [whole?.start.replace("Z", "") ?? null, whole?.end.replace("Z", "") ?? null]
  await connection.run(
    `INSERT INTO ${MODELS} VALUES ($1, $2, $3, CAST($4 AS TIMESTAMP), CAST($5 AS TIMESTAMP))`,
    [node.name, node.definition, JSON.stringify(inputs), ...bounds],
  )
}

async function dropView(connection: Connection, node: RelationNode): Promise<void> {
  const { rows } = await connection.query(
    "SELECT 1 FROM duckdb_views() WHERE lower(schema_name) = lower($1) AND lower(view_name) = lower($2)",
    [node.path.schema, node.path.name],
  )
  if (rows.length > 0) await connection.run(`DROP VIEW ${spelled(node.path)}`)
}

function textOf(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}
