import type { RuleCase } from "../case.js"

const BOOLEANS = `
CREATE TABLE x (k INTEGER PRIMARY KEY, p BOOLEAN, q BOOLEAN, r BOOLEAN, n BOOLEAN NOT NULL,
  a INTEGER, b INTEGER, c INTEGER NOT NULL, y DOUBLE, z DOUBLE, s VARCHAR, d DATE, m TIMESTAMP);`

type Mutants = RuleCase["mutants"]

/** Never NULL, by themselves: what a declaration says of a column leaves a witness, and is not for these rules. */
const C = "coalesce(x.c, 1)"
const N = "(x.a IS NULL)"

/** An expression over x, and others in which the rule fires too. */
function of(
  rule: string,
  exprs: readonly [string, ...string[]],
  mutants: Mutants,
  also: readonly string[] = [],
): RuleCase {
  const [first, ...others] = exprs.map(valueOf)
  return {
    rule,
    schema: BOOLEANS,
    query: first ?? "",
    more: others.map((query) => ({ query })),
    mutants,
    also,
  }
}

function valueOf(expr: string): string {
  return `SELECT x.k, ${expr} AS e FROM x`
}

function refuted(without: string, ...exprs: readonly string[]): Mutants {
  return exprs.map((expr) => ({ without, query: valueOf(expr) }))
}

const drawn = (without: string, expr: string): Mutants => [
  {
    without,
    schema: "CREATE TABLE x (k UTINYINT NOT NULL); CREATE TABLE y (k UTINYINT NOT NULL);",
    query: `SELECT x.k, ${expr} AS e FROM x CROSS JOIN y`,
    by: "draws",
  },
]
const A_DRAW = "random() < 0.5"

const comparison = (rule: string, op: string, wrong: string): RuleCase =>
  of(
    rule,
    [`NOT (x.a ${op} x.b)`, `NOT (x.y ${op} x.z)`, `NOT (x.s ${op} 'a')`, `NOT (x.d ${op} x.m)`],
    [{ right: wrong }],
  )

const aggregate = (rule: string, fn: string, column: string, wrong: string): RuleCase => ({
  rule,
  schema: BOOLEANS,
  query: `SELECT x.n, ${fn}(DISTINCT x.${column}) AS e FROM x GROUP BY x.n`,
  more: [{ query: `SELECT ${fn}(DISTINCT x.${column}) FILTER (WHERE x.p) AS e FROM x` }],
  mutants: [{ right: wrong }],
})

export const SCALAR: readonly RuleCase[] = [
  of("and-nothing", ["TRUE AND TRUE"], [{ right: "false" }], ["and-true"]),
  of("and-one", ["x.p AND TRUE"], [{ right: "(not ?p)" }], ["and-true"]),
  of("and-true", ["x.p AND TRUE", "x.p AND x.q AND TRUE"], [{ right: "true" }]),
  of("and-false", ["x.p AND FALSE", "x.p AND x.q AND FALSE"], [{ right: "(and ?ps...)" }]),
  of(
    "and-flat",
    ["x.p AND (x.q AND x.r)", "(x.p AND x.q) AND (x.r AND x.n)"],
    [{ right: "(and ?ps...)" }],
  ),
  of(
    "and-absorb",
    ["x.p AND (x.p OR x.q)", "x.p AND (x.q OR x.p OR x.r) AND x.n"],
    [
      ...drawn("(deterministic ?p)", `${A_DRAW} AND (${A_DRAW} OR x.k > 1)`),
      { right: "(and (or ?p ?qs...) ?ps...)" },
    ],
  ),
  of("or-nothing", ["FALSE OR FALSE"], [{ right: "true" }], ["or-false"]),
  of("or-one", ["x.p OR FALSE"], [{ right: "(not ?p)" }], ["or-false"]),
  of("or-false", ["x.p OR FALSE", "x.p OR x.q OR FALSE"], [{ right: "false" }]),
  of("or-true", ["x.p OR TRUE", "x.p OR x.q OR TRUE"], [{ right: "(or ?ps...)" }]),
  of(
    "or-flat",
    ["x.p OR (x.q OR x.r)", "(x.p OR x.q) OR (x.r OR x.n)"],
    [{ right: "(or ?ps...)" }],
  ),
  of(
    "or-absorb",
    ["x.p OR (x.p AND x.q)", "x.p OR (x.q AND x.p AND x.r) OR x.n"],
    [
      ...drawn("(deterministic ?p)", `${A_DRAW} OR (${A_DRAW} AND x.k = 1)`),
      { right: "(or (and ?p ?qs...) ?ps...)" },
    ],
  ),
  of("not-not", ["NOT (NOT x.p)", "NOT (NOT (x.a = 1))"], [{ right: "(not ?p)" }]),
  of("not-true", ["NOT TRUE"], [{ right: "true" }]),
  of("not-false", ["NOT FALSE"], [{ right: "false" }]),
  of(
    "or-complement",
    [`${N} OR NOT ${N}`, "x.q OR (x.a IS NULL) OR NOT (x.a IS NULL)"],
    [
      ...refuted("(not-null ?p)", "x.p OR NOT x.p"),
      ...drawn("(deterministic ?p)", `${A_DRAW} OR NOT ${A_DRAW}`),
    ],
  ),
  of(
    "and-complement",
    [`${N} AND NOT ${N}`, "x.q AND (x.a IS NULL) AND NOT (x.a IS NULL)"],
    [
      ...refuted("(not-null ?p)", "x.p AND NOT x.p"),
      ...drawn("(deterministic ?p)", `${A_DRAW} AND NOT ${A_DRAW}`),
    ],
  ),

  comparison("not-equal", "=", "(= ?a ?b)"),
  comparison("not-unequal", "<>", "(<> ?a ?b)"),
  comparison("not-less", "<", "(> ?a ?b)"),
  comparison("not-at-most", "<=", "(>= ?a ?b)"),
  comparison("not-greater", ">", "(< ?a ?b)"),
  comparison("not-at-least", ">=", "(<= ?a ?b)"),
  of(
    "in-one",
    ["x.a IN (1)", "x.a IN (x.b)", "x.s IN ('a')"],
    [{ right: "(is-not-distinct ?a ?b)" }],
  ),
  of("equals-true", ["x.p = TRUE", "(x.a > 1) = TRUE"], [{ right: "(not ?p)" }]),
  of("equals-false", ["x.p = FALSE", "(x.a > 1) = FALSE"], [{ right: "?p" }]),
  of(
    "is-null-never",
    [`${C} IS NULL`, `${N} IS NULL`, `(${C} + 1) IS NULL`],
    refuted(
      "(not-null ?x)",
      "x.a IS NULL",
      `(${C} / x.a) IS NULL`,
      `(${C} // ${C}) IS NULL`,
      `nullif(${C}, 1) IS NULL`,
      "TRY_CAST(x.s AS INTEGER) IS NULL",
      `CASE WHEN ${N} THEN ${C} END IS NULL`,
      `(${N} AND x.p) IS NULL`,
      `(${C} IN (1, x.a)) IS NULL`,
    ),
  ),
  of(
    "equal-not-null",
    [`${C} IS NOT DISTINCT FROM 1`, `${N} IS NOT DISTINCT FROM (x.a IS NULL)`],
    [
      ...refuted("(not-null ?a)", `x.a IS NOT DISTINCT FROM ${C}`),
      ...refuted("(not-null ?b)", `${C} IS NOT DISTINCT FROM x.a`),
    ],
  ),
  of(
    "unequal-not-null",
    [`${C} IS DISTINCT FROM 1`, `${N} IS DISTINCT FROM (x.a IS NULL)`],
    [
      ...refuted("(not-null ?a)", `x.a IS DISTINCT FROM ${C}`),
      ...refuted("(not-null ?b)", `${C} IS DISTINCT FROM x.a`),
    ],
  ),
  of(
    "case-same",
    [
      "CASE WHEN x.p THEN x.a ELSE x.a END",
      "CASE WHEN CAST(x.s AS INTEGER) = 1 THEN x.a ELSE x.a END",
    ],
    [{ right: "(case ?p ?x null:INTEGER)" }],
  ),

  aggregate("min-distinct", "min", "a", "(max ?x)"),
  aggregate("max-distinct", "max", "s", "(min ?x)"),
  aggregate("bool-and-distinct", "bool_and", "p", "(bool_or ?p)"),
  aggregate("bool-or-distinct", "bool_or", "p", "(bool_and ?p)"),
]

/** What the normal form must leave as it is: the type of the whole would change. */
export const KEPT: readonly string[] = [
  "x.a AND TRUE",
  "x.a OR FALSE",
  "NOT (NOT x.a)",
  "NULL AND TRUE",
  "x.a = TRUE",
  "x.s = TRUE",
].map(valueOf)
