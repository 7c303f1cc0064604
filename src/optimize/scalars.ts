import { unreachable } from "../base/check.js"
import { leaf, type Term } from "../egraph/term.js"
import { byConstant, lookupFunction } from "../functions/index.js"
import type {
  AggregateCall,
  CallScalar,
  CastScalar,
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
import { commonType, comparesExactly } from "../types/coercion.js"
import { parseType } from "../types/parse-type.js"
import { BOOLEAN, sameType, show, unknown, type SqlType } from "../types/type.js"
import {
  addColumn,
  calledFunction,
  callOperator,
  castOf,
  castOperator,
  columnInfo,
  columnOf,
  columnOperator,
  looseOperator,
  provenCastOperator,
  safeOperator,
  type Vocabulary,
} from "./terms.js"

// Expressions as terms, and back. The words are those of terms.ts; here stands how they nest:
//
//   call of a function      (FN e …)           a sort key         (asc-last e) (asc-first e) (desc-last e) (desc-first e)
//   call of an aggregate    (where (ordered (distinct-arg (FN e …)) (order KEY …)) p), what is not there left out
//   call over a window      (over CALL (partition e …) (order KEY …) FRAME), CALL in (ignore-nulls …) where it does
//   a lambda                (lambda:ARITY body), with (argument:DEPTH:INDEX:TYPE) in its body
//   a frame                 `none`, or (frame:UNIT:START:END:EXCLUDE value …) with the values of its bounds

interface Typed {
  readonly type: SqlType
  readonly nullable: boolean
}

/** What writing an expression needs: the columns that are known, and how a subquery's relation is written. */
export interface TermContext {
  readonly words: Vocabulary
  readonly relation: (rel: Rel) => Term
}

export function scalarTerm(expr: Scalar, cx: TermContext): Term {
  const terms = (exprs: readonly Scalar[]) => exprs.map((each) => scalarTerm(each, cx))
  switch (expr.kind) {
    case "column":
      return columnTerm(expr.id, expr, cx.words)
    case "literal":
      return leaf(literalOperator(expr.value, expr.type))
    case "parameter":
      return leaf(`param:${expr.name}`)
    case "call":
      return {
        op: operatorOf(expr),
        children: LOGICAL.has(expr.fn)
          ? expr.args.map((arg) => truthTerm(arg, cx))
          : terms(expr.args),
      }
    case "cast":
      return { op: operatorOfCast(expr, cx.words), children: terms([expr.arg]) }
    case "case": {
      const arms = expr.arms.flatMap(({ when, then }) => [when, then])
      return { op: "case", children: terms([...arms, expr.otherwise]) }
    }
    case "query":
      return queryTerm(expr, cx)
    case "lambda":
      return { op: `lambda:${expr.arity}`, children: [scalarTerm(expr.body, cx)] }
    case "argument":
      return leaf(`argument:${expr.depth}:${expr.index}:${show(expr.type)}`)
    default:
      return unreachable(expr)
  }
}

const LOGICAL = new Set(["and", "or", "not"])

/** An operand of AND, OR, NOT: also what is left of them when they go is a BOOLEAN. */
function truthTerm(expr: Scalar, cx: TermContext): Term {
  const { type } = expr
  const term = scalarTerm(expr, cx)
  const isTruth = type.kind === "unknown" || sameType(type, BOOLEAN)
  return isTruth ? term : { op: castOperator(type, BOOLEAN, false), children: [term] }
}

function operatorOf(call: CallScalar): string {
  if (comparesLoosely(call)) return looseOperator(call.fn)
  return hasKnownUnit(call) ? safeOperator(call.fn) : callOperator(call.fn)
}

function operatorOfCast({ arg, type, try: isTry }: CastScalar, words: Vocabulary): string {
  const op = castOperator(arg.type, type, isTry)
  if (isTry || arg.kind !== "column" || !op.startsWith("cast:")) return op
  return provenCastOperator(words, arg.id, type) ?? op
}

const UNITS = new Set(
  "year quarter month week day hour minute second dow isodow doy decade century".split(" "),
)

/** Parts of times raise for a unit that is none; that a time is out of range is overflow, and not counted. */
function hasKnownUnit({ fn, args: [unit] }: CallScalar): boolean {
  const isPart = fn === "date_trunc" || fn === "date_part"
  return isPart && unit?.kind === "literal" && UNITS.has((unit.value ?? "").toLowerCase())
}

const EQUALITIES = new Set(["=", "<>", "in", "is-distinct", "is-not-distinct"])

/** Whether values that differ may be equal here, by what the comparison converts. */
function comparesLoosely({ fn, args }: CallScalar): boolean {
  const [first, ...others] = args
  return (
    EQUALITIES.has(fn) &&
    first !== undefined &&
    others.some(
      (other) => !isText(first) && !isText(other) && !comparesExactly(first.type, other.type),
    )
  )
}

/** A string is brought to the type of what it is compared with. */
function isText({ kind, type }: Scalar): boolean {
  return kind === "literal" && type.kind === "scalar" && type.name === "VARCHAR"
}

/** The leaf of a column; one that no relation has made known becomes known with this type. */
export function columnTerm(id: ColumnId, { type, nullable }: Typed, words: Vocabulary): Term {
  if (!columnInfo(words, id)) addColumn(words, id, { type, nullable })
  return leaf(columnOperator(id))
}

function queryTerm(expr: QueryScalar, cx: TermContext): Term {
  const rel = cx.relation(expr.rel)
  const column = expr.column ? [scalarTerm(expr.column, cx)] : []
  const arg = expr.arg ? [scalarTerm(expr.arg, cx)] : []
  switch (expr.quantifier) {
    case "exists":
      return { op: "exists", children: [rel] }
    case "scalar":
      return { op: "scalar-query", children: [rel, ...column] }
    default:
      return { op: `${expr.quantifier}:${expr.op ?? "="}`, children: [...arg, rel, ...column] }
  }
}

export function aggregateTerm(call: AggregateCall, cx: TermContext): Term {
  const write = (expr: Scalar) => scalarTerm(expr, cx)
  let term: Term = { op: callOperator(call.fn), children: call.args.map(write) }
  if (call.distinct) term = { op: "distinct-arg", children: [term] }
  if (call.orderBy.length > 0)
    term = { op: "ordered", children: [term, orderTerm(call.orderBy, cx)] }
  return call.filter ? { op: "where", children: [term, write(call.filter)] } : term
}

export function windowTerm(call: WindowCall, cx: TermContext): Term {
  const inner = aggregateTerm(call, cx)
  const called = call.ignoreNulls ? { op: "ignore-nulls", children: [inner] } : inner
  const partition = call.partitionBy.map((expr) => scalarTerm(expr, cx))
  const order = orderTerm(call.windowOrder, cx)
  const children = [called, { op: "partition", children: partition }, order]
  return { op: "over", children: [...children, frameTerm(call.frame, cx)] }
}

export function orderTerm(keys: readonly SortKey[], cx: TermContext): Term {
  const children = keys.map(({ expr, descending, nulls }) => ({
    op: `${descending ? "desc" : "asc"}-${nulls}`,
    children: [scalarTerm(expr, cx)],
  }))
  return { op: "order", children }
}

function frameTerm(frame: WindowFrame | undefined, cx: TermContext): Term {
  if (!frame) return leaf("none")
  const { unit, start, end, exclude } = frame
  const children = [start, end].flatMap((bound) =>
    "value" in bound ? [scalarTerm(bound.value, cx)] : [],
  )
  return { op: `frame:${unit}:${start.kind}:${end.kind}:${exclude ?? ""}`, children }
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
    const cast = castOf(op)
    const [arg] = args
    const arity = /^lambda:(\d+)$/.exec(op)?.[1]
    if (arity !== undefined && arg) {
      const { type, nullable } = arg
      return { kind: "lambda", arity: Number(arity), body: arg, type, nullable }
    }
    if (cast && arg) {
      const { to, isTry } = cast
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
  const [, depth, index, argument] = /^argument:(\d+):(\d+):(.*)$/s.exec(op) ?? []
  if (argument !== undefined) {
    const type = parseType(argument) ?? unknown("an argument of a lambda")
    return { kind: "argument", depth: Number(depth), index: Number(index), type, nullable: true }
  }
  const [, head, type, value] = /^(lit|null|param):([^:]*):?(.*)$/s.exec(op) ?? []
  if (head === undefined || type === undefined) return undefined
  if (head === "param")
    return { kind: "parameter", name: type, type: unknown("a parameter"), nullable: true }
  const parsed = parseType(type) ?? { kind: "null" }
  return head === "null"
    ? { kind: "literal", value: null, type: parsed, nullable: true }
    : { kind: "literal", value: value ?? "", type: parsed, nullable: false }
}

function caseType(arms: readonly { readonly then: Scalar }[], otherwise: Scalar): Typed {
  const results = [...arms.map(({ then }) => then), otherwise]
  const type = results.map((result) => result.type).reduce((a, b) => commonType(a, b) ?? a)
  return { type, nullable: results.some(({ nullable }) => nullable) }
}

/** The type of a call that a rule made. */
function callType(fn: string, args: readonly Scalar[]): Typed {
  const info = lookupFunction(fn)
  const found = info?.resultType(args.map((arg) => arg.type))
  const type = found && byConstant(fn, found, args.map(constantOf))
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

function constantOf(arg: Scalar): string | undefined {
  return arg.kind === "literal" ? (arg.value ?? undefined) : undefined
}
