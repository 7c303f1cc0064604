import { DATE_PARTS } from "../functions/date-parts.js"
import type { FunctionInfo } from "../functions/index.js"
import {
  functionNames,
  lookupFunction,
  lookupTableFunction,
  tableFunctionNames,
} from "../functions/index.js"
import { SCALAR_NAMES } from "../types/type.js"
import type { Candidate } from "./item.js"

/** Which functions may stand at a place. */
export interface Allowed {
  readonly aggregates: boolean
  readonly windows: boolean
}

interface Named {
  readonly info: FunctionInfo
  readonly candidate: Candidate
}

let known: readonly Named[] | undefined

/** The functions of the catalogue by their first names; by others, once a part of one is written. */
export function functions(allowed: Allowed, prefix: string): readonly Candidate[] {
  known ??= [...functionNames()].flatMap((name) => {
    const info = lookupFunction(name)
    return info ? [{ info, candidate: functionOf(name, info) }] : []
  })
  return known
    .filter(({ info, candidate }) => {
      if (info.kind === "aggregate" && !allowed.aggregates) return false
      if (info.kind === "window" && !allowed.windows) return false
      return candidate.label === info.name || isBegun(candidate.label, info.name, prefix)
    })
    .map(({ candidate }) => candidate)
}

/** Whether another name of a function is being written, and not its first one. */
function isBegun(name: string, first: string, prefix: string): boolean {
  const typed = prefix.toLowerCase()
  return typed !== "" && name.startsWith(typed) && !first.startsWith(typed)
}

export function tableFunctions(): readonly Candidate[] {
  return [...tableFunctionNames()].flatMap((name) => {
    const info = lookupTableFunction(name)
    return info ? [functionOf(name, info)] : []
  })
}

function functionOf(name: string, { signatures, kind }: FunctionInfo): Candidate {
  const [first] = signatures
  const more = signatures.length > 1 ? `, and ${signatures.length - 1} more` : ""
  const detail = first ? `${name}${first.text}${more}` : name
  return {
    label: name,
    kind: "function",
    detail,
    ...(kind === "scalar" ? {} : { description: kind }),
  }
}

/** The types that a cast may be to. */
export function types(): readonly Candidate[] {
  return [...SCALAR_NAMES, "DECIMAL", "STRUCT", "MAP"].map((label) => ({ label, kind: "type" }))
}

export function dateParts(): readonly Candidate[] {
  return DATE_PARTS.map((label) => ({ label, kind: "date-part" }))
}

/** The keywords that are written most come first. */
const USUAL =
  `SELECT | FROM | WHERE | AND | OR | AS | ON | JOIN | LEFT JOIN | GROUP BY | ORDER BY | LIMIT | HAVING | WITH
  | CASE | WHEN | THEN | ELSE | END | IS | IN | NOT | NULL | BETWEEN | LIKE | NOT IN | NOT LIKE | DISTINCT | UNION | ALL | OVER
  | PARTITION BY | DESC | ASC | NULLS FIRST | NULLS LAST | USING | INNER JOIN | FULL JOIN | RIGHT JOIN | CROSS JOIN
  | CAST | EXISTS | INTERVAL | TRUE | FALSE | QUALIFY | FILTER`
    .split("|")
    .map((phrase) => phrase.trim())

/** Those of the usual ones first, the others by name. */
export function keywords(phrases: readonly string[]): readonly Candidate[] {
  const known = USUAL.filter((phrase) => phrases.includes(phrase))
  const others = phrases.filter((phrase) => !USUAL.includes(phrase)).toSorted()
  return [...known, ...others].map((label) => ({ label, kind: "keyword" }))
}
