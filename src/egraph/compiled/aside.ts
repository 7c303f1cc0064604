import { isVariable } from "../rules.js"
import type { Term } from "../term.js"
import { EXACT_OPS, type CompilableRule, type Layout, type Names } from "./engine.js"
import { putSlot, RightSide, type MatchLocals } from "./right-side.js"
import { Body, type Local } from "./writer.js"

// Matches that are set aside: where the hash-cons is larger than the caches, a search asks it for what a match will
// need and goes on, so that many lines of it are on their way at once. What is made of the matches, and in which
// order, is the same as without.
//
//   entry, u32 words   ┌──────┬────────┬─────────────┐
//                      │ root │ rows … │ variables … │   `root` is where in ROOTS its search stood
//                      └──────┴────────┴─────────────┘

/** So many of them stay in the nearest cache; from 8 to 100 no number was better beyond noise. */
const MOST = 32

export class Aside {
  private readonly pending: Local
  private readonly done: Local
  private readonly entry: Local
  private readonly asked: Local
  private readonly bytes: number

  constructor(
    private readonly body: Body,
    private readonly rule: CompilableRule,
    private readonly layout: Layout,
    private readonly names: Names,
    private readonly match: MatchLocals,
    /** The function that `applyAside` is. */
    private readonly apply: number,
  ) {
    this.pending = body.local()
    this.done = body.local()
    this.entry = body.local()
    this.asked = body.local("i64")
    this.bytes = bytesOf(match)
  }

  /** Sets the match at hand aside, and applies all when there are many; `root` is where its search stands. */
  put(right: Term, root: Local, exit: () => void): void {
    const { body, layout, pending, entry } = this
    body.get(pending).const(this.bytes).do("i32.mul").set(entry)
    const words = [root, ...this.match.rows, ...this.match.variables]
    words.forEach((word, i) =>
      body
        .get(entry)
        .get(word)
        .store(layout.aside + 4 * i),
    )
    for (const term of this.known(right)) this.ask(term)
    body.get(pending).const(1).do("i32.add").tee(pending).const(MOST).do("i32.eq")
    body.if(() => this.flush(root, exit))
  }

  /** Applies what was set aside. Where the run must stop, `root` becomes that of the first match that is not applied. */
  flush(root: Local, exit?: () => void): void {
    const { body, layout, pending, done } = this
    body.get(pending).call(this.apply).tee(done).get(pending).do("i32.ne")
    body.const(0).set(pending)
    body.if(() => {
      body.get(done).const(this.bytes).do("i32.mul").load(layout.aside).set(root)
      exit?.()
    })
  }

  /** The same where there may be nothing. What was asked for is written down, else nobody would ask. */
  end(root: Local): void {
    const { body, layout } = this
    body.get(this.pending).if(() => this.flush(root))
    body.const(layout.aside).get(this.asked).do("i32.wrap_i64").store(0)
  }

  /** Nodes of the right side over variables alone, where their place in the hash-cons is known from them. */
  private known(term: Term): Term[] {
    const { children, op } = term
    if (children.length === 0) return []
    if (children.some((child) => child.children.length > 0 || !isVariable(child.op)))
      return children.flatMap((child) => this.known(child))
    const isExact = children.length <= 2 && this.names.op(op, children.length) < EXACT_OPS
    return isExact ? [term] : []
  }

  private ask({ op, children }: Term): void {
    const { body, layout, asked, names, rule } = this
    const [a, b] = children.map((child) => this.match.variables[names.variable(rule, child.op)])
    if (!a) return
    putSlot(body, names.op(op, children.length), a, b)
    body.load64(layout.SLOTS).get(asked).do("i64.or").set(asked)
  }
}

/** The function that applies the first so many matches; gives how many it applied before the run had to stop. */
export function applyAside(rule: CompilableRule, layout: Layout, names: Names): Body {
  const count: Local = { index: 0 }
  const body = new Body(1)
  const [i, entry] = [body.local(), body.local()]
  const local = () => body.local()
  const match = {
    rows: rule.plan.steps.map(local),
    variables: Array.from({ length: rule.variables }, local),
  }
  const exit = () => body.get(i).return()
  const right = new RightSide(body, rule, layout, names, match, exit)
  body.loop((again) => {
    const words = [...match.rows, ...match.variables]
    words.forEach((word, k) =>
      body
        .get(entry)
        .load(layout.aside + 4 * (1 + k))
        .set(word),
    )
    if (rule.right) right.apply(rule.right)
    body.get(entry).const(bytesOf(match)).do("i32.add").set(entry)
    body.get(i).const(1).do("i32.add").tee(i).get(count).do("i32.lt_u").brIf(again)
  })
  return body.get(count)
}

function bytesOf({ rows, variables }: MatchLocals): number {
  return 4 * (1 + rows.length + variables.length)
}

/** Whether matches of a rule can be set aside: no fact and no guard may change what becomes of one that waits. */
export function maySetAside({ right, isGuarded, hasFacts, plan }: CompilableRule): boolean {
  const makesNodes = right !== undefined && right.children.length > 0
  return makesNodes && !isGuarded && !hasFacts && plan.steps.every(({ kind }) => kind === "row")
}
