import { baseId, nullId } from "../../src/ir/ids.js"
import type {
  AggregateCall,
  Definition,
  Out,
  QueryScalar,
  Rel,
  Scalar,
  Scan,
  SortKey,
  WindowCall,
} from "../../src/ir/nodes.js"
import { BIGINT, BOOLEAN, DATE, INTEGER, VARCHAR, type SqlType } from "../../src/types/type.js"

export interface Broken {
  readonly name: string
  readonly out: Out
  /** What the fault must say. */
  readonly says: string
}

const origin = { model: "m", node: 1 }

const scan = (relation: string, tag = ""): Scan => ({
  kind: "scan",
  relation,
  relationKind: "source",
  tag,
  columns: (["id", "a", "s"] as const).map((name) => ({
    id: baseId(relation, name, tag),
    name,
    type: name === "s" ? VARCHAR : INTEGER,
    nullable: name !== "id",
  })),
})
const T = scan("t")
const U = scan("u")

const column = (id: string, type: SqlType = INTEGER): Scalar => ({
  kind: "column",
  id,
  type,
  nullable: true,
})
const call = (fn: string, type: SqlType, ...args: readonly Scalar[]): Scalar => ({
  kind: "call",
  fn,
  args,
  type,
  nullable: true,
})
const one: Scalar = { kind: "literal", value: "1", type: INTEGER, nullable: false }
const equal = (a: string, b: string) => call("=", BOOLEAN, column(a), column(b))
const out = (input: Rel, ...exprs: readonly Scalar[]): Out => ({
  columns: exprs.map((expr, i) => ({ name: `c${i}`, expr })),
  input,
})
const join = (...all: readonly Rel[]): Rel => ({ kind: "join", inputs: all, origin })
const filter = (predicate: Scalar, input: Rel): Rel => ({
  kind: "filter",
  predicates: [predicate],
  input,
  origin,
})
const left = (on: Scalar): Rel => ({ kind: "left", on: [on], left: T, right: U, origin })
const aggregateCall = (fn: string, type: SqlType, ...args: readonly Scalar[]): AggregateCall => ({
  fn,
  args,
  distinct: false,
  orderBy: [],
  type,
  nullable: true,
})
const group = (keys: readonly Definition[], aggregates: Record<string, AggregateCall>): Rel => ({
  kind: "agg",
  keys,
  aggregates: Object.entries(aggregates).map(([id, definition]) => ({ id, call: definition })),
  input: T,
  origin,
})
const key = (id: string): Definition => ({ id, expr: column(id) })
const windowCall = (
  fn: string,
  type: SqlType,
  args: readonly Scalar[],
  by: Scalar,
): WindowCall => ({
  ...aggregateCall(fn, type, ...args),
  partitionBy: [by],
  windowOrder: [],
  ignoreNulls: false,
})
const window = (definition: WindowCall): Rel => ({
  kind: "window",
  definitions: [{ id: "w~1", call: definition }],
  input: T,
  origin,
})
const union = (...branches: readonly (readonly Scalar[])[]): Rel => ({
  kind: "set",
  op: "union",
  all: true,
  columns: [{ id: "union.0~1", type: INTEGER, nullable: true }],
  branches: branches.map((columns) => ({ columns, input: T })),
  origin,
})
const subquery = (rest: Partial<QueryScalar>): QueryScalar => ({
  kind: "query",
  quantifier: "exists",
  rel: filter(equal("u.a", "t.a"), U),
  type: BOOLEAN,
  nullable: false,
  origin,
  ...rest,
})
const sortKey = (expr: Scalar): SortKey => ({ expr, descending: false, nulls: "last" })

export const BROKEN: readonly Broken[] = [
  {
    name: "an output that nothing provides",
    out: out(filter(equal("t.id", "t.a"), T), column("u.a")),
    says: "the plan of m is broken at `out`: nothing in sight provides u.a",
  },
  {
    name: "a predicate that speaks of another relation",
    out: out(filter(equal("t.id", "u.a"), T), column("t.id")),
    says: "the plan of m is broken at `filter`: nothing in sight provides u.a",
  },
  {
    name: "a column that a group does not show",
    out: out(group([key("t.a")], {}), column("t.s", VARCHAR)),
    says: "nothing in sight provides t.s",
  },
  {
    name: "a right side of a semi join that is shown",
    out: out(
      { kind: "semi", on: [equal("t.id", "u.a")], left: T, right: U, origin },
      column("u.a"),
    ),
    says: "nothing in sight provides u.a",
  },
  {
    name: "an id without its tag",
    out: out({ kind: "tag", tag: "1", input: T, origin }, column("t.id")),
    says: "nothing in sight provides t.id",
  },
  {
    name: "a limit by a column",
    out: out({ kind: "limit", count: column("t.id"), input: T, origin }, column("t.id")),
    says: "at `limit`: nothing in sight provides t.id",
  },
  {
    name: "a column of a sibling: lateral",
    out: out(join(T, filter(equal("u.a", "t.a"), U)), column("t.id")),
    says: "at `filter`: nothing in sight provides t.a",
  },
  {
    name: "a subquery that mentions what nobody provides",
    out: out(filter(subquery({ rel: filter(equal("u.a", "v.a"), U) }), T), column("t.id")),
    says: "at `filter`: nothing in sight provides v.a",
  },
  {
    name: "a subquery that mentions a column of another type",
    out: out(
      filter(
        subquery({
          rel: filter(call("=", BOOLEAN, column("u.s", VARCHAR), column("t.a", VARCHAR)), U),
        }),
        T,
      ),
      column("t.id"),
    ),
    says: "t.a is VARCHAR here and INTEGER where it was born",
  },
  {
    name: "a subquery over the relation around it",
    out: out(filter(subquery({ rel: T }), T), column("t.id")),
    says: "the subquery shows t.id, and so does the query around it",
  },
  {
    name: "the value of a subquery without a column",
    out: out(T, subquery({ quantifier: "scalar", type: INTEGER })),
    says: "the quantifier scalar without a column",
  },
  {
    name: "a value of another type than the subquery's column",
    out: out(T, subquery({ quantifier: "scalar", column: column("u.s", VARCHAR), type: INTEGER })),
    says: "a column of type VARCHAR in a subquery of type INTEGER",
  },
  {
    name: "ANY without a comparison",
    out: out(T, subquery({ quantifier: "any", column: column("u.a") })),
    says: "the quantifier any without a comparison",
  },
  {
    name: "EXISTS that is no BOOLEAN",
    out: out(T, subquery({ type: INTEGER })),
    says: "exists of type INTEGER",
  },
  {
    name: "one relation twice in a join",
    out: out(join(T, T), column("t.id")),
    says: "at `join`: two inputs show t.id",
  },
  {
    name: "one relation on both sides of a left join",
    out: out({ kind: "left", on: [], left: T, right: T, origin }, column("t.id")),
    says: "at `left`: two inputs show t.id",
  },
  { name: "a join of nothing", out: out(join(), one), says: "at `join`: no inputs" },
  {
    name: "ON of an outer join that speaks of padded columns",
    out: out(left(equal("t.id", nullId("u.a"))), column("t.id")),
    says: "null(u.a) is mentioned where u.a is still in sight: ON speaks of the ids below the join",
  },
  {
    name: "a padded column above an outer join by its old id",
    out: out(left(equal("t.id", "u.a")), column("u.s", VARCHAR)),
    says: "u.s stands below an outer join, which shows it as null(u.s)",
  },
  {
    name: "the left side of a full join by its old id",
    out: out(
      { kind: "full", on: [equal("t.id", "u.a")], left: T, right: U, origin },
      column("t.id"),
    ),
    says: "t.id stands below an outer join, which shows it as null(t.id)",
  },
  {
    name: "a column defined twice",
    out: out(
      {
        kind: "compute",
        definitions: [
          { id: "[x]", expr: one },
          { id: "[x]", expr: one },
        ],
        input: T,
        origin,
      },
      column("[x]"),
    ),
    says: "at `compute`: [x] is defined twice",
  },
  {
    name: "a column of the input defined anew",
    out: out({ kind: "distinct", columns: [{ id: "t.a", expr: one }], input: T, origin }, one),
    says: "t.a of the input is defined anew",
  },
  {
    name: "a key and an aggregate of one id",
    out: out(group([key("t.a")], { "t.a": aggregateCall("count", BIGINT) }), column("t.a")),
    says: "t.a is defined twice",
  },
  {
    name: "a stored column under another id",
    out: out({ ...T, columns: [{ id: "x", name: "id", type: INTEGER, nullable: false }] }, one),
    says: "column id of t has the id x",
  },
  {
    name: "a column of another type than at birth",
    out: out(filter(equal("t.id", "t.a"), T), column("t.id", BIGINT)),
    says: "t.id is BIGINT here and INTEGER where it was born",
  },
  {
    name: "an aggregate of another type than at birth",
    out: out(group([], { "count()~1": aggregateCall("count", BIGINT) }), column("count()~1")),
    says: "count()~1 is INTEGER here and BIGINT where it was born",
  },
  {
    name: "a filter by a number",
    out: out(filter(column("t.a"), T), column("t.id")),
    says: "a predicate of type INTEGER",
  },
  {
    name: "an ON by a text",
    out: out(left(column("t.s", VARCHAR)), column("t.id")),
    says: "at `left`: a predicate of type VARCHAR",
  },
  {
    name: "WHEN of a number",
    out: out(T, {
      kind: "case",
      arms: [{ when: column("t.a"), then: one }],
      otherwise: one,
      type: INTEGER,
      nullable: false,
    }),
    says: "WHEN of type INTEGER",
  },
  {
    name: "an arm that is no value of its CASE",
    out: out(T, {
      kind: "case",
      arms: [{ when: equal("t.a", "t.id"), then: column("t.a") }],
      otherwise: one,
      type: DATE,
      nullable: true,
    }),
    says: "an arm of type INTEGER in a CASE of type DATE",
  },
  {
    name: "an aggregate that nobody knows",
    out: out(group([], { "x~1": aggregateCall("summe", INTEGER, column("t.a")) }), column("x~1")),
    says: "summe is no aggregate of the catalogue",
  },
  {
    name: "an aggregate by its alias",
    out: out(group([], { "x~1": aggregateCall("mean", INTEGER, column("t.a")) }), column("x~1")),
    says: "mean is no aggregate of the catalogue",
  },
  {
    name: "a scalar function as an aggregate",
    out: out(group([], { "x~1": aggregateCall("abs", INTEGER, column("t.a")) }), column("x~1")),
    says: "abs is no aggregate of the catalogue",
  },
  {
    name: "an aggregate as a scalar function",
    out: out(T, call("sum", INTEGER, column("t.a"))),
    says: "sum is no scalar of the catalogue",
  },
  {
    name: "an operator of another type than it gives",
    out: out(T, call("+", VARCHAR, column("t.a"), one)),
    says: "+ of type VARCHAR, but it gives INTEGER",
  },
  {
    name: "a sum of counts that is said to be a count",
    out: out(group([], { "x~1": aggregateCall("sum", BIGINT, column("t.a")) }), column("x~1")),
    says: "sum(INTEGER) of type BIGINT, but it gives HUGEINT",
  },
  {
    name: "FILTER by a number",
    out: out(
      group([], { "x~1": { ...aggregateCall("count", BIGINT), filter: column("t.a") } }),
      column("x~1", BIGINT),
    ),
    says: "FILTER of type INTEGER",
  },
  {
    name: "a grouping set of a key that is not there",
    out: out(
      { kind: "agg", keys: [key("t.a")], aggregates: [], sets: [[0, 1], []], input: T, origin },
      one,
    ),
    says: "a grouping set names key 1",
  },
  {
    name: "a window function that nobody knows",
    out: out(window(windowCall("rnk", BIGINT, [], column("t.a"))), column("t.id")),
    says: "rnk is no aggregate or window of the catalogue",
  },
  {
    name: "PARTITION BY what is not there",
    out: out(window(windowCall("rank", BIGINT, [], column("u.a"))), column("t.id")),
    says: "at `window`: nothing in sight provides u.a",
  },
  {
    name: "a frame that reaches for what is not there",
    out: out(
      window({
        ...windowCall("count", BIGINT, [], column("t.a")),
        frame: {
          unit: "ROWS",
          start: { kind: "preceding", value: column("u.a") },
          end: { kind: "current-row" },
        },
      }),
      column("t.id"),
    ),
    says: "at `window`: nothing in sight provides u.a",
  },
  {
    name: "a branch with more columns than ids",
    out: out(union([column("t.a")], [column("t.a"), column("t.id")]), column("union.0~1")),
    says: "branch 2 has 2 columns for 1 ids",
  },
  {
    name: "a branch of another type",
    out: out(
      union(
        [column("t.a")],
        [{ kind: "cast", arg: column("t.a"), try: false, type: BIGINT, nullable: true }],
      ),
      column("union.0~1"),
    ),
    says: "branch 2 gives BIGINT for column 1 of type INTEGER",
  },
  {
    name: "a set operation of one branch",
    out: out(union([column("t.a")]), column("union.0~1")),
    says: "1 branches",
  },
  {
    name: "a row that is too short",
    out: out(
      {
        kind: "values",
        columns: [{ id: "v.0", type: INTEGER, nullable: false }],
        rows: [[one], []],
        origin,
      },
      column("v.0"),
    ),
    says: "a row has 0 columns for 1 ids",
  },
  {
    name: "ORDER BY of what DISTINCT does not show",
    out: out(
      {
        kind: "sort",
        keys: [sortKey(column("t.id"))],
        input: { kind: "distinct", columns: [key("t.a")], input: T, origin },
        origin,
      },
      column("t.a"),
    ),
    says: "at `sort`: nothing in sight provides t.id",
  },
  {
    name: "a NULL that is none",
    out: out(T, { kind: "literal", value: null, type: INTEGER, nullable: false }),
    says: "a NULL that is said never to be NULL",
  },
  {
    name: "a tag that is no number",
    out: out({ kind: "tag", tag: "x", input: T, origin }, one),
    says: 'the tag "x"',
  },
  {
    name: "two output columns of one name",
    out: { columns: ["n", "N"].map((name) => ({ name, expr: one })), input: T },
    says: "two columns of one name: n, n",
  },
  {
    name: "an output column without a name",
    out: { columns: [{ name: "", expr: one }], input: T },
    says: "a column without a name",
  },
]
