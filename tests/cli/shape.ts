/** A small language for what a JSON document must look like; further fields are allowed. */
export type Shape =
  | "string"
  | "number"
  | "boolean"
  | "any"
  /** An ISO 8601 time in UTC. */
  | "time"
  | { readonly oneOf: readonly string[] }
  | { readonly like: RegExp }
  | { readonly maybe: Shape }
  | { readonly list: Shape; readonly filled?: boolean }
  | { readonly fields: Readonly<Record<string, Shape>> }

export const list = (of: Shape): Shape => ({ list: of })
export const filled = (of: Shape): Shape => ({ list: of, filled: true })
export const maybe = (of: Shape): Shape => ({ maybe: of })
export const fields = (of: Readonly<Record<string, Shape>>): Shape => ({ fields: of })
export const oneOf = (...values: readonly string[]): Shape => ({ oneOf: values })
export const like = (pattern: RegExp): Shape => ({ like: pattern })

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** Every place where `value` is not of the shape, in words. */
export function misfits(value: unknown, shape: Shape, path = "$"): string[] {
  if (shape === "any") return value === undefined ? [`${path} is missing`] : []
  if (shape === "time") return misfits(value, like(TIME), path)
  if (typeof shape === "string")
    return typeof value === shape ? [] : [`${path} is ${typeof value}, not ${shape}`]
  if ("maybe" in shape)
    return value === undefined || value === null ? [] : misfits(value, shape.maybe, path)
  if ("oneOf" in shape)
    return shape.oneOf.includes(String(value))
      ? []
      : [`${path} is ${String(value)}, not one of ${shape.oneOf.join(" ")}`]
  if ("like" in shape)
    return typeof value === "string" && shape.like.test(value)
      ? []
      : [`${path} is ${String(value)}, not like ${shape.like.source}`]
  if ("list" in shape) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    if (shape.filled === true && value.length === 0) return [`${path} is empty`]
    return value.flatMap((item, i) => misfits(item, shape.list, `${path}[${i}]`))
  }
  if (typeof value !== "object" || value === null) return [`${path} is no object`]
  const object = value as Readonly<Record<string, unknown>>
  return Object.entries(shape.fields).flatMap(([name, field]) =>
    misfits(object[name], field, `${path}.${name}`),
  )
}
