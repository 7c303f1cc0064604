import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const EXAMPLE = "examples/egraph/halves.mjs"

test("the example uses the engine alone, in under 40 lines", () => {
  const text = readFileSync(EXAMPLE, "utf8")
  expect(text.trimEnd().split("\n").length).toBeLessThan(40)
  expect([...text.matchAll(/from "(.*)"/g)].map(([, from]) => from)).toEqual(["smelt-sql/egraph"])

  expect(execFileSync("node", [EXAMPLE], { encoding: "utf8" }))
    .toBe(`goal in iteration 5: 27 nodes in 12 classes

(/ (* 2 x) 2)    checked: true
(/ (* x 2) 2)    swap
(* x (/ 2 2))    regroup
(* x 1)          analysis
(* 1 x)          swap
x                one

(<< (+ y z) 2) costs 5; others:
(+ (<< y 2) (<< z 2)) costs 6
(* 4 (+ y z)) costs 8
`)
})
