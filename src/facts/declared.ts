import type { Place } from "../catalog/project.js"

/** How sure a fact is: proven by the analysis, tested on the data, or only declared. */
export type FactStatus = "proven" | "tested" | "trusted"

/**
 * A fact that a source, seed or model declares (or a passed test established, or a file's footer
 * says), by the stored relation's columns. `id` is dense: the e-graph names facts by it, so that a derivation can say
 * which declarations it rests on.
 */
export type DeclaredFact = {
  readonly id: number
  readonly relation: string
  readonly status: FactStatus
  readonly place?: Place
} & (
  | { readonly kind: "not-null"; readonly column: string }
  /** Unique and not NULL. */
  | { readonly kind: "key"; readonly columns: readonly string[] }
  /** Every value that is not NULL lies in these bounds, both included. */
  | {
      readonly kind: "range"
      readonly column: string
      readonly min: string
      readonly max: string
    }
  /** Every row without a NULL in `columns` has a row of `to` with these values in `toColumns`. */
  | {
      readonly kind: "foreign-key"
      readonly columns: readonly string[]
      readonly to: string
      readonly toColumns: readonly string[]
    }
)

/** A fact in words: `raw.airports.iata is a key`. */
export function showFact(fact: DeclaredFact): string {
  switch (fact.kind) {
    case "not-null":
      return `${fact.relation}.${fact.column} is not NULL`
    case "key":
      return `${fact.relation}(${fact.columns.join(", ")}) is a key`
    case "range":
      return `${fact.relation}.${fact.column} is between ${fact.min} and ${fact.max}`
    case "foreign-key":
      return `${fact.relation}(${fact.columns.join(", ")}) references ${fact.to}(${fact.toColumns.join(", ")})`
  }
}
