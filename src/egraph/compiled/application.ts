import { at } from "../../base/check.js"
import { isVariable } from "../rules.js"
import type { Term } from "../term.js"
import { EXACT_OPS, type CompilableRule, type Layout, type Names } from "./engine.js"
import { leaderOf, probeOr, putSlot } from "./look-up.js"
import { RightSide } from "./right-side.js"
import { Body, type Label, type Local, type Signature } from "./writer.js"

// What becomes of a match. A rule with a right side has a function that applies one match. Whether that would change
// anything is looked up where the match is found, in a few loads and without a call: under many rule sets most
// matches change nothing.

/** Locals that hold a match: its rows, and the classes of all variables of the rule. */
export interface Match {
  readonly rows: readonly Local[]
  readonly variables: readonly Local[]
}

export class Application {
  /** Numbers of the variables that the right side names, each once. */
  private readonly variables: readonly number[]
  private readonly rowCount: number

  constructor(
    private readonly rule: CompilableRule,
    private readonly layout: Layout,
    private readonly names: Names,
    private readonly right: Term,
    /** The number of the function that applies a match. */
    private readonly apply: number,
  ) {
    const variables = new Set<number>()
    const visit = ({ op, children }: Term): void => {
      if (children.length === 0 && isVariable(op)) variables.add(names.variable(rule, op))
      children.forEach(visit)
    }
    visit(right)
    this.variables = [...variables]
    this.rowCount = rowsIn(rule)
  }

  // ---------------------------------------------------------------------------------- the function

  /** It takes the rows of a match, then the classes of the variables that the right side names. */
  get signature(): Signature {
    const params = Array.from({ length: this.size }, () => "i32" as const)
    return { params, results: ["i32"] }
  }

  /** How many parameters it has. */
  get size(): number {
    return this.rowCount + this.variables.length
  }

  /** Its parameters for a match. */
  argumentsOf({ rows, variables }: Match): Local[] {
    return [...rows, ...this.variables.map((variable) => at(variables, variable))]
  }

  /** Calls it: 0 is then on the stack where the run must stop, else 1. */
  call(body: Body, given: readonly Local[]): void {
    for (const local of given) body.get(local)
    body.call(this.apply)
  }

  encode(): Body {
    const { rule, layout, names, rowCount, variables } = this
    const body = new Body(this.size)
    const rows = Array.from({ length: rowCount }, (_, index) => ({ index }))
    const variable = (number: number) => ({ index: rowCount + variables.indexOf(number) })
    const exit = () => body.const(0).return()
    new RightSide(body, rule, layout, names, { rows, variable }, exit).apply(this.right)
    return body.const(1)
  }

  // --------------------------------------------------------------------------------- without a call

  /** Whether the hash-cons can tell that a match changes nothing. */
  get mayBeKnown(): boolean {
    return !this.rule.isSubsuming && this.isExact(this.right)
  }

  private isExact({ op, children }: Term): boolean {
    if (children.length === 0) return true
    return this.hasExactKey(op, children) && children.every((child) => this.isExact(child))
  }

  private hasExactKey(op: string, { length }: readonly Term[]): boolean {
    return length > 0 && length <= 2 && this.names.op(op, length) < EXACT_OPS
  }

  /** Goes to `known` if the match changes nothing: its right side is there, in the class of its left side. */
  look(body: Body, { rows, variables }: Match, known: Label): void {
    const { layout } = this
    const leaders = new Map<number, Local>()
    body.block((unknown) => {
      const left = leaderOf(body, layout, at(rows, 0))
      const right = this.leader(body, this.right, variables, leaders, unknown)
      body.get(left).get(right).do("i32.eq").brIf(known)
    })
  }

  /** What leads the class of a term now; goes to `unknown` if it is not there. */
  private leader(
    body: Body,
    { op, children }: Term,
    variables: readonly Local[],
    leaders: Map<number, Local>,
    unknown: Label,
  ): Local {
    const { layout, names, rule } = this
    const [a, b] = children.map((child) => this.leader(body, child, variables, leaders, unknown))
    if (a) {
      const row = probeOr(body, layout, names.op(op, children.length), a, b, unknown)
      return leaderOf(body, layout, row)
    }
    if (!isVariable(op)) return this.leaf(body, names.op(op, 0), unknown)
    const number = names.variable(rule, op)
    const known = leaders.get(number) ?? leaderOf(body, layout, at(variables, number))
    leaders.set(number, known)
    return known
  }

  private leaf(body: Body, op: number, unknown: Label): Local {
    const row = body.local()
    body
      .const(op << 2)
      .load(this.layout.LEAF)
      .tee(row)
      .do("i32.eqz")
      .brIf(unknown)
    return leaderOf(body, this.layout, row)
  }

  // ------------------------------------------------------------------------------------- beforehand

  /** Asks the hash-cons for the lines of nodes over variables alone; what they hold is added to `asked`. */
  ask(body: Body, { variables }: Match, asked: Local): void {
    const { layout, names, rule } = this
    for (const { op, children } of this.overVariables(this.right)) {
      const [a, b] = children.map((child) => at(variables, names.variable(rule, child.op)))
      if (!a) continue
      putSlot(body, layout, names.op(op, children.length), a, b)
      body.load64(layout.SLOTS).get(asked).do("i64.or").set(asked)
    }
  }

  private overVariables(term: Term): Term[] {
    const { children, op } = term
    if (children.some((child) => child.children.length > 0 || !isVariable(child.op)))
      return children.flatMap((child) => this.overVariables(child))
    return this.hasExactKey(op, children) ? [term] : []
  }
}

/** How many rows a match of a rule has. */
function rowsIn({ plan }: CompilableRule): number {
  return plan.steps.filter(({ kind }) => kind === "row" || kind === "class").length
}
