import type { Application, Match } from "./application.js"
import type { CompilableRule, Layout } from "./engine.js"
import { Body, type Local } from "./writer.js"

// Matches that are set aside: where the hash-cons is larger than the caches, a search asks it for what a match will
// need and goes on, so that many lines of it are on their way at once. What is made of the matches, and in which
// order, is the same as without.
//
//   entry, u32 words   ┌──────┬───────────────┐   `root` is where in ROOTS its search stood; behind it is what the
//                      │ root │ rows, classes │   function takes that applies a match
//                      └──────┴───────────────┘

/** So many of them stay in the nearest cache; from 8 to 100 no number was better beyond noise. */
const MOST = 32

export class Aside {
  /** Of an entry. */
  private readonly bytes: number

  constructor(
    private readonly layout: Layout,
    readonly application: Application,
    /** The number of the function that applies what was set aside. */
    private readonly apply: number,
  ) {
    this.bytes = 4 * (1 + application.size)
  }

  /** For a search in `body` that stands at `root`. */
  within(body: Body, match: Match, root: Local): AsideWithin {
    return new AsideWithin(body, this.layout, this.application, match, root, this.apply, this.bytes)
  }

  /** The function: it applies the first so many matches, and gives how many it applied before the run had to stop. */
  encode(): Body {
    const { application, layout, bytes } = this
    const count: Local = { index: 0 }
    const body = new Body(1)
    const [i, entry] = [body.local(), body.local()]
    const given = Array.from({ length: application.size }, () => body.local())
    body.loop((again) => {
      given.forEach((word, k) =>
        body
          .get(entry)
          .load(layout.aside + 4 * (1 + k))
          .set(word),
      )
      application.call(body, given)
      body.do("i32.eqz").if(() => body.get(i).return())
      body.get(entry).const(bytes).do("i32.add").set(entry)
      body.get(i).const(1).do("i32.add").tee(i).get(count).do("i32.lt_u").brIf(again)
    })
    return body.get(count)
  }
}

/** The matches that a search has set aside. */
class AsideWithin {
  private readonly pending: Local
  private readonly done: Local
  private readonly entry: Local
  private readonly asked: Local

  constructor(
    private readonly body: Body,
    private readonly layout: Layout,
    private readonly application: Application,
    private readonly match: Match,
    private readonly root: Local,
    private readonly apply: number,
    private readonly bytes: number,
  ) {
    this.pending = body.local()
    this.done = body.local()
    this.entry = body.local()
    this.asked = body.local("i64")
  }

  /** Sets the match at hand aside, and applies all when there are many. */
  put(exit: () => void): void {
    const { body, layout, pending, entry, application, match, root } = this
    body.get(pending).const(this.bytes).do("i32.mul").set(entry)
    const words = [root, ...application.argumentsOf(match)]
    words.forEach((word, i) =>
      body
        .get(entry)
        .get(word)
        .store(layout.aside + 4 * i),
    )
    application.ask(body, match, this.asked)
    body.get(pending).const(1).do("i32.add").tee(pending).const(MOST).do("i32.eq")
    body.if(() => this.flush(exit))
  }

  /** Applies what was set aside. Where the run must stop, `root` becomes that of the first match that is not applied. */
  private flush(exit?: () => void): void {
    const { body, layout, pending, done, root } = this
    body.get(pending).call(this.apply).tee(done).get(pending).do("i32.ne")
    body.const(0).set(pending)
    body.if(() => {
      body.get(done).const(this.bytes).do("i32.mul").load(layout.aside).set(root)
      exit?.()
    })
  }

  /** The same where there may be nothing. What was asked for is written down, else nobody would ask. */
  end(): void {
    const { body, layout } = this
    body.get(this.pending).if(() => this.flush())
    body.const(layout.aside).get(this.asked).do("i32.wrap_i64").store(0)
  }
}

/** Whether matches of a rule can be set aside: no fact and no guard may change what becomes of one that waits. */
export function maySetAside({ right, isGuarded, hasFacts, plan }: CompilableRule): boolean {
  const makesNodes = right !== undefined && right.children.length > 0
  return makesNodes && !isGuarded && !hasFacts && plan.steps.every(({ kind }) => kind === "row")
}
