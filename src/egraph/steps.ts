import type { Term } from "./term.js"

// What a proof is made of. Plain data: a step says everything that is needed to look at it by itself, and terms
// and nested proofs that occur twice are the same objects.

/** A chain: each step begins with the term that the one before it ended with. Without steps: nothing was to do. */
export type Proof = readonly Step[]

/** One part of a term becomes another. */
export type Step = RuleStep | GivenStep | AnalysisStep

interface Place {
  /** The whole term before and after. */
  readonly before: Term
  readonly after: Term
  /**
   * Where the two differ: indexes of children, from the root down. Below an operator without an order the
   * index is that in `before`.
   */
  readonly path: readonly number[]
  /** `forward`: from the left side to the right side, from a term to its value, or as it was given. */
  readonly direction: "forward" | "backward"
}

/** A rule says that its left side and its right side, under one substitution, are equal. */
export interface RuleStep extends Place {
  readonly kind: "rule"
  readonly rule: string
  readonly substitution: Substitution
  /** What its guards hold by, in their order. */
  readonly guards: readonly GuardEvidence[]
  /** What the functions that its right side calls gave, in the order of the text: the host's word. */
  readonly calls: readonly Term[]
  /** Where the rule has two right sides: which, and why. */
  readonly choice?: ChoiceEvidence
  /** Where the rule has clauses. */
  readonly clauses?: ClauseEvidence
}

/** What the variables stand for; a rest variable `?xs...` for several terms. */
export type Substitution = Readonly<Record<string, Term | readonly Term[]>>

/** The host said so. */
export interface GivenStep extends Place {
  readonly kind: "given"
}

/** An analysis computed what a term without variables comes to. */
export interface AnalysisStep extends Place {
  readonly kind: "analysis"
  readonly analysis: string
  /** Where the term alone does not say it: what the analysis knows of it. */
  readonly facts?: readonly FactProof[]
}

/** Why an analysis knows a fact of a term. */
export interface FactProof {
  readonly analysis: string
  readonly term: Term
  /** As `EGraph.facts` has it. */
  readonly fact: unknown
  readonly by:
    | { readonly kind: "assumed" }
    /** Its operator makes it of facts of its children, or, a leaf, of itself. */
    | { readonly kind: "made"; readonly children: readonly (readonly FactProof[])[] }
    /** It follows from facts of the same term. */
    | { readonly kind: "inferred"; readonly from: readonly FactProof[] }
    /** Two facts of the term together. */
    | { readonly kind: "both"; readonly facts: readonly FactProof[] }
    /** An equal term has it: from this one to that. */
    | { readonly kind: "equal"; readonly proof: Proof; readonly fact: FactProof }
}

/** Why two facts exclude each other: each of a term, and the two terms are equal. */
export interface ContradictionProof {
  readonly facts: readonly [FactProof, FactProof]
  /** From the first term to the second. */
  readonly proof: Proof
}

export interface GuardEvidence {
  readonly guard: string
  readonly evidence: readonly Evidence[]
}

/**
 * What a guard rests on. That two classes are apart, or that nothing is known of one, is true only for a time: no
 * term can show it. Such evidence is called trusted, and is no more than the engine's word.
 */
export type Evidence =
  /** The guard's first argument is equal to this leaf. */
  | { readonly kind: "leaf"; readonly leaf: Term; readonly proof: Proof }
  /** The two terms that the guard makes are equal. */
  | { readonly kind: "equal"; readonly proof: Proof }
  /** What analyses know of its arguments says that it holds. */
  | { readonly kind: "facts"; readonly facts: readonly FactProof[] }
  /** Its two arguments were in different classes when it was asked. */
  | { readonly kind: "trusted-apart" }
  /** Its first argument was not known to be a number when it was asked. */
  | { readonly kind: "trusted-no-number" }
  /** It held when it was asked; `facts` are the numbers of the declared facts that it rested on. */
  | { readonly kind: "trusted-guard"; readonly facts: readonly number[] }

/** Which right side of a rule that avoids capture. */
export type ChoiceEvidence =
  /** A name that `name` is equal to is free in `inside`, so that a fresh one is needed. */
  | { readonly kind: "free"; readonly name: Proof }
  /**
   * The same, but the fresh name is that of the matched class and not new to the term: the engine has one name a
   * class, as egg has. What it stands for here may be captured.
   */
  | { readonly kind: "trusted-fresh"; readonly name: Proof }
  /** `name` and `inside` are equal to terms of which the first is not free in the second. */
  | { readonly kind: "not-free"; readonly name: Proof; readonly inside: Proof }
  /** The engine took it for free, or for not free, when it was asked. */
  | { readonly kind: "trusted-free" | "trusted-not-free" }

/** The rule's clauses of the left side hold, and one of the right side is what the step says. */
export interface ClauseEvidence {
  /** For each clause of the left side: from its variable to its pattern. */
  readonly left: readonly Proof[]
  /** Index of the clause of the right side: the step leads from its variable to its term. */
  readonly right: number
}
