import type { Capabilities, Dialect, Retyped } from "../../engine/dialect.js"
import { commonType } from "../../types/coercion.js"
import { DOUBLE, sameType, show, type SqlType } from "../../types/type.js"

export const dialect: Dialect = {
  name: "duckdb",
  // The printer's own list holds DuckDB's reserved words.
  reserved: new Set(),
  quote: '"',
  parameter: (index) => `$${index}`,
  // `position` takes its arguments around IN only.
  // The time and the user by their calls: a word alone may be a column or an alias of that name.
  functions: new Map([
    ["position", "instr"],
    ["current_date", "today"],
    ["current_timestamp", "now"],
    ["current_time", "get_current_time"],
    ["localtime", "current_localtime"],
    ["localtimestamp", "current_localtimestamp"],
    ["current_user", "main.current_user"],
    ["session_user", "main.session_user"],
  ]),
  typeName: show,
}

/** DuckDB brings bins to the type of the values, and rounds them. */
function hasOtherBins([value, bins]: readonly SqlType[]): boolean {
  return value !== undefined && bins?.kind === "list" && !sameType(value, bins.element)
}

function keyOfBins([value, bins]: readonly SqlType[]): SqlType {
  const type = value ?? DOUBLE
  return (bins?.kind === "list" && commonType(type, bins.element)) || type
}

/** See docs/types.md. */
const retyped = new Map<string, Retyped>([
  ["regr_count", { when: () => true }],
  [
    "approx_quantile",
    { when: ([value]) => value?.kind === "decimal", argument: { index: 0, type: () => DOUBLE } },
  ],
  ["histogram", { when: hasOtherBins, argument: { index: 0, type: keyOfBins } }],
  ["histogram_exact", { when: hasOtherBins, argument: { index: 0, type: keyOfBins } }],
])

export const capabilities: Capabilities = {
  qualify: true,
  distinctOn: true,
  aggregateFilter: true,
  groupingSets: true,
  semiJoin: true,
  isDistinctFrom: true,
  transactionalDdl: true,
  // The binder makes an untyped NULL of them, which is INTEGER as a column.
  typedNulls: false,
  retyped,
  fileFormats: new Set(["parquet", "csv", "json"]),
}
