import type { SqlType } from "../types/type.js"
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
  if (name === "date_part" && first !== undefined) return datePartType(first)
  if ((name === "round" || name === "trunc") && /^-?\d+$/.test(second ?? ""))
    return roundedTo(type, Number(second))
  return type
}
