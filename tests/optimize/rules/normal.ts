import { EGraph, type Rule } from "../../../src/egraph/index.js"
import type { Out } from "../../../src/ir/nodes.js"
import { Encoder } from "../../../src/optimize/encode.js"
import { normalizer } from "../../../src/optimize/normalize.js"
import { describe as words, vocabulary } from "../../../src/optimize/terms.js"
import { rowReader, RULES } from "./fire.js"

/** A plan with its expressions in the normal form of these rules, and how that is written as a term. */
export function inNormalForm(out: Out, rules: readonly Rule[]): { out: Out; term: string } {
  // No fact is declared here: what is not NULL is so by its type.
  const known = vocabulary([])
  const text = { ...RULES.relational, rules: [] }
  const graph = EGraph.createSync({ rules: text, describe: (op) => words(known, op) })
  try {
    const encoder = new Encoder(graph, known, normalizer(rules, text.operators, known))
    const written = encoder.out(out)
    return {
      out: rowReader(graph, encoder)(written.out),
      term: JSON.stringify(graph.originalTerm(written.out)),
    }
  } finally {
    graph.dispose()
  }
}
