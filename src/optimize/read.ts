import { Bug } from "../base/check.js"
import { bornId, scalarText } from "../ir/ids.js"
import type {
  Aggregate,
  AggregateCall,
  AggregateDefinition,
  ColumnId,
  Definition,
  Rel,
  Scalar,
  SetRel,
} from "../ir/nodes.js"
import { retag } from "../ir/walk.js"
import { BIGINT, DOUBLE, type SqlType } from "../types/type.js"
import { ScalarReader, type Terms } from "./scalars.js"
import { columnInfo, columnOf, SUM_64, type Vocabulary } from "./terms.js"

/** Terms of relations: what `Terms` says, and which of them are read from a table instead. */
export interface RelationTerms<N> extends Omit<Terms<N>, "relation"> {
  /** The scan that stands for this relation. */
  stored(node: N): Rel | undefined
}

/** Reads relations back into ir. */
export class RelationReader<N> {
  readonly scalars: ScalarReader<N>

  constructor(
    private readonly terms: RelationTerms<N>,
    private readonly words: Vocabulary,
    /** Stored relations and constants, by their leaf. */
    private readonly leaves: ReadonlyMap<string, Rel>,
  ) {
    this.scalars = new ScalarReader(
      {
        op: (node) => terms.op(node),
        children: (node) => terms.children(node),
        typed: (node) => terms.typed(node),
        relation: (node) => this.relation(node),
      },
      words,
    )
  }

  /** The relation of a node, read from a table where it is one, unless that is what is asked for. */
  relation(node: N, self = false): Rel {
    const stored = self ? undefined : this.terms.stored(node)
    return stored ?? this.build(this.terms.op(node), this.terms.children(node))
  }

  /** Name and expression of each column of a list `(columns (as NAME e) …)`. */
  columns(list: N): { readonly name: string; readonly expr: Scalar }[] {
    return this.terms.children(list).map((column) => {
      const [name, expr] = this.children(column, 2)
      return { name: this.terms.op(name).slice("name:".length), expr: this.scalars.scalar(expr) }
    })
  }

  private build(op: string, children: readonly N[]): Rel {
    const leaf = this.leaves.get(op)
    if (leaf) return leaf
    const [a, b, c, d] = children
    const input = (node: N | undefined) => {
      if (node === undefined) throw new Bug(`${op} has an input`)
      return this.relation(node)
    }
    switch (op) {
      case "filter": {
        const predicates = this.predicates(a)
        return predicates.length === 0 ? input(b) : { kind: "filter", predicates, input: input(b) }
      }
      case "join": {
        const inputs = children.map((child) => this.relation(child))
        const [only] = inputs
        return inputs.length === 1 && only ? only : { kind: "join", inputs }
      }
      case "left":
      case "full":
      case "semi":
      case "anti":
        return { kind: op, on: this.predicates(a), left: input(b), right: input(c) }
      case "compute":
        return { kind: "compute", definitions: this.definitions(a), input: input(b) }
      case "agg":
        return this.aggregate(a, b, input(c), undefined)
      case "distinct":
        return { kind: "distinct", columns: this.definitions(a), input: input(b) }
      case "distinct-on": {
        const keys = b === undefined ? [] : this.scalarsOf(b)
        const orderBy = c === undefined ? [] : this.scalars.order(c)
        return {
          kind: "distinct",
          columns: this.definitions(a),
          on: { keys, orderBy },
          input: input(d),
        }
      }
      case "window": {
        const definitions = this.defined(a).flatMap(({ id, node }) => {
          const call = this.scalars.window(node)
          return call ? [{ id, call }] : []
        })
        return definitions.length === 0
          ? input(b)
          : { kind: "window", definitions, input: input(b) }
      }
      case "sort":
        return { kind: "sort", keys: a === undefined ? [] : this.scalars.order(a), input: input(b) }
      case "limit":
        return {
          kind: "limit",
          ...this.bound("count", a),
          ...this.bound("offset", b),
          input: input(c),
        }
      case "candidate":
        return input(c)
      case "tag":
        return a === undefined ? input(b) : tagged(input(b), this.terms.op(a).slice(1))
      case "union-all":
        return this.set("union", true, a, b === undefined ? [] : this.terms.children(b))
      default:
        return this.prefixed(op, children, input)
    }
  }

  private prefixed(op: string, children: readonly N[], input: (node: N | undefined) => Rel): Rel {
    const [a, b, c] = children
    const [, kind, all] = /^set-op:(union|intersect|except)(-all)?$/.exec(op) ?? []
    if (kind) return this.set(kind as SetRel["op"], all !== undefined, a, children.slice(1))
    if (op.startsWith("agg-sets:")) {
      const sets = JSON.parse(op.slice("agg-sets:".length)) as ColumnId[][]
      return this.aggregate(a, b, input(c), sets)
    }
    throw new Bug(`${op} is not a relation`)
  }

  private children(node: N, count: 2): [N, N] {
    const [first, second] = this.terms.children(node)
    if (first === undefined || second === undefined)
      throw new Bug(`${this.terms.op(node)} has ${count} children`)
    return [first, second]
  }

  private predicates(node: N | undefined): Scalar[] {
    return node === undefined ? [] : this.scalarsOf(node)
  }

  private scalarsOf(list: N): Scalar[] {
    return this.terms.children(list).map((child) => this.scalars.scalar(child))
  }

  private bound<K extends "count" | "offset">(
    key: K,
    node: N | undefined,
  ): Partial<Record<K, Scalar>> {
    if (node === undefined || this.terms.op(node) === "none") return {}
    return { [key]: this.scalars.scalar(node) } as Partial<Record<K, Scalar>>
  }

  private defined(list: N | undefined): { readonly id: ColumnId; readonly node: N }[] {
    if (list === undefined) return []
    return this.terms.children(list).flatMap((definition) => {
      const [name, node] = this.children(definition, 2)
      const id = columnOf(this.terms.op(name))
      return id === undefined ? [] : [{ id, node }]
    })
  }

  private definitions(list: N | undefined): Definition[] {
    return this.defined(list).map(({ id, node }) => ({ id, expr: this.scalars.scalar(node) }))
  }

  private set(op: SetRel["op"], all: boolean, ids: N | undefined, branches: readonly N[]): SetRel {
    const columns = (ids === undefined ? [] : this.terms.children(ids)).map((name) => {
      const id = columnOf(this.terms.op(name)) ?? ""
      const { type, nullable } = columnInfo(this.words, id) ?? { type: BIGINT, nullable: true }
      return { id, type, nullable }
    })
    const read = branches.map((branch) => {
      const [row, input] = this.children(branch, 2)
      return { columns: this.scalarsOf(row), input: this.relation(input) }
    })
    return { kind: "set", op, all, columns, branches: read }
  }

  // ----------------------------------------------------------------------------------- aggregates

  /** Aggregates that are put together from those of a root are computed above the group node. */
  private aggregate(
    keyList: N | undefined,
    list: N | undefined,
    input: Rel,
    sets: readonly (readonly ColumnId[])[] | undefined,
  ): Rel {
    const keys = this.definitions(keyList)
    const aggregates: AggregateDefinition[] = []
    const computed: Definition[] = []
    for (const { id, node } of this.defined(list)) {
      const call = this.scalars.aggregate(node)
      if (call) aggregates.push({ id, call })
      else computed.push({ id, expr: this.merged(id, node, aggregates) })
    }
    const agg: Aggregate = {
      kind: "agg",
      keys,
      aggregates,
      ...(sets
        ? { sets: sets.map((set) => set.map((id) => keys.findIndex((key) => key.id === id))) }
        : {}),
      input,
    }
    return computed.length === 0 ? agg : { kind: "compute", definitions: computed, input: agg }
  }

  /** `(sum-64 x)`, `(merge-count n)`, `(merge-count-0 n)` and `(merge-avg s n)`, perhaps under a FILTER. */
  private merged(id: ColumnId, node: N, aggregates: AggregateDefinition[]): Scalar {
    const isFiltered = this.terms.op(node) === "where"
    const [called, condition] = isFiltered ? this.children(node, 2) : [node, undefined]
    const filter = condition === undefined ? {} : { filter: this.scalars.scalar(condition) }
    const [first, second] = this.terms.children(called).map((part) => {
      const arg = this.scalars.scalar(part)
      const sum = sumOf(arg, filter)
      const own = bornId(`sum(${scalarText(arg)})`, id)
      if (!aggregates.some((known) => known.id === own)) aggregates.push({ id: own, call: sum })
      return { kind: "column", id: own, type: sum.type, nullable: true } as const
    })
    const op = this.terms.op(called)
    if (first && (op === SUM_64 || op === "merge-count")) return cast(first, BIGINT)
    if (first && op === "merge-count-0") return cast(orZero(first), BIGINT)
    if (first && second && op === "merge-avg")
      return call("/", [cast(first, DOUBLE), cast(second, DOUBLE)], DOUBLE)
    throw new Bug(`${op} is not an aggregate`)
  }
}

/** A node, as what is read from tables below it is not spoken in their columns yet. */
function tagged(input: Rel, tag: string): Rel {
  return input.kind === "scan" ? retag(input, tag) : { kind: "tag", tag, input }
}

function sumOf(arg: Scalar, filter: { readonly filter?: Scalar }): AggregateCall {
  const type: SqlType = { kind: "scalar", name: "HUGEINT" }
  return { fn: "sum", args: [arg], distinct: false, orderBy: [], ...filter, type, nullable: true }
}

function cast(arg: Scalar, type: SqlType): Scalar {
  return { kind: "cast", arg, try: false, type, nullable: arg.nullable }
}

function orZero(arg: Scalar): Scalar {
  const zero: Scalar = { kind: "literal", value: "0", type: arg.type, nullable: false }
  return { ...call("coalesce", [arg, zero], arg.type), nullable: false }
}

function call(fn: string, args: readonly Scalar[], type: SqlType): Scalar {
  return { kind: "call", fn, args, type, nullable: args.some(({ nullable }) => nullable) }
}
