// The e-graph engine alone, without SQL: that 2x / 2 is x, with the proof, and how 4y + 4z is computed best.
import { EGraph, showTerm } from "smelt-sql/egraph"

const rules = `
(rewrite swap    (* ?a ?b)                (* ?b ?a))
(rewrite regroup (/ (* ?a ?b) ?c)         (* ?a (/ ?b ?c)))
(rewrite one     (* 1 ?a)                 ?a)
(rewrite factor  (+ (* ?c ?a) (* ?c ?b))  (* ?c (+ ?a ?b)))

; A product with a power of two is a shift.
(rewrite shift-1 (* 2 ?a)                 (<< ?a 1))
(rewrite shift-2 (* 4 ?a)                 (<< ?a 2))
`

const graph = await EGraph.create({ rules, analyses: ["constant-fold"] })
const half = graph.add("(/ (* 2 x) 2)")
const x = graph.add("x")
const sum = graph.add("(+ (* 4 y) (* 4 z))")

const { stop, iterations, nodes, classes } = graph.run({ until: [half, x] })
console.log(`${stop} in iteration ${iterations}: ${nodes} nodes in ${classes} classes`)

const proof = graph.explain(half, x)
console.log(`\n${"(/ (* 2 x) 2)".padEnd(16)} checked: ${graph.checkProof(proof)}`)
for (const { after, kind, rule = kind } of proof)
  console.log(`${showTerm(after).padEnd(16)} ${rule}`)

const cost = { "*": 4, "/": 8, "<<": 1 }
const best = graph.extract(sum, { cost })
console.log(`\n${showTerm(best.term)} costs ${best.cost}; others:`)
for (const other of graph.variants(sum, 3, { cost, moves: 1000 }).slice(1))
  console.log(`${showTerm(other.term)} costs ${other.cost}`)

graph.dispose()
