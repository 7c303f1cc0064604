// How long is an editor without an answer after an edit of a large project: one that nothing else can see, and
// one that fifty models below have to be checked again for? The ceiling is of processor time: on a machine that
// does nothing else it is what the clock shows.
import { readFileSync, writeFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { writeProject } from "./generated-project.mjs"
import { claim, median, temporaryFolder, timed } from "./measure.mjs"

const CEILING_MS = { 1000: 30, 10000: 60 } // the 95th percentile
const DOWNSTREAM = 50
const EDITS = 200 // of each kind; what is compiled first is not counted
const WARM = 40

const [size] = process.argv.slice(2)
if (size) await measure(Number(size))
else
  for (const size of Object.keys(CEILING_MS)) {
    const program = fileURLToPath(import.meta.url)
    const { status } = spawnSync("node", [program, size], { stdio: "inherit" })
    if (status !== 0) process.exitCode = 1
  }

/** In a process of its own, so that the memory is that of one project. */
async function measure(size) {
  const { Workspace } = await import("../dist/src/index.js")
  const folder = temporaryFolder()
  writeProject(folder, size)
  const { edited, column } = writeFan(folder)
  let workspace
  const opened = timed(() => (workspace = Workspace.open(folder)))
  claim(
    `${size} models: ${workspace.diagnostics.size} files with diagnostics`,
    workspace.diagnostics.size === 0,
  )
  const alone = edits(workspace, "models/part_0/orders_00000.sql", (text, i) =>
    text.replace(/WHERE/, `WHERE o.amount < ${1_000_000 + i} AND`),
  )
  report(size, "no other model", alone, 0)
  const reaching = edits(workspace, edited, (text, i) => text.replace("0 AS", `${column(i)} AS`))
  report(size, `${DOWNSTREAM} models below`, reaching, DOWNSTREAM)
  reportCompletions(size, workspace, edited)
  const { rss, heapUsed } = process.memoryUsage()
  const mib = (bytes) => Math.round(bytes / 2 ** 20)
  console.log(
    `     opened in ${(opened / 1000).toFixed(2)} s; ${mib(rss)} MiB in use (${mib(heapUsed)} of it objects), at most ${Math.round(process.resourceUsage().maxRSS / 1024)}`,
  )
}

/** A model that `DOWNSTREAM` others read, each of which shows what it shows. */
function writeFan(folder) {
  const write = (name, sql) => writeFileSync(join(folder, `models/${name}.sql`), sql)
  write("fan", "SELECT o.customer_id, 0 AS seen FROM smelt.ref('orders_00000') AS o\n")
  for (let i = 0; i < DOWNSTREAM; i++)
    write(
      `fan_${i}`,
      `SELECT f.customer_id, max(f.seen) AS seen, sum(o.amount) AS amount
FROM smelt.ref('fan') AS f
JOIN smelt.ref('orders_${String(i).padStart(5, "0")}') AS o ON o.customer_id = f.customer_id
GROUP BY f.customer_id
`,
    )
  return {
    edited: "models/fan.sql",
    column: (i) => `CAST(0 AS ${["DOUBLE", "BIGINT", "SMALLINT"][i % 3]})`,
  }
}

function edits(workspace, file, change) {
  const uri = workspace.uriOf(file)
  const text = readFileSync(fileURLToPath(uri), "utf8")
  const found = []
  for (let i = 0; i < WARM + EDITS; i++) {
    const next = change(text, i)
    const before = process.cpuUsage()
    const wall = timed(() => workspace.edit(uri, next))
    const { user, system } = process.cpuUsage(before)
    const { parsed, checked } = workspace.work
    if (i >= WARM)
      found.push({ wall, cpu: (user + system) / 1000, parsed: parsed.size, checked: checked.size })
  }
  return found
}

/** What may be written at every place of a model, and in it where tables stand. */
function reportCompletions(size, workspace, file) {
  const text = `SELECT o. , sum(o.amount) AS total
FROM smelt.ref('orders_00000') AS o
JOIN smelt.ref('') AS p ON o.customer_id = p.
WHERE o.amount > 1 AND
GROUP BY `
  workspace.edit(file, text)
  const found = []
  for (let i = 0; i < WARM + EDITS; i++) {
    const before = process.cpuUsage()
    const { items } = workspace.complete(file, (i * 7) % (text.length + 1))
    const { user, system } = process.cpuUsage(before)
    if (i >= WARM) found.push({ cpu: (user + system) / 1000, items: items.length })
  }
  const cpu = found.map((one) => one.cpu)
  const most = Math.max(...found.map((one) => one.items))
  claim(
    `${size} models, a completion: 95 % within ${p95(cpu).toFixed(1)} ms of CPU (median ${median(cpu).toFixed(1)} ms, ceiling ${CEILING_MS[size]} ms), ${most} items at most`,
    p95(cpu) < CEILING_MS[size] && most > 100,
  )
}

function report(size, what, found, downstream) {
  const right = found.filter(({ parsed, checked }) => parsed === 1 && checked === 1 + downstream)
  const cpu = found.map((edit) => edit.cpu)
  const wall = found.map((edit) => edit.wall)
  const ms = (value) => `${value.toFixed(1)} ms`
  claim(
    `${size} models, an edit that reaches ${what}: 95 % within ${ms(p95(cpu))} of CPU (median ${ms(median(cpu))}, ceiling ${CEILING_MS[size]} ms), ${ms(p95(wall))} by the clock (median ${ms(median(wall))})`,
    p95(cpu) < CEILING_MS[size],
  )
  claim(
    `${right.length} of ${found.length} parsed one file and checked ${1 + downstream} models`,
    right.length === found.length,
  )
}

function p95(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)]
}
