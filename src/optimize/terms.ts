import { ColumnWord, GuardNumber, Kind, Trait } from "../../assembly/egraph/relational/kinds.js"
import { some } from "../base/check.js"
import type { DeclaredFact } from "../facts/declared.js"
import { lookupFunction, type FunctionInfo } from "../functions/index.js"
import { underNull } from "../ir/ids.js"
import type { ColumnId, Scan } from "../ir/nodes.js"
import { conversion, family, isFloat, isNumeric } from "../types/coercion.js"
import { parseType } from "../types/parse-type.js"
import { BIGINT, DOUBLE, sameType, show, type ScalarName, type SqlType } from "../types/type.js"

// The words of the term language (rules/README.md) and what each tells the relational analysis. Encode
// writes these words, decode and the declared functions read them, `describe` hands them to the engine.

/** Relational operators and lists; a function of the catalogue with one of these names is `fn:NAME`. */
const KINDS: ReadonlyMap<string, Kind> = new Map(
  Object.entries({
    filter: Kind.Filter,
    join: Kind.Join,
    left: Kind.Left,
    full: Kind.Full,
    semi: Kind.Semi,
    anti: Kind.Semi,
    compute: Kind.Compute,
    agg: Kind.Agg,
    distinct: Kind.Distinct,
    "distinct-on": Kind.DistinctOn,
    window: Kind.Window,
    "union-all": Kind.Set,
    sort: Kind.Sort,
    limit: Kind.Limit,
    tag: Kind.Tag,
    candidate: Kind.Candidate,
    out: Kind.Out,

    and: Kind.And,
    defs: Kind.Defs,
    keys: Kind.Defs,
    aggs: Kind.Defs,
    cols: Kind.Defs,
    windows: Kind.Defs,
    def: Kind.Def,

    true: Kind.Literal,
    false: Kind.Literal,
    case: Kind.Case,
    or: Kind.Or,
    not: Kind.Not,
    "is-null": Kind.IsNull,
    exists: Kind.Query,
    "scalar-query": Kind.Query,
    "distinct-arg": Kind.DistinctArg,
    where: Kind.Where,
    ordered: Kind.Ordered,

    columns: Kind.Plain,
    as: Kind.Plain,
    ids: Kind.Plain,
    branches: Kind.Plain,
    branch: Kind.Plain,
    row: Kind.Plain,
    order: Kind.Plain,
    partition: Kind.Plain,
    over: Kind.Plain,
    none: Kind.Plain,
  } satisfies Record<string, Kind>),
)

const PREFIXES: readonly (readonly [string, Kind])[] = [
  ["agg-sets:", Kind.AggSets],
  ["set-op:", Kind.Set],
  ["lit:", Kind.Literal],
  ["param:", Kind.Literal],
  ["null:", Kind.NullLiteral],
  ["argument:", Kind.NullLiteral],
  ["any:", Kind.Query],
  ["all:", Kind.Query],
]

/** Guards by the names that rule files call them. */
export const GUARDS: ReadonlyMap<string, number> = new Map([
  ["unused", GuardNumber.Unused],
  ["covers", GuardNumber.Covers],
  ["at-most-one", GuardNumber.AtMostOne],
  ["keyed", GuardNumber.Keyed],
  ["determined", GuardNumber.Determined],
  ["not-null", GuardNumber.NotNull],
  ["rejects-null", GuardNumber.RejectsNull],
  ["references", GuardNumber.References],
  ["total", GuardNumber.Total],
  ["deterministic", GuardNumber.Deterministic],
  ["duplicate-insensitive", GuardNumber.RepeatsIgnored],
  ["order-insensitive", GuardNumber.OrderIgnored],
  ["shows", GuardNumber.Shows],
  ["grouped", GuardNumber.Grouped],
  ["on-partition", GuardNumber.OnPartition],
  ["stored", GuardNumber.Stored],
  ["needed", GuardNumber.Needed],
  ["by-value", GuardNumber.ByValue],
])

/** The sum of narrow integers as BIGINT: a part that roots hold. */
export const SUM_64 = "sum-64"
/** Aggregates of a root's parts (src/optimize/functions/roots.ts) and their types; no engine has them. */
export const MERGED: ReadonlyMap<string, SqlType> = new Map([
  [SUM_64, BIGINT],
  ["merge-count", BIGINT],
  ["merge-count-0", BIGINT],
  ["merge-avg", DOUBLE],
])

// NULL where an argument is, for certain: what `strict` in the catalogue does not promise.
const NULL_IN_NULL_OUT = new Set(
  "+ - * / // % ^ & << >> neg bit-not = <> < <= > >= like ilike date_trunc date_part lower upper trim length abs round floor ceil year month day".split(
    " ",
  ),
)
// Equal arguments give equal results, also -0.0 and 0.0, or a month and 30 days. Not so division, text, dates.
const COMPARISONS = new Set(
  "= <> < <= > >= in is-distinct is-not-distinct is-null is-true is-false".split(" "),
)
const RESPECTING = new Set(
  "* neg abs round floor ceil trunc sign sqrt exp coalesce ifnull nullif greatest least".split(" "),
)
const NULL_IF_ALL = new Set(["coalesce", "ifnull", "greatest", "least"])
// Overflow is not counted, nor that of `sum`: engines move arithmetic over filters as they like, in every plan.
const ONLY_OVERFLOWS = new Set(["+", "-", "*", "neg"])

// --------------------------------------------------------------------------------------- operators

/** The operator of a call of `fn`. */
export function callOperator(fn: string): string {
  const taken = KINDS.has(fn) && !SCALAR_KINDS.has(fn)
  return taken ? `fn:${fn}` : fn
}

const SCALAR_KINDS = new Set(["and", "or", "not", "is-null"])

/** The operator of a comparison that may find different values equal: no rule and no fact is about it. */
export function looseOperator(fn: string): string {
  return `fn:${fn}`
}

/** The operator of a call that raises for some arguments, but not for the constants that it has here. */
export function safeOperator(fn: string): string {
  return `safe:${fn}`
}

/** The function that an operator calls. */
export function calledFunction(op: string): string {
  return /^(?:fn|safe):(.+)$/s.exec(op)?.[1] ?? op
}

/** `cast:TYPE`, `try_cast:TYPE`, or `safe-cast:TYPE` for a cast that cannot raise. */
export function castOperator(from: SqlType, to: SqlType, isTry: boolean): string {
  const prefix = isTry ? "try_cast" : castCannotRaise(from, to) ? "safe-cast" : "cast"
  return `${prefix}:${show(to)}`
}

/** A cast that cannot raise because of a range that is known of the column: `proven-cast:FACT:TYPE`. */
export function provenCastOperator(
  words: Vocabulary,
  column: ColumnId,
  to: SqlType,
): string | undefined {
  const base = columnInfo(words, column)?.base
  const limits = to.kind === "scalar" ? LIMITS.get(to.name) : undefined
  if (!base || !limits) return undefined
  const fact = words.facts.find(
    (known) =>
      known.kind === "range" &&
      known.relation === base.relation &&
      sameName(known.column, base.column) &&
      BigInt(known.min) >= limits[0] &&
      BigInt(known.max) <= limits[1],
  )
  return fact && `proven-cast:${fact.id}:${show(to)}`
}

/** The fact that an operator rests on, by its number. */
export function factOf(op: string): number | undefined {
  const id = /^proven-cast:(\d+):/.exec(op)?.[1]
  return id === undefined ? undefined : Number(id)
}

const LIMITS: ReadonlyMap<string, readonly [bigint, bigint]> = new Map(
  Object.entries({ TINYINT: 7n, SMALLINT: 15n, INTEGER: 31n, BIGINT: 63n }).map(([name, bits]) => [
    name,
    [-(2n ** bits), 2n ** bits - 1n],
  ]),
)

/** The type that a cast's operator names, and whether it is a TRY_CAST. */
export function castOf(op: string): { readonly to: string; readonly isTry: boolean } | undefined {
  const [, kind, to] = /^(cast|safe-cast|try_cast|proven-cast:\d+):(.*)$/s.exec(op) ?? []
  return kind && to ? { to, isTry: kind === "try_cast" } : undefined
}

function castCannotRaise(from: SqlType, to: SqlType): boolean {
  if (sameType(from, to) || from.kind === "null") return true
  if (to.kind === "scalar" && to.name === "VARCHAR") return true
  if (family(from) === "date" && family(to) === "date") return !isNanoseconds(to)
  if (isNumeric(from) && isFloat(to)) return true
  return conversion(from, to) !== undefined && isNumeric(from) && isNumeric(to)
}

/** Types of which one value has several spellings: 1 day and 24 hours, 10:00+00 and 12:00+02. */
const MANY_SPELLINGS = new Set<ScalarName>(["INTERVAL", "TIMETZ", "VARIANT", "GEOMETRY"])

/** Their range ends in 2262. */
function isNanoseconds(type: SqlType): boolean {
  return type.kind === "scalar" && type.name === "TIMESTAMP_NS"
}

/** Whether equal values of a type may look different. */
function isAlike(type: SqlType): boolean {
  switch (type.kind) {
    case "list":
    case "array":
      return isAlike(type.element)
    case "union":
      return type.members.some((member) => isAlike(member.type))
    case "map":
      return isAlike(type.key) || isAlike(type.value)
    case "struct":
      return type.fields.some((field) => isAlike(field.type))
    default:
      return isFloat(type) || (type.kind === "scalar" && MANY_SPELLINGS.has(type.name))
  }
}

export function columnOperator(id: ColumnId): string {
  return `@${id}`
}

/** The column that a leaf names, if it is one. */
export function columnOf(op: string): ColumnId | undefined {
  return op.startsWith("@") ? op.slice(1) : undefined
}

export function scanOperator(relation: string, tag: string): string {
  return tag === "" ? `scan:${relation}` : `scan:${relation}#${tag}`
}

// -------------------------------------------------------------------------------------- vocabulary

export interface ColumnInfo {
  readonly type: SqlType
  readonly nullable: boolean
  /** The stored column behind it, whatever the tag. */
  readonly base?: { readonly relation: string; readonly column: string }
}

/** What the engine is told of an operator: its kind and the words of its payload. */
export interface OperatorWords {
  readonly kind: number
  readonly payload: readonly number[]
}

/**
 * The columns and stored relations that the terms of one graph speak of. Encode fills it before it
 * adds terms; a declared function may add columns.
 */
export interface Vocabulary {
  readonly facts: readonly DeclaredFact[]
  readonly columns: Map<ColumnId, ColumnInfo>
  /** Scans and values by their leaf, with what they show. */
  readonly stored: Map<string, StoredRelation>
  /** Numbers of the ids without null(…) around them. */
  readonly numbers: Map<ColumnId, number>
}

export interface StoredRelation {
  /** Undefined for values. */
  readonly relation?: string
  readonly columns: readonly {
    readonly id: ColumnId
    readonly name: string
    readonly nullable: boolean
  }[]
}

export function vocabulary(facts: readonly DeclaredFact[]): Vocabulary {
  return { facts, columns: new Map(), stored: new Map(), numbers: new Map() }
}

/** Makes the leaf of a scan known, with its columns. */
export function addScan(words: Vocabulary, scan: Scan): string {
  const op = scanOperator(scan.relation, scan.tag)
  words.stored.set(op, { relation: scan.relation, columns: scan.columns })
  for (const { id, name, type, nullable } of scan.columns)
    addColumn(words, id, { type, nullable, base: { relation: scan.relation, column: name } })
  return op
}

/** Makes the leaf of constants known, or of anything else that is read as it stands. */
export function addValues(
  words: Vocabulary,
  op: string,
  columns: readonly { readonly id: ColumnId; readonly type: SqlType; readonly nullable: boolean }[],
): void {
  words.stored.set(op, { columns: columns.map((column) => ({ ...column, name: column.id })) })
  for (const { id, type, nullable } of columns) addColumn(words, id, { type, nullable })
}

/** Makes a column known. One that is seen through an outer join has the type and base of the one below. */
export function addColumn(words: Vocabulary, id: ColumnId, info: ColumnInfo): void {
  words.columns.set(id, info)
}

export function columnInfo(words: Vocabulary, id: ColumnId): ColumnInfo | undefined {
  const known = words.columns.get(id)
  if (known) return known
  const below = underNull(id)
  const info = below === undefined ? undefined : columnInfo(words, below)
  return info && { ...info, nullable: true }
}

const DEPTHS = 8

/** See ColumnWord: null(c) has the number after c's. */
export function columnNumber(words: Vocabulary, id: ColumnId): number {
  const below = underNull(id)
  if (below !== undefined) return columnNumber(words, below) + 1
  const known = words.numbers.get(id)
  if (known !== undefined) return known
  const number = words.numbers.size * DEPTHS
  words.numbers.set(id, number)
  return number
}

/** What the engine asks about every operator once, when it first occurs. */
export function describe(words: Vocabulary, op: string): OperatorWords {
  const id = columnOf(op)
  if (id !== undefined) return { kind: Kind.Column, payload: columnWords(words, id) }
  const stored = words.stored.get(op)
  if (stored) return { kind: Kind.Scan, payload: scanWords(words, stored) }
  const kind = KINDS.get(op) ?? PREFIXES.find(([prefix]) => op.startsWith(prefix))?.[1]
  if (kind !== undefined) return { kind, payload: [] }
  if (castOf(op)) return { kind: Kind.Call, payload: [castTraits(op)] }
  if (MERGED.has(op)) return { kind: Kind.Aggregate, payload: [Trait.Nullable | Trait.Respects] }
  const fn = lookupFunction(calledFunction(op))
  if (!fn) return { kind: Kind.Plain, payload: [] }
  if (fn.kind === "aggregate") return { kind: Kind.Aggregate, payload: [aggregateTraits(fn)] }
  const isLoose = op === looseOperator(fn.name)
  const traits = scalarTraits(fn, op)
  return { kind: Kind.Call, payload: [isLoose ? traits & ~Trait.Equality : traits] }
}

function castTraits(op: string): number {
  const cast = castOf(op)
  const to = cast && parseType(cast.to)
  let traits: number = Trait.Strict
  if (cast?.isTry) traits |= Trait.Nullable
  else if (op.startsWith("cast:")) traits |= Trait.MayRaise
  if (to && family(to) !== "text") traits |= Trait.Respects
  if (to && !isAlike(to)) traits |= Trait.Exact
  return traits
}

function scalarTraits(fn: FunctionInfo, op: string): number {
  let traits = 0
  if (NULL_IN_NULL_OUT.has(fn.name)) traits |= Trait.Strict
  if (fn.name === "in") traits |= Trait.StrictInFirst
  if (fn.name === "=") traits |= Trait.Equality
  if (fn.nulls === "never-null") traits |= Trait.NeverNull
  else if (NULL_IF_ALL.has(fn.name)) traits |= Trait.NullIfAll
  else if (fn.nulls !== "strict") traits |= Trait.Nullable
  if (fn.mayRaise && !ONLY_OVERFLOWS.has(fn.name) && op !== safeOperator(fn.name))
    traits |= Trait.MayRaise
  if (!fn.deterministic) traits |= Trait.Volatile
  if (COMPARISONS.has(fn.name)) traits |= Trait.Respects | Trait.Exact
  if (RESPECTING.has(fn.name)) traits |= Trait.Respects
  return traits
}

function aggregateTraits(fn: FunctionInfo): number {
  let traits = fn.nulls === "never-null" ? Trait.NeverNull : Trait.Nullable
  const orderCounts = fn.algebra === "order-dependent"
  if (orderCounts) traits |= Trait.OrderCounts
  if (!fn.deterministic && !orderCounts) traits |= Trait.Volatile
  if (fn.mayRaise && fn.name !== "sum") traits |= Trait.MayRaise
  if (fn.duplicateInsensitive && !orderCounts) traits |= Trait.RepeatsIgnored
  if (fn.algebra && fn.algebra !== "holistic") traits |= Trait.Respects
  if (fn.algebra === "count") traits |= Trait.Exact
  return traits
}

// ----------------------------------------------------------------------------------- base facts

function columnWords(words: Vocabulary, id: ColumnId): number[] {
  const info = columnInfo(words, id)
  const block: number[] = []
  block[ColumnWord.Number] = columnNumber(words, id)
  block[ColumnWord.NotNull] = notNullWord(words, id, info)
  block[ColumnWord.Alike] = info && isAlike(info.type) ? 1 : 0
  block[ColumnWord.Base] = info?.base ? baseNumber(words, info.base) + 1 : 0
  const keys = info?.base ? foreignKeys(words, info.base) : []
  block[ColumnWord.ForeignKeys] = keys.length
  return [...block, ...keys.flat()]
}

function notNullWord(words: Vocabulary, id: ColumnId, info: ColumnInfo | undefined): number {
  if (!info || info.nullable || underNull(id) !== undefined) return 0
  const { base } = info
  if (!base) return 1
  // What a model's types say may rest on what its sources declare.
  const declared = words.facts.find(
    (fact) =>
      fact.relation === base.relation &&
      ((fact.kind === "not-null" && sameName(fact.column, base.column)) ||
        (fact.kind === "key" && fact.columns.some((column) => sameName(column, base.column)))),
  )
  return declared ? 2 + declared.id : 0
}

/** Stored columns are numbered as ids of their own, that no relation shows. */
function baseNumber(words: Vocabulary, base: { relation: string; column: string }): number {
  return columnNumber(words, `stored ${base.relation} ${base.column.toLowerCase()}`)
}

function foreignKeys(
  words: Vocabulary,
  base: { relation: string; column: string },
): (readonly [number, number])[] {
  return words.facts.flatMap((fact) => {
    if (fact.kind !== "foreign-key" || fact.relation !== base.relation) return []
    const [column, ...more] = fact.columns
    if (column === undefined || more.length > 0 || !sameName(column, base.column)) return []
    const to = { relation: fact.to, column: some(fact.toColumns[0], "a referenced column") }
    return [[baseNumber(words, to), fact.id] as const]
  })
}

function scanWords(words: Vocabulary, { relation, columns }: StoredRelation): number[] {
  const shown = columns.flatMap(({ id }) => [
    columnNumber(words, id),
    notNullWord(words, id, columnInfo(words, id)),
  ])
  const keys = words.facts.flatMap((fact) => {
    if (fact.kind !== "key" || fact.relation !== relation) return []
    const ids = fact.columns.map(
      (name) => columns.find((column) => sameName(column.name, name))?.id,
    )
    const numbers = ids.flatMap((id) => (id === undefined ? [] : [columnNumber(words, id)]))
    return numbers.length === fact.columns.length ? [[1, fact.id, numbers.length, ...numbers]] : []
  })
  return [columns.length, ...shown, keys.length, ...keys.flat()]
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
