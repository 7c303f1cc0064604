import type { ColumnTarget } from "../catalog/names.js"
import { elementType, lookupFunction } from "../functions/index.js"
import { bareId, bornId, hash, scalarText, underNull } from "../ir/ids.js"
import type {
  AggregateCall,
  Definition,
  LiteralScalar,
  Scalar,
  SortKey,
  WindowBound,
  WindowCall,
  WindowFrame,
} from "../ir/nodes.js"
import { mentioned } from "../ir/walk.js"
import type {
  Call,
  Expr,
  FrameBound,
  Interval,
  Like,
  Literal,
  Name,
  OrderItem,
  Slice,
  WindowSpec,
} from "../syntax/ast.js"
import { BIGINT, BOOLEAN, INTERVAL, show, VARCHAR, type SqlType } from "../types/type.js"
import { family, isOpen, isVariant } from "../types/coercion.js"
import { asBoolean, conjuncts } from "./conjuncts.js"
import { planSubquery } from "./query.js"
import { originOf, Unsupported, type PlanContext, type SelectScope } from "./scope.js"

/** An expression over the columns in sight; aggregates and windows met on the way are put aside. */
export function planExpr(expr: Expr, scope: SelectScope, cx: PlanContext): Scalar {
  const key = groupKey(expr, scope, cx)
  if (key) return key
  const { type, nullable } = typeOf(expr, cx)
  const typed = { type, nullable }
  const plan = (operand: Expr) => {
    // Comparisons of such may raise, so that no filter may be moved past another.
    if (isVariant(typeOf(operand, cx).type)) throw new Unsupported("a VARIANT here", operand.id)
    return planExpr(operand, scope, cx)
  }
  const call = (fn: string, ...args: readonly Scalar[]): Scalar => ({
    kind: "call",
    fn,
    args,
    ...typed,
  })
  const negated = (not: boolean, positive: Scalar): Scalar =>
    not ? call("not", positive) : positive
  switch (expr.kind) {
    case "column-ref": {
      const target = cx.input.names.columns.get(expr.id)
      if (!target) throw new Unsupported("a column that is not resolved", expr.id)
      const whole =
        target.kind === "lambda"
          ? lambdaArgument(target.name, expr.id, scope, cx)
          : wholeColumn(target, expr.id, scope, cx)
      const fields = cx.input.names.fields.get(expr.id) ?? []
      return fields.reduce<Scalar>((of, field) => structField(of, field, expr.id), whole)
    }
    case "literal":
      return isPlain(type)
        ? literal(expr, type)
        : { kind: "cast", arg: text(expr), try: false, ...typed }
    case "unary":
      if (expr.op === "NOT") return call("not", asBoolean(plan(expr.operand)))
      if (expr.op === "+") return plan(expr.operand)
      return call(expr.op === "-" ? "neg" : "bit-not", plan(expr.operand))
    case "binary": {
      const fn =
        expr.op === "IS DISTINCT FROM"
          ? "is-distinct"
          : expr.op === "IS NOT DISTINCT FROM"
            ? "is-not-distinct"
            : expr.op
      return call(fn, plan(expr.left), plan(expr.right))
    }
    case "logic":
      return call(expr.op.toLowerCase(), ...expr.operands.map(plan).map(asBoolean))
    case "between": {
      const operand = plan(expr.operand)
      const bound = (fn: string, end: Expr): Scalar => ({
        kind: "call",
        fn,
        args: [operand, plan(end)],
        ...typed,
      })
      return negated(expr.not, call("and", bound(">=", expr.low), bound("<=", expr.high)))
    }
    case "in-list":
      return negated(expr.not, call("in", plan(expr.operand), ...expr.items.map(plan)))
    case "in-query": {
      const { rel, columns } = planSubquery(expr.query, cx)
      const [column] = columns
      const arg = plan(expr.operand)
      if (!column || columns.length > 1) throw new Unsupported("IN over several columns", expr.id)
      return negated(expr.not, {
        kind: "query",
        quantifier: "any",
        op: "=",
        arg,
        rel,
        column,
        origin: originOf(cx, expr.id),
        ...typed,
      })
    }
    case "quantified": {
      const { rel, columns } = planSubquery(expr.query, cx)
      const [column] = columns
      const arg = plan(expr.operand)
      if (!column || columns.length > 1)
        throw new Unsupported("a comparison with several columns", expr.id)
      const quantifier = expr.quantifier === "ANY" ? "any" : "all"
      return {
        kind: "query",
        quantifier,
        op: expr.op,
        arg,
        rel,
        column,
        origin: originOf(cx, expr.id),
        ...typed,
      }
    }
    case "exists": {
      const { rel } = planSubquery(expr.query, cx)
      return {
        kind: "query",
        quantifier: "exists",
        rel,
        origin: originOf(cx, expr.id),
        type: BOOLEAN,
        nullable: false,
      }
    }
    case "scalar-subquery": {
      const { rel, columns } = planSubquery(expr.query, cx)
      const [column] = columns
      if (!column) throw new Unsupported("a subquery without a column", expr.id)
      return {
        kind: "query",
        quantifier: "scalar",
        rel,
        column,
        origin: originOf(cx, expr.id),
        type,
        nullable: true,
      }
    }
    case "is": {
      const tested = plan(expr.operand)
      const isTruth = expr.test === "TRUE" || expr.test === "FALSE"
      const operand = isTruth ? asBoolean(tested) : tested
      const fn = expr.test === "TRUE" ? "is-true" : expr.test === "FALSE" ? "is-false" : "is-null"
      const test: Scalar = { kind: "call", fn, args: [operand], type: BOOLEAN, nullable: false }
      return expr.not
        ? { kind: "call", fn: "not", args: [test], type: BOOLEAN, nullable: false }
        : test
    }
    case "like": {
      const sides = [plan(expr.operand), plan(expr.pattern)]
      if (!expr.escape) return negated(expr.not, call(MATCHING[expr.op], ...sides))
      if (expr.op !== "LIKE" && expr.op !== "ILIKE") throw new Unsupported("ESCAPE", expr.id)
      const fn = `${expr.op.toLowerCase()}_escape`
      return negated(expr.not, call(fn, ...sides, plan(expr.escape)))
    }
    case "case": {
      const operand = expr.operand ? plan(expr.operand) : undefined
      const test = (when: Scalar): Scalar =>
        operand
          ? { kind: "call", fn: "=", args: [operand, when], type: BOOLEAN, nullable: true }
          : asBoolean(when)
      return {
        kind: "case",
        arms: expr.arms.map(({ when, then }) => ({ when: test(plan(when)), then: plan(then) })),
        otherwise: expr.otherwise
          ? plan(expr.otherwise)
          : { kind: "literal", value: null, type, nullable: true },
        ...typed,
      }
    }
    case "cast":
      return { kind: "cast", arg: plan(expr.operand), try: expr.try, ...typed }
    case "extract":
      return call("date_part", textLiteral(expr.part.text.toLowerCase()), plan(expr.operand))
    case "interval":
      return interval(expr, scope, cx)
    case "call":
      return planCall(expr, scope, cx)
    case "list":
      return call("list_value", ...expr.items.map(plan))
    case "struct":
      return call(
        "struct-pack",
        ...expr.fields.flatMap(({ name, value }) => [textLiteral(name.text), plan(value)]),
      )
    case "row":
      return call("row-of", ...expr.items.map(plan))
    case "field":
      return structField(plan(expr.operand), expr.name.text, expr.id)
    case "index":
      return element(plan(expr.operand), expr.index, expr.id, plan)
    case "slice":
      return call("list_slice", plan(expr.operand), ...sliceEnds(expr, plan))
    case "lambda": {
      const lambdas = [expr.params, ...(scope.lambdas ?? [])]
      const body = planExpr(expr.body, { ...scope, lambdas }, cx)
      return { kind: "lambda", arity: expr.params.length, body, ...typed }
    }
    case "at-time-zone":
      return call("timezone", plan(expr.zone), plan(expr.operand))
    default:
      throw new Unsupported(WORDS[expr.kind] ?? expr.kind, expr.id)
  }
}

function wholeColumn(
  target: ColumnTarget,
  node: number,
  scope: SelectScope,
  cx: PlanContext,
): Scalar {
  const column = columnOf(target, node, scope, cx)
  return scope.keys && target.kind !== "alias" ? determined(column, node, scope, cx) : column
}

/** The innermost argument of that name. */
function lambdaArgument(
  name: string,
  node: number,
  { lambdas = [] }: SelectScope,
  cx: PlanContext,
): Scalar {
  const places = lambdas.map((names) =>
    names.findLastIndex(({ text }) => text.toLowerCase() === name.toLowerCase()),
  )
  const depth = places.findIndex((place) => place >= 0)
  const index = places[depth]
  const named = index === undefined ? undefined : lambdas[depth]?.[index]
  const typed = named && cx.input.types.exprs.get(named.id)
  if (index === undefined || !typed) throw new Unsupported("an argument of a lambda here", node)
  return { kind: "argument", depth, index, ...typed }
}

/** A field of a STRUCT by its name; of a MAP or of JSON it is another thing. */
function structField(of: Scalar, name: string, node: number): Scalar {
  const field =
    of.type.kind === "struct" &&
    of.type.fields.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!field) throw new Unsupported("a field of what is no STRUCT", node)
  const args = [of, textLiteral(field.name)]
  return { kind: "call", fn: "struct-field", args, type: field.type, nullable: true }
}

function element(of: Scalar, index: Expr, node: number, plan: (expr: Expr) => Scalar): Scalar {
  const { type } = of
  if (type.kind === "struct" && index.kind === "literal" && index.type === "string")
    return structField(of, index.value, node)
  const found = elementType(type)
  const isList = family(type) === "list" || show(type) === "VARCHAR"
  const fn = type.kind === "map" ? "map_extract_value" : isList ? "list_extract" : undefined
  if (!found || fn === undefined) throw new Unsupported(`an index of ${show(type)}`, node)
  return { kind: "call", fn, args: [of, plan(index)], type: found, nullable: true }
}

/** An end that is left open is the first or last element; with a step it depends on the direction. */
function sliceEnds({ id, from, to, step }: Slice, plan: (expr: Expr) => Scalar): Scalar[] {
  if (step && (!from || !to)) throw new Unsupported("a slice with a step and an open end", id)
  const end = (expr: Expr | undefined, open: string): Scalar =>
    expr ? plan(expr) : { kind: "literal", value: open, type: BIGINT, nullable: false }
  return [end(from, "1"), end(to, "-1"), ...(step ? [plan(step)] : [])]
}

/** What has to be TRUE for `expr` to be: the conditions of a chain of AND. */
export function planCondition(expr: Expr, scope: SelectScope, cx: PlanContext): Scalar[] {
  return conjuncts(planExpr(expr, scope, cx))
}

/** Operators of patterns by their ir names. */
const MATCHING: Readonly<Record<Like["op"], string>> = {
  LIKE: "like",
  ILIKE: "ilike",
  "SIMILAR TO": "similar",
  GLOB: "glob",
  "~": "regex",
  "~*": "regex-i",
}

const WORDS: Readonly<Record<string, string>> = {
  star: "COLUMNS(*)",
  collate: "COLLATE",
  parameter: "a parameter",
}

/** After grouping, what is no key: of an enclosing query, or one value a group if the keys determine it. */
function determined(expr: Scalar, node: number, scope: SelectScope, cx: PlanContext): Scalar {
  const around = cx.avoid.slice(0, -1)
  if ([...mentioned(expr)].every((id) => around.some((ids) => ids.has(bareId(id))))) return expr
  if (!scope.aggregates || !cx.input.types.determined.has(node))
    throw new Unsupported("a column that is neither grouped nor aggregated", node)
  const { type, nullable } = expr
  const call: AggregateCall = {
    fn: "any_value",
    args: [expr],
    distinct: false,
    orderBy: [],
    type,
    nullable,
  }
  const id = bornId(callText(call), scope.birth)
  if (!scope.aggregates.some((known) => known.id === id)) scope.aggregates.push({ id, call })
  return { kind: "column", id, type, nullable }
}

/** What a resolved name stands for. */
export function columnOf(
  target: ColumnTarget,
  node: number,
  scope: SelectScope,
  cx: PlanContext,
): Scalar {
  switch (target.kind) {
    case "binding": {
      const column = cx.bindings.get(target.table)?.[target.column]
      if (column) return column
      break
    }
    case "using": {
      const column = cx.merged.get(target.join)?.[target.index]
      if (column) return column
      break
    }
    case "alias":
      if (scope.output) return scope.output(target.output)
      break
    default:
  }
  throw new Unsupported("this reference", node)
}

/** After grouping, an expression that is a group key is that key's column. */
function groupKey(expr: Expr, scope: SelectScope, cx: PlanContext): Scalar | undefined {
  if (!scope.keys || expr.kind === "literal") return undefined
  let before: Scalar
  try {
    before = planExpr(
      expr,
      {
        birth: scope.birth,
        ...(scope.output ? { output: scope.output } : {}),
        ...(scope.lambdas ? { lambdas: scope.lambdas } : {}),
      },
      cx,
    )
  } catch (error) {
    if (error instanceof Unsupported) return undefined
    throw error
  }
  const text = scalarText(before)
  const key = scope.keys.find((candidate) => scalarText(candidate.expr) === text)
  return key && keyColumn(key)
}

/** A group key as it shows above the groups: NULL where a grouping set leaves it out. */
export function keyColumn({ id, expr }: Definition): Scalar {
  const nullable = expr.nullable || underNull(id) !== undefined
  return { kind: "column", id, type: expr.type, nullable }
}

function planCall(call: Call, scope: SelectScope, cx: PlanContext): Scalar {
  const fn = call.name.map(({ text }) => text.toLowerCase()).join(".")
  const info = lookupFunction(fn)
  if (!info) throw new Unsupported(`\`${fn}\``, call.id)
  if (call.args.some(({ name }) => name !== undefined))
    throw new Unsupported("a named argument", call.id)
  const varies = info.kind === "scalar" && !info.deterministic
  if (varies && !info.isStable)
    throw new Unsupported(`\`${info.name}\`, which gives other values each time`, call.id)
  if (call.over) return windowFunction(call, info.name, scope, cx)
  if (info.kind === "aggregate") return aggregate(call, info.name, scope, cx)
  if (info.kind !== "scalar") throw new Unsupported(`\`${fn}\` here`, call.id)
  const { type, nullable } = typeOf(call, cx)
  const args = call.args.map(({ value }) => planExpr(value, scope, cx))
  const origin = varies ? { origin: originOf(cx, call.id) } : {}
  return { kind: "call", fn: info.name, args, type, nullable, ...origin }
}

function aggregate(call: Call, fn: string, scope: SelectScope, cx: PlanContext): Scalar {
  if (call.withinGroup.length > 0 && !isOrderedArgument(call, fn))
    throw new Unsupported("WITHIN GROUP", call.id)
  if (!scope.aggregates) throw new Unsupported(`aggregate \`${fn}\` here`, call.id)
  const definition = aggregateCall(call, fn, { birth: scope.birth }, cx)
  const text = callText(definition)
  const id = bornId(text, scope.birth)
  if (!scope.aggregates.some((known) => known.id === id))
    scope.aggregates.push({ id, call: definition })
  return { kind: "column", id, type: definition.type, nullable: definition.nullable }
}

/** `quantile_cont(p) WITHIN GROUP (ORDER BY x)` is `quantile_cont(x, p)`, as long as the order is the usual one. */
function isOrderedArgument(call: Call, fn: string): boolean {
  const isUsual = call.withinGroup.every(
    ({ descending, nulls }) => !descending && nulls !== "first",
  )
  return ["quantile_cont", "quantile_disc", "mode"].includes(fn) && isUsual
}

function aggregateCall(call: Call, fn: string, inner: SelectScope, cx: PlanContext): AggregateCall {
  const star = call.args.length === 1 && call.args[0]?.value.kind === "star"
  const { type, nullable } = typeOf(call, cx)
  return {
    fn,
    args: star ? [] : argumentsOf(call).map((value) => planExpr(value, inner, cx)),
    distinct: call.distinct,
    orderBy: call.orderBy.map((item) => sortKey(item, inner, cx)),
    ...(call.filter ? { filter: asBoolean(planExpr(call.filter, inner, cx)) } : {}),
    type,
    nullable,
  }
}

/** What stands in WITHIN GROUP comes first, as in the catalogue. */
function argumentsOf(call: Call): Expr[] {
  return [...call.withinGroup.map(({ expr }) => expr), ...call.args.map(({ value }) => value)]
}

function windowFunction(call: Call, fn: string, scope: SelectScope, cx: PlanContext): Scalar {
  if (!scope.windows || scope.lambdas)
    throw new Unsupported(`window function \`${fn}\` here`, call.id)
  const inner: SelectScope = { ...scope }
  const spec = windowSpec(call, scope)
  const definition: WindowCall = {
    ...aggregateCall(call, fn, inner, cx),
    partitionBy: spec.partitionBy.map((expr) => planExpr(expr, inner, cx)),
    windowOrder: spec.orderBy.map((item) => sortKey(item, inner, cx)),
    ignoreNulls: call.nulls === "ignore",
    ...frameOf(spec, inner, cx),
  }
  const text = windowText(definition)
  const id = bornId(`${fn}()`, `${scope.birth} ${text}`)
  if (!scope.windows.some((known) => known.id === id))
    scope.windows.push({ id, call: definition, origin: originOf(cx, call.id) })
  return { kind: "column", id, type: definition.type, nullable: definition.nullable }
}

/** The window of a call, with what it takes over from a named one. */
function windowSpec(call: Call, { named = [] }: SelectScope): WindowSpec {
  const spec =
    call.over?.kind === "name"
      ? named.find(({ name }) => sameName(name, call.over))?.window
      : call.over
  if (spec?.kind !== "window-spec") throw new Unsupported("this window", call.id)
  if (!spec.base) return spec
  const base = named.find(({ name }) => sameName(name, spec.base))?.window
  if (!base || base.base) throw new Unsupported("a window that extends another", call.id)
  const orderBy = spec.orderBy.length > 0 ? spec.orderBy : base.orderBy
  return { ...spec, partitionBy: base.partitionBy, orderBy }
}

function sameName(name: Name, other: Call["over"]): boolean {
  return other?.kind === "name" && name.text.toLowerCase() === other.text.toLowerCase()
}

export function sortKey(
  { expr, descending, nulls }: OrderItem,
  scope: SelectScope,
  cx: PlanContext,
): SortKey {
  return { expr: planExpr(expr, scope, cx), descending, nulls: nulls ?? "last" }
}

function frameOf(
  { frame }: WindowSpec,
  scope: SelectScope,
  cx: PlanContext,
): { frame?: WindowFrame } {
  if (!frame) return {}
  const exclude = frame.exclude === "NO OTHERS" ? undefined : frame.exclude
  return {
    frame: {
      unit: frame.unit,
      start: bound(frame.start, scope, cx),
      end: frame.end ? bound(frame.end, scope, cx) : { kind: "current-row" },
      ...(exclude ? { exclude } : {}),
    },
  }
}

function bound({ type, value }: FrameBound, scope: SelectScope, cx: PlanContext): WindowBound {
  const kind = type.toLowerCase().replace(" ", "-")
  if (value) return { kind: kind as "preceding" | "following", value: planExpr(value, scope, cx) }
  return { kind: kind as "unbounded-preceding" | "current-row" | "unbounded-following" }
}

function literal(expr: Literal, type: SqlType): LiteralScalar {
  if (expr.type === "null") return { kind: "literal", value: null, type, nullable: true }
  return {
    kind: "literal",
    value: expr.value,
    type: expr.type === "string" ? VARCHAR : type,
    nullable: false,
  }
}

/** Types of which SQL has literals. */
function isPlain(type: SqlType): boolean {
  return type.kind === "scalar" || type.kind === "decimal" || isOpen(type)
}

function text({ value }: Literal): Scalar {
  return textLiteral(value)
}

function interval(expr: Interval, scope: SelectScope, cx: PlanContext): Scalar {
  const { value, unit } = expr
  if (value.kind === "literal" && value.type !== "null") {
    const text = unit === undefined ? value.value : `${value.value} ${unit.toLowerCase()}`
    return { kind: "literal", value: text, type: INTERVAL, nullable: false }
  }
  if (unit === undefined) throw new Unsupported("a computed INTERVAL without a unit", expr.id)
  return {
    kind: "call",
    fn: `to_${unit.toLowerCase()}s`,
    args: [planExpr(value, scope, cx)],
    type: INTERVAL,
    nullable: true,
  }
}

function textLiteral(value: string): Scalar {
  return { kind: "literal", value, type: VARCHAR, nullable: false }
}

function typeOf(
  expr: Expr,
  cx: PlanContext,
): { readonly type: SqlType; readonly nullable: boolean } {
  const found = cx.input.types.exprs.get(expr.id)
  if (!found) throw new Unsupported("an expression without a type", expr.id)
  return found
}

export function callText(call: AggregateCall): string {
  const order = call.orderBy
    .map((key) => `${scalarText(key.expr)} ${key.descending} ${key.nulls}`)
    .join(",")
  const filter = call.filter ? ` where ${scalarText(call.filter)}` : ""
  return `${call.fn}(${call.distinct ? "distinct " : ""}${call.args.map(scalarText).join(",")}${order === "" ? "" : ` order ${order}`})${filter}`
}

function windowText(call: WindowCall): string {
  const order = call.windowOrder
    .map((key) => `${scalarText(key.expr)} ${key.descending} ${key.nulls}`)
    .join(",")
  return `${callText(call)} over ${call.partitionBy.map(scalarText).join(",")} order ${order} ${hash(JSON.stringify(call.frame ?? ""))}`
}
