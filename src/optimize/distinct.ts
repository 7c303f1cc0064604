import type { DeclaredFact } from "../facts/declared.js"
import type { ColumnId, Scalar } from "../ir/nodes.js"
import { underNull } from "../ir/ids.js"
import { mentioned } from "../ir/walk.js"
import { DEFAULT_ROWS, type ColumnStatistics, type Statistics } from "../engine/statistics.js"
import { isInteger } from "../types/coercion.js"
import { columnInfo, type Vocabulary } from "./terms.js"

// How many values an expression has: the bound that groups and joins are estimated with.

const DAY_US = 86_400_000_000
const UNIT_US: Readonly<Record<string, number>> = {
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: DAY_US,
  week: 7 * DAY_US,
  month: 30.4 * DAY_US,
  quarter: 91.3 * DAY_US,
  year: 365.2 * DAY_US,
}
/** How many values a part of a time can take. */
const PART_VALUES: Readonly<Record<string, number>> = {
  month: 12,
  quarter: 4,
  day: 31,
  hour: 24,
  minute: 60,
  second: 60,
  dow: 7,
  isodow: 7,
  dayofweek: 7,
  week: 53,
  doy: 366,
  year: 30,
}
/** Without statistics, the span of a time column. */
const DEFAULT_SPAN_US = 3 * 365 * DAY_US

export class DistinctCounts {
  private readonly known = new Map<ColumnId, number>()

  constructor(
    private readonly words: Vocabulary,
    private readonly statistics: Statistics,
    private readonly facts: readonly DeclaredFact[],
  ) {}

  rowsOf(relation: string): number {
    return this.statistics.relations.get(relation)?.rows ?? DEFAULT_ROWS
  }

  /** Bytes that a scan of the relation parses; 0 where it is not text. */
  textBytesOf(relation: string): number {
    const found = this.statistics.relations.get(relation)
    return found?.isText ? (found.bytes ?? 0) : 0
  }

  statisticsOf(id: ColumnId): ColumnStatistics | undefined {
    const base = columnInfo(this.words, id)?.base
    if (!base) return undefined
    const columns = this.statistics.relations.get(base.relation)?.columns
    return columns?.get(base.column) ?? columns?.get(base.column.toLowerCase())
  }

  /** Values of an expression, before any bound by the rows of a relation. */
  of(expr: Scalar): number {
    switch (expr.kind) {
      case "column":
        return this.ofId(expr.id)
      case "literal":
      case "parameter":
      case "lambda":
      case "argument":
        return 1
      case "cast":
        return this.ofCast(expr.arg, expr.type)
      case "case":
        return sum([...expr.arms.map(({ then }) => this.of(then)), this.of(expr.otherwise)])
      case "query":
        return expr.type.kind === "scalar" && expr.type.name === "BOOLEAN" ? 2 : 1000
      case "call":
        return this.ofCall(expr.fn, expr.args, expr)
    }
  }

  private ofCall(fn: string, args: readonly Scalar[], expr: Scalar): number {
    if (expr.type.kind === "scalar" && expr.type.name === "BOOLEAN") return 2
    const [unit, time] = args
    if (fn === "date_trunc" && unit?.kind === "literal" && time)
      return Math.min(this.of(time), this.periods(time, UNIT_US[unit.value ?? ""] ?? DAY_US))
    if (fn === "date_part" && unit?.kind === "literal" && time)
      return Math.min(this.of(time), PART_VALUES[unit.value ?? ""] ?? 100)
    const part = PART_VALUES[fn]
    if (part !== undefined && unit && args.length === 1) return Math.min(this.of(unit), part)
    return damped(args.map((arg) => this.of(arg)))
  }

  private ofCast(arg: Scalar, to: Scalar["type"]): number {
    const count = this.of(arg)
    const toDate = to.kind === "scalar" && to.name === "DATE"
    return toDate ? Math.min(count, this.periods(arg, DAY_US)) : count
  }

  /** How many periods of this length the times of an expression span. */
  private periods(expr: Scalar, length: number): number {
    const [id] = mentioned(expr)
    const span = id === undefined ? undefined : spanOf(this.statisticsOf(id))
    return Math.max(1, Math.ceil((span ?? DEFAULT_SPAN_US) / length))
  }

  ofId(id: ColumnId): number {
    const known = this.known.get(id)
    if (known !== undefined) return known
    const below = underNull(id)
    const count = below === undefined ? this.ofStored(id) : this.ofId(below) + 1
    this.known.set(id, count)
    return count
  }

  private ofStored(id: ColumnId): number {
    const info = columnInfo(this.words, id)
    if (!info?.base) return info?.type.kind === "scalar" && info.type.name === "BOOLEAN" ? 2 : 1e9
    const { relation, column } = info.base
    const rows = this.rowsOf(relation)
    const found = this.statisticsOf(id)
    if (found?.distinct !== undefined) return Math.max(1, Math.min(rows, found.distinct))
    if (this.isKey(relation, column)) return rows
    const referenced = this.referenced(relation, column)
    const guess = Math.min(rows, rangeOf(found, info.type) ?? typical(info.type, rows))
    return Math.max(1, Math.min(guess, ...referenced))
  }

  private isKey(relation: string, column: string): boolean {
    return this.facts.some(
      (fact) =>
        fact.kind === "key" &&
        fact.relation === relation &&
        fact.columns.length === 1 &&
        same(fact.columns[0], column),
    )
  }

  /** A foreign key has at most as many values as the relation that it refers to has rows. */
  private referenced(relation: string, column: string): number[] {
    return this.facts.flatMap((fact) =>
      fact.kind === "foreign-key" && fact.relation === relation && same(fact.columns[0], column)
        ? [this.rowsOf(fact.to)]
        : [],
    )
  }
}

/**
 * Combinations of columns with these counts. Columns of one relation are correlated, so each counts
 * with the root of what the one before it did: the largest whole, then its square root …
 */
export function damped(counts: readonly number[]): number {
  return [...counts]
    .sort((a, b) => b - a)
    .reduce((product, count, i) => product * count ** (1 / 2 ** i), 1)
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0)
}

/** Values between the bounds: of whole numbers each, of times each minute. */
function rangeOf(found: ColumnStatistics | undefined, type: Scalar["type"]): number | undefined {
  const span = spanOf(found)
  if (span !== undefined) return Math.ceil(span / 60_000_000) + 1
  const [min, max] = [Number(found?.min), Number(found?.max)]
  return isInteger(type) && Number.isFinite(max - min) ? max - min + 1 : undefined
}

/** Microseconds between the bounds of a time column. */
function spanOf(found: ColumnStatistics | undefined): number | undefined {
  const [min, max] = [found?.min, found?.max]
  if (!min || !max || !/^\d{4}-\d\d-\d\d/.test(min)) return undefined
  const span = (Date.parse(max) - Date.parse(min)) * 1000
  return Number.isFinite(span) ? Math.max(span, 0) : undefined
}

function typical(type: Scalar["type"], rows: number): number {
  if (type.kind !== "scalar") return rows
  if (type.name === "BOOLEAN") return 2
  if (type.name === "DATE") return 1000
  return type.name === "VARCHAR" ? rows ** 0.75 : rows
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase()
}
