import { typeName } from "../syntax/build.js"
import { typeOfName } from "../types/type-name.js"
import { list, scalar, unknown, type SqlType } from "../types/type.js"
import { datePartType } from "./dates.js"
import { roundedTo } from "./math.js"

/**
 * The type of a call where it rests on the value of an argument, not on its type alone; `constants` has
 * the texts of the arguments that are literals.
 */
export function byConstant(
  name: string,
  type: SqlType,
  constants: readonly (string | undefined)[],
): SqlType {
  const [first, second] = constants
  if (name.endsWith("strptime") && second !== undefined && /%z/i.test(second))
    return scalar("TIMESTAMPTZ")
  if (BY_PATH.has(name) && second?.includes("*")) return list(type)
  if (name === "date_part" && first !== undefined) return datePartType(first)
  if ((name === "round" || name === "trunc") && /^-?\d+$/.test(second ?? ""))
    return roundedTo(type, Number(second))
  if (BY_STRUCTURE.has(name)) return second === undefined ? type : structured(second)
  return type
}

const BY_STRUCTURE = new Set(["from_json", "from_json_strict"])

/** The type that DuckDB's JSON of a structure describes: `{"a": "INTEGER", "b": ["VARCHAR"]}`. */
function structured(text: string): SqlType {
  try {
    return described(JSON.parse(text))
  } catch {
    return unknown("its structure is not JSON")
  }
}

function described(structure: unknown): SqlType {
  if (typeof structure === "string") return typeOfName(typeName(structure))
  if (Array.isArray(structure)) return list(described(structure[0]))
  if (structure === null || typeof structure !== "object") return unknown("it has no type")
  const fields = Object.entries(structure).map(([name, of]) => ({ name, type: described(of) }))
  return { kind: "struct", fields }
}

/** A path with a wildcard finds a list. */
const BY_PATH = new Set([
  "->",
  "->>",
  "json_array_length",
  "json_exists",
  "json_extract",
  "json_extract_string",
  "json_keys",
  "json_type",
  "json_value",
])
