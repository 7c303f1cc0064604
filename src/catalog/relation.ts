import type { SqlType } from "../types/type.js"
import type { Place } from "./project.js"

export type RelationKind = "model" | "seed" | "source"

/**
 * What a model may know of a relation that it refers to: its interface. For a model it is what
 * `typecheck` found; for a source or seed what was declared. An edit that leaves the interface as it
 * was reaches no other model.
 */
export interface Relation {
  readonly name: string
  readonly kind: RelationKind
  readonly columns: readonly RelationColumn[]
  /** Sets of columns that are unique and not NULL, declared or proven. */
  readonly keys: readonly (readonly string[])[]
  /** A relation whose own text has errors: whatever refers to it is not checked. */
  readonly broken: boolean
  /** What divides its rows by time: `partition_by` of a model, the clock of a source. */
  readonly partition?: string
  /** Where a source is declared. */
  readonly place?: Place
}

export interface RelationColumn {
  readonly name: string
  readonly type: SqlType
  readonly nullable: boolean
}
