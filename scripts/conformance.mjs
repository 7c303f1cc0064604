// npm run conformance -- FILE.json: runs a file of e-graph cases on the engine, one line a case. What a file may
// say: src/egraph/cases.ts.

import { readFileSync } from "node:fs"
import { CaseError, readCases } from "../dist/src/egraph/cases.js"
import { rulesOf, runCase } from "../dist/src/egraph/run-cases.js"

const [file] = process.argv.slice(2)
if (file === undefined) fail("which file? npm run conformance -- FILE.json")

const { cases, rulesets } = read(file)
const rules = new Map([...rulesets].map(([name, ruleset]) => [name, rulesOf(ruleset)]))
let passed = 0
for (const each of cases) {
  const expected = judged(each.expect)
  const found = outcome(each)
  const isSame = Object.entries(expected).every(([key, value]) => same(found[key], value))
  if (isSame) passed++
  console.log(
    `${each.name} ${show(expected)} ${show(pick(found, expected))} ${isSame ? "ok" : "differs"}`,
  )
}
console.log(`${passed} passed, ${cases.length - passed} failed`)
process.exitCode = passed === cases.length ? 0 : 1

function read(path) {
  try {
    return readCases(readFileSync(path, "utf8"))
  } catch (error) {
    if (error instanceof CaseError || error?.syscall !== undefined)
      fail(`${path}: ${error.message}`)
    throw error
  }
}

function outcome(given) {
  try {
    return runCase(given, rules.get(given.ruleset))
  } catch (error) {
    return { error: error.message }
  }
}

/** What a case leaves open is not judged. */
function judged(expect) {
  return Object.fromEntries(Object.entries(expect).filter(([, value]) => value !== undefined))
}

function pick(found, expected) {
  return "error" in found
    ? found
    : Object.fromEntries(Object.keys(expected).map((key) => [key, found[key]]))
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b)
}

function show(outcome) {
  return JSON.stringify(outcome)
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
