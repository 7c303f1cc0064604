import type { Name, Node, Query } from "../syntax/ast.js"
import type { Relation } from "../catalog/relation.js"
import type { Materialization } from "../catalog/project.js"
import type {
  Binding,
  ColumnTarget,
  Dependency,
  Names,
  OutputColumn,
  UsingColumn,
} from "../catalog/names.js"
import type { Sink } from "../diagnostics/sink.js"
import type { Lookout } from "../catalog/lookout.js"
import type { Scope, Shape } from "./scope.js"

export { didYouMean, orThese } from "../base/suggest.js"

export type RelationKind = Relation["kind"]

/** What a model may know of the project while its names are found. */
export interface ResolveContext {
  readonly name: string
  readonly allowStar: boolean
  /** A test's rows are failures: how its columns are called does not matter. */
  readonly isTest: boolean
  readonly materialization?: Materialization
  /** Bare table names are sources: for a query outside of a project. */
  readonly bareTables?: boolean
  relation(kind: RelationKind, name: string): Relation | undefined
  relationNames(kind: RelationKind): readonly string[]
}

/** `Names` in the making. */
export interface Context {
  readonly model: ResolveContext
  readonly sink: Sink
  readonly bindings: Map<number, Binding>
  readonly columns: Map<number, ColumnTarget>
  readonly outputs: Map<number, readonly OutputColumn[]>
  readonly columnNames: Map<number, readonly string[]>
  readonly outputRefs: Map<number, number>
  readonly using: Map<number, readonly UsingColumn[]>
  readonly groupAll: Map<number, readonly number[]>
  readonly fields: Map<number, readonly string[]>
  readonly correlated: Set<number>
  readonly refused: Set<number>
  readonly dependencies: Map<string, Dependency>
  /** Selects, set operations and queries with a star over what is not known: they may have any column. */
  readonly open: Set<number>
  /** Sources without declared columns, each reported once. */
  readonly undeclared: Set<string>
  /** Set operations whose columns are named by a list around them, not by their branches. */
  readonly namedOutside: Set<number>
  /** What stands for a node that was written in other words, by its id; several for an item of a list. */
  readonly rewrites: Map<number, Node | readonly Node[]>
  /** Column references that were made for a column, by id. */
  readonly made: Map<number, ColumnTarget>
  /** Tables of FROM that are resolved before the select that they are written in, by id. */
  readonly shapes: Map<number, Shape>
  /** CTEs that the query around defines after the place that is resolved now. */
  laterCtes: readonly string[]
  /** Who wants to know what is in sight somewhere. */
  readonly lookout: Lookout<Scope> | undefined
}

export function newContext(
  model: ResolveContext,
  sink: Sink,
  lookout: Lookout<Scope> | undefined,
): Context {
  return {
    model,
    sink,
    lookout,
    bindings: new Map(),
    columns: new Map(),
    outputs: new Map(),
    columnNames: new Map(),
    outputRefs: new Map(),
    using: new Map(),
    groupAll: new Map(),
    fields: new Map(),
    correlated: new Set(),
    refused: new Set(),
    dependencies: new Map(),
    open: new Set(),
    undeclared: new Set(),
    namedOutside: new Set(),
    rewrites: new Map(),
    made: new Map(),
    shapes: new Map(),
    laterCtes: [],
  }
}

export function namesOf(statement: Query, cx: Context): Names {
  const {
    bindings,
    columns,
    outputs,
    columnNames,
    outputRefs,
    using,
    groupAll,
    fields,
    correlated,
    refused,
  } = cx
  const dependencies = [...cx.dependencies.values()]
  return {
    statement,
    bindings,
    columns,
    outputs,
    columnNames,
    outputRefs,
    using,
    groupAll,
    fields,
    correlated,
    refused,
    dependencies,
  }
}

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A name as it is written in SQL, quoted where it must be. */
export function written(name: string): string {
  return PLAIN.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

export function dotted(path: readonly Name[]): string {
  return path.map((name) => name.text).join(".")
}
