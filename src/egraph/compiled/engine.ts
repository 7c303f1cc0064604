import type { Term } from "../term.js"
import type { Plan } from "./plan.js"
import type { Body, Local } from "./writer.js"

// What compiled rules know of the engine: addresses, and what they call (assembly/egraph/iteration.ts).

/** Addresses in the engine's memory, as assembly/egraph/regions.ts gives them. */
export interface Layout {
  readonly NODE: number
  readonly LEADER: number
  readonly SLOTS: number
  readonly LEAF: number
  readonly CLASS: number
  readonly RECORDS: number
  readonly ROOTS: number
  readonly CLS: number
  readonly CLOCKS: number
  readonly KIDS: number
  /** How slots are numbered: assembly/egraph/hashcons.ts. */
  readonly home: number
  readonly scratch: number
  readonly taken: number
  /** Where matches are set aside. */
  readonly aside: number
  /** Where a match is written down. */
  readonly match: number
}

export interface CompilableRule {
  readonly number: number
  readonly plan: Plan
  readonly variables: number
  /** The right side, where it needs no more than nodes to be made; else the engine applies what is written down. */
  readonly right?: Term
  readonly isGuarded: boolean
  /** The row at the top of a match is subsumed. */
  readonly isSubsuming: boolean
  readonly hasClauses: boolean
  /** The graph carries an analysis: a node that is made may unite classes. */
  readonly hasFacts: boolean
}

/** Numbers of what a right side names. */
export interface Names {
  op(name: string, arity: number): number
  variable(rule: CompilableRule, name: string): number
}

export const IMPORTS = [
  { name: "insert", signature: { params: ["i32", "i32", "i32", "i32", "i64"], results: ["i32"] } },
  {
    name: "insertInto",
    signature: {
      params: ["i32", "i32", "i32", "i32", "i32", "i32", "i64", "i32"],
      results: ["i32"],
    },
  },
  { name: "join", signature: { params: ["i32", "i32", "i32", "i32", "i32"], results: ["i32"] } },
  { name: "addRow", signature: { params: ["i32", "i32"], results: ["i32"] } },
  { name: "applyMatch", signature: { params: ["i32"], results: ["i32"] } },
  { name: "seek", signature: { params: ["i32", "i32"], results: ["i32"] } },
  { name: "isAllowed", signature: { params: ["i32"], results: ["i32"] } },
  { name: "addExact", signature: { params: ["i32", "i32", "i32"], results: ["i32"] } },
  { name: "subsumeRow", signature: { params: ["i32", "i32"], results: [] } },
  { name: "exactRowWith", signature: { params: ["i64"], results: ["i32"] } },
  { name: "mustStop", signature: { params: ["i32"], results: ["i32"] } },
] as const
export const [INSERT, INSERT_INTO, JOIN, ADD_ROW, APPLY_MATCH, SEEK, IS_ALLOWED, ADD_EXACT] = [
  0, 1, 2, 3, 4, 5, 6, 7,
]
export const [SUBSUME_ROW, EXACT_ROW_WITH, MUST_STOP] = [8, 9, 10]

export const GLOBALS = [
  { name: "stopped", type: "i32" },
  { name: "matched", type: "i32" },
  { name: "frozenRows", type: "i32" },
  { name: "way", type: "i32" },
  { name: "atMatch", type: "i32" },
] as const
export const [STOPPED, MATCHED, FROZEN_ROWS, WAY, AT_MATCH] = [0, 1, 2, 3, 4]

/** What a search does with a match: assembly/egraph/iteration.ts. */
export const [LOOK_FIRST, SET_ASIDE] = [0, 2]

/** Flag of a row, and the number of operators with exact keys: assembly/egraph/rows.ts, hashcons.ts. */
export const DEAD = 1 << 24
export const EXACT_OPS = (1 << 9) - 1
/** Of a record, beside its operator: assembly/egraph/frozen.ts. */
export const AGE_BITS = 2
export const [OLD_CHILDREN, OLD_CLASS, OLD] = [1, 2, 3]
/** After so many matches a search looks up at the next root. */
export const MANY = 1 << 12
/** Within a root it does after so many bytes of records that were looked through, in patterns of three rows or more. */
export const MANY_RECORDS = 1 << 21
/** What it counts for a class beside its records. */
export const A_CLASS = 64
/** Records of a class that are looked through one by one. */
export const FEW = 8
export const SPREAD = 0x9e3779b97f4a7e00n
/** So far behind its home the hash-cons knows a key by its tag: assembly/egraph/hashcons.ts. */
export const REACH = 256

/** Puts a clock of a row on the stack (assembly/egraph/frozen.ts). */
export function loadClock(body: Body, row: Local, { CLOCKS }: Layout, which: Clock): void {
  body
    .get(row)
    .const(2)
    .do("i32.shl")
    .load16(CLOCKS + (which === "joined" ? 2 : 0))
}

/** When the children of a row changed, and when they or its class did. */
export type Clock = "changed" | "joined"

/** Puts the class of a row on the stack, as it was when the graph was frozen. */
export function loadClass(body: Body, row: Local, { CLS }: Layout): void {
  const cls = body.local()
  body.get(row).get(row).const(2).do("i32.shl").load(CLS).tee(cls)
  body.get(cls).const(0).do("i32.lt_s", "select") // a class by its number says that the row leads it
}

/** Puts the offset in CLASS of a class on the stack. */
export function loadPlace(body: Body, cls: Local, { CLS }: Layout): void {
  loadWord(body, cls, CLS)
  body.const(4).do("i32.shl")
}

/** Puts the word of a row or class in a region on the stack. */
export function loadWord(body: Body, index: Local, region: number): void {
  body.get(index).const(2).do("i32.shl").load(region)
}
