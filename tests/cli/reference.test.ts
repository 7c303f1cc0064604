import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { COMMANDS, LATER } from "../../src/cli/commands.js"
import { CATALOG } from "../../src/diagnostics/catalog.js"
import {
  CHANGES,
  FORMATS,
  GRAINS,
  KEYS,
  MATERIALIZATIONS,
  RHYTHMS,
} from "../../src/project/keys.js"
import { smelt } from "./smelt.js"

// docs/reference.md names everything that can be written.

const reference = readFileSync("docs/reference.md", "utf8")

/** Words in code: of spans such as `key` or `{ unique: [a], severity: warn }`, and of blocks. */
const named = new Set(
  [...reference.matchAll(/```\w+\n([^]*?)```|`([^`\n]+)`/g)].flatMap(([, block, span]) =>
    (block ?? span ?? "").split(/[^\w-]+/),
  ),
)

test.each(Object.entries(KEYS))("every key of %s", (_, keys) => {
  expect(keys.filter((key) => !named.has(key))).toEqual([])
})

test("every value that a key takes", () => {
  const values = [...MATERIALIZATIONS, ...GRAINS, ...CHANGES, ...FORMATS, ...Object.keys(RHYTHMS)]
  expect(values.filter((value) => !named.has(value))).toEqual([])
})

test("every command and option", () => {
  const options = COMMANDS.flatMap(({ name }) => {
    const help = smelt(".", name, "--help").stdout
    return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = ""]) => option)
  })
  const words = [...COMMANDS.map(({ name }) => name), ...LATER, ...new Set(options)]
  expect(words.length).toBeGreaterThan(30)
  expect(words.filter((word) => word !== "--help" && !named.has(word))).toEqual([])
})

test("every code whose level may be changed, of those that are reported of a text", () => {
  const elsewhere = ["test-failed", "optimizer-contradiction", "type-drift"]
  const adjustable = Object.entries(CATALOG)
    .filter(([, [level]]) => level === "error" || level === "warn")
    .map(([code]) => code)
  expect(adjustable.filter((code) => !named.has(code) && !elsewhere.includes(code))).toEqual([])
})

test("the four kinds of data tests", () => {
  for (const kind of ["unique", "not_null", "accepted_values", "relationships"])
    expect(named).toContain(kind)
})
