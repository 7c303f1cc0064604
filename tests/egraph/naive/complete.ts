import { at } from "../../../src/base/check.js"
import { readCases, type Outcome } from "../../../src/egraph/cases.js"
import { settle } from "./settle.js"

const SEEDS = Array.from({ length: 16 }, (_, i) => i + 1)

interface RawFile {
  readonly rulesets: Readonly<Record<string, readonly unknown[]>>
  readonly cases: readonly { readonly expect?: unknown }[]
}

/** A case file in which every case without `expect` has that of the naive engine, a line a case. */
export function completed(text: string): string {
  const raw = JSON.parse(text) as RawFile
  const { cases, rulesets } = readCases(text)
  const expectations = cases.map((given, i) => {
    const { expect } = at(raw.cases, i)
    if (expect !== undefined) return expect
    const outcome = settle(given, rulesets.get(given.ruleset) ?? [], SEEDS)
    if (!outcome) throw new Error(`${given.name} depends on the order of matches or unions`)
    return expectationOf(outcome)
  })
  return layout({
    ...raw,
    cases: raw.cases.map((given, i) => ({ ...given, expect: expectations[i] })),
  })
}

/** Goals are left out where there are none. */
function expectationOf({ goals, ...rest }: Outcome): object {
  return goals.length > 0 ? { ...rest, goals } : rest
}

/** JSON with a rule, a case, a definition on a line of its own. */
function layout({ rulesets, cases, ...head }: RawFile): string {
  const heads = Object.entries(head).map(
    ([name, value]) => ` ${JSON.stringify(name)}: ${block(value)}`,
  )
  const sets = Object.entries(rulesets).map(
    ([name, rules]) => `  ${JSON.stringify(name)}: ${lines(rules, "   ")}`,
  )
  const parts = [
    ...heads,
    ` "rulesets": {\n${sets.join(",\n")}\n }`,
    ` "cases": ${lines(cases, "  ")}`,
  ]
  return `{\n${parts.join(",\n")}\n}\n`
}

function block(value: unknown): string {
  return typeof value === "object" && value !== null
    ? JSON.stringify(value, null, 2)
    : JSON.stringify(value)
}

function lines(list: readonly unknown[], indent: string): string {
  if (list.length === 0) return "[]"
  return `[\n${list.map((entry) => indent + JSON.stringify(entry)).join(",\n")}\n${indent.slice(1)}]`
}
