import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "smelt-cases-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

function conformance(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("node", ["scripts/conformance.mjs", ...args], {
    encoding: "utf8",
  })
  return { status, out: stdout.trimEnd().split("\n"), error: stderr.trimEnd() }
}

function fileOf(text: string): string {
  const path = join(folder, "cases.json")
  writeFileSync(path, text)
  return path
}

const CASE = {
  ruleset: "comm",
  analysis: "none",
  starts: ["(+ a b)"],
  scheduler: { kind: "simple" },
}
const RULESETS = { comm: [{ name: "comm", lhs: "(+ ?a ?b)", rhs: "(+ ?b ?a)" }] }
const file = (...cases: object[]) => JSON.stringify({ format: 1, rulesets: RULESETS, cases })

describe("npm run conformance", () => {
  test("prints a line a case, and last how many passed", () => {
    const cases = [
      { ...CASE, name: "right", expect: { nodes: 4, stop: "saturated" } },
      { ...CASE, name: "open", expect: {} },
    ]
    expect(conformance(fileOf(file(...cases)))).toEqual({
      status: 0,
      out: [
        'right {"stop":"saturated","nodes":4} {"stop":"saturated","nodes":4} ok',
        "open {} {} ok",
        "2 passed, 0 failed",
      ],
      error: "",
    })
  })

  test("fails where a case comes out otherwise", () => {
    const found = conformance(fileOf(file({ ...CASE, name: "wrong", expect: { nodes: 5 } })))
    expect(found).toMatchObject({
      status: 1,
      out: ['wrong {"nodes":5} {"nodes":4} differs', "0 passed, 1 failed"],
    })
  })

  const FAULTS: readonly (readonly [string, string])[] = [
    ["{", "the file: JSON is wanted"],
    ['{"format": 2}', "format: 1 is wanted, found 2"],
    [file({ ...CASE, name: "x", limit: 1 }), 'case "x", limit: one of name, kept,'],
    [
      file({ ...CASE, name: "x", starts: ["(+ a"] }),
      'case "x", starts[0]: a term is wanted, with every `(` closed',
    ],
  ]
  test.each(FAULTS)("a file that is not in the format: %s", (text, message) => {
    const { status, out, error } = conformance(fileOf(text))
    expect([status, out]).toEqual([2, [""]])
    expect(error).toContain(message)
    expect(error.split("\n")).toHaveLength(1)
  })

  test("a file that is not there, none, a folder", () => {
    const missing = conformance(join(folder, "missing.json"))
    expect(missing).toMatchObject({ status: 2, error: expect.stringContaining("no such file") })
    expect(conformance()).toMatchObject({
      status: 2,
      error: "which file? npm run conformance -- FILE.json",
    })
    expect(conformance(folder)).toMatchObject({
      status: 2,
      error: expect.stringContaining("EISDIR"),
    })
  })
})
