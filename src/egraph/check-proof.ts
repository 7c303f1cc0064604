import type { Rule } from "./rules.js"
import { FactChecker, type TermChecker } from "./check-facts.js"
import type {
  AnalysisStep,
  ContradictionProof,
  Evidence,
  GuardEvidence,
  Proof,
  RuleStep,
  Step,
} from "./steps.js"
import type { Term } from "./term.js"

// Checks proofs by terms and rules alone. It shares no code with the engine, nor with what writes proofs: what a
// rule, an analysis or a guard says is read here a second time.
//
// What it does not see to: that the rules are true, and evidence that is called trusted. Of that it checks what
// terms can show: that two classes are apart is refused where the two terms are the same.

/** What a proof may use. */
export interface ProofRules {
  readonly rules: readonly Rule[]
  readonly operators?: ReadonlyMap<string, "set" | "multiset">
  /** Pure functions that right sides call. */
  readonly functions?: ReadonlyMap<string, number>
  /** Pairs of terms that the host said are equal. */
  readonly given?: readonly (readonly [Term, Term])[]
  readonly analyses?: readonly string[]
  /** Facts of terms on the host's word, by analysis. */
  readonly assumed?: readonly (readonly [Term, object])[]
  /** What is to be proven: the first term is equal to the last. Else whatever the steps begin and end with. */
  readonly proves?: readonly [Term, Term]
}

/** A step that does not hold. */
export interface ProofFault {
  /** Indexes of steps: of the proof, then of a proof that the step rests on, and so on. */
  readonly at: readonly number[]
  readonly reason: string
}

/** Whether every step of a proof holds, and each begins where the one before it ended. */
export function checkProof(steps: Proof, by: ProofRules): boolean {
  return proofFault(steps, by) === undefined
}

/** The first step that does not hold, and why; undefined if all do. */
export function proofFault(steps: Proof, by: ProofRules): ProofFault | undefined {
  return faultIn((checker) => checker.chain(steps, by.proves?.[0], by.proves?.[1]), by)
}

/** Why a contradiction does not hold as it is shown; undefined if it does. */
export function contradictionFault(
  shown: ContradictionProof,
  by: ProofRules,
): ProofFault | undefined {
  return faultIn((checker) => checker.contradiction(shown), by)
}

function faultIn(check: (checker: Checker) => void, by: ProofRules): ProofFault | undefined {
  try {
    check(new Checker(by))
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return { at: error.at, reason: error.message }
    // What was read from a file may be anything.
    if (error instanceof TypeError) return { at: [], reason: `no proof: ${error.message}` }
    throw error
  }
}

class Refusal extends Error {
  readonly at: number[] = []
}

function refuse(reason: string): never {
  throw new Refusal(reason)
}

/** The number of a term among all that a check meets: equal terms have one. */
type Id = number

/** What a variable stands for. */
type Substitution = ReadonlyMap<string, readonly Id[]>

interface Node {
  readonly op: string
  readonly children: readonly Id[]
}

class Checker {
  private readonly nodes: Node[] = []
  private readonly ids = new Map<string, Id>()
  private readonly known = new WeakMap<Term, Id>()
  private readonly held = new Set<Step>()
  private readonly values = new Map<string, Map<Id, string | null>>()
  private readonly names = new Map<Id, ReadonlySet<Id>>()
  private readonly analyses: readonly string[]
  private readonly facts: FactChecker
  private readonly given: ReadonlySet<string>

  constructor(private readonly by: ProofRules) {
    this.analyses = by.analyses ?? []
    const terms: TermChecker = {
      id: (term) => this.id(term),
      node: (id) => this.at(id),
      isOrdered: (op) => !by.operators?.has(op),
      chain: (proof, from, to) => this.chain(proof, from, to),
      refuse,
    }
    this.facts = new FactChecker(terms, this.analyses, by.assumed ?? [])
    this.given = new Set(by.given?.map(([a, b]) => `${this.id(a)} ${this.id(b)}`))
  }

  // ----------------------------------------------------------------------------------------- terms

  private id(term: Term): Id {
    const known = this.known.get(term)
    if (known !== undefined) return known
    if (typeof term?.op !== "string" || !Array.isArray(term.children)) refuse("a term is wanted")
    const id = this.node(
      term.op,
      term.children.map((child) => this.id(child)),
    )
    this.known.set(term, id)
    return id
  }

  private node(text: string, given: readonly Id[]): Id {
    const op = given.length === 0 ? this.leaf(text) : text
    const kind = this.by.operators?.get(op)
    const sorted = kind ? [...given].sort((a, b) => a - b) : given
    const children = kind === "set" ? [...new Set(sorted)] : sorted
    const key = `${children.join(" ")} ${op}`
    const known = this.ids.get(key)
    if (known !== undefined) return known
    this.ids.set(key, this.nodes.length)
    return this.nodes.push({ op, children }) - 1
  }

  /** Where numbers are folded, a number is its value, however it is written. */
  private leaf(text: string): string {
    return this.isOn("constant-fold") && NUMBER.test(text) ? numeral(Number(text)) : text
  }

  private at(id: Id): Node {
    return this.nodes[id] ?? refuse("a term is wanted")
  }

  // ---------------------------------------------------------------------------------------- chains

  /** Steps from one term to another, where these are given. */
  chain(steps: Proof, from?: Term | Id, to?: Term | Id): void {
    if (!Array.isArray(steps)) refuse("a list of steps is wanted")
    const wanted = (term: Term | Id) => (typeof term === "number" ? term : this.id(term))
    let here = from === undefined ? undefined : wanted(from)
    steps.forEach((step, i) => {
      try {
        if (here !== undefined && this.id(step.before) !== here)
          refuse(i === 0 ? "it begins with another term" : "it does not begin where the last ended")
        this.step(step)
        here = this.id(step.after)
      } catch (error) {
        if (error instanceof Refusal) error.at.unshift(i)
        throw error
      }
    })
    if (to !== undefined && here !== undefined && wanted(to) !== here)
      refuse("it ends with another term")
  }

  private step(step: Step): void {
    if (this.held.has(step)) return
    this.id(step.before)
    const parts = this.parts(step.before, this.id(step.after), step.path)
    if (parts.length === 0) refuse("something else than the part at the path changes")
    attempt(parts, ([from, to]) => {
      if (step.direction === "forward") this.says(step, from, to)
      else if (step.direction === "backward") this.says(step, to, from)
      else refuse("a direction is wanted")
    })
    this.held.add(step)
  }

  /** What may stand at the path before and after, everything else being the same. */
  private parts(before: Term, after: Id, path: readonly number[]): (readonly [Id, Id])[] {
    const [index, ...below] = path
    if (index === undefined) return [[this.id(before), after]]
    const right = this.at(after)
    const child = before.children[index]
    const node = this.at(this.id(before))
    if (!child || node.op !== right.op) return []
    const left = before.children.map((each) => this.id(each))
    if (!this.by.operators?.has(node.op)) {
      const same = (id: Id, i: number) => i === index || id === right.children[i]
      const other = right.children[index]
      const isSame = left.length === right.children.length && left.every(same)
      return isSame && other !== undefined ? this.parts(child, other, below) : []
    }
    // In a set a child may stand for several that were equal, and then change in one place or in all.
    const others = left.filter((_, i) => i !== index)
    const rests = this.by.operators.get(node.op) === "set" ? [others, left] : [others]
    const candidates = [...new Set(right.children)].filter((other) =>
      rests.some((rest) => this.node(node.op, [...rest, other]) === after),
    )
    return candidates.flatMap((other) => this.parts(child, other, below))
  }

  private says(step: Step, left: Id, right: Id): void {
    switch (step.kind) {
      case "given":
        if (!this.given.has(`${left} ${right}`)) refuse("it was not given")
        return
      case "analysis":
        if (!this.isOn(step.analysis)) refuse(`${step.analysis} is not on`)
        if (this.at(right).children.length > 0 || this.comesTo(step, left) !== this.at(right).op)
          refuse("the term does not come to this value")
        return
      case "rule": {
        const rules = this.by.rules.filter(({ name }) => name === step.rule)
        if (rules.length === 0) refuse(`there is no rule ${step.rule}`)
        attempt(rules, (rule) => this.applies(rule, step, left, right))
        return
      }
      default:
        refuse("a rule, what was given or an analysis is wanted")
    }
  }

  // ----------------------------------------------------------------------------------------- rules

  private applies(rule: Rule, step: RuleStep, left: Id, right: Id): void {
    const substitution = this.substitution(rule, step)
    const calls = step.calls.map((term) => this.id(term))
    if (rule.clauses) this.clauses(rule.clauses, step, left, right, substitution)
    else {
      if (this.instance(rule.left, substitution) !== left)
        refuse("the left side does not stand there")
      if (this.instance(this.rightSide(rule, step), substitution, calls) !== right)
        refuse("the right side does not stand there")
    }
    if (calls.length > 0) refuse("the right side calls fewer functions")
    if (rule.guards.length !== step.guards.length) refuse("evidence for each guard is wanted")
    rule.guards.forEach((guard, i) =>
      this.guard(guard, step.guards[i] ?? refuse("evidence is wanted"), substitution),
    )
    if (rule.choice) this.choice(rule.choice, step, left, substitution)
    else if (step.choice) refuse("the rule has one right side")
  }

  /** Every variable of the rule is bound, and nothing else. */
  private substitution(rule: Rule, step: RuleStep): Substitution {
    const sides = rule.clauses
      ? [...rule.clauses.left, ...rule.clauses.right].flatMap(([variable, term]) => [
          variable,
          ...variables(term),
        ])
      : [rule.left, this.rightSide(rule, step)].flatMap(variables)
    const wanted = new Set(sides)
    const bound = new Map(
      Object.entries(step.substitution).map(([variable, value]) => {
        if ("op" in value === isRest(variable))
          refuse(`${variable} stands for too much or too little`)
        const terms = "op" in value ? [value] : value
        return [variable, terms.map((term) => this.id(term))] as const
      }),
    )
    for (const variable of wanted) if (!bound.has(variable)) refuse(`${variable} is not bound`)
    for (const variable of bound.keys())
      if (!wanted.has(variable)) refuse(`${variable} is not in the rule`)
    return bound
  }

  private rightSide({ right, choice }: Rule, step: RuleStep): Term {
    const kind = step.choice?.kind
    return choice && kind !== undefined && NEEDS_FRESH.has(kind) ? choice.right : right
  }

  /** A pattern under a substitution; what the functions of a right side give is taken from `calls`. */
  private instance({ op, children }: Term, substitution: Substitution, calls?: Id[]): Id {
    if (calls && this.by.functions?.has(op))
      return calls.shift() ?? refuse(`what ${op} gave is wanted`)
    if (children.length === 0 && isVariable(op))
      return substitution.get(op)?.[0] ?? refuse(`${op} is not bound`)
    const elements = children.flatMap((child) =>
      isRest(child.op)
        ? (substitution.get(child.op) ?? refuse(`${child.op} is not bound`))
        : [this.instance(child, substitution, calls)],
    )
    return this.node(op, elements)
  }

  private clauses(
    { left, right }: NonNullable<Rule["clauses"]>,
    step: RuleStep,
    from: Id,
    to: Id,
    substitution: Substitution,
  ): void {
    const { clauses } = step
    const said = clauses && right[clauses.right]
    if (!said || clauses.left.length !== left.length)
      return refuse("a proof for each clause is wanted")
    const instance = (pattern: Term) => this.instance(pattern, substitution)
    const value = (variable: string) => instance({ op: variable, children: [] })
    left.forEach(([variable, pattern], i) =>
      this.chain(
        clauses.left[i] ?? refuse("a proof is wanted"),
        value(variable),
        instance(pattern),
      ),
    )
    // A variable that only the right side has is what its first clause makes.
    const bound = new Set(left.flatMap(([variable, pattern]) => [variable, ...variables(pattern)]))
    for (const [i, [variable, pattern]] of right.entries()) {
      if (bound.has(variable)) continue
      if (i === clauses.right) refuse("the clause makes something new, and says nothing")
      if (value(variable) !== instance(pattern)) refuse(`${variable} is not what is made of it`)
      bound.add(variable)
    }
    if (value(said[0]) !== from) refuse("the left side does not stand there")
    if (instance(said[1]) !== to) refuse("the right side does not stand there")
  }

  // ---------------------------------------------------------------------------------------- guards

  private guard(
    guard: Rule["guards"][number],
    { guard: name, evidence }: GuardEvidence,
    substitution: Substitution,
  ): void {
    if (name !== guard.name) refuse(`evidence for ${guard.name} is wanted`)
    const [first, second, more] = evidence
    if (!first || more) refuse(`evidence for ${name} is wanted`)
    const arg = (i: number) =>
      substitution.get(guard.args[i] ?? "")?.[0] ?? refuse(`an argument of ${name} is not bound`)
    if (name === "is-const-or-distinct-var") {
      this.apart(first, arg(0), arg(1))
      const isWanted = (leaf: string) => !NUMBER.test(leaf) || this.isNumber(leaf)
      return this.leafEvidence(second, arg(0), isWanted)
    }
    if (second) refuse(`less evidence for ${name} is wanted`)
    if (first.kind === "facts") {
      const args = guard.args.map((_, i) => arg(i))
      if (!this.facts.guard(name, first.facts, args))
        refuse(`${name} does not follow from the facts`)
      return
    }
    switch (name) {
      case "is-const":
        return this.leafEvidence(first, arg(0), (leaf) => this.isConstant(leaf))
      case "is-sym":
        return this.leafEvidence(first, arg(0), (leaf) => !NUMBER.test(leaf))
      case "not-same-class":
        return this.apart(first, arg(0), arg(1))
      case "is-not-zero":
        return this.notZero(first, arg(0))
      case "equal-after-adding": {
        if (first.kind !== "equal") return refuse(`a proof for ${name} is wanted`)
        const [a, b] = (guard.terms ?? []).map((term) => this.instance(term, substitution))
        return this.chain(
          first.proof,
          a ?? refuse("a term is wanted"),
          b ?? refuse("a term is wanted"),
        )
      }
      default:
        if (OF_FACTS.has(name)) refuse(`facts are wanted for ${name}`)
        if (first.kind !== "trusted-guard") refuse(`nothing is known of ${name}`)
    }
  }

  private apart(evidence: Evidence, a: Id, b: Id): void {
    if (evidence.kind !== "trusted-apart") refuse("that two terms are apart can only be trusted")
    if (a === b) refuse("the terms are the same, and not apart")
  }

  private leafEvidence(
    evidence: Evidence | undefined,
    arg: Id,
    isWanted: (leaf: string) => boolean,
  ): void {
    if (evidence?.kind !== "leaf") return refuse("a leaf is wanted")
    const { op, children } = this.at(this.id(evidence.leaf))
    if (children.length > 0 || !isWanted(op)) refuse(`${op} is not such a leaf`)
    this.chain(evidence.proof, arg, evidence.leaf)
  }

  private notZero(evidence: Evidence, arg: Id): void {
    if (evidence.kind === "leaf")
      return this.leafEvidence(evidence, arg, (leaf) => this.isNumber(leaf) && Number(leaf) !== 0)
    if (evidence.kind !== "trusted-no-number") refuse("a number, or trust, is wanted")
    const values = ["constant-fold", "lambda"].filter((analysis) => this.isOn(analysis))
    for (const analysis of values) {
      const value = this.value(analysis, arg)
      if (value !== undefined && this.isNumber(value) && Number(value) === 0) refuse("it is 0")
    }
  }

  private choice(
    { name, inside, fresh }: NonNullable<Rule["choice"]>,
    { choice }: RuleStep,
    left: Id,
    substitution: Substitution,
  ): void {
    const value = (variable: string) =>
      substitution.get(variable)?.[0] ?? refuse("a name is wanted")
    const last = (proof: Proof, variable: string) => {
      this.chain(proof, value(variable))
      const end = proof.at(-1)
      return end ? this.id(end.after) : value(variable)
    }
    switch (choice?.kind) {
      case "free":
        if (this.occurs(value(fresh), left)) refuse("the name is not fresh")
        return this.free(value(inside), last(choice.name, name), value(fresh))
      case "trusted-fresh":
        return this.free(value(inside), last(choice.name, name), value(fresh))
      case "trusted-free":
        if (this.at(value(fresh)).children.length > 0) refuse("the fresh name is no leaf")
        return
      case "not-free":
        if (this.namesIn(last(choice.inside, inside)).has(last(choice.name, name)))
          refuse("the name is free")
        return
      case "trusted-not-free":
        return
      default:
        refuse("which right side, and why, is wanted")
    }
  }

  private free(inside: Id, name: Id, fresh: Id): void {
    if (!this.namesIn(inside).has(name)) refuse("the name is not free")
    if (this.at(fresh).children.length > 0) refuse("the fresh name is no leaf")
  }

  private occurs(part: Id, whole: Id): boolean {
    const open = [whole]
    const seen = new Set(open)
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === part) return true
      const fresh = this.at(id).children.filter((child) => !seen.has(child))
      for (const child of fresh) seen.add(child)
      open.push(...fresh)
    }
    return false
  }

  // -------------------------------------------------------------------------------------- analyses

  private isOn(analysis: string): boolean {
    return this.analyses.includes(analysis)
  }

  private isNumber(leaf: string): boolean {
    return (
      (this.isOn("constant-fold") && NUMBER.test(leaf)) || (this.isOn("lambda") && isInt32(leaf))
    )
  }

  private isConstant(leaf: string): boolean {
    const hasTruths = this.isOn("boolean-fold") || this.isOn("lambda")
    return this.isNumber(leaf) || (hasTruths && (leaf === "true" || leaf === "false"))
  }

  /** What a term comes to, as a leaf's text: by itself, or by the facts that a step has. */
  private comesTo({ analysis, facts }: AnalysisStep, id: Id): string | undefined {
    if (!facts) return this.value(analysis, id)
    const { number: value, truth } = this.facts.known(facts, id)
    if (analysis === "constant-fold") return value === undefined ? undefined : numeral(value)
    return analysis === "boolean-fold" && truth !== undefined ? String(truth) : undefined
  }

  /** What a term comes to under an analysis, as a leaf's text. */
  private value(analysis: string, id: Id): string | undefined {
    const known = this.values.get(analysis) ?? new Map<Id, string | null>()
    this.values.set(analysis, known)
    const found = known.get(id)
    if (found !== undefined) return found ?? undefined
    const { op, children } = this.at(id)
    const value =
      children.length === 0
        ? this.constant(analysis, op)
        : calculated(
            analysis,
            op,
            children.map((child) => this.value(analysis, child)),
          )
    known.set(id, value ?? null)
    return value
  }

  private constant(analysis: string, leaf: string): string | undefined {
    const isTruth = leaf === "true" || leaf === "false"
    if (analysis === "constant-fold") return NUMBER.test(leaf) ? leaf : undefined
    return isTruth || (analysis === "lambda" && isInt32(leaf)) ? leaf : undefined
  }

  contradiction({ facts, proof }: ContradictionProof): void {
    const [a, b] = facts
    this.chain(proof, a.term, b.term)
    if (!this.facts.excludes(facts)) refuse("the facts do not exclude each other")
  }

  /** The free names of a term of the lambda calculus. */
  private namesIn(id: Id): ReadonlySet<Id> {
    const known = this.names.get(id)
    if (known) return known
    const names = this.freeNames(this.at(id))
    this.names.set(id, names)
    return names
  }

  private freeNames({ op, children }: Node): ReadonlySet<Id> {
    const word = `${op}/${children.length}`
    const [first, second, third] = children
    if (word === "var/1" && first !== undefined) return new Set([first])
    const free = new Set<Id>()
    const body = word === "let/3" ? third : BINDERS.has(word) ? second : undefined
    const rest = body === undefined ? children : word === "let/3" ? [second] : []
    if (body !== undefined)
      for (const name of this.namesIn(body)) if (name !== first) free.add(name)
    for (const child of rest)
      if (child !== undefined) for (const name of this.namesIn(child)) free.add(name)
    return free
  }
}

function calculated(
  analysis: string,
  op: string,
  children: readonly (string | undefined)[],
): string | undefined {
  const [a, b] = children
  const word = `${op}/${children.length}`
  if (analysis === "boolean-fold") return truth(word, a, b)
  if (a === undefined || b === undefined) return undefined
  if (analysis === "constant-fold") return number(word, Number(a), Number(b))
  if (word === "=/2") return a === b ? "true" : "false"
  if (word !== "+/2" || !isInt32(a) || !isInt32(b)) return undefined
  const sum = BigInt(a) + BigInt(b)
  return BigInt.asIntN(32, sum) === sum ? String(sum) : undefined
}

/** Tries each; if none will do, the first refusal counts. */
function attempt<T>(all: readonly T[], check: (each: T) => void): void {
  let first: Refusal | undefined
  for (const each of all) {
    try {
      check(each)
      return
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      first ??= error
    }
  }
  if (first) throw first
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
/** Guards that hold by facts of their arguments, which can be shown. */
const OF_FACTS: ReadonlySet<string> = new Set([
  ...["excludes-zero", "is-positive", "is-non-negative", "is-negative", "is-non-positive"],
  ...["is-less", "is-at-most", "is-not-null", "is-null"],
  ...["is-integer", "is-number", "is-boolean", "is-text"],
  ...["has-no-rows", "has-rows", "has-one-row-at-most"],
])
const NEEDS_FRESH: ReadonlySet<string> = new Set(["free", "trusted-free", "trusted-fresh"])
const BINDERS: ReadonlySet<string> = new Set(["lam/2", "fix/2"])

function numeral(value: number): string {
  return value === 0 ? "0" : String(value)
}

function isInt32(text: string): boolean {
  return /^-?\d+$/.test(text) && BigInt.asIntN(32, BigInt(text)) === BigInt(text)
}

/** Nothing where the result is no finite number: a division by zero. */
function number(word: string, a: number, b: number): string | undefined {
  const results: Readonly<Record<string, number>> = {
    "+/2": a + b,
    "-/2": a - b,
    "*/2": a * b,
    "//2": a / b,
  }
  const value = results[word]
  return value !== undefined && Number.isFinite(value) ? numeral(value) : undefined
}

/** The first operand alone may decide, the second may not. */
function truth(word: string, a: string | undefined, b: string | undefined): string | undefined {
  const isKnown = a !== undefined
  switch (word) {
    case "~/1":
      return isKnown ? (a === "true" ? "false" : "true") : undefined
    case "&/2":
      return isKnown ? (a === "false" ? "false" : b) : undefined
    case "|/2":
      return isKnown ? (a === "true" ? "true" : b) : undefined
    case "->/2":
      return isKnown ? (a === "false" ? "true" : b) : undefined
    default:
      return undefined
  }
}

function isVariable(op: string): boolean {
  return op.startsWith("?")
}

function isRest(op: string): boolean {
  return isVariable(op) && op.endsWith("...")
}

function variables({ op, children }: Term): string[] {
  return children.length === 0 && isVariable(op) ? [op] : children.flatMap(variables)
}
