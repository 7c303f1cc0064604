import { nearest } from "../base/suggest.js"
import type { Param } from "../catalog/project.js"
import { family, isInteger } from "../types/coercion.js"
import { parseType } from "../types/parse-type.js"
import { typeNames } from "../types/type-name.js"
import { show, type SqlType } from "../types/type.js"
import { KEYS } from "./keys.js"
import type { YamlValue } from "./yaml.js"

/** `params: { since: { type: DATE, default: 2024-01-01 } }` */
export function readParams(value: YamlValue | undefined): Param[] {
  return (value?.entries() ?? []).flatMap(({ key: name, value: body }) => {
    const fields = body.fields(KEYS.param, `param \`${name}\``)
    const [typed, standard] = [fields.get("type"), fields.get("default")]
    const type = typed && parseType(typed.text() ?? "")
    if (typed && !type)
      typed.bad("a type such as DATE or BIGINT", nearest(typed.text() ?? "", typeNames()))
    if (!typed || !standard) return body.bad("`type` and `default`") ?? []
    if (!type) return []
    const text = String(standard.plain() ?? "")
    if (isValue(text, type)) return [{ name, type, value: text }]
    return standard.bad(`a value of type ${show(type)}`) ?? []
  })
}

/** Whether a text is a value of a type, as far as that shows without an engine. */
export function isValue(text: string, type: SqlType): boolean {
  switch (family(type)) {
    case "number":
      return isInteger(type) ? /^-?\d+$/.test(text) : /^-?\d+(\.\d+)?(e-?\d+)?$/i.test(text)
    case "boolean":
      return /^(true|false)$/i.test(text)
    case "date":
      return isDate(text)
    default:
      return true
  }
}

function isDate(text: string): boolean {
  const [, day, rest = ""] =
    /^(\d{4}-\d\d-\d\d)([ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(
      text,
    ) ?? []
  if (day === undefined) return false
  const date = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) && rest.length !== 1
}
