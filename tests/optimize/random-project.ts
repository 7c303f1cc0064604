import { duckdb } from "../../src/backends/duckdb/index.js"
import type { CostModel } from "../../src/engine/driver.js"
import type { ColumnStatistics, RelationStatistics } from "../../src/engine/statistics.js"
import { loadRules } from "../../src/optimize/index.js"
import { RandomClauses } from "./random-clauses.js"
import { dataType, type Kind, type Relation } from "./random-model.js"
import type { Random } from "./rules/random.js"

// A project of a few tables with random keys, foreign keys and NULLs, and ten to thirty models over them.

export interface RandomProject {
  readonly files: Readonly<Record<string, string>>
  /** Statements that make the tables of the sources. */
  readonly tables: readonly string[]
  /** As if the tables were large, so that plans that store and share pay. */
  readonly statistics: ReadonlyMap<string, RelationStatistics>
  /** Models whose rows their texts leave open. */
  readonly open: ReadonlySet<string>
  readonly setting?: Setting
  /** Models that run once more, after the data have changed; the others stay as they are. */
  readonly rerun?: { readonly selected: ReadonlySet<string>; readonly change: string }
}

/** How the optimizer is set. */
export interface Setting {
  readonly costs: CostModel
  readonly without: readonly string[]
  readonly limits?: { readonly nodes: number; readonly ms: number }
}

const RULES = loadRules().names
// A table costs nothing, so that plans share what they can.
const BOLD: CostModel = { ...duckdb.costs, statement: 0 }
export const BOLDLY: Setting = { costs: BOLD, without: [] }

interface SourceColumn {
  readonly name: string
  readonly kind: Kind
  readonly notNull: boolean
  readonly values: readonly (string | null)[]
  readonly references?: { readonly table: string; readonly isDeclared: boolean }
}

interface SourceTable {
  readonly name: string
  readonly columns: readonly SourceColumn[]
  readonly key?: readonly string[]
  readonly rows: number
}

export function randomProject(random: Random): RandomProject {
  return new Generator(random).project()
}

class Generator {
  private readonly tables: SourceTable[] = []
  private readonly open = new Set<string>()
  /** Some of what the sources declare is not true. */
  private readonly lies: boolean

  constructor(private readonly random: Random) {
    this.lies = this.chance(30)
  }

  project(): RandomProject {
    const count = 2 + this.random(3)
    for (let i = 0; i < count; i++) {
      const table = this.table(`t${i + 1}`)
      this.tables.push(this.lies ? this.broken(table) : table)
    }
    const models = this.models(10 + this.random(21))
    return {
      files: { "smelt.yml": CONFIG, "sources/raw.yml": this.sources(), ...models },
      tables: this.tables.map(created),
      statistics: this.statistics(),
      open: this.open,
      setting: this.setting(),
      ...(this.chance(25) ? { rerun: this.rerun(Object.keys(models)) } : {}),
    }
  }

  /** Nothing refers to the last table, so that fewer rows of it break nothing. */
  private rerun(files: readonly string[]): NonNullable<RandomProject["rerun"]> {
    const names = files.map((file) => file.replace(/^models\/(\w+)\.sql$/, "$1"))
    const last = this.tables.at(-1)?.name ?? ""
    return {
      selected: new Set(names.filter(() => this.chance(50))),
      change: `DELETE FROM main.${last} WHERE rowid % 3 = 0`,
    }
  }

  /** Sometimes other costs, rules switched off, a budget that ends before the rules do. */
  private setting(): Setting {
    const without = this.chance(20) ? RULES.filter(() => this.chance(15)) : []
    const limits = this.chance(15) ? { nodes: 10 ** (2 + this.random(3)), ms: 3000 } : undefined
    const odd = Object.entries(BOLD).map(([name, cost]) => [
      name,
      cost * 10 ** (this.random(5) - 2),
    ])
    const costs = this.chance(35) ? (Object.fromEntries(odd) as unknown as CostModel) : BOLD
    return { costs, without, ...(limits ? { limits } : {}) }
  }

  // ----------------------------------------------------------------------------------- sources

  private table(name: string): SourceTable {
    const rows = this.pick([0, 1, 3, 12, 12, 30, 60])
    const hasId = this.chance(75)
    const columns: SourceColumn[] = []
    if (hasId) {
      const ids = Array.from({ length: rows }, (_, i) => String(i + 1))
      columns.push({ name: "id", kind: "int", notNull: true, values: ids })
    }
    for (const other of this.tables)
      if (other.key?.length === 1 && this.chance(65)) columns.push(this.reference(other, rows))
    const own = 2 + this.random(4)
    for (let i = 0; i < own; i++) columns.push(this.column(`c${i + 1}`, rows))
    const composite = columns.filter(({ notNull }) => notNull).slice(0, 2)
    if (hasId) return { name, columns, rows, key: ["id"] }
    const isKey = composite.length === 2 && areDistinct(composite, rows)
    return { name, columns, rows, ...(isKey ? { key: composite.map((one) => one.name) } : {}) }
  }

  private reference(other: SourceTable, rows: number): SourceColumn {
    const isDeclared = this.chance(80)
    const notNull = other.rows > 0 && this.chance(50)
    const highest = isDeclared ? other.rows : other.rows + 3
    const values = Array.from({ length: rows }, () =>
      highest === 0 || (!notNull && this.chance(25)) ? null : String(1 + this.random(highest)),
    )
    return {
      name: `${other.name}_id`,
      kind: "int",
      notNull: notNull && !values.includes(null),
      values,
      references: { table: other.name, isDeclared },
    }
  }

  private column(name: string, rows: number): SourceColumn {
    const kind = this.pick([
      "int",
      "int",
      "big",
      "decimal",
      "double",
      "text",
      "text",
      "date",
      "time",
      "bool",
    ] as const)
    const notNull = this.chance(50)
    const domain = VALUES[kind]
    const narrow = domain.slice(0, 2 + this.random(domain.length - 1))
    const values = Array.from({ length: rows }, () =>
      !notNull && this.chance(25) ? null : this.pick(narrow),
    )
    return { name, kind, notNull, values }
  }

  /** A row of a column breaks what is declared: it is NULL, as in another row, or refers to nothing. */
  private broken(table: SourceTable): SourceTable {
    const columns = table.columns.map((column) => {
      const { values, notNull, references } = column
      if (values.length < 2 || !this.chance(30)) return column
      const wrong = [
        ...(notNull ? [null] : []),
        ...(column.name === "id" ? [values[0] ?? null] : []),
        ...(references?.isDeclared ? ["999"] : []),
      ]
      const at = 1 + this.random(values.length - 1)
      if (wrong.length === 0) return column
      const one = this.pick(wrong)
      return { ...column, values: values.map((value, i) => (i === at ? one : value)) }
    })
    return { ...table, columns }
  }

  private sources(): string {
    const lines = ["sources:"]
    for (const { name, columns, key } of this.tables) {
      lines.push(`  raw.${name}:`, `    table: main.${name}`)
      if (key) lines.push(`    key: [${key.join(", ")}]`)
      const foreign = columns.flatMap(({ name: column, references }) =>
        references?.isDeclared
          ? [`      - { columns: [${column}], references: raw.${references.table}, to: [id] }`]
          : [],
      )
      if (foreign.length > 0) lines.push("    foreign_keys:", ...foreign)
      lines.push("    columns:")
      for (const { name: column, kind, notNull } of columns)
        lines.push(
          `      ${column}: { type: "${dataType(kind)}"${notNull ? ", not_null: true" : ""} }`,
        )
    }
    return `${lines.join("\n")}\n`
  }

  private statistics(): ReadonlyMap<string, RelationStatistics> {
    if (this.chance(10)) return new Map()
    return new Map(
      this.tables.map(({ name, columns }, i) => {
        const isLast = i === this.tables.length - 1
        const rows = isLast || this.chance(40) ? 10 ** (5 + this.random(3)) : 10 ** this.random(5)
        const text = this.chance(12) ? { isText: true, bytes: rows * 60 } : {}
        const known = columns.map(
          (column) => [column.name, this.statisticsOf(column, rows)] as const,
        )
        return [`raw.${name}`, { rows, ...text, columns: new Map(known) }]
      }),
    )
  }

  /** How many values a column has is a guess; bounds that are said to hold do. */
  private statisticsOf({ kind, values }: SourceColumn, rows: number): ColumnStatistics {
    const distinct = Math.min(rows, this.pick([2, 2, 10, 30, 100, 10_000]))
    const known = values.flatMap((value) => (value === null ? [] : [BigInt(toInteger(value))]))
    const isWhole = kind === "int" || kind === "big"
    if (!isWhole || known.length === 0 || this.chance(50)) return { distinct }
    const min = String(known.reduce((a, b) => (a < b ? a : b)))
    const max = String(known.reduce((a, b) => (a > b ? a : b)))
    return { distinct, min, max, isBounded: true }
  }

  // ------------------------------------------------------------------------------------ models

  private models(count: number): Record<string, string> {
    const files: Record<string, string> = {}
    const relations: Relation[] = this.tables.map(({ name, columns, key, rows }) => ({
      call: `smelt.source('raw.${name}')`,
      columns: columns.map(({ name: column, kind }) => ({ name: column, kind })),
      ...(key ? { key } : {}),
      rows,
      weight: 2,
    }))
    let base: Relation | undefined
    for (let i = 0; i < count; i++) {
      const name = `m${String(i + 1).padStart(2, "0")}`
      const { sql, columns, key, isOpen, rows } = new RandomClauses(
        this.random,
        relations,
        base,
      ).model()
      const materialization = isOpen
        ? "table"
        : this.pick(["view", "view", "view", "table", "table", "auto", "auto", "ephemeral"])
      if (isOpen) this.open.add(name)
      files[`models/${name}.sql`] = `---\nmaterialization: ${materialization}\n---\n${sql}\n`
      const weight = columns.length > 4 ? 4 : 2
      const call = `smelt.ref('${name}')`
      const relation = { call, columns, weight, rows, ...(key ? { key } : {}) }
      relations.push(relation)
      // A wide view is what marts are made of.
      if (columns.length > 5 && rows > 10 && (!base || this.chance(15))) base = relation
    }
    return files
  }

  private pick<T>(list: readonly T[]): T {
    const found = list[this.random(list.length)]
    if (found === undefined) throw new Error("nothing to pick from")
    return found
  }

  private chance(percent: number): boolean {
    return this.random(100) < percent
  }
}

export const CONFIG = `name: random
targets:
  optimized: { type: duckdb, database: ":memory:", schema: optimized }
  written: { type: duckdb, database: ":memory:", schema: written }
levels: { comma-join: off, implicit-coercion: off, order-without-limit: off, unnamed-column: off, not-in-nullable: off, integer-division: off, union-by-position: off, null-comparison: off, select-star: off }
`

const VALUES: Readonly<Record<Kind, readonly string[]>> = {
  int: ["0", "1", "-1", "2", "7", "100", "300", "70000", "2147483647"],
  big: ["0", "5", "-3", "1", "40000", "9007199254740993", "-4611686018427387904"],
  huge: ["0"],
  decimal: ["0.00", "1.50", "-2.25", "99999.99", "0.01"],
  double: ["0.0", "1.5", "-2.5", "1e300", "'NaN'::DOUBLE", "'inf'::DOUBLE"],
  text: ["'a'", "'b'", "''", "'1'", "'22'", "'Zz'", "'a b'", "'2024-01-02'"],
  date: [
    "DATE '2024-01-01'",
    "DATE '2024-01-31'",
    "DATE '2024-02-29'",
    "DATE '2023-12-31'",
    "DATE 'infinity'",
  ],
  time: [
    "TIMESTAMP '2024-01-01 00:00:00'",
    "TIMESTAMP '2024-01-01 23:59:59'",
    "TIMESTAMP '2024-02-01 12:30:00'",
    "TIMESTAMP '2023-12-31 08:00:00'",
  ],
  bool: ["TRUE", "FALSE"],
}

function toInteger(value: string): string {
  return /^-?\d+$/.test(value) ? value : "0"
}

function areDistinct(columns: readonly SourceColumn[], rows: number): boolean {
  const seen = new Set<string>()
  for (let i = 0; i < rows; i++) seen.add(columns.map(({ values }) => values[i]).join("|"))
  return seen.size === rows
}

function created({ name, columns, rows }: SourceTable): string {
  const list = columns.map((column) => `${column.name} ${dataType(column.kind)}`).join(", ")
  const values = Array.from(
    { length: rows },
    (_, i) => `(${columns.map((column) => column.values[i] ?? "NULL").join(", ")})`,
  )
  const insert = rows > 0 ? `; INSERT INTO main.${name} VALUES ${values.join(", ")}` : ""
  return `CREATE OR REPLACE TABLE main.${name} (${list})${insert}`
}
