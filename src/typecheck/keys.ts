import type { UsingColumn } from "../catalog/names.js"
import type { Relation } from "../catalog/relation.js"
import { at } from "../base/check.js"
import { kindOf } from "../syntax/joins.js"
import { operands } from "../syntax/operands.js"
import type { Expr, Join, NaryLogic } from "../syntax/ast.js"
import { columnKey, columnSymbol, rowOf, rowSymbol, type Context } from "./context.js"

/**
 * What determines what among the rows of a FROM. A symbol is a column (`columnKey`), an expression, or
 * `#3`: the whole row that the table-ref with id 3 gave, an all-NULL one included.
 */
export interface Facts {
  /** The row symbols: who determines them all determines the joined row. */
  readonly rows: readonly string[]
  readonly implies: readonly Implication[]
}

export interface Implication {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

export type Pair = readonly [left: string, right: string]

export const NO_FACTS: Facts = { rows: [], implies: [] }

export function joinFacts(a: Facts, b: Facts): Facts {
  if (a === NO_FACTS) return b
  return { rows: [...a.rows, ...b.rows], implies: [...a.implies, ...b.implies] }
}

export function tableFacts(id: number, keys: readonly (readonly number[])[]): Facts {
  const row = rowSymbol(id)
  const byKey = keys.map((key) => ({
    from: key.map((column) => columnSymbol(id, column)),
    to: [row],
  }))
  return { rows: [row], implies: byKey }
}

/** Whether `symbol` is among those known, or a column of a row that is. */
export function knows(known: ReadonlySet<string>, symbol: string): boolean {
  if (known.has(symbol)) return true
  const row = rowOf(symbol)
  return row !== undefined && known.has(row)
}

/** Keys of a stored relation by column numbers; those with a column that it does not have are dropped. */
export function keyOfRelation(relation: Relation): readonly (readonly number[])[] {
  const places = new Map(relation.columns.map((column, i) => [column.name.toLowerCase(), i]))
  return relation.keys
    .map((key) => key.map((name) => places.get(name.toLowerCase()) ?? -1))
    .filter((key) => key.length > 0 && !key.includes(-1))
}

// -------------------------------------------------------------------------------- predicates

/** Columns that a condition makes equal. */
export function equalities(condition: Expr, cx: Context): readonly Pair[] {
  const pairs: Pair[] = []
  for (const one of conjuncts(condition)) {
    if (one.kind !== "binary" || one.op !== "=") continue
    const a = symbolOfColumn(one.left, cx)
    const b = symbolOfColumn(one.right, cx)
    if (a !== undefined && b !== undefined) pairs.push([a, b])
  }
  return pairs
}

/** Columns that a condition makes equal to one value. */
export function constants(condition: Expr, cx: Context): readonly Implication[] {
  const found: Implication[] = []
  const add = (column: Expr, value: Expr) => {
    const symbol = isConstant(value) ? symbolOfColumn(column, cx) : undefined
    if (symbol !== undefined) found.push({ from: [], to: [symbol] })
  }
  for (const one of conjuncts(condition)) {
    if (one.kind !== "binary" || one.op !== "=") continue
    add(one.left, one.right)
    add(one.right, one.left)
  }
  return found
}

export function bothWays(pairs: readonly Pair[]): readonly Implication[] {
  const both: Implication[] = []
  for (const [a, b] of pairs) both.push({ from: [a], to: [b] }, { from: [b], to: [a] })
  return both
}

/**
 * What the left row of a left join determines: with the columns that ON reads, whether there is a
 * match; with equalities alone, or over a key of the right side, also which.
 */
export function outerImplication(
  join: Join,
  pairs: readonly Pair[],
  padded: readonly number[],
  facts: Facts,
  cx: Context,
): readonly Implication[] {
  const isPadded = (symbol: string) => padded.some((table) => symbol.startsWith(`${table}.`))
  const crossing = pairs.flatMap(([a, b]) =>
    isPadded(a) === isPadded(b) ? [] : [isPadded(a) ? ([b, a] as const) : ([a, b] as const)],
  )
  const to = crossing.map(([, right]) => right)
  const read = join.on ? columnsIn(join.on, cx) : crossing.map(([left]) => left)
  if (!read || to.length === 0) return []
  const onlyPairs = join.on ? conjuncts(join.on).length === pairs.length : true
  const byKey = closure(facts, to).has(`#${padded[0]}`)
  if (!(onlyPairs && crossing.length === pairs.length) && !byKey) return []
  return [{ from: read.filter((symbol) => !isPadded(symbol)), to }]
}

/** The columns that USING compares. */
export function usingPairs(using: readonly UsingColumn[]): readonly Pair[] {
  return using.flatMap(({ left, right }) => pair(columnKey(left), columnKey(right)))
}

/** The merged columns, each with the side that it shows; none of a full join, which shows either. */
export function mergedPairs(join: Join, using: readonly UsingColumn[]): readonly Pair[] {
  const kind = kindOf(join)
  if (kind === "full") return []
  return using.flatMap(({ left, right }, i) =>
    pair(columnKey(kind === "right" ? right : left), columnSymbol(join.id, i)),
  )
}

function pair(a: string | undefined, b: string | undefined): readonly Pair[] {
  return a === undefined || b === undefined ? [] : [[a, b]]
}

export function conjuncts(condition: Expr): readonly Expr[] {
  if (!isAnd(condition)) return [condition]
  const { operands } = condition
  return operands.some(isAnd) ? operands.flatMap(conjuncts) : operands
}

function isAnd(expr: Expr): expr is NaryLogic {
  return expr.kind === "logic" && expr.op === "AND"
}

function symbolOfColumn(expr: Expr, cx: Context): string | undefined {
  return expr.kind === "column-ref" && !cx.names.fields.has(expr.id)
    ? columnKey(cx.names.columns.get(expr.id))
    : undefined
}

function isConstant(expr: Expr): boolean {
  if (expr.kind === "cast") return isConstant(expr.operand)
  return expr.kind === "literal" || expr.kind === "parameter"
}

/** All columns that `expr` reads; undefined where it reads more than columns of this select. */
function columnsIn(expr: Expr, cx: Context): readonly string[] | undefined {
  if (expr.kind === "column-ref") {
    const key = columnKey(cx.names.columns.get(expr.id))
    return key === undefined ? undefined : [key]
  }
  if ("query" in expr || (expr.kind === "call" && expr.over)) return undefined
  const found = operands(expr).map((operand) => columnsIn(operand, cx))
  return found.every((columns) => columns !== undefined) ? found.flat() : undefined
}

// ---------------------------------------------------------------------------------------- keys

/** Everything that these symbols determine. */
export function closure(facts: Facts, symbols: Iterable<string>): Set<string> {
  const known = new Set(symbols)
  const open = [...facts.implies]
  for (let before = -1; before !== open.length;) {
    before = open.length
    for (let i = 0; i < open.length;) {
      const one = at(open, i)
      if (one.from.every((symbol) => knows(known, symbol))) {
        for (const symbol of one.to) known.add(symbol)
        open[i] = at(open, open.length - 1)
        open.pop()
      } else i++
    }
  }
  return known
}

/** Facts in which symbols are numbers from 0, for many questions. */
interface NumberedFacts {
  /** By symbol: the row whose column it is, or the symbol itself. */
  readonly rows: readonly number[]
  readonly implies: readonly NumberedImplication[]
}

interface NumberedImplication {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

function numbered(facts: Facts): [facts: NumberedFacts, numberOf: (symbol: string) => number] {
  const numbers = new Map<string, number>()
  const rows: number[] = []
  const numberOf = (symbol: string): number => {
    const known = numbers.get(symbol)
    if (known !== undefined) return known
    const number = rows.length
    numbers.set(symbol, number)
    rows.push(number)
    const row = rowOf(symbol)
    if (row !== undefined) rows[number] = numberOf(row)
    return number
  }
  const implies = facts.implies.map(({ from, to }) => ({
    from: from.map(numberOf),
    to: to.map(numberOf),
  }))
  return [{ rows, implies }, numberOf]
}

/** Whether symbols determine all of `wanted`. Asked dozens of times a query: by loops over numbers alone. */
function determines(
  { rows, implies }: NumberedFacts,
  symbols: readonly number[],
  wanted: readonly number[],
): boolean {
  const known = new Uint8Array(rows.length)
  for (const symbol of symbols) known[symbol] = 1
  const areKnown = (asked: readonly number[]): boolean => {
    for (let i = 0; i < asked.length; i++) {
      const symbol = at(asked, i)
      if (known[symbol] !== 1 && known[at(rows, symbol)] !== 1) return false
    }
    return true
  }
  const applied = new Uint8Array(implies.length)
  for (let grows = true; grows && !areKnown(wanted);) {
    grows = false
    for (let i = 0; i < implies.length; i++) {
      const { from, to } = at(implies, i)
      if (applied[i] === 1 || !areKnown(from)) continue
      for (const symbol of to) known[symbol] = 1
      applied[i] = 1
      grows = true
    }
  }
  return areKnown(wanted)
}

/** Output columns by number: the symbols that each stands for, and whether it may be NULL. */
export interface KeyColumn {
  readonly index: number
  readonly symbol: string
  readonly nullable: boolean
}

/**
 * Smallest sets of columns that determine all of `wanted`: one found from the front, one from the
 * back of the list. Only columns that cannot be NULL take part.
 */
export function minimalKeys(
  columns: readonly KeyColumn[],
  facts: Facts,
  wanted: readonly string[],
): readonly (readonly number[])[] {
  // A symbol that determines nothing and is not wanted itself is in no smallest set.
  const useful = new Set(wanted)
  for (const { from } of facts.implies) for (const symbol of from) useful.add(symbol)
  const usable = columns.filter((column) => !column.nullable && useful.has(column.symbol))
  if (usable.length === 0) return []
  const [numbers, numberOf] = numbered(facts)
  const candidates = usable.map(({ index, symbol }) => ({ index, symbol: numberOf(symbol) }))
  const all = wanted.map(numberOf)
  const first = reduced([...candidates].reverse(), numbers, all)
  const second = first && reduced(candidates, numbers, all)
  const keys = new Map<string, readonly number[]>()
  for (const key of [first, second]) if (key && key.length > 0) keys.set(key.join(), key)
  return [...keys.values()]
}

interface Candidate {
  readonly index: number
  readonly symbol: number
}

/** Drops columns, first ones first, as long as the rest determines all of `wanted`. */
function reduced(
  columns: readonly Candidate[],
  facts: NumberedFacts,
  wanted: readonly number[],
): readonly number[] | undefined {
  const covers = (kept: readonly Candidate[]) =>
    determines(
      facts,
      kept.map(({ symbol }) => symbol),
      wanted,
    )
  if (!covers(columns)) return undefined
  let kept = columns
  for (const column of columns) {
    const rest = kept.filter((one) => one !== column)
    if (covers(rest)) kept = rest
  }
  return kept.map(({ index }) => index).sort((a, b) => a - b)
}
