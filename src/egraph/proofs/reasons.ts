import type { Term } from "../term.js"
import type { Chain } from "./chain.js"

// Why a term becomes another at once: as src/egraph/steps.ts has it, with chains where that has proofs.

export type Reason =
  | RuleReason
  | { readonly kind: "given" }
  | {
      readonly kind: "analysis"
      readonly analysis: string
      readonly facts?: readonly FactGround[]
    }

/** As a FactProof of src/egraph/steps.ts. */
export interface FactGround {
  readonly analysis: string
  readonly term: Term
  readonly fact: unknown
  readonly by:
    | { readonly kind: "assumed" }
    | { readonly kind: "made"; readonly children: readonly (readonly FactGround[])[] }
    | { readonly kind: "inferred"; readonly from: readonly FactGround[] }
    | { readonly kind: "both"; readonly facts: readonly FactGround[] }
    | { readonly kind: "equal"; readonly proof: Way; readonly fact: FactGround }
}

export interface RuleReason {
  readonly kind: "rule"
  readonly rule: string
  readonly substitution: Readonly<Record<string, Term | readonly Term[]>>
  readonly guards: readonly { readonly guard: string; readonly evidence: readonly Ground[] }[]
  readonly calls: readonly Term[]
  readonly choice?: ChoiceGround
  readonly clauses?: { readonly left: readonly Way[]; readonly right: number }
}

export type Way = Chain<Reason>

/** What a guard rests on. */
export type Ground =
  | { readonly kind: "leaf"; readonly leaf: Term; readonly proof: Way }
  | { readonly kind: "equal"; readonly proof: Way }
  | { readonly kind: "facts"; readonly facts: readonly FactGround[] }
  | { readonly kind: "trusted-apart" }
  | { readonly kind: "trusted-no-number" }
  | { readonly kind: "trusted-guard"; readonly facts: readonly number[] }

export type ChoiceGround =
  | { readonly kind: "free" | "trusted-fresh"; readonly name: Way }
  | { readonly kind: "not-free"; readonly name: Way; readonly inside: Way }
  | { readonly kind: "trusted-free" | "trusted-not-free" }
