import { EGraph, type Rule } from "../../../src/egraph/index.js"
import type { Out } from "../../../src/ir/nodes.js"
import { Encoder } from "../../../src/optimize/encode.js"
import { normalizer } from "../../../src/optimize/normalize.js"
import { RelationReader } from "../../../src/optimize/read.js"
import { describe as words, vocabulary } from "../../../src/optimize/terms.js"
import { RULES } from "./fire.js"

/** A plan with its expressions in the normal form of these rules, and how that is written as a term. */
export function inNormalForm(out: Out, rules: readonly Rule[]): { out: Out; term: string } {
  // No fact is declared here: what is not NULL is so by its type.
  const known = vocabulary([])
  const text = { ...RULES.relational, rules: [] }
  const graph = EGraph.createSync({ rules: text, describe: (op) => words(known, op) })
  try {
    const encoder = new Encoder(graph, known, normalizer(rules, text.operators, known))
    const written = encoder.out(out)
    const reader = new RelationReader<number>(
      {
        op: (row) => graph.opOf(row),
        children: (row) => graph.firstChildrenOf(row),
        typed: (row) => encoder.typed(row),
        stored: () => undefined,
      },
      known,
      encoder.leaves,
    )
    const [list = 0, body = 0] = graph.firstChildrenOf(written.out)
    return {
      out: { columns: reader.columns(list), input: reader.relation(body) },
      term: JSON.stringify(graph.originalTerm(written.out)),
    }
  } finally {
    graph.dispose()
  }
}
