import type { SourceText } from "../../base/span.js"
import { hasJinja, jinjaPieces, textArguments } from "../../syntax/jinja.js"
import type { Sink } from "../../diagnostics/sink.js"
import type { YamlValue } from "../yaml.js"
import { entriesOf, fieldsOf, textOf, yamlOf } from "./carrying.js"

export interface CarriedTargets {
  readonly targets: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The one that dbt takes where none is named. */
  readonly standard: string | undefined
}

/** The targets that smelt.yml gets, at least one. */
export interface SettledTargets {
  readonly targets: CarriedTargets["targets"]
  /** The one that is used where none is named. */
  readonly target: string
  /** Whether the profile has a DuckDB output; else `dev` is a file named like the project. */
  readonly isFound: boolean
}

export function settled(found: CarriedTargets | undefined, project: string): SettledTargets {
  const names = Object.keys(found?.targets ?? {})
  if (!found || names.length === 0) {
    const dev = { type: "duckdb", database: `${project}.duckdb`, schema: "main" }
    return { targets: { dev }, target: "dev", isFound: false }
  }
  const { targets, standard } = found
  const target = [standard, "dev", ...names].find((name) => name !== undefined && name in targets)
  return { targets, target: target ?? "dev", isFound: true }
}

/** The DuckDB outputs of a profile as targets; what others are is reported. */
export function targetsOf(
  source: SourceText,
  profile: string,
  sink: Sink,
): CarriedTargets | undefined {
  const found = fieldsOf(yamlOf(source, sink)).get(profile)
  if (!found?.isMap) return undefined
  const fields = fieldsOf(found)
  const targets: Record<string, Record<string, string>> = {}
  for (const { key, keySpan, value } of entriesOf(fields.get("outputs"))) {
    const output = fieldsOf(value)
    const type = textOf(output.get("type")) ?? "?"
    if (type !== "duckdb") {
      const hint = "this version runs on DuckDB"
      sink.report("not-carried", keySpan, { what: `target \`${key}\` of type \`${type}\``, hint })
      continue
    }
    for (const entry of entriesOf(value))
      if (!["type", "path", "schema", "threads"].includes(entry.key))
        sink.report("not-carried", entry.keySpan, {
          what: `\`${entry.key}\` of target \`${key}\``,
          hint: "a target has a `database` and a `schema`",
        })
    targets[key] = {
      type: "duckdb",
      database: settingOf(output.get("path"), sink) ?? ":memory:",
      schema: settingOf(output.get("schema"), sink) ?? "main",
    }
  }
  const target = textOf(fields.get("target"))
  const standard = target === undefined || hasJinja(target) ? undefined : target
  return { targets, standard }
}

/** A setting; `env_var('X')` is `${X}`. */
function settingOf(value: YamlValue | undefined, sink: Sink): string | undefined {
  const text = textOf(value)
  if (text === undefined || !value || !hasJinja(text)) return text
  const parts = jinjaPieces(text, { start: 0, end: text.length }).map(
    ({ kind, span, ...piece }) => {
      if (kind === "text") return text.slice(span.start, span.end)
      const [name, standard] = ("expr" in piece && textArguments(piece.expr, "env_var")) || []
      if (standard !== undefined)
        sink.report("not-carried", value.span, {
          what: `the default \`${standard}\` of ${name ?? ""}`,
          hint: "set the variable",
        })
      return name === undefined ? undefined : `\${${name}}`
    },
  )
  if (!parts.includes(undefined)) return parts.join("")
  sink.report("not-carried", value.span, { what: `\`${text}\``, hint: "write its value" })
  return undefined
}
