import { at, some } from "../../base/check.js"
import { isVariable } from "../rules.js"
import type { Term } from "../term.js"
import type { Atom, Child, Plan, Step } from "./plan.js"
import { Body, ModuleWriter, type Label, type Local } from "./writer.js"

// Rules as WebAssembly: nested loops over the frozen graph (assembly/egraph/frozen.ts), and the right side in
// place. What is not inlined is called: assembly/egraph/compiled.ts.

/** Addresses in the engine's memory, as assembly/egraph/regions.ts gives them. */
export interface Layout {
  readonly NODE: number
  readonly LEADER: number
  readonly STAMP: number
  readonly SLOTS: number
  readonly LEAF: number
  readonly CLASS: number
  readonly RECORDS: number
  readonly ROOTS: number
  readonly CLS: number
  readonly JOINED: number
  readonly KIDS: number
  readonly scratch: number
  readonly taken: number
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
  readonly hasClauses: boolean
  /** The graph carries an analysis: a node that is made may unite classes. */
  readonly hasFacts: boolean
}

/** Numbers of what a right side names. */
export interface Names {
  op(name: string, arity: number): number
  variable(rule: CompilableRule, name: string): number
}

const IMPORTS = [
  { name: "find", signature: { params: ["i32"], results: ["i32"] } },
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
] as const
const [FIND, INSERT, INSERT_INTO, JOIN, ADD_ROW, APPLY_MATCH, SEEK, IS_ALLOWED, ADD_EXACT] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
]

const GLOBALS = [
  { name: "stopped", type: "i32" },
  { name: "matched", type: "i32" },
  { name: "slotShift", type: "i64" },
  { name: "slotMask", type: "i32" },
  { name: "frozenRows", type: "i32" },
] as const
const [STOPPED, MATCHED, SLOT_SHIFT, SLOT_MASK, FROZEN_ROWS] = [0, 1, 2, 3, 4]

const DEAD = 1 << 24
const EXACT_OPS = 1 << 11
/** After so many matches a search looks up at the next root. */
const MANY = 1 << 14
/** Records of a class that are looked through one by one. */
const FEW = 8
const SPREAD = 0x9e3779b97f4a7c15n

/** A module with `search0`, `count0`, `search1`, … of the rules in their order. */
export function compileRules(
  rules: readonly CompilableRule[],
  layout: Layout,
  names: Names,
): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter(IMPORTS, GLOBALS)
  rules.forEach((rule, i) => {
    const search = new RuleBody(rule, layout, names, "search").encode()
    const count = new RuleBody(rule, layout, names, "count").encode()
    writer.add(`search${i}`, { params: ["i32", "i32", "i32", "i32"], results: ["i32"] }, search)
    writer.add(`count${i}`, { params: ["i32", "i32", "i32"], results: ["i32"] }, count)
  })
  return writer.encode()
}

/** A class of the right side: the row that it is written as, and what leads it now. */
interface Made {
  readonly row: Local
  readonly cls: Local
}

class RuleBody {
  private readonly body: Body
  private readonly from: Local = { index: 0 }
  private readonly to: Local = { index: 1 }
  /** Rows that joined at it or later are new; of `count`, how many matches are enough. */
  private readonly since: Local = { index: 2 }
  private readonly isExact: Local = { index: 3 }
  private readonly found: Local
  private readonly allNew: Local
  private readonly variables: readonly Local[]
  private readonly slots: readonly Local[]
  private readonly rows: readonly Local[]
  private readonly leaves = new Map<number, Local>()
  /** What leads a variable's class now, once that was asked. */
  private readonly current = new Map<number, Local>()
  private rootClass: Local

  constructor(
    private readonly rule: CompilableRule,
    private readonly layout: Layout,
    private readonly names: Names,
    private readonly kind: "search" | "count",
  ) {
    this.body = new Body(kind === "search" ? 4 : 3)
    this.found = this.body.local()
    this.allNew = this.body.local()
    this.rootClass = this.body.local()
    this.variables = Array.from({ length: rule.variables }, () => this.body.local())
    this.slots = Array.from({ length: rule.plan.slots }, () => this.body.local())
    this.rows = rule.plan.steps.map(() => this.body.local())
  }

  encode(): Body {
    this.lookUpLeaves()
    this.roots()
    this.exit()
    return this.body
  }

  /** Ends the function: what was found is told, and how far it came. */
  private exit(): void {
    const { body } = this
    if (this.kind === "count") body.get(this.found).return()
    else {
      body.getGlobal(MATCHED).get(this.found).do("i32.add").setGlobal(MATCHED)
      body.get(this.from).return()
    }
  }

  /** Classes of the leaves that the left side names. Without one of them there is no match. */
  private lookUpLeaves(): void {
    const { body, layout } = this
    for (const leaf of this.rule.plan.leaves) {
      const row = body.local()
      const cls = body.local()
      body
        .const(leaf << 2)
        .load(layout.LEAF)
        .tee(row)
        .do("i32.eqz")
      body.get(row).getGlobal(FROZEN_ROWS).do("i32.ge_u", "i32.or")
      body.if(() => {
        body.get(this.to).set(this.from)
        this.exit()
      })
      this.word(row, layout.CLS)
      body.set(cls)
      this.leaves.set(leaf, cls)
      if (this.kind === "count") continue
      this.word(row, layout.JOINED)
      body.get(this.since).do("i32.ge_u").get(this.allNew).do("i32.or").set(this.allNew)
    }
  }

  private word(index: Local, region: number): void {
    this.body.get(index).const(2).do("i32.shl").load(region)
  }

  // ---------------------------------------------------------------------------------- left side

  private roots(): void {
    const { body } = this
    body.block((done) =>
      body.loop((again) => {
        body.get(this.from).get(this.to).do("i32.ge_u").brIf(done)
        if (this.kind === "search")
          body
            .getGlobal(STOPPED)
            .get(this.found)
            .const(MANY)
            .do("i32.ge_u", "i32.or")
            .if(() => this.exit())
        body.block((next) => this.root(next))
        body.get(this.from).const(1).do("i32.add").set(this.from).br(again)
      }),
    )
  }

  private root(next: Label): void {
    const { body, layout, rule } = this
    const [atom] = rule.plan.steps
    if (atom?.kind !== "row") return this.everyClass(some(atom, "a first step"), next)
    const row = at(this.rows, 0)
    this.word(this.from, layout.ROOTS)
    body.set(row)
    const isNew = this.isNew(row, rule.hasClauses ? layout.JOINED : layout.STAMP, this.allNew)
    if (isNew && this.isLastRow(0)) body.get(isNew).do("i32.eqz").brIf(next)
    if (atom.binds !== undefined) {
      this.word(row, layout.CLS)
      body.set(at(this.variables, atom.binds))
    }
    this.children(atom, row, undefined, next)
    this.inner(1, isNew)
  }

  /** Whether a row is new, or one before it was; undefined where that does not matter. */
  private isNew(row: Local, region: number, before: Local): Local | undefined {
    if (this.kind === "count") return undefined
    const { body } = this
    const isNew = body.local()
    this.word(row, region)
    body.get(this.since).do("i32.ge_u").get(before).do("i32.or").set(isNew)
    return isNew
  }

  private everyClass(step: Step, next: Label): void {
    if (step.kind !== "class") throw new RangeError("a match begins with a row or a class")
    const { body, layout } = this
    const row = at(this.rows, 0)
    body.get(this.from).set(row)
    this.word(row, layout.CLS)
    body.get(row).do("i32.ne").brIf(next)
    body.get(row).const(4).do("i32.shl").load(layout.NODE).const(DEAD).do("i32.and").brIf(next)
    const isNew = this.isNew(row, layout.STAMP, this.allNew)
    if (isNew && this.isLastRow(0)) body.get(isNew).do("i32.eqz").brIf(next)
    body.get(row).set(at(this.variables, step.variable))
    this.inner(1, isNew)
  }

  /** Whether no row is looked for after a step. */
  private isLastRow(i: number): boolean {
    return this.rule.plan.steps.slice(i + 1).every(({ kind }) => kind !== "row")
  }

  /** Binds and compares the children of a row; `record` is the offset of its record where there is one. */
  private children(atom: Atom, row: Local, record: Local | undefined, next: Label): void {
    const { body } = this
    const kids = atom.children.length > 3 ? body.local() : undefined
    if (kids) {
      body
        .get(row)
        .const(4)
        .do("i32.shl")
        .load(this.layout.NODE + 4)
      body.const(2).do("i32.shl").set(kids)
    }
    atom.children.forEach((child, i) => {
      this.child(row, record, kids, i)
      this.take(child, next)
    })
  }

  private child(row: Local, record: Local | undefined, kids: Local | undefined, i: number): void {
    const { body, layout } = this
    if (kids) body.get(kids).load(layout.KIDS + 4 * i)
    else if (record && i < 2) body.get(record).load(layout.RECORDS + 8 + 4 * i)
    else
      body
        .get(row)
        .const(4)
        .do("i32.shl")
        .load(layout.NODE + 4 + 4 * i)
  }

  /** Takes the class on the stack for what a pattern says of it. */
  private take(child: Child, next: Label): void {
    const { body } = this
    if (child.kind === "bind") body.set(at(this.variables, child.variable))
    else if (child.kind === "keep") body.set(at(this.slots, child.slot))
    else {
      const other =
        child.kind === "same"
          ? at(this.variables, child.variable)
          : some(this.leaves.get(child.leaf), "a leaf")
      body.get(other).do("i32.ne").brIf(next)
    }
  }

  /** Goes on from the `i`th step; `before` says whether one of the rows so far is new. */
  private inner(i: number, before: Local | undefined): void {
    const step = this.rule.plan.steps[i]
    if (!step) return this.match()
    if (step.kind === "row") return this.rowsOf(step, i, before)
    const { body } = this
    if (step.kind === "equal")
      body
        .get(at(this.variables, step.left))
        .get(at(this.variables, step.right))
        .do("i32.eq")
        .if(() => this.inner(i + 1, before))
    else if (step.kind === "copy") {
      body.get(at(this.variables, step.from)).set(at(this.variables, step.variable))
      this.inner(i + 1, before)
    } else throw new RangeError("a match begins with its only free class")
  }

  private rowsOf(atom: Atom, i: number, before: Local | undefined): void {
    const { body, layout } = this
    const record = body.local()
    const end = body.local()
    const cls = this.classOf(atom)
    const isLast = this.isLastRow(i)
    body.block((done) => {
      if (before && isLast) this.skipOldClass(cls, before, done)
      for (const [offset, local] of [
        [0, record],
        [4, end],
      ] as const)
        body
          .get(cls)
          .const(4)
          .do("i32.shl")
          .load(layout.CLASS + offset)
          .const(4)
          .do("i32.shl")
          .set(local)
      this.seekLarge(cls, atom.op, record, end)
      body.loop((again) => {
        body.get(record).get(end).do("i32.ge_u").brIf(done)
        body.block((next) => {
          body
            .get(record)
            .load(layout.RECORDS + 4)
            .const(atom.op)
            .do("i32.gt_u")
            .brIf(done)
          body
            .get(record)
            .load(layout.RECORDS + 4)
            .const(atom.op)
            .do("i32.ne")
            .brIf(next)
          this.row(i, atom, record, before, isLast, next, done)
        })
        body.get(record).const(16).do("i32.add").set(record).br(again)
      })
    })
  }

  /** In a large class the rows of an operator are looked up. */
  private seekLarge(cls: Local, op: number, record: Local, end: Local): void {
    const { body } = this
    body
      .get(record)
      .const(16 * FEW)
      .do("i32.add")
      .get(end)
      .do("i32.lt_u")
    body.if(() => body.get(cls).const(op).call(SEEK).set(record))
  }

  private classOf({ from }: Atom): Local {
    if (from.kind === "child") return at(this.slots, from.slot)
    if (from.kind === "variable") return at(this.variables, from.variable)
    throw new RangeError("only the first row has no class")
  }

  /** A class without new rows has no new match, if no row before is new. */
  private skipOldClass(cls: Local, before: Local, done: Label): void {
    const { body, layout } = this
    body.get(before).do("i32.eqz")
    body
      .get(cls)
      .const(4)
      .do("i32.shl")
      .load(layout.CLASS + 8)
      .get(this.since)
    body.do("i32.lt_u", "i32.and").brIf(done)
  }

  private row(
    i: number,
    atom: Atom,
    record: Local,
    before: Local | undefined,
    isLast: boolean,
    next: Label,
    done: Label,
  ): void {
    const { body, layout } = this
    const row = at(this.rows, i)
    body.get(record).load(layout.RECORDS).set(row)
    let isNew = before
    if (before && isLast)
      body
        .get(before)
        .do("i32.eqz")
        .if(() => {
          this.word(row, layout.JOINED)
          body
            .get(this.since)
            .do("i32.lt_u")
            .if(() => {
              // New rows come first: behind an old one there are none, if these are the rows that are asked for.
              body.get(this.isExact).brIf(done)
              body.br(next)
            })
        })
    else if (before) isNew = this.isNew(row, layout.JOINED, before)
    this.children(atom, row, record, next)
    this.inner(i + 1, isNew)
  }

  // --------------------------------------------------------------------------------- right side

  private match(): void {
    const { body } = this
    body.get(this.found).const(1).do("i32.add").set(this.found)
    if (this.kind === "count") {
      body
        .get(this.found)
        .get(this.since)
        .do("i32.ge_u")
        .if(() => this.exit())
      return
    }
    const { right, isGuarded } = this.rule
    if (right && !isGuarded) return this.apply(right)
    this.writeDown()
    body.const(this.layout.match)
    if (right) body.call(IS_ALLOWED).if(() => this.apply(right))
    else
      body
        .call(APPLY_MATCH)
        .do("i32.eqz")
        .if(() => this.exit())
  }

  /** Writes the match as assembly/egraph/match.ts does. */
  private writeDown(): void {
    const { body, layout, rule } = this
    const rows = this.matchedRows()
    const words = 4 + rows.length + rule.variables
    const heads = [words * 4, rule.number, rows.length, rule.variables]
    heads.forEach((word, i) =>
      body
        .const(layout.match + 4 * i)
        .const(word)
        .store(0),
    )
    rows.forEach((row, i) =>
      body
        .const(layout.match + 4 * (4 + i))
        .get(row)
        .store(0),
    )
    const bound = this.boundVariables()
    this.variables.forEach((variable, i) => {
      body.const(layout.match + 4 * (4 + rows.length + i))
      if (bound.has(i)) body.get(variable)
      else body.const(0)
      body.store(0)
    })
  }

  private boundVariables(): Set<number> {
    const bound = new Set<number>()
    for (const step of this.rule.plan.steps) {
      if (step.kind === "class" || step.kind === "copy") bound.add(step.variable)
      if (step.kind !== "row") continue
      if (step.binds !== undefined) bound.add(step.binds)
      for (const child of step.children) if (child.kind === "bind") bound.add(child.variable)
    }
    return bound
  }

  private apply(right: Term): void {
    const { body, layout } = this
    this.current.clear()
    this.word(at(this.rows, 0), layout.CLS)
    body.set(this.rootClass)
    const left = this.leader(this.rootClass)
    const made: Local[] = []
    if (right.children.length === 0 && isVariable(right.op)) {
      const number = this.names.variable(this.rule, right.op)
      this.joinWith(left, this.currentOf(number), [at(this.variables, number)])
      return
    }
    if (this.rule.hasFacts) {
      const top = this.make(right, made)
      made.pop()
      this.joinWith(this.leader(left), this.leader(top.cls), [top.row, ...made])
      return
    }
    const arity = right.children.length
    const op = this.names.op(right.op, arity)
    const children = right.children.map((child) => this.make(child, made))
    const [a, b] = children
    if (!a || arity > 2 || op >= EXACT_OPS) {
      const top = this.addRow(op, children)
      this.joinWith(left, top.cls, [top.row, ...made])
      return
    }
    const { key, row, cls } = this.probe(op, a.cls, b?.cls)
    body.get(row).if(
      () => this.joinWith(left, this.leader(cls), [row, ...made]),
      () => {
        this.takeRows([undefined, ...made])
        body
          .const(this.rule.number)
          .const(this.matchedRows().length)
          .const(made.length + 1)
        body.const(op).get(a.cls)
        if (b) body.get(b.cls)
        else body.const(0)
        body
          .get(key)
          .get(left)
          .call(INSERT_INTO)
          .do("i32.eqz")
          .if(() => this.exit())
      },
    )
  }

  private matchedRows(): readonly Local[] {
    const { steps } = this.rule.plan
    return this.rows.filter((_, i) => steps[i]?.kind === "row" || steps[i]?.kind === "class")
  }

  /** Unites two classes, if they are two; `made` are the rows of the right side. */
  private joinWith(left: Local, right: Local, made: readonly Local[]): void {
    const { body } = this
    body
      .get(left)
      .get(right)
      .do("i32.ne")
      .if(() => {
        this.takeRows(made)
        body.const(this.rule.number).const(this.matchedRows().length).const(made.length)
        body
          .get(left)
          .get(right)
          .call(JOIN)
          .do("i32.eqz")
          .if(() => this.exit())
      })
  }

  /** Rows of the match and then of the right side, for the log; what is undefined is not made yet. */
  private takeRows(made: readonly (Local | undefined)[]): void {
    const { body, layout } = this
    const rows = [...this.matchedRows(), ...made]
    rows.forEach((row, i) => {
      if (row)
        body
          .const(layout.taken + 4 * i)
          .get(row)
          .store(0)
    })
  }

  /** A node below the top of the right side, found or made. */
  private make(term: Term, made: Local[]): Made {
    const arity = term.children.length
    if (arity === 0 && isVariable(term.op)) {
      const number = this.names.variable(this.rule, term.op)
      return { row: at(this.variables, number), cls: this.currentOf(number) }
    }
    const children = term.children.map((child) => this.make(child, made))
    const op = this.names.op(term.op, arity)
    const [a, b] = children
    if (!a || arity > 2 || op >= EXACT_OPS) {
      const added = arity === 0 ? this.leaf(op) : this.addRow(op, children)
      made.push(added.row)
      return added
    }
    const found = this.rule.hasFacts ? this.addExact(op, a, b) : this.insert(op, a, b)
    made.push(found.row)
    return found
  }

  private insert(op: number, a: Made, b: Made | undefined): Made {
    const { body } = this
    const { key, row, cls } = this.probe(op, a.cls, b?.cls)
    const now = body.local()
    body.get(row).if(
      () => body.get(this.leader(cls)).set(now),
      () => {
        body.const(this.rule.number).const(op).get(a.cls)
        if (b) body.get(b.cls)
        else body.const(0)
        body
          .get(key)
          .call(INSERT)
          .tee(row)
          .tee(now)
          .do("i32.eqz")
          .if(() => this.exit())
      },
    )
    return { row, cls: now }
  }

  /** The same where making what came before may have united classes. */
  private addExact(op: number, a: Made, b: Made | undefined): Made {
    const { body } = this
    const first = this.leader(a.cls)
    const second = b && this.leader(b.cls)
    const { row, cls } = this.probe(op, first, second)
    body
      .get(row)
      .do("i32.eqz")
      .if(() => {
        body.const(op).get(first)
        if (second) body.get(second)
        else body.const(0)
        body
          .call(ADD_EXACT)
          .tee(row)
          .tee(cls)
          .do("i32.eqz")
          .if(() => this.exit())
      })
    return { row, cls: this.leader(cls) }
  }

  private leaf(op: number): Made {
    const { body, layout } = this
    const row = body.local()
    body
      .const(op << 2)
      .load(layout.LEAF)
      .tee(row)
      .do("i32.eqz")
      .if(() => {
        body
          .const(op)
          .const(0)
          .call(ADD_ROW)
          .tee(row)
          .do("i32.eqz")
          .if(() => this.exit())
      })
    return { row, cls: this.leader(row) }
  }

  private addRow(op: number, children: readonly Made[]): Made {
    const { body, layout } = this
    const row = body.local()
    children.forEach(({ cls }, i) =>
      body
        .const(layout.scratch + 4 * i)
        .get(cls)
        .store(0),
    )
    body
      .const(op)
      .const(children.length)
      .call(ADD_ROW)
      .tee(row)
      .do("i32.eqz")
      .if(() => this.exit())
    return { row, cls: this.leader(row) }
  }

  /** The hash-cons: the row of a node and its class as it was entered; row 0 if there is none. */
  private probe(
    op: number,
    a: Local,
    b: Local | undefined,
  ): { key: Local; row: Local; cls: Local } {
    const { body, layout } = this
    const [key, there] = [body.local("i64"), body.local("i64")]
    const [hash, slot, row, cls] = [body.local(), body.local(), body.local(), body.local()]
    body.get(a).do("i64.extend_i32_u")
    if (b) body.get(b).do("i64.extend_i32_u").const64(32n).do("i64.shl", "i64.or")
    body
      .const64((BigInt(op & 63) << 26n) | (BigInt(op >> 6) << 58n))
      .do("i64.or")
      .tee(key)
    body
      .const64(SPREAD)
      .do("i64.mul")
      .getGlobal(SLOT_SHIFT)
      .do("i64.shr_u", "i32.wrap_i64")
      .set(hash)
    body.const(0).set(row)
    body.block((done) =>
      body.loop((again) => {
        body.get(hash).getGlobal(SLOT_MASK).do("i32.and").const(4).do("i32.shl").tee(slot)
        body
          .load64(layout.SLOTS)
          .tee(there)
          .get(key)
          .do("i64.eq")
          .if(() => {
            body
              .get(slot)
              .load(layout.SLOTS + 8)
              .set(row)
            body
              .get(slot)
              .load(layout.SLOTS + 12)
              .set(cls)
            body.br(done)
          })
        body.get(there).do("i64.eqz").brIf(done)
        body.get(hash).const(1).do("i32.add").set(hash).br(again)
      }),
    )
    return { key, row, cls }
  }

  private currentOf(variable: number): Local {
    const known = this.current.get(variable)
    if (known) return known
    const leader = this.leader(at(this.variables, variable))
    this.current.set(variable, leader)
    return leader
  }

  /** What leads the class of a row now. */
  private leader(row: Local): Local {
    const { body, layout } = this
    const leader = body.local()
    this.word(row, layout.LEADER)
    body
      .tee(leader)
      .get(row)
      .do("i32.ne")
      .if(() => {
        body.get(row).call(FIND).set(leader)
      })
    return leader
  }
}
