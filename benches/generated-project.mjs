import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const SOURCES = 10
const STAGING_SHARE = 0.2
const FOLDER_SIZE = 100

/**
 * Writes a project of `count` models into `folder`: a fifth stage one of ten sources, every other one
 * joins two earlier models and aggregates. The same at every run.
 */
export function writeProject(folder, count) {
  write(folder, "smelt.yml", SMELT_YML)
  write(folder, "sources/raw.yml", ["sources:", ...numbers(SOURCES).map(source)].join("\n"))
  // Nothing reads them: a check looks whether they are there.
  for (const i of numbers(SOURCES)) write(folder, `data/orders_${i}.parquet`, "")
  writeModels(folder, count, {
    ref: (name) => `smelt.ref('${name}')`,
    source: (name) => `smelt.source('raw.${name}')`,
    header: (text) => `---\n${text}\n---\n`,
  })
}

/** The same models as a dbt project, which says nothing of the columns of its sources. */
export function writeDbtProject(folder, count) {
  write(folder, "dbt_project.yml", DBT_PROJECT_YML)
  write(folder, "profiles.yml", PROFILES_YML)
  const tables = numbers(SOURCES).map((i) => `      - name: ${sourceName(i)}`)
  write(folder, "models/sources.yml", [SOURCES_YML, ...tables, ""].join("\n"))
  writeModels(folder, count, {
    ref: (name) => `{{ ref('${name}') }}`,
    source: (name) => `{{ source('raw', '${name}') }}`,
    header: (text) => `-- ${text}\n`,
  })
}

function writeModels(folder, count, spelled) {
  const staging = Math.round(count * STAGING_SHARE)
  const random = randomNumbers(count)
  for (const i of numbers(count)) {
    const sql = i < staging ? stagingModel(i, spelled) : joiningModel(i, random, spelled)
    const header = i % 10 === 0 ? spelled.header(`description: Orders of part ${i}.`) : ""
    write(folder, `models/part_${Math.floor(i / FOLDER_SIZE)}/${modelName(i)}.sql`, header + sql)
  }
}

const SMELT_YML = `name: generated
version: 1
targets:
  dev: { type: duckdb, database: target/generated.duckdb }
models:
  part_0/: { materialization: view, tags: [staging] }
`

const DBT_PROJECT_YML = `name: generated
version: "1.0"
profile: generated
model-paths: [models]
flags: { send_anonymous_usage_stats: false }
`

const PROFILES_YML = `generated:
  target: dev
  outputs: { dev: { type: duckdb, path: generated.duckdb } }
`

const SOURCES_YML = `sources:
  - name: raw
    tables:`

function source(i) {
  return `  raw.${sourceName(i)}:
    path: data/orders_${i}.parquet
    key: [order_id]
    columns:
      order_id: { type: BIGINT, not_null: true }
      customer_id: { type: BIGINT, not_null: true }
      ordered_at: { type: TIMESTAMP, not_null: true }
      status: { type: VARCHAR }
      amount: { type: "DECIMAL(12, 2)", not_null: true }`
}

function stagingModel(i, { source }) {
  return `SELECT
  o.customer_id,
  CAST(o.ordered_at AS DATE) AS order_date,
  coalesce(o.status, 'unknown') AS status,
  count(*) AS orders,
  CAST(sum(o.amount) AS DECIMAL(18, 2)) AS amount
FROM ${source(sourceName(i % SOURCES))} AS o
WHERE o.amount > ${i} AND o.status <> 'cancelled'
GROUP BY o.customer_id, CAST(o.ordered_at AS DATE), coalesce(o.status, 'unknown')
`
}

function joiningModel(i, random, { ref }) {
  const left = random(i)
  const right = (left + 1 + random(i - 1)) % i
  return `WITH recent AS (
  SELECT r.customer_id, r.order_date, r.orders, r.amount
  FROM ${ref(modelName(right))} AS r
  WHERE r.order_date >= DATE '2024-01-${String((i % 28) + 1).padStart(2, "0")}'
)
SELECT
  l.customer_id,
  l.order_date,
  l.status,
  CAST(sum(l.orders + r.orders) AS BIGINT) AS orders,
  CAST(sum(CASE WHEN r.amount > l.amount THEN r.amount ELSE l.amount END) AS DECIMAL(18, 2)) AS amount
FROM ${ref(modelName(left))} AS l
JOIN recent AS r ON r.customer_id = l.customer_id AND r.order_date = l.order_date
WHERE l.orders > ${i % 7}
GROUP BY l.customer_id, l.order_date, l.status
`
}

function sourceName(i) {
  return `orders_${i}`
}

function modelName(i) {
  return `orders_${String(i).padStart(5, "0")}`
}

function write(folder, file, text) {
  const path = join(folder, file)
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, text)
}

function numbers(count) {
  return Array.from({ length: count }, (_, i) => i)
}

/** Whole numbers below a limit, by a linear congruential generator (Numerical Recipes' constants). */
function randomNumbers(seed) {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
