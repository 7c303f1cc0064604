import { at } from "../../base/check.js"
import { EGraphError } from "../errors.js"
import type {
  AnalysisStep,
  ChoiceEvidence,
  Evidence,
  FactProof,
  Proof,
  RuleStep,
  Step,
} from "../steps.js"
import type { Term } from "../term.js"
import type { Below, Link, Whole } from "./chain.js"
import type { ChoiceGround, FactGround, Ground, Reason, RuleReason, Way } from "./reasons.js"
import type { Terms } from "./terms.js"

/** An operator above the place at hand: its children as they are now, and which of them it is. */
interface Frame {
  readonly op: string
  readonly children: Term[]
  readonly index: number
}

/** Writes chains down as steps. A reason, and what it rests on, is written once. */
export class Writer {
  private readonly written = new Map<Way, Proof>()
  private readonly reasons = new Map<Reason, Said>()
  private readonly facts = new Map<FactGround, FactProof>()
  private steps = 0

  constructor(
    private readonly terms: Terms,
    private readonly isOrdered: (op: string) => boolean,
    private readonly maxSteps: number,
  ) {}

  proof(way: Way): Proof {
    const known = this.written.get(way)
    if (known) return known
    this.steps += way.size
    if (this.steps > this.maxSteps)
      throw new EGraphError(
        "proof-too-long",
        `the proof has ${this.steps} steps or more, and may have ${this.maxSteps} (\`maxSteps\`)`,
      )
    const proof: Step[] = []
    for (const link of way.links) this.link(link, [], proof)
    this.written.set(way, proof)
    return proof
  }

  private link(link: Link<Reason>, frames: readonly Frame[], proof: Step[]): void {
    if (link.kind === "whole") proof.push(this.step(link, frames))
    else this.below(link, frames, proof)
  }

  private below(link: Below<Reason>, frames: readonly Frame[], proof: Step[]): void {
    const children = link.children.map(({ from }) => from)
    link.children.forEach((child, index) => {
      const inner = [...frames, { op: link.op, children, index }]
      for (const each of child.links) {
        this.link(each, inner, proof)
        children[index] = each.to
      }
    })
  }

  private step(link: Whole<Reason>, frames: readonly Frame[]): Step {
    const before = this.inside(link.from, frames)
    const place = {
      before: before.term,
      after: this.inside(link.to, frames).term,
      path: before.path,
      direction: link.isForward ? "forward" : "backward",
    } as const
    return { ...this.said(link.reason), ...place }
  }

  /** A term in its place, and where that is. */
  private inside(term: Term, frames: readonly Frame[]): { term: Term; path: readonly number[] } {
    const path: number[] = []
    let whole = term
    for (let i = frames.length - 1; i >= 0; i--) {
      const { op, children, index } = at(frames, i)
      const node = this.terms.node(op, children.with(index, whole))
      path.unshift(this.isOrdered(op) ? index : node.children.indexOf(whole))
      whole = node
    }
    return { term: whole, path }
  }

  // --------------------------------------------------------------------------------------- reasons

  private said(reason: Reason): Said {
    const known = this.reasons.get(reason)
    if (known) return known
    const said =
      reason.kind === "rule"
        ? this.rule(reason)
        : reason.kind === "analysis"
          ? this.analysis(reason)
          : reason
    this.reasons.set(reason, said)
    return said
  }

  private analysis({ facts, ...reason }: Extract<Reason, { kind: "analysis" }>): Said {
    return { ...reason, ...(facts && { facts: facts.map((ground) => this.fact(ground)) }) }
  }

  fact(ground: FactGround): FactProof {
    const known = this.facts.get(ground)
    if (known) return known
    const proof = { ...ground, by: this.factBy(ground.by) }
    this.facts.set(ground, proof)
    return proof
  }

  private factBy(by: FactGround["by"]): FactProof["by"] {
    const all = (grounds: readonly FactGround[]) => grounds.map((ground) => this.fact(ground))
    switch (by.kind) {
      case "assumed":
        return by
      case "made":
        return { kind: "made", children: by.children.map(all) }
      case "inferred":
        return { kind: "inferred", from: all(by.from) }
      case "both":
        return { kind: "both", facts: all(by.facts) }
      case "equal":
        return { kind: "equal", proof: this.proof(by.proof), fact: this.fact(by.fact) }
    }
  }

  private rule({ choice, clauses, guards, ...reason }: RuleReason): Said {
    return {
      ...reason,
      guards: guards.map(({ guard, evidence }) => ({
        guard,
        evidence: evidence.map((ground) => this.evidence(ground)),
      })),
      ...(choice && { choice: this.choice(choice) }),
      ...(clauses && {
        clauses: { left: clauses.left.map((way) => this.proof(way)), right: clauses.right },
      }),
    }
  }

  private evidence(ground: Ground): Evidence {
    if (ground.kind === "leaf" || ground.kind === "equal")
      return { ...ground, proof: this.proof(ground.proof) }
    if (ground.kind === "facts")
      return { kind: "facts", facts: ground.facts.map((fact) => this.fact(fact)) }
    return ground
  }

  private choice(ground: ChoiceGround): ChoiceEvidence {
    if (!("name" in ground)) return ground
    if (!("inside" in ground)) return { kind: ground.kind, name: this.proof(ground.name) }
    return { kind: "not-free", name: this.proof(ground.name), inside: this.proof(ground.inside) }
  }
}

/** A step without its place. */
type Said =
  Omit<RuleStep, keyof Place> | { readonly kind: "given" } | Omit<AnalysisStep, keyof Place>

type Place = Pick<Step, "before" | "after" | "path" | "direction">
