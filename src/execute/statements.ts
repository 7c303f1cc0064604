import { OWN_SCHEMA, type TablePath } from "../engine/run-plan.js"
import { name } from "../syntax/build.js"
import { print } from "../syntax/print.js"

export { OWN_SCHEMA }

/** `schema.name`, quoted where needed. */
export function spelled({ schema, name: table }: TablePath): string {
  return `${print(name(schema))}.${print(name(table))}`
}

export function column(text: string): string {
  return print(name(text))
}
