import { unreachable } from "../base/check.js"
import type { ClassId, EGraph } from "../egraph/index.js"
import { datePartType, lookupFunction } from "../functions/index.js"
import type {
  AggregateCall,
  ColumnId,
  ParameterScalar,
  QueryScalar,
  Rel,
  Scalar,
  SortKey,
  WindowBound,
  WindowCall,
  WindowFrame,
} from "../ir/nodes.js"
import { commonType } from "../types/coercion.js"
import { parseType } from "../types/parse-type.js"
import { BOOLEAN, show, unknown, type SqlType } from "../types/type.js"
import {
  addColumn,
  calledFunction,
  callOperator,
  castOperator,
  columnInfo,
  columnOf,
  columnOperator,
  type Vocabulary,
} from "./terms.js"

// Expressions as terms, and back. The words are those of terms.ts; here stands how they nest:
//
//   call of a function      (FN e …)           a sort key         (asc-last e) (asc-first e) (desc-last e) (desc-first e)
//   call of an aggregate    (where (ordered (distinct-arg (FN e …)) (order KEY …)) p), what is not there left out
//   call over a window      (over CALL (partition e …) (order KEY …) FRAME), CALL in (ignore-nulls …) where it does
//   a frame                 `none`, or (frame:UNIT:START:END:EXCLUDE value …) with the values of its bounds

interface Typed {
  readonly type: SqlType
  readonly nullable: boolean
}

/** Writes expressions into a graph. What a term does not say, its type, is kept beside it. */
export class ScalarWriter {
  private readonly types = new Map<ClassId, Typed>()

  constructor(
    private readonly graph: EGraph,
    private readonly words: Vocabulary,
    private readonly relation: (rel: Rel) => ClassId,
    private readonly normalize: (expr: Scalar) => Scalar,
  ) {}

  /** The type that a class had when its expression was written; undefined for one that a rule made. */
  typed(cls: ClassId): Typed | undefined {
    for (const row of this.graph.members(cls)) {
      const known = this.types.get(row)
      if (known) return known
    }
    return undefined
  }

  scalar(expr: Scalar): ClassId {
    return this.write(this.normalize(expr))
  }

  private write(expr: Scalar): ClassId {
    const cls = this.node(expr)
    if (!this.types.has(cls)) this.types.set(cls, { type: expr.type, nullable: expr.nullable })
    return cls
  }

  private node(expr: Scalar): ClassId {
    const { graph } = this
    const writeAll = (exprs: readonly Scalar[]) => exprs.map((each) => this.write(each))
    switch (expr.kind) {
      case "column":
        return this.column(expr.id, expr)
      case "literal":
        return graph.addNode(literalOperator(expr.value, expr.type), [])
      case "parameter":
        return graph.addNode(`param:${expr.name}`, [])
      case "call":
        return graph.addNode(callOperator(expr.fn), writeAll(expr.args))
      case "cast":
        return graph.addNode(castOperator(expr.arg.type, expr.type, expr.try), [
          this.write(expr.arg),
        ])
      case "case":
        return graph.addNode(
          "case",
          writeAll([...expr.arms.flatMap(({ when, then }) => [when, then]), expr.otherwise]),
        )
      case "query":
        return this.query(expr)
      default:
        return unreachable(expr)
    }
  }

  column(id: ColumnId, typed: Typed): ClassId {
    if (!columnInfo(this.words, id))
      addColumn(this.words, id, { type: typed.type, nullable: typed.nullable })
    return this.graph.addNode(columnOperator(id), [])
  }

  private query(expr: QueryScalar): ClassId {
    const rel = this.relation(expr.rel)
    const column = expr.column ? [this.scalar(expr.column)] : []
    const arg = expr.arg ? [this.write(expr.arg)] : []
    switch (expr.quantifier) {
      case "exists":
        return this.graph.addNode("exists", [rel])
      case "scalar":
        return this.graph.addNode("scalar-query", [rel, ...column])
      default:
        return this.graph.addNode(`${expr.quantifier}:${expr.op ?? "="}`, [...arg, rel, ...column])
    }
  }

  aggregate(call: AggregateCall): ClassId {
    const { graph } = this
    let cls = graph.addNode(
      callOperator(call.fn),
      call.args.map((arg) => this.scalar(arg)),
    )
    this.types.set(cls, { type: call.type, nullable: call.nullable })
    if (call.distinct) cls = graph.addNode("distinct-arg", [cls])
    if (call.orderBy.length > 0) cls = graph.addNode("ordered", [cls, this.order(call.orderBy)])
    if (call.filter) cls = graph.addNode("where", [cls, this.scalar(call.filter)])
    this.types.set(cls, { type: call.type, nullable: call.nullable })
    return cls
  }

  window(call: WindowCall): ClassId {
    const { graph } = this
    const aggregate = this.aggregate(call)
    const inner = call.ignoreNulls ? graph.addNode("ignore-nulls", [aggregate]) : aggregate
    const partition = graph.addNode(
      "partition",
      call.partitionBy.map((expr) => this.scalar(expr)),
    )
    const cls = graph.addNode("over", [
      inner,
      partition,
      this.order(call.windowOrder),
      this.frame(call.frame),
    ])
    this.types.set(cls, { type: call.type, nullable: call.nullable })
    return cls
  }

  order(keys: readonly SortKey[]): ClassId {
    const written = keys.map(({ expr, descending, nulls }) =>
      this.graph.addNode(`${descending ? "desc" : "asc"}-${nulls}`, [this.scalar(expr)]),
    )
    return this.graph.addNode("order", written)
  }

  private frame(frame: WindowFrame | undefined): ClassId {
    if (!frame) return this.graph.addNode("none", [])
    const { unit, start, end, exclude } = frame
    const values = [start, end].flatMap((bound) =>
      "value" in bound ? [this.scalar(bound.value)] : [],
    )
    return this.graph.addNode(
      `frame:${unit}:${start.kind}:${end.kind}:${exclude ?? ""}`,
      values,
    )
  }
}

function literalOperator(value: string | null, type: SqlType): string {
  if (value === null) return `null:${show(type)}`
  if (type.kind === "scalar" && type.name === "BOOLEAN" && /^(true|false)$/.test(value))
    return value
  return `lit:${show(type)}:${value}`
}

/** Terms as something that can be read: classes, of which some row stands for each, or rows as they were written. */
export interface Terms<N> {
  op(node: N): string
  children(node: N): readonly N[]
  typed(node: N): Typed | undefined
  relation(node: N): Rel
}

/** Reads expressions back. */
export class ScalarReader<N> {
  constructor(
    private readonly terms: Terms<N>,
    private readonly words: Vocabulary,
  ) {}

  scalar(node: N): Scalar {
    const op = this.terms.op(node)
    const children = this.terms.children(node)
    const id = columnOf(op)
    if (id !== undefined) {
      const { type, nullable } = columnInfo(this.words, id) ?? LOST
      return { kind: "column", id, type, nullable }
    }
    return (
      literal(op) ??
      this.query(op, node, children) ??
      this.compound(
        op,
        children.map((child) => this.scalar(child)),
        this.terms.typed(node),
      )
    )
  }

  private compound(op: string, args: readonly Scalar[], known: Typed | undefined): Scalar {
    if (op === "case") {
      const otherwise = args[args.length - 1] ?? NULL
      const arms = Array.from({ length: (args.length - 1) / 2 }, (_, i) => ({
        when: args[2 * i] ?? NULL,
        then: args[2 * i + 1] ?? NULL,
      }))
      return { kind: "case", arms, otherwise, ...(known ?? caseType(arms, otherwise)) }
    }
    const [, cast, to] = /^(cast|safe-cast|try_cast):(.*)$/s.exec(op) ?? []
    const [arg] = args
    if (cast && to && arg) {
      const isTry = cast === "try_cast"
      const type = parseType(to) ?? arg.type
      const typed = known ?? { type, nullable: isTry || arg.nullable }
      return { kind: "cast", arg, try: isTry, ...typed }
    }
    const fn = calledFunction(op)
    return { kind: "call", fn, args, ...(known ?? callType(fn, args)) }
  }

  private query(op: string, node: N, children: readonly N[]): QueryScalar | undefined {
    const [a, b, c] = children
    const { type, nullable } = this.terms.typed(node) ?? { type: BOOLEAN, nullable: true }
    if (op === "exists" && a !== undefined)
      return { kind: "query", quantifier: "exists", rel: this.terms.relation(a), type, nullable }
    if (op === "scalar-query" && a !== undefined && b !== undefined) {
      const column = this.scalar(b)
      const rel = this.terms.relation(a)
      return { kind: "query", quantifier: "scalar", rel, column, type: column.type, nullable: true }
    }
    const [, quantifier, comparison] = /^(any|all):(.*)$/.exec(op) ?? []
    if (!quantifier || !comparison || a === undefined || b === undefined || c === undefined)
      return undefined
    return {
      kind: "query",
      quantifier: quantifier === "any" ? "any" : "all",
      op: comparison,
      arg: this.scalar(a),
      rel: this.terms.relation(b),
      column: this.scalar(c),
      type,
      nullable,
    }
  }

  /** A call of an aggregate; undefined for an expression over such calls. */
  aggregate(node: N): AggregateCall | undefined {
    const op = this.terms.op(node)
    const [first, second] = this.terms.children(node)
    const inner = () => (first === undefined ? undefined : this.aggregate(first))
    switch (op) {
      case "where": {
        const call = inner()
        return call && second !== undefined
          ? { ...call, filter: this.scalar(second), nullable: call.nullable || call.fn !== "count" }
          : undefined
      }
      case "ordered": {
        const call = inner()
        return call && second !== undefined ? { ...call, orderBy: this.order(second) } : undefined
      }
      case "distinct-arg": {
        const call = inner()
        return call && { ...call, distinct: true }
      }
      default: {
        const fn = calledFunction(op)
        const kind = lookupFunction(fn)?.kind
        if (kind !== "aggregate" && kind !== "window") return undefined
        const args = this.terms.children(node).map((child) => this.scalar(child))
        const typed = this.terms.typed(node) ?? callType(fn, args)
        return { fn, args, distinct: false, orderBy: [], ...typed }
      }
    }
  }

  window(node: N): WindowCall | undefined {
    const [called, partition, order, frame] = this.terms.children(node)
    if (called === undefined || partition === undefined || order === undefined) return undefined
    const ignoreNulls = this.terms.op(called) === "ignore-nulls"
    const inner = ignoreNulls ? this.terms.children(called)[0] : called
    const call = inner === undefined ? undefined : this.aggregate(inner)
    if (!call) return undefined
    const found = frame === undefined ? undefined : this.frame(frame)
    return {
      ...call,
      partitionBy: this.terms.children(partition).map((child) => this.scalar(child)),
      windowOrder: this.order(order),
      ignoreNulls,
      ...(found ? { frame: found } : {}),
    }
  }

  order(node: N): SortKey[] {
    return this.terms.children(node).flatMap((key) => {
      const [direction, nulls] = this.terms.op(key).split("-")
      const [expr] = this.terms.children(key)
      if (expr === undefined) return []
      return [
        {
          expr: this.scalar(expr),
          descending: direction === "desc",
          nulls: nulls === "first" ? "first" : "last",
        },
      ]
    })
  }

  private frame(node: N): WindowFrame | undefined {
    const [head, unit, start, end, exclude] = this.terms.op(node).split(":")
    if (head !== "frame" || !start || !end) return undefined
    const values = this.terms.children(node).map((child) => this.scalar(child))
    const bound = (kind: string): WindowBound => {
      const value = kind === "preceding" || kind === "following" ? values.shift() : undefined
      return { kind, ...(value ? { value } : {}) } as WindowBound
    }
    return {
      unit: unit as WindowFrame["unit"],
      start: bound(start),
      end: bound(end),
      ...(exclude ? { exclude: exclude as NonNullable<WindowFrame["exclude"]> } : {}),
    }
  }
}

const LOST: Typed = { type: unknown("a column of no relation"), nullable: true }
const NULL: Scalar = { kind: "literal", value: null, type: { kind: "null" }, nullable: true }

function literal(op: string): Scalar | ParameterScalar | undefined {
  if (op === "true" || op === "false")
    return { kind: "literal", value: op, type: BOOLEAN, nullable: false }
  const [, head, type, value] = /^(lit|null|param):([^:]*):?(.*)$/s.exec(op) ?? []
  if (head === undefined || type === undefined) return undefined
  if (head === "param")
    return { kind: "parameter", name: type, type: unknown("a parameter"), nullable: true }
  const parsed = parseType(type) ?? { kind: "null" }
  return head === "null"
    ? { kind: "literal", value: null, type: parsed, nullable: true }
    : { kind: "literal", value: value ?? "", type: parsed, nullable: false }
}

function caseType(
  arms: readonly { readonly then: Scalar }[],
  otherwise: Scalar,
): Typed {
  const results = [...arms.map(({ then }) => then), otherwise]
  const type = results
    .map((result) => result.type)
    .reduce((a, b) => commonType(a, b) ?? a)
  return { type, nullable: results.some(({ nullable }) => nullable) }
}

/** The type of a call that a rule made. */
function callType(fn: string, args: readonly Scalar[]): Typed {
  const info = lookupFunction(fn)
  const [first] = args
  const type =
    fn === "date_part" && first?.kind === "literal"
      ? datePartType(first.value ?? "")
      : info?.resultType(args.map((arg) => arg.type))
  const nullable = args.map((arg) => arg.nullable)
  const isNullable =
    info?.kind === "aggregate"
      ? info.nulls !== "never-null"
      : typeof info?.nulls === "function"
        ? info.nulls(nullable)
        : info?.nulls === "never-null"
          ? false
          : info?.nulls === "nullable" || nullable.some(Boolean)
  return { type: type ?? unknown(`the result of ${fn}`), nullable: isNullable }
}
