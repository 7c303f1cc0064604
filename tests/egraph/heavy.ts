import { Kind, Trait } from "../../assembly/egraph/relational/kinds.js"
import { EGraph, type AnalysisName, type OperatorWords } from "../../src/egraph/index.js"
import type { RunOptions } from "../../src/egraph/options.js"
import { GUARDS } from "../../src/optimize/terms.js"

// Graphs whose analyses hold much: ranges, sets of names, what is known of relations of many columns.

const VALUES: readonly AnalysisName[] = [
  ...(["constant-fold", "boolean-fold", "interval", "nullability", "type", "cardinality"] as const),
]

/** A graph before its run. */
export interface Workload {
  readonly graph: EGraph
  /** What `restore` has to be given. */
  readonly given?: Parameters<typeof EGraph.restore>[1]
  readonly fill: () => void
  readonly settings: RunOptions
}

const RANGES = `
(rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite assoc (+ ?a (+ ?b ?c)) (+ (+ ?a ?b) ?c))
(rewrite split (<= ?a ?b) (either (< ?a ?b) (= ?a ?b))) (rewrite abs (abs ?a) ?a :when (is-non-negative ?a))
(rewrite min (min ?a ?b) ?a :when (is-at-most ?a ?b)) (rewrite over (/ ?a ?a) 1 :when (excludes-zero ?a))
(rewrite first (coalesce ?a ?b) ?a :when (is-not-null ?a))`

export function ranges(): Workload {
  const graph = EGraph.createSync({ rules: RANGES, analyses: VALUES })
  const fill = () => {
    for (let i = 0; i < 7; i++)
      graph.assume(graph.add(`x${i}`), {
        interval: [i - 2, 3 * i],
        ...(i % 2 === 0 && { nullability: "not-null" }),
      })
    graph.add("(+ x0 (+ x1 (+ x2 (+ x3 (+ x4 (+ x5 (+ 1 x6)))))))")
    graph.add("(<= (min (abs (+ x2 x4)) (abs (+ 1 (+ x6 2)))) (coalesce (/ x6 x6) (+ x1 x3)))")
  }
  return { graph, fill, settings: { iterations: 5 } }
}

/** Functions of many names, which all of them are free in. */
export function names(): Workload {
  const rules = `
    (rewrite comm (+ ?a ?b) (+ ?b ?a)) (rewrite assoc (+ (+ ?a ?b) ?c) (+ ?a (+ ?b ?c)))
    (rewrite beta (app (lam ?v ?body) ?e) (let ?v ?e ?body))
    (rewrite let-add (let ?v ?e (+ ?a ?b)) (+ (let ?v ?e ?a) (let ?v ?e ?b)))
    (rewrite let-same (let ?v ?e (var ?v)) ?e)
    (rewrite let-lam (let ?v ?e (lam ?w ?b)) (lam ?w (let ?v ?e ?b)) 
      :if (capture-avoiding ?w ?e ?f) (lam ?f (let ?v ?e (let ?w (var ?f) ?b))))`
  const graph = EGraph.createSync({ rules, analyses: ["lambda"] })
  const sum = (from: number, to: number): string =>
    from === to ? `(var v${to})` : `(+ (var v${from}) ${sum(from + 1, to)})`
  const fill = () => {
    graph.add(`(app (lam v1 (app (lam v2 ${sum(1, 4)}) ${sum(3, 30)})) ${sum(5, 40)})`)
    graph.add(`(let v1 (+ 1 2) (lam v2 (lam v3 ${sum(1, 4)})))`)
  }
  return { graph, fill, settings: { iterations: 4 } }
}

const COLUMNS = 24
const TABLES = 5

/** `t3` is a table of columns, each second of which is not NULL by a declared fact, and which has two keys. */
function describeOperator(op: string): OperatorWords {
  const [, table] = /^t(\d+)$/.exec(op) ?? []
  const [, of, column] = /^c(\d+)_(\d+)$/.exec(op) ?? []
  const number = (t: number, c: number) => 8 * (COLUMNS * t + c)
  if (table !== undefined) {
    const t = Number(table)
    const columns = Array.from({ length: COLUMNS }, (_, c) => [
      number(t, c),
      c % 2 === 0 ? 0 : 2 + 100 * t + c,
    ])
    const keys = [1, 100 * t, 1, number(t, 0), 1, 100 * t + 50, 2, number(t, 1), number(t, 3)]
    return { kind: Kind.Scan, payload: [COLUMNS, ...columns.flat(), 2, ...keys] }
  }
  if (of !== undefined)
    return { kind: Kind.Column, payload: [number(Number(of), Number(column)), 0, 0, 0, 0] }
  if (op === "and") return { kind: Kind.And, payload: [] }
  if (op === "=") return { kind: Kind.Call, payload: [Trait.Strict | Trait.Equality] }
  if (op === "rows") return { kind: Kind.Join, payload: [] }
  if (op === "where") return { kind: Kind.Filter, payload: [] }
  return { kind: Kind.Plain, payload: [] }
}

/** Joins in every order, over filters. */
export function joins(): Workload {
  const rules = `
    (operator and :set) (operator rows :multiset)
    (rewrite pull (rows (rows ?xs...) ?ys...) (rows ?xs... ?ys...))
    (rewrite split (rows ?x ?y ?z ?xs...) (rows (rows ?x ?y) ?z ?xs...))
    (rewrite push (where (and ?p) (rows (rows ?x ?y) ?z ?xs...)) (rows (where (and ?p) (rows ?x ?y)) ?z ?xs...))
    (rewrite keyed (where ?p ?r) (some ?r) :when (at-most-one ?r ?p))`
  const given = { guards: GUARDS, describe: describeOperator }
  const analyses = ["constant-fold", "nullability"] as const
  const graph = EGraph.createSync({ rules, ...given, analyses })
  const tables = Array.from({ length: TABLES }, (_, t) => `t${t}`)
  const equal = (t: number) => `(= c${t}_0 c${t + 1}_2)`
  const fill = () => {
    const equalities = tables.slice(1).map((_, t) => equal(t))
    graph.add(`(where (and ${equalities.join(" ")}) (rows ${tables.join(" ")}))`)
    for (const equality of equalities)
      graph.add(`(where (and ${equality}) (rows (rows t0 t1) ${tables.slice(2).join(" ")}))`)
  }
  return { graph, given, fill, settings: { iterations: 3 } }
}
