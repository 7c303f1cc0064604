import { CATALOG, message, type Code, type Params } from "./catalog.js"
import type { Diagnostic } from "./diagnostic.js"

const NOWHERE = { offset: 0, line: 1, column: 1 }

/** A message about no text: a flag, a connection, a run. */
export function placeless<C extends Code>(code: C, params: Params<C>): Diagnostic {
  const standard = CATALOG[code][0]
  return {
    code,
    level: standard === "error!" ? "error" : standard,
    message: message(code, params),
    file: "",
    start: NOWHERE,
    end: NOWHERE,
    notes: [],
    fixes: [],
  }
}
