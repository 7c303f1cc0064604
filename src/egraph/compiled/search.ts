import { at, some } from "../../base/check.js"
import {
  A_CLASS,
  AGE_BITS,
  APPLY_MATCH,
  AT_MATCH,
  DEAD,
  FEW,
  FROZEN_ROWS,
  IS_ALLOWED,
  loadClass,
  loadClock,
  loadPlace,
  loadWord,
  MANY,
  MANY_RECORDS,
  MATCHED,
  MUST_STOP,
  OLD,
  OLD_CHILDREN,
  OLD_CLASS,
  SEEK,
  SET_ASIDE,
  STOPPED,
  WAY,
  type Clock,
  type CompilableRule,
  type Layout,
  type Names,
} from "./engine.js"
import type { Atom, Child, Step } from "./plan.js"
import type { Application, Match } from "./application.js"
import type { Aside } from "./aside.js"
import { Body, type Label, type Local } from "./writer.js"

// The left side of a rule: every match in the frozen graph (assembly/egraph/frozen.ts), once.

const PARAMETERS = { search: 4, count: 3, countFresh: 5 }

/** What a search may do with a match. */
export interface Ways {
  readonly application?: Application | undefined
  readonly aside?: Aside | undefined
}

/**
 * A rule's search, its count of matches, or its count of those that a search would find: nested loops over roots and the records of classes. The locals of a
 * function hold its parameters, then a match: rows, classes of variables, and of slots where CLASS has them.
 */
export class RuleBody {
  private readonly body: Body
  private readonly from: Local = { index: 0 }
  private readonly to: Local = { index: 1 }
  /** Rows that joined at it or later are new; not of `count`. */
  private readonly since: Local = { index: 2 }
  private readonly isExact: Local = { index: 3 }
  /** Of counts, how many matches are enough. */
  private readonly enough: Local
  private readonly found: Local
  /** Matches before the root at hand, of a search that goes on behind those matches of a root that are done; else undefined. */
  private readonly before: Local | undefined
  private readonly allNew: Local
  private readonly variables: readonly Local[]
  /** Offsets in CLASS. */
  private readonly slots: readonly Local[]
  private readonly rows: readonly Local[]
  private readonly leaves = new Map<number, Local>()
  /** The operator of a record. */
  private readonly there: Local
  /** Bytes of records that were looked through since the search looked up. */
  private readonly seen: Local
  /** What is done with a match, while this function runs. */
  private readonly way: Local
  private readonly match: Match
  private readonly application: Application | undefined
  private readonly aside: ReturnType<Aside["within"]> | undefined

  constructor(
    private readonly rule: CompilableRule,
    private readonly layout: Layout,
    names: Names,
    private readonly kind: keyof typeof PARAMETERS,
    { application, aside }: Ways = {},
  ) {
    this.body = new Body(PARAMETERS[kind])
    this.enough = { index: PARAMETERS[kind] - 1 }
    this.found = this.body.local()
    this.before = kind === "search" && goesOnWithin(rule) ? this.body.local() : undefined
    this.allNew = this.body.local()
    this.there = this.body.local()
    this.seen = this.body.local()
    this.way = this.body.local()
    this.variables = Array.from({ length: rule.variables }, () => this.body.local())
    this.slots = Array.from({ length: rule.plan.slots }, () => this.body.local())
    this.rows = rule.plan.steps.map(() => this.body.local())
    this.match = { rows: this.matchedRows(), variables: this.variables }
    this.application = application
    this.aside = aside?.within(this.body, this.match, this.from)
  }

  encode(): Body {
    if (this.before) {
      // Those that are done are counted up to 0, and passed over.
      this.body.const(0).getGlobal(AT_MATCH).do("i32.sub").set(this.found)
      this.body.const(0).setGlobal(AT_MATCH)
    }
    this.lookUpLeaves()
    if (this.kind === "search") this.body.getGlobal(WAY).set(this.way)
    this.roots()
    this.exit()
    return this.body
  }

  /** Ends it within a root, before the match at hand is done. */
  private exitBefore(): void {
    const { body, found } = this
    if (this.before) body.get(found).const(1).do("i32.sub").set(found)
    this.exitWithin()
  }

  /** Ends it within a root: how many of its matches are done is told, too. */
  private exitWithin(): void {
    const { body, before } = this
    if (before) body.get(this.found).get(before).do("i32.sub").setGlobal(AT_MATCH)
    this.exit()
  }

  /** Ends the function: what was found is told, and how far it came. */
  private exit(): void {
    const { body } = this
    if (this.kind !== "search") body.get(this.found).return()
    else {
      this.aside?.end()
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
      loadClass(body, row, layout)
      body.set(cls)
      this.leaves.set(leaf, cls)
      if (this.kind === "count") continue
      loadClock(body, row, layout, "joined")
      body.get(this.since).do("i32.ge_u").get(this.allNew).do("i32.or").set(this.allNew)
    }
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
            .do("i32.ge_s", "i32.or")
            .if(() => this.exit())
        if (this.before) body.get(this.found).set(this.before)
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
    const record = body.local()
    loadWord(body, this.from, layout.ROOTS)
    body.const(4).do("i32.shl").tee(record).load(layout.RECORDS).set(row)
    const isNew = this.isNew(row, record, rule.hasClauses ? "joined" : "changed", this.allNew)
    if (isNew && this.isLastRow(0)) body.get(isNew).do("i32.eqz").brIf(next)
    if (atom.binds !== undefined) {
      loadClass(body, row, layout)
      body.set(at(this.variables, atom.binds))
    }
    this.children(atom, row, record, next)
    this.inner(1, isNew)
  }

  /**
   * Whether a row is new, because its children changed or because it joined its class, or one before it was; undefined
   * where that does not matter.
   */
  private isNew(
    row: Local,
    record: Local | undefined,
    why: Clock,
    before: Local,
  ): Local | undefined {
    if (this.kind === "count") return undefined
    const { body, layout } = this
    const isNew = body.local()
    const since = () => {
      loadClock(body, row, layout, why)
      body.get(this.since).do("i32.ge_u").get(before).do("i32.or").set(isNew)
    }
    if (!record) since()
    else
      body.get(this.isExact).if(() => {
        body.get(record).load(layout.RECORDS + 4)
        body.const(why === "joined" ? OLD_CLASS : OLD_CHILDREN)
        body.do("i32.and", "i32.eqz").get(before).do("i32.or").set(isNew)
      }, since)
    return isNew
  }

  private everyClass(step: Step, next: Label): void {
    if (step.kind !== "class") throw new RangeError("a match begins with a row or a class")
    const { body, layout } = this
    const row = at(this.rows, 0)
    body.get(this.from).set(row)
    loadWord(body, row, layout.CLS)
    body.const(0).do("i32.ge_s").brIf(next)
    body.get(row).const(4).do("i32.shl").load(layout.NODE).const(DEAD).do("i32.and").brIf(next)
    const isNew = this.isNew(row, undefined, "changed", this.allNew)
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
      this.takeChild(child, next)
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
  private takeChild(child: Child, next: Label): void {
    const { body } = this
    if (child.kind === "bind") body.set(at(this.variables, child.variable))
    else if (child.kind === "keep") {
      const slot = at(this.slots, child.slot)
      body.set(slot)
      loadPlace(body, slot, this.layout)
      body.set(slot)
      this.skipOtherClass(slot, child.op, next)
    } else {
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
    if (!step) return this.matched()
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
    const most = body.local()
    const cls = this.placeOf(atom)
    const isLast = this.isLastRow(i)
    // The records of two classes, one for each of the other's, can be more than are looked through in time.
    const isDeep = i > 1
    if (isDeep) this.lookUp()
    body.block((done) => {
      if (atom.from.kind === "variable") this.skipOtherClass(cls, atom.op, done)
      if (before && isLast) this.skipOldClass(cls, before, done)
      for (const [offset, local] of [
        [0, record],
        [4, end],
      ] as const)
        body
          .get(cls)
          .load(layout.CLASS + offset)
          .const(4)
          .do("i32.shl")
          .set(local)
      if (isDeep) this.countRecords(record, end)
      this.largestAge(atom.op, isLast ? before : undefined, most)
      this.seekLarge(cls, atom.op, record, end)
      this.seekSmall(atom.op, most, record, end, done)
      body.loop((again) => {
        body.block((next) => this.row(i, atom, record, before, isLast, next))
        body.get(record).const(16).do("i32.add").tee(record).get(end).do("i32.ge_u").brIf(done)
        body
          .get(record)
          .load(layout.RECORDS + 4)
          .get(most)
          .do("i32.gt_u")
          .brIf(done)
        body.br(again)
      })
    })
  }

  /** Ends the search where the run must stop. */
  private lookUp(): void {
    const { body, seen } = this
    body.get(seen).const(A_CLASS).do("i32.add").tee(seen).const(MANY_RECORDS).do("i32.gt_u")
    body.if(() => {
      body.const(0).set(seen)
      body
        .get(this.found)
        .call(MUST_STOP)
        .if(() => this.exitWithin())
    })
  }

  private countRecords(record: Local, end: Local): void {
    const { body, seen } = this
    body.get(seen).get(end).do("i32.add").get(record).do("i32.sub").set(seen)
  }

  /** The largest word of operator and age that is looked for: old rows come last, and are left out where no row before is new. */
  private largestAge(op: number, before: Local | undefined, most: Local): void {
    const { body } = this
    body.const((op << AGE_BITS) | OLD)
    if (before) body.get(this.isExact).get(before).do("i32.gt_u").const(1).do("i32.shl", "i32.sub")
    body.set(most)
  }

  /** In a large class the rows of an operator are looked up, unless it begins with them. */
  private seekLarge(cls: Local, op: number, record: Local, end: Local): void {
    const { body, layout } = this
    body
      .get(record)
      .const(16 * FEW)
      .do("i32.add")
      .get(end)
      .do("i32.lt_u")
    body.if(() => {
      body
        .get(record)
        .load(layout.RECORDS + 4)
        .const(op << AGE_BITS)
        .do("i32.lt_u")
        .if(() => body.get(cls).const(op).call(SEEK).set(record))
    })
  }

  /** Passes over the rows of smaller operators; leaves where the class has none that is looked for. */
  private seekSmall(op: number, most: Local, record: Local, end: Local, done: Label): void {
    const { body, layout } = this
    body.block((found) =>
      body.loop((again) => {
        body.get(record).get(end).do("i32.ge_u").brIf(done)
        const there = this.there
        body
          .get(record)
          .load(layout.RECORDS + 4)
          .tee(there)
          .get(most)
          .do("i32.gt_u")
          .brIf(done)
        body
          .get(there)
          .const(op << AGE_BITS)
          .do("i32.ge_u")
          .brIf(found)
        body.get(record).const(16).do("i32.add").set(record).br(again)
      }),
    )
  }

  /** The offset in CLASS of the class that a row is looked for in. */
  private placeOf({ from }: Atom): Local {
    if (from.kind === "child") return at(this.slots, from.slot)
    if (from.kind !== "variable") throw new RangeError("only the first row has no class")
    const place = this.body.local()
    loadPlace(this.body, at(this.variables, from.variable), this.layout)
    this.body.set(place)
    return place
  }

  /** Most classes have no row of an operator, and say so in one word. */
  private skipOtherClass(cls: Local, op: number, otherwise: Label): void {
    const { body, layout } = this
    body.get(cls).load(layout.CLASS + 12)
    body
      .const(1 << (op & 31))
      .do("i32.and", "i32.eqz")
      .brIf(otherwise)
  }

  /** A class without new rows has no new match, if no row before is new. */
  private skipOldClass(cls: Local, before: Local, done: Label): void {
    const { body, layout } = this
    body.get(before).do("i32.eqz")
    body
      .get(cls)
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
  ): void {
    const { body, layout } = this
    const row = at(this.rows, i)
    body.get(record).load(layout.RECORDS).set(row)
    let isNew = before
    if (before && isLast)
      body
        .get(before)
        .get(this.isExact)
        .do("i32.or", "i32.eqz")
        .if(() => {
          loadClock(body, row, layout, "joined")
          body.get(this.since).do("i32.lt_u").brIf(next)
        })
    else if (before) isNew = this.isNew(row, record, "joined", before)
    this.children(atom, row, record, next)
    this.inner(i + 1, isNew)
  }

  // --------------------------------------------------------------------------------- right side

  private matched(): void {
    const { body, application } = this
    body.get(this.found).const(1).do("i32.add").set(this.found)
    if (this.kind !== "search") {
      body
        .get(this.found)
        .get(this.enough)
        .do("i32.ge_u")
        .if(() => this.exit())
      return
    }
    if (!this.before) return this.take(application)
    body.block((done) => {
      body.get(this.found).const(0).do("i32.le_s").brIf(done)
      this.take(application)
    })
  }

  private take(application: Application | undefined): void {
    const { body } = this
    if (application && !this.rule.isGuarded) return this.apply(application)
    this.writeDown()
    body.const(this.layout.match)
    const exit = () => this.exitBefore()
    if (!application) body.call(APPLY_MATCH).do("i32.eqz").if(exit)
    else
      body.call(IS_ALLOWED).if(
        () => this.applyAtOnce(application),
        () => body.getGlobal(STOPPED).if(exit),
      )
  }

  private apply(application: Application): void {
    const { aside, body } = this
    if (!aside) return this.applyUnlessKnown(application)
    body.get(this.way).const(SET_ASIDE).do("i32.eq")
    body.if(
      () => aside.put(() => this.exit()),
      () => this.applyUnlessKnown(application),
    )
  }

  private applyUnlessKnown(application: Application): void {
    const { body } = this
    if (!application.mayBeKnown) return this.applyAtOnce(application)
    body.block((known) => {
      body
        .get(this.way)
        .do("i32.eqz")
        .if(() => application.look(body, this.match, known))
      this.applyAtOnce(application)
    })
  }

  private applyAtOnce(application: Application): void {
    const { body } = this
    application.call(body, application.argumentsOf(this.match))
    body.do("i32.eqz").if(() => this.exitBefore())
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

  private matchedRows(): readonly Local[] {
    const { steps } = this.rule.plan
    return this.rows.filter((_, i) => steps[i]?.kind === "row" || steps[i]?.kind === "class")
  }
}

/**
 * Whether a search that stopped within a root goes on behind the matches of it that are done: what they made may have
 * united classes, so that applied again they would make another row.
 */
function goesOnWithin({ hasFacts, isGuarded, right }: CompilableRule): boolean {
  return hasFacts || isGuarded || right === undefined
}
