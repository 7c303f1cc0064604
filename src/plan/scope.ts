import type { Names } from "../catalog/names.js"
import type { Model } from "../catalog/project.js"
import type { Relation, RelationKind } from "../catalog/relation.js"
import type { Types } from "../catalog/types.js"
import type {
  AggregateDefinition,
  ColumnId,
  Definition,
  Origin,
  Out,
  Rel,
  Scalar,
  WindowDefinition,
} from "../ir/nodes.js"
import type { Name, NamedWindow } from "../syntax/ast.js"

/** What a reference to another relation stands for. */
export type PlannedRelation =
  /** Another planned model: its body is shared, its names stand for expressions over it. */
  | { readonly kind: "inlined"; readonly out: Out }
  /** A source, seed, incremental model or model as written: read as it is stored. */
  | { readonly kind: "stored"; readonly relation: Relation }

export interface PlanInput {
  readonly model: Pick<Model, "name">
  readonly names: Names
  readonly types: Types
  relation(kind: RelationKind, name: string): PlannedRelation | undefined
}

/** A relation and the expressions behind its columns, in order. */
export interface Planned {
  readonly rel: Rel
  readonly columns: readonly Scalar[]
}

/** ir has no words for it: the model runs as written. */
export class Unsupported extends Error {
  constructor(
    readonly construct: string,
    readonly node: number,
  ) {
    super(construct)
  }
}

/** The state of planning one model. */
export interface PlanContext {
  readonly input: PlanInput
  /** Expressions behind the columns of every FROM item, by id of the table-ref; outer joins change them. */
  readonly bindings: Map<number, readonly Scalar[]>
  /** Merged columns of USING, by id of the join. */
  readonly merged: Map<number, readonly Scalar[]>
  readonly ctes: Map<number, Planned>
  /** Bare ids that enclosing queries show, innermost last: a subquery's own must differ. */
  readonly avoid: ReadonlySet<ColumnId>[]
  /** Of a subquery in an expression: every id that it binds has this tag, "" elsewhere. */
  readonly tag: string
}

/** What an expression of a select may be made of. */
export interface SelectScope {
  /** Group keys; undefined before grouping. */
  readonly keys?: readonly Definition[]
  /** Aggregates met so far; filled while expressions are planned. */
  readonly aggregates?: AggregateDefinition[]
  /** Window functions met so far. */
  readonly windows?: WindowDefinition[]
  /** The WINDOW clause. */
  readonly named?: readonly NamedWindow[]
  /** Names births of aggregates and windows are told apart by. */
  readonly birth: string
  /** The names of the arguments of the lambdas around, innermost first. */
  readonly lambdas?: readonly (readonly Name[])[]
  /** Output expressions of the select, for references by alias. */
  readonly output?: (index: number) => Scalar
}

export function originOf(cx: PlanContext, node: number): Origin {
  return { model: cx.input.model.name, node }
}
