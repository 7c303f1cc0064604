import { list, scalar, type SqlType } from "../types/type.js"
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
  return type
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
