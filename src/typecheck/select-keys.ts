import type { OutputColumn } from "../catalog/names.js"
import type { TypeOf } from "../catalog/types.js"
import type { Call, Expr, Select } from "../syntax/ast.js"
import { someOperand } from "../syntax/operands.js"
import { aliasedExpr, type Context } from "./context.js"
import { fingerprint, targetFingerprint, type Groups } from "./group.js"
import { conjuncts, minimalKeys, type Facts, type Implication, type KeyColumn } from "./keys.js"

type Keys = readonly (readonly number[])[]

/** Keys of a select's columns: by number, unique and not NULL. */
export function selectKeys(
  select: Select,
  outputs: readonly OutputColumn[],
  types: readonly TypeOf[],
  facts: Facts,
  groups: Groups | undefined,
  cx: Context,
): Keys {
  const columns = outputs.map((output, index): KeyColumn => ({
    index,
    symbol:
      output.kind === "expr"
        ? fingerprint(output.expr, cx.names)
        : targetFingerprint(output.target, cx.names),
    nullable: types[index]?.nullable ?? true,
  }))
  if (outputs.some((output) => output.kind === "expr" && multiplies(output.expr))) return []
  const row = groups ? [...groups.keys.keys()] : facts.rows
  const sets = select.groupBy?.items.some((item) => item.kind !== "group-expr") ?? false
  const known = {
    rows: facts.rows,
    implies: [...facts.implies, ...numbering(select, outputs, row, cx)],
  }
  const byRow = sets || row.length === 0 ? [] : minimalKeys(columns, known, row)
  return byRow.length > 0 ? byRow : distinctKeys(select, columns, known, cx)
}

/** DISTINCT makes the whole row a key, DISTINCT ON its expressions. */
function distinctKeys(
  select: Select,
  columns: readonly KeyColumn[],
  facts: Facts,
  cx: Context,
): Keys {
  if (select.distinct === false) return []
  const wanted =
    select.distinct === true
      ? columns.map((column) => column.symbol)
      : select.distinct.map((expr) => outputSymbol(expr, columns, cx))
  return minimalKeys(columns, facts, wanted)
}

function outputSymbol(expr: Expr, columns: readonly KeyColumn[], cx: Context): string {
  const output = cx.names.outputRefs.get(expr.id)
  const column = output === undefined ? undefined : columns[output]
  return column?.symbol ?? fingerprint(expr, cx.names)
}

/** `row_number()` tells the rows of a partition apart; QUALIFY row_number() = 1 leaves one of each. */
function numbering(
  select: Select,
  outputs: readonly OutputColumn[],
  row: readonly string[],
  cx: Context,
): readonly Implication[] {
  const fixed = select.qualify
    ? conjuncts(select.qualify).flatMap((one) => fixedNumber(one, cx))
    : []
  const shown: Call[] = []
  for (const output of outputs)
    if (output.kind === "expr" && isRowNumber(output.expr)) shown.push(output.expr)
  if (fixed.length === 0 && shown.length === 0) return []
  return [...new Set([...fixed, ...shown])].flatMap((call) => {
    const { over } = call
    if (over?.kind !== "window-spec" || over.base) return []
    const symbol = fingerprint(call, cx.names)
    const partition = over.partitionBy.map((expr) => fingerprint(expr, cx.names))
    const constant = fixed.includes(call) ? [{ from: [], to: [symbol] }] : []
    return [...constant, { from: [...partition, symbol], to: row }]
  })
}

/** The row_number() that a condition fixes to one value. */
function fixedNumber(condition: Expr, cx: Context): readonly Call[] {
  if (condition.kind !== "binary" || condition.op !== "=") return []
  const { left, right } = condition
  const [number, other] = left.kind === "literal" ? [right, left] : [left, right]
  const expr =
    number.kind === "column-ref" ? aliasedExpr(cx.names.columns.get(number.id), cx.names) : number
  return expr && isRowNumber(expr) && other.kind === "literal" ? [expr] : []
}

function isRowNumber(expr: Expr): expr is Call {
  return (
    expr.kind === "call" &&
    expr.over !== undefined &&
    expr.name.at(-1)?.text.toLowerCase() === "row_number"
  )
}

/** `unnest` in a select list repeats the row. */
function multiplies(expr: Expr): boolean {
  if (expr.kind === "call" && expr.name.at(-1)?.text.toLowerCase() === "unnest") return true
  return someOperand(expr, multiplies)
}
