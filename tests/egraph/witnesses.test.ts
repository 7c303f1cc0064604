import { describe, expect, test } from "vitest"
import { Kind } from "../../assembly/egraph/relational/kinds.js"
import { EGraph, type OperatorWords } from "../../src/egraph/index.js"
import { GUARDS } from "../../src/optimize/terms.js"

// The declared facts that the log says an application rests on: those of its guards, and those by which the terms
// are equal that its guards look at.

interface Witnessed {
  readonly what: string
  readonly rules: string
  readonly starts: readonly string[]
  /** Terms that are one on the host's word after a first run; another run follows. */
  readonly given?: readonly [string, string]
  /** Every application in order: the rule, and what it rests on. */
  readonly said: readonly string[]
}

/** A relation of one column: never NULL, not NULL by a declared fact, or nothing is known. */
const SCAN = /^[klm](never|\d+)?$/
const COLUMN = 8
const SAME_ROWS = new Set(["f", "g"])

function describeOperator(op: string): OperatorWords {
  const [, known] = SCAN.exec(op) ?? []
  if (SCAN.test(op)) return { kind: Kind.Scan, payload: [1, COLUMN, notNull(known), 0] }
  if (op.startsWith("@")) return { kind: Kind.Column, payload: columnWords(op.slice(1)) }
  if (SAME_ROWS.has(op)) return { kind: Kind.Join, payload: [] }
  if (op === "all") return { kind: Kind.And, payload: [] }
  if (op === "tag" || op === "maybe") return { kind: Kind.Tag, payload: [] }
  return { kind: Kind.Plain, payload: [] }
}

/** See ColumnWord.NotNull. */
function notNull(known: string | undefined): number {
  if (known === undefined) return 0
  return known === "never" ? 1 : 2 + Number(known)
}

/** `@c` is the column of the relations; `@0` is another, which is not NULL by the declared fact 0. */
function columnWords(name: string): number[] {
  return name === "c" ? [COLUMN, 0, 0, 0, 0] : [COLUMN * (2 + Number(name)), notNull(name), 0, 0, 0]
}

const SAME = "(rule same ((?p (pick ?x ?y ?r ?c))) ((?x ?y)) :when (not-null ?r ?c))"
const ASK = "(rewrite ask (ask ?r ?c) yes :when (not-null ?r ?c))"

const CASES: readonly Witnessed[] = [
  {
    what: "of a class whose parts had the same facts when they became one",
    rules: `${SAME} ${ASK}`,
    starts: ["(pick k l m0 @c)", "(ask k @c)"],
    given: ["l", "mnever"],
    said: ["same by 0", "ask by 0"],
  },
  {
    what: "of a class of whose parts nothing was known when they became one",
    rules: `${SAME} ${ASK}`,
    starts: ["(pick (tag k) (tag l) m0 @c)", "(ask (tag k) @c)"],
    given: ["(tag l)", "mnever"],
    said: ["same by 0", "ask by 0"],
  },
  {
    what: "of a class that became one with a term over a class that became one in the same iteration",
    rules: `${SAME} (rewrite swap (f ?x) (g ?x)) ${ASK}`,
    starts: ["(g lnever)", "(pick lnever k m0 @c)", "(ask (f k) @c)"],
    said: ["same by 0", "swap by ", "ask by 0"],
  },
  {
    what: "the same, of rules that are not compiled",
    rules: `(operator bag :multiset) (rewrite unused (bag ?x ?y) (bag ?y ?x)) (rewrite same (maybe ?x ?r ?c) ?x :when (not-null ?r ?c)) (rewrite swap (f ?x) (g ?x)) ${ASK}`,
    starts: ["(g lnever)", "(ask (f (maybe lnever m0 @c)) @c)"],
    said: ["same by 0", "swap by ", "ask by 0"],
  },
  {
    what: "by several facts, one after the other",
    rules: `${SAME} ${ASK}`,
    starts: ["(pick k l m0 @c)", "(pick l m m1 @c)", "(ask (f k) @c)"],
    given: ["(f m)", "(g m3)"],
    said: ["same by 0", "same by 1", "ask by 3,0,1"],
  },
  {
    what: "by each union of a rule with clauses",
    rules: "(rule same ((?p (pick ?x ?y ?r ?c))) ((?x ?y) (?p yes)) :when (not-null ?r ?c))",
    starts: ["(pick k l m0 @c)", "yes"],
    said: ["same by 0", "same by 0"],
  },
  {
    what: "by a guard that adds terms, which are of one class by then",
    rules: `${SAME} (rewrite ask (pair ?x ?y) yes :when (equal-after-adding (f ?x) (f ?y)))`,
    starts: ["(pick k l m0 @c)", "(pair k l)"],
    said: ["same by 0", "ask by 0"],
  },
  {
    what: "by a guard that looks at the terms of a class",
    rules: `${SAME} (rewrite ask (one ?x) yes :when (is-sym ?x))`,
    starts: ["(pick (f k) l m0 @c)", "(one (f k))"],
    said: ["same by 0", "ask by 0"],
  },
  {
    what: "none, of a rule without guards beside one that has them",
    rules:
      "(rewrite keep (maybe ?x ?r ?c) (f ?x) :when (not-null ?r ?c)) (rewrite swap (f ?x) (g ?x))",
    starts: ["(maybe k m0 @c)", "(f l)"],
    said: ["keep by 0", "swap by ", "swap by "],
  },
]

function graphOf(rules: string): EGraph {
  return EGraph.createSync({ rules, guards: GUARDS, describe: describeOperator })
}

function applicationsIn(graph: EGraph): string[] {
  return graph
    .log()
    .unions.flatMap(({ application }) =>
      application ? [`${application.rule} by ${application.witnesses.join()}`] : [],
    )
}

describe("declared facts that an application rests on", () => {
  test.each(CASES)("$what", ({ rules, starts, given, said }) => {
    const graph = graphOf(rules)
    for (const term of starts) graph.add(term)
    graph.run({ iterations: 4 })
    if (given) {
      const [left, right] = given.map((term) => graph.add(term))
      graph.union(left ?? 0, right ?? 0)
      graph.run({ iterations: 4 })
    }
    expect(applicationsIn(graph)).toEqual(said)
    graph.dispose()
  })

  test.each([
    [255, 1],
    [256, 0],
  ])("of %i facts, %i application: a record holds 255", (count, applied) => {
    const graph = graphOf("(rewrite ask (ask ?e) yes :when (not-null ?e))")
    graph.add(`(ask (all ${Array.from({ length: count }, (_, i) => `@${i}`).join(" ")}))`)
    graph.run({ iterations: 4 })
    const said = graph.log().unions.map(({ application }) => application?.witnesses.length)
    expect(said).toEqual(applied === 0 ? [] : [count])
    graph.dispose()
  })
})

describe("what a function of the host takes over", () => {
  test.each([
    ["is explained where it looks at a list of it", "(list (maybe k m0 @c))", ["same", "copy"]],
    ["is not where it leaves it as it is", "(list (f (maybe k m0 @c)))", ["copy"]],
  ])("%s", (_, list, said) => {
    const graph = EGraph.createSync({
      rules:
        "(function again 1) (rewrite same (maybe ?x ?r ?c) ?x :when (not-null ?r ?c)) (rewrite copy (top ?l) (made (again ?l)))",
      guards: GUARDS,
      describe: describeOperator,
      functions: { again: ([of = 0], known) => known.addNode("copied", known.childrenOf(of)) },
    })
    const top = graph.add(`(top ${list})`)
    graph.run({ iterations: 4 })
    const made = graph.members(top).find((row) => graph.opOf(row) === "made")
    const applications = graph.applications(top, made ?? top)
    expect(applications.map(({ rule }) => rule)).toEqual(said)
    graph.dispose()
  })
})
