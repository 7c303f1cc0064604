import type { TypeOf } from "../catalog/types.js"
import type { Expr } from "../syntax/ast.js"
import { commonType, crossFamily, holds, isOpen, mixesZones } from "../types/coercion.js"
import { NULL_TYPE, show, type SqlType } from "../types/type.js"
import { UNKNOWN, type Context } from "./context.js"
import { integerValue } from "./literals.js"
import { mixed, mixedZones } from "./strictness.js"

/** An expression with what was found of it. */
export interface Typed extends TypeOf {
  readonly expr: Expr
}

/**
 * The type that alternatives share (arms of CASE, rows of VALUES, arguments of COALESCE), nullable if
 * one of them is. Reports the first that does not fit.
 */
export function agree(what: string, alternatives: readonly Typed[], cx: Context): TypeOf {
  const [first, ...others] = alternatives
  if (!first) return { type: NULL_TYPE, nullable: true }
  let common: Typed = first
  for (const other of others) {
    const type = pairType(what, common, other, cx)
    if (!type) return UNKNOWN
    common = {
      expr:
        isOpen(common.type) || integerValue(common.expr) !== undefined ? other.expr : common.expr,
      type,
      nullable: false,
    }
  }
  return { type: common.type, nullable: alternatives.some((one) => one.nullable) }
}

/** The common type of two expressions; a coercion that only DuckDB would make is reported. */
export function pairType(what: string, a: Typed, b: Typed, cx: Context): SqlType | undefined {
  const common = commonOf(a, b)
  if (common) {
    if (mixesZones(a.type, b.type)) mixedZones(what, a, b, cx)
    return common
  }
  const crossed = crossFamily(a.type, b.type)
  if (crossed) {
    mixed(what, b.expr.span, a.type, b.type, [a, b], cx)
    return crossed
  }
  cx.sink.report("types-disagree", b.expr.span, { what, wanted: show(a.type), found: show(b.type) })
  return undefined
}

/** As `commonType`; a whole number as written takes the integer type beside it, if it fits. */
export function commonOf(a: Typed, b: Typed): SqlType | undefined {
  return adopted(a, b) ?? adopted(b, a) ?? commonType(a.type, b.type)
}

function adopted(literal: Typed, other: Typed): SqlType | undefined {
  const value = integerValue(literal.expr)
  if (value === undefined || integerValue(other.expr) !== undefined) return undefined
  return holds(other.type, value) ? other.type : undefined
}
