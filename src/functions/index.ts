import { AGGREGATES, WINDOWS } from "./aggregates.js"
import { CONDITIONAL } from "./conditional.js"
import { DATES } from "./dates.js"
import { functionOf, type Entry, type FunctionInfo } from "./function.js"
import { LISTS } from "./lists.js"
import { MATH } from "./math.js"
import { OPERATORS } from "./operators.js"
import { STRINGS } from "./strings.js"
import { TABLES } from "./tables.js"

export type { Algebra, FunctionInfo, FunctionKind, NullBehavior } from "./function.js"
export { byConstant } from "./by-constant.js"
export { datePartType } from "./dates.js"
export { elementType } from "./lists.js"
export { READERS } from "./tables.js"

export const ENTRIES: readonly Entry[] = [
  ...STRINGS,
  ...DATES,
  ...MATH,
  ...CONDITIONAL,
  ...LISTS,
  ...AGGREGATES,
  ...WINDOWS,
]

const entries = byName(ENTRIES)
const tableEntries = byName(TABLES)
/** What was built for an entry, and by each spelling of a name that it was asked by. */
const built = new Map<Entry | string, FunctionInfo>()
const operators = new Map(OPERATORS.map((operator) => [operator.name, operator]))

/** A function or operator by its name or alias, in any case; operators by their ir names. */
export function lookupFunction(name: string): FunctionInfo | undefined {
  const known = built.get(name)
  if (known) return known
  const key = name.toLowerCase()
  const info = operators.get(key) ?? build(entries.get(key))
  if (info) built.set(name, info)
  return info
}

/** A function that stands in FROM. */
export function lookupTableFunction(name: string): FunctionInfo | undefined {
  return build(tableEntries.get(name.toLowerCase()))
}

/** The names of the functions that stand in FROM. */
export function tableFunctionNames(): Iterable<string> {
  return tableEntries.keys()
}

/** The names of all functions, without operators. */
export function functionNames(): Iterable<string> {
  return entries.keys()
}

function build(entry: Entry | undefined): FunctionInfo | undefined {
  if (!entry) return undefined
  const known = built.get(entry)
  if (known) return known
  const info = functionOf(entry)
  built.set(entry, info)
  return info
}

function byName(list: readonly Entry[]): ReadonlyMap<string, Entry> {
  const names = new Map<string, Entry>()
  for (const entry of list)
    for (const name of [entry[0], ...(entry[2]?.aliases ?? [])])
      names.set(name.toLowerCase(), entry)
  return names
}
