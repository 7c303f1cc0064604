import type { ClassId, EGraph } from "../egraph/index.js"
import { leaf, type Term } from "../egraph/term.js"
import { relHash } from "../ir/ids.js"
import type {
  ColumnId,
  Definition,
  Out,
  Rel,
  Scalar,
  Scan,
  SetRel,
  Tagged,
  ValuesRel,
} from "../ir/nodes.js"
import { retag } from "../ir/walk.js"
import type { SqlType } from "../types/type.js"
import type { Normalizer } from "./normalize.js"
import { isNeverNull } from "./scalar-facts.js"
import {
  aggregateTerm,
  columnTerm,
  orderTerm,
  scalarTerm,
  windowTerm,
  type TermContext,
} from "./scalars.js"
import { addScan, addValues, type Vocabulary } from "./terms.js"

// Relations as terms. Their words stand in rules/README.md; those that it leaves open:
//
//   definitions     (LIST (def @id e) …), LIST one of defs keys aggs cols windows
//   set operations  (union-all (ids @a …) (branches (branch (row e …) R) …)), (set-op:OP (ids @a …) (branch (row e …) R) …)
//   grouping sets   (agg-sets:[["id", …], …] K A R), which ids each set groups by
//   DISTINCT ON     (distinct-on D (row key …) (order …) R)
//   limits          (limit n m R), `none` where there is none
//   output          (out (columns (as name:NAME e) …) R)

/** Where terms are built: trees, or classes of a graph. */
interface Builder<T> {
  readonly node: (op: string, children: readonly T[]) => T
  readonly term: (term: Term) => T
  readonly relation: (rel: Rel) => T
}

interface Typed {
  readonly type: Scalar["type"]
  readonly nullable: boolean
}

/** Writes plans into a graph: one class for each distinct body of the whole DAG. */
export class Encoder {
  private readonly known = new Map<Rel, ClassId>()
  private readonly types = new Map<ClassId, Typed>()
  /** Stored relations and constants, by their leaf. */
  readonly leaves = new Map<string, Rel>()
  private readonly copies = new Map<Rel, Map<string, Rel>>()
  private readonly cx: TermContext
  private readonly trees: Builder<Term>
  private readonly classes: Builder<ClassId>

  constructor(
    private readonly graph: EGraph,
    readonly words: Vocabulary,
    private readonly normal: Normalizer,
  ) {
    this.cx = { words, relation: (rel) => this.tree(rel) }
    this.trees = {
      node: (op, children) => ({ op, children }),
      term: (term) => term,
      relation: (rel) => this.tree(rel),
    }
    this.classes = {
      node: (op, children) => graph.addNode(op, children),
      term: (term) => graph.add(term),
      relation: (rel) => this.relation(rel),
    }
  }

  /** A model: its column list over the class of its body. */
  out({ columns, input }: Out): { readonly out: ClassId; readonly body: ClassId } {
    const body = this.relation(input)
    const shown = columns.map(({ name, expr }) =>
      this.graph.addNode("as", [this.graph.addNode(`name:${name}`, []), this.scalar(expr)]),
    )
    const list = this.graph.addNode("columns", shown)
    return { out: this.graph.addNode("out", [list, body]), body }
  }

  scalar(expr: Scalar): ClassId {
    const cls = this.graph.add(this.normal.scalar(scalarTerm(expr, this.cx)))
    if (!this.types.has(cls)) this.types.set(cls, { type: expr.type, nullable: expr.nullable })
    return cls
  }

  /** The type that an expression had when it was written; undefined for one that a rule made. */
  typed(cls: ClassId): Typed | undefined {
    return this.types.get(cls)
  }

  relation(rel: Rel): ClassId {
    const known = this.known.get(rel)
    if (known !== undefined) return known
    const cls = this.build(rel, this.classes)
    // Both stand for it: the copy for rules that look at its ids, the tag for reading one table twice.
    if (rel.kind === "tag") this.graph.union(cls, this.relation(retag(rel.input, rel.tag)))
    this.known.set(rel, cls)
    return cls
  }

  private tree(rel: Rel): Term {
    return rel.kind === "tag" ? this.tree(retag(rel.input, rel.tag)) : this.build(rel, this.trees)
  }

  /** Inputs before expressions: a column is known from the relation that it stands in. */
  private build<T>(rel: Rel, builder: Builder<T>): T {
    const { node, relation } = builder
    const scalar = (expr: Scalar) => builder.term(this.normal.scalar(scalarTerm(expr, this.cx)))
    switch (rel.kind) {
      case "scan":
        return builder.term(leaf(this.leaf(rel)))
      case "values":
        return builder.term(leaf(this.leaf(rel)))
      case "filter": {
        const input = relation(rel.input)
        return node("filter", [this.predicates(rel.predicates, builder), input])
      }
      case "join":
        return node("join", rel.inputs.map(relation))
      case "left":
      case "full":
      case "semi":
      case "anti": {
        const sides = [relation(rel.left), relation(rel.right)]
        return node(rel.kind, [this.predicates(rel.on, builder), ...sides])
      }
      case "compute": {
        const input = relation(rel.input)
        return node("compute", [this.definitions("defs", rel.definitions, builder), input])
      }
      case "agg": {
        const input = relation(rel.input)
        const keys = this.definitions("keys", rel.keys, builder)
        const aggregates = rel.aggregates.map(({ id, call }) =>
          this.definition(id, call, aggregateTerm(call, this.cx), builder),
        )
        const sets = rel.sets?.map((set) => set.map((i) => rel.keys[i]?.id))
        const op = sets ? `agg-sets:${JSON.stringify(sets)}` : "agg"
        return node(op, [keys, node("aggs", aggregates), input])
      }
      case "distinct": {
        const input = relation(rel.input)
        const columns = this.definitions("cols", rel.columns, builder)
        if (!rel.on) return node("distinct", [columns, input])
        const keys = node("row", rel.on.keys.map(scalar))
        return node("distinct-on", [columns, keys, this.order(rel.on.orderBy, builder), input])
      }
      case "window": {
        const input = relation(rel.input)
        const windows = rel.definitions.map(({ id, call }) =>
          this.definition(id, call, windowTerm(call, this.cx), builder),
        )
        return node("window", [node("windows", windows), input])
      }
      case "set":
        return this.set(rel, builder, scalar)
      case "sort": {
        const input = relation(rel.input)
        return node("sort", [this.order(rel.keys, builder), input])
      }
      case "limit": {
        const bound = (expr: Scalar | undefined) =>
          expr ? scalar(expr) : builder.term(leaf("none"))
        return node("limit", [bound(rel.count), bound(rel.offset), relation(rel.input)])
      }
      case "tag":
        return node("tag", [builder.term(leaf(`#${rel.tag}`)), relation(rel.input)])
    }
  }

  private predicates<T>(predicates: readonly Scalar[], builder: Builder<T>): T {
    const terms = predicates.map((predicate) => scalarTerm(predicate, this.cx))
    return builder.term(this.normal.predicates(terms))
  }

  private order<T>(keys: Parameters<typeof orderTerm>[0], builder: Builder<T>): T {
    return builder.term(this.normal.scalar(orderTerm(keys, this.cx)))
  }

  private definitions<T>(list: string, all: readonly Definition[], builder: Builder<T>): T {
    const children = all.map(({ id, expr }) =>
      this.definition(id, expr, scalarTerm(expr, this.cx), builder),
    )
    return builder.node(list, children)
  }

  private definition<T>(id: ColumnId, { type }: Typed, term: Term, builder: Builder<T>): T {
    const expr = this.normal.scalar(term)
    const name = builder.term(this.defined(id, type, [expr]))
    return builder.node("def", [name, builder.term(expr)])
  }

  /**
   * The column that holds the value of one of these expressions. What its type says of NULL may rest on a
   * declared fact, and is not taken over.
   */
  private defined(id: ColumnId, type: SqlType, exprs: readonly Term[]): Term {
    const nullable = !exprs.every((expr) => isNeverNull(expr, this.words))
    return columnTerm(id, { type, nullable }, this.words)
  }

  private set<T>(rel: SetRel, builder: Builder<T>, scalar: (expr: Scalar) => T): T {
    const { node } = builder
    const branches = rel.branches.map(({ columns, input }) => {
      const rows = builder.relation(input)
      return node("branch", [node("row", columns.map(scalar)), rows])
    })
    const names = rel.columns.map(({ id, type }, i) => {
      const values = rel.branches.flatMap(({ columns }) => columns[i] ?? [])
      const terms = values.map((value) => this.normal.scalar(scalarTerm(value, this.cx)))
      return builder.term(this.defined(id, type, terms))
    })
    const ids = node("ids", names)
    if (rel.op === "union" && rel.all) return node("union-all", [ids, node("branches", branches)])
    return node(`set-op:${rel.op}${rel.all ? "-all" : ""}`, [ids, ...branches])
  }

  private leaf(rel: Scan | ValuesRel): string {
    const op = rel.kind === "scan" ? addScan(this.words, rel) : `values:${relHash(rel)}`
    if (rel.kind === "values" && !this.leaves.has(op)) addValues(this.words, op, rel.columns)
    if (!this.leaves.has(op)) this.leaves.set(op, rel)
    return op
  }

  /** The renamed copy that a tag stands for. */
  private copy({ input, tag }: Tagged): Rel {
    const copies = this.copies.get(input) ?? new Map<string, Rel>()
    this.copies.set(input, copies)
    const copy = copies.get(tag) ?? retag(input, tag)
    copies.set(tag, copy)
    return copy
  }
}
