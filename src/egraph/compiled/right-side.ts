import { at } from "../../base/check.js"
import { isVariable } from "../rules.js"
import type { Term } from "../term.js"
import {
  ADD_EXACT,
  ADD_ROW,
  EXACT_OPS,
  INSERT,
  INSERT_INTO,
  JOIN,
  SUBSUME_ROW,
  type CompilableRule,
  type Layout,
  type Names,
} from "./engine.js"
import { leaderOf, probe } from "./look-up.js"
import type { Body, Local } from "./writer.js"

// The right side of a rule, made where its match is found: nodes are looked up in the hash-cons in place, and only
// what is not there, or is to be united, is left to the engine.

/** A class of the right side: the row that it is written as, and what leads it now. */
interface Made {
  readonly row: Local
  readonly cls: Local
}

/** Locals that hold a match. */
interface MatchLocals {
  readonly rows: readonly Local[]
  /** The class of a variable that the right side names. */
  variable(number: number): Local
}

export class RightSide {
  /** What leads a variable's class now, once that was asked. */
  private readonly current = new Map<number, Local>()

  constructor(
    private readonly body: Body,
    private readonly rule: CompilableRule,
    private readonly layout: Layout,
    private readonly names: Names,
    private readonly match: MatchLocals,
    /** Ends the function, as the run must stop. */
    private readonly exit: () => void,
  ) {}

  /** Makes the right side and unites it with the class of the match's first row, which is then subsumed if the rule says so. */
  apply(right: Term): void {
    const { body, rule, match } = this
    this.unite(right)
    if (rule.isSubsuming) body.const(rule.number).get(at(match.rows, 0)).call(SUBSUME_ROW)
  }

  private unite(right: Term): void {
    const { body } = this
    this.current.clear()
    const left = this.leader(at(this.match.rows, 0))
    const made: Local[] = []
    if (right.children.length === 0 && isVariable(right.op)) {
      const number = this.names.variable(this.rule, right.op)
      this.joinWith(left, this.currentOf(number), [this.match.variable(number)])
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
    const { key, row } = probe(body, this.layout, op, a.cls, b?.cls)
    body.get(row).if(
      () => this.joinWith(left, this.leader(row), [row, ...made]),
      () => {
        this.takeRows([undefined, ...made])
        body
          .const(this.rule.number)
          .const(this.match.rows.length)
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

  /** Unites two classes, if they are two; `made` are the rows of the right side. */
  private joinWith(left: Local, right: Local, made: readonly Local[]): void {
    const { body } = this
    body
      .get(left)
      .get(right)
      .do("i32.ne")
      .if(() => {
        this.takeRows(made)
        body.const(this.rule.number).const(this.match.rows.length).const(made.length)
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
    const rows = [...this.match.rows, ...made]
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
      return { row: this.match.variable(number), cls: this.currentOf(number) }
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
    const { key, row } = probe(body, this.layout, op, a.cls, b?.cls)
    const now = body.local()
    body.get(row).if(
      () => body.get(this.leader(row)).set(now),
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
    const { row } = probe(body, this.layout, op, first, second)
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
          .do("i32.eqz")
          .if(() => this.exit())
      })
    return { row, cls: this.leader(row) }
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

  private currentOf(variable: number): Local {
    const known = this.current.get(variable)
    if (known) return known
    const leader = this.leader(this.match.variable(variable))
    this.current.set(variable, leader)
    return leader
  }

  private leader(row: Local): Local {
    return leaderOf(this.body, this.layout, row)
  }
}
