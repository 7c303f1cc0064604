/** How a column bears on another one: on its value, or on which rows there are and in what order. */
export type LineageKind = "value" | "filter" | "group" | "join" | "order"

/** A column of a relation that a model reads, and how it bears on a column of the model. */
export interface Origin {
  readonly relation: string
  readonly column: string
  readonly kind: LineageKind
}

/** The origins of each output column, in the order of the columns. */
export type ModelLineage = readonly (readonly Origin[])[]
