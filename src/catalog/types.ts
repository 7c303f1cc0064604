import type { Column, SqlType } from "../types/type.js"

export interface TypeOf {
  readonly type: SqlType
  /** A sound upper bound: false only where no NULL can be. */
  readonly nullable: boolean
}

/** What `typecheck` learns of one model, beside its tree. */
export interface Types {
  /** By id of the expression, and of the names of a lambda's arguments. */
  readonly exprs: ReadonlyMap<number, TypeOf>
  /** Columns of every select, set operation, VALUES, query and FROM binding, by node id. */
  readonly columns: ReadonlyMap<number, readonly TypeOf[]>
  /** Column references of a grouped select that are not among its keys but determined by them. */
  readonly determined: ReadonlySet<number>
  /** What the model gives: its interface. */
  readonly output: readonly Column[]
  /** Proven keys of the output: columns that are unique and not NULL. */
  readonly keys: readonly (readonly string[])[]
}
