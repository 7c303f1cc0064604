import { at } from "../../src/base/check.js"
import type { Evidence, Proof, Rule, RuleStep, Step, Term } from "../../src/egraph/index.js"
import { isVariable } from "../../src/egraph/rules.js"
import { leaf } from "../../src/egraph/term.js"
import type { Random } from "./naive/random.js"

// Proofs that were right, changed so that they cannot be: each kind says why. Where a change might give another
// right proof, it is left out.

/** What a change may know. */
export interface Sound {
  readonly proof: Proof
  readonly rules: readonly Rule[]
  readonly given: readonly (readonly [Term, Term])[]
}

/** A changed proof; undefined where the proof has nothing to change in this way. */
export type Tampering = (sound: Sound, random: Random) => Proof | undefined

/** Stands nowhere in a case. */
const ALIEN = leaf("an alien leaf")

export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  "other rule": ({ proof, rules }, random) =>
    changeStep(proof, random, isRule, (step) => {
      const others = random
        .shuffled(rules)
        .find((rule) => rule.name !== step.rule && !rule.clauses && !says(rule, step))
      return others && { ...step, rule: others.name }
    }),

  // The sides of a step fix the part that they stand at: no other part is as large, or the rest would differ.
  "other position": ({ proof, given }, random) =>
    changeStep(proof, random, isAny, (step) => {
      if (step.kind === "given" && given.length > 1) return undefined
      const others = pathsOf(step.before).filter((path) => String(path) !== String(step.path))
      const path = random.shuffled(others)[0]
      return path && { ...step, path }
    }),

  // Every variable stands in a side or a clause, and terms are equal only if their parts are.
  "other substitution": ({ proof }, random) =>
    changeStep(proof, random, isRule, (step) => {
      const [one, other] = random.shuffled(Object.keys(step.substitution))
      if (one === undefined) return undefined
      const [a, b] = [
        step.substitution[one],
        other === undefined ? ALIEN : step.substitution[other],
      ]
      const swaps = other !== undefined && JSON.stringify(a) !== JSON.stringify(b)
      const changes = swaps && random.chance(0.5) ? { [one]: b, [other]: a } : { [one]: ALIEN }
      return {
        ...step,
        substitution: { ...step.substitution, ...changes } as RuleStep["substitution"],
      }
    }),

  // The two sides of a step are different terms, and names of rules are their own.
  "swapped direction": ({ proof, given }, random) =>
    changeStep(proof, random, isAny, (step) => {
      if (step.kind === "given" && given.length > 1) return undefined
      return { ...step, direction: step.direction === "forward" ? "backward" : "forward" }
    }),

  // No step leads to the term that it begins with.
  "dropped step": ({ proof }, random) => {
    const index = random.below(proof.length)
    return proof.filter((_, i) => i !== index)
  },

  // The next step, or what is to be proven, still has the term as it was.
  "altered term": ({ proof }, random) =>
    changeStep(proof, random, isAny, (step) => {
      const side = random.chance(0.5) ? "before" : "after"
      const path = random.shuffled(pathsOf(step[side]))[0] ?? []
      return { ...step, [side]: replaced(step[side], path, ALIEN) }
    }),

  // The step itself still has one side as it was: something besides its part changes, or its sides are no instance.
  "altered terms on both sides of a joint": ({ proof }, random) => {
    if (proof.length < 2) return undefined
    const joint = 1 + random.below(proof.length - 1)
    const [left, right] = [at(proof, joint - 1), at(proof, joint)]
    const path = random.shuffled(pathsOf(left.after))[0] ?? []
    const term = replaced(left.after, path, ALIEN)
    return proof.with(joint - 1, { ...left, after: term }).with(joint, { ...right, before: term })
  },

  "altered evidence": ({ proof }, random) =>
    changeStep(proof, random, hasEvidence, (step) => {
      const changes = [withoutEvidence, otherEvidence, otherGuard, otherClause, otherChoice]
      for (const change of random.shuffled(changes)) {
        const changed = change(step, random)
        if (changed) return changed
      }
      return undefined
    }),
}

function isAny(step: Step): step is Step {
  return step.kind.length > 0
}

function isRule(step: Step): step is RuleStep {
  return step.kind === "rule"
}

function hasEvidence(step: Step): step is RuleStep {
  if (step.kind !== "rule") return false
  return step.guards.length > 0 || step.clauses !== undefined || step.choice !== undefined
}

function changeStep<S extends Step>(
  proof: Proof,
  random: Random,
  isWanted: (step: Step) => step is S,
  change: (step: S) => Step | undefined,
): Proof | undefined {
  const places = proof.flatMap((step, i) => (isWanted(step) ? [i] : []))
  const index = random.shuffled(places)[0]
  if (index === undefined) return undefined
  const changed = change(at(proof, index) as S)
  return changed && proof.with(index, changed)
}

// ---------------------------------------------------------------------------------------- evidence

/** Guards are as many as their evidence. */
function withoutEvidence(step: RuleStep): RuleStep | undefined {
  return step.guards.length > 0 ? { ...step, guards: step.guards.slice(1) } : undefined
}

function otherGuard(step: RuleStep, random: Random): RuleStep | undefined {
  const index = random.below(step.guards.length)
  const guard = step.guards[index]
  return guard && { ...step, guards: step.guards.with(index, { ...guard, guard: "always" }) }
}

/** A leaf that the proof does not end at, a proof of something else, or a kind that the guard does not ask for. */
function otherEvidence(step: RuleStep, random: Random): RuleStep | undefined {
  const index = random.below(step.guards.length)
  const guard = step.guards[index]
  if (!guard) return undefined
  const place = random.below(guard.evidence.length)
  const evidence = guard.evidence.with(place, otherKind(at(guard.evidence, place), random))
  return { ...step, guards: step.guards.with(index, { ...guard, evidence }) }
}

function otherKind(evidence: Evidence, random: Random): Evidence {
  switch (evidence.kind) {
    case "leaf":
      return random.chance(0.5)
        ? { ...evidence, leaf: ALIEN }
        : { ...evidence, proof: otherProof(evidence.proof, evidence.leaf) }
    case "equal":
      return { ...evidence, proof: otherProof(evidence.proof, ALIEN) }
    case "trusted-apart":
      return { kind: "trusted-guard", facts: [] }
    case "trusted-no-number":
      return { kind: "trusted-apart" }
    default:
      return { kind: "trusted-no-number" }
  }
}

/** A proof that does not end where it did. */
function otherProof(proof: Proof, end: Term): Proof {
  if (proof.length > 0) return proof.slice(0, -1)
  return [{ kind: "given", before: end, after: ALIEN, path: [], direction: "forward" }]
}

function otherClause(step: RuleStep, random: Random): RuleStep | undefined {
  const { clauses } = step
  if (!clauses) return undefined
  const index = random.below(clauses.left.length)
  const left = clauses.left.with(index, otherProof(at(clauses.left, index), step.before))
  if (random.chance(0.5)) return { ...step, clauses: { ...clauses, left } }
  return { ...step, clauses: { ...clauses, right: clauses.right + 10 } }
}

function otherChoice(step: RuleStep): RuleStep | undefined {
  const { choice, ...rest } = step
  if (!choice) return undefined
  if (!("name" in choice)) return rest
  return { ...rest, choice: { ...choice, name: otherProof(choice.name, step.before) } }
}

// ------------------------------------------------------------------------------------------- terms

function pathsOf(term: Term): number[][] {
  return [[], ...term.children.flatMap((child, i) => pathsOf(child).map((path) => [i, ...path]))]
}

function replaced({ op, children }: Term, path: readonly number[], by: Term): Term {
  const [index, ...below] = path
  if (index === undefined) return by
  return { op, children: children.with(index, replaced(at(children, index), below, by)) }
}

function partAt(term: Term, path: readonly number[]): Term {
  return path.reduce((part, index) => at(part.children, index), term)
}

/** Whether a rule could lead from one part of a step to the other, whatever its guards say. */
function says(
  { left, right, choice }: Rule,
  { before, after, path, direction }: RuleStep,
): boolean {
  const parts = [partAt(before, path), partAt(after, path)]
  const [from, to] = direction === "forward" ? parts : parts.reverse()
  return [right, ...(choice ? [choice.right] : [])].some((side) => {
    const found = new Map<string, string>()
    return fits(left, from, found) && fits(side, to, found)
  })
}

function fits(pattern: Term, term: Term | undefined, found: Map<string, string>): boolean {
  if (!term) return false
  if (isVariable(pattern.op)) {
    const text = JSON.stringify(term)
    const known = found.get(pattern.op) ?? text
    found.set(pattern.op, known)
    return known === text
  }
  return (
    pattern.op === term.op &&
    pattern.children.length === term.children.length &&
    pattern.children.every((child, i) => fits(child, term.children[i], found))
  )
}
