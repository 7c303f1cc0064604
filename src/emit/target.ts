import type { RelationKind } from "../catalog/relation.js"
import type { Capabilities, Dialect } from "../engine/dialect.js"
import type { TableRef } from "../syntax/ast.js"

/** Where a query will run, as far as its text depends on it. */
export interface EmitTarget {
  readonly dialect: Dialect
  readonly capabilities: Capabilities
  /** How FROM reads a stored relation; its alias is added by emit. */
  readonly table: (relation: string, kind: RelationKind) => TableRef
}
