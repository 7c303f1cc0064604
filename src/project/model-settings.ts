import type {
  DataTest,
  DeclaredColumn,
  DeclaredKey,
  ForeignKey,
  Grain,
  Materialization,
  Param,
  Place,
} from "../catalog/project.js"
import { readColumns, readForeignKeys, readKeys, readTests } from "./declarations.js"
import { GRAINS, KEYS, MATERIALIZATIONS, NOT_YET, RHYTHMS } from "./keys.js"
import { readParams } from "./params.js"
import type { YamlValue } from "./yaml.js"

/** What one layer of configuration says of a model; the layers are laid over each other. */
export interface ModelSettings {
  readonly description?: string
  readonly target?: { readonly name: string; readonly place: Place }
  readonly schema?: string
  readonly tags?: readonly string[]
  readonly materialization?: Materialization
  readonly grain?: Grain
  readonly partitionBy?: { readonly column: string; readonly place: Place }
  readonly keys?: readonly DeclaredKey[]
  readonly foreignKeys?: readonly ForeignKey[]
  readonly allowStar?: boolean
  readonly columns?: readonly DeclaredColumn[]
  readonly tests?: readonly DataTest[]
  readonly params?: readonly Param[]
  readonly contract?: Place
}

export const HEADER = "a model's header"

type Mutable = { -readonly [Key in keyof ModelSettings]: ModelSettings[Key] }

/** The settings in a header or under `models:`. */
export function readSettings(value: YamlValue, model: string, where: string): ModelSettings {
  const owner = { name: model, kind: "model" } as const
  const fields = value.fields(KEYS.model, where)
  const settings: Mutable = {}
  const put = <K extends keyof Mutable>(key: K, found: Mutable[K] | undefined) => {
    if (found !== undefined) settings[key] = found
  }
  for (const key of NOT_YET) {
    const field = fields.get(key)
    if (field) notYet(field, key)
  }
  put("description", fields.get("description")?.text())
  if (fields.has("params")) put("params", readParams(fields.get("params")))
  put("contract", contractOf(fields.get("contract")))
  if (where !== HEADER) fields.get("name")?.bad("to stand in a model's header")
  put("target", targetOf(fields.get("target")))
  put("schema", fields.get("schema")?.text())
  put("tags", fields.get("tags")?.texts())
  put("materialization", fields.get("materialization")?.oneOf(MATERIALIZATIONS))
  put("grain", fields.get("grain")?.oneOf(GRAINS))
  put("allowStar", fields.get("allow_star")?.boolean())
  const rhythm = fields.get("materialize")
  if (rhythm) readRhythm(rhythm, settings)
  const partition = fields.get("partition_by")
  const column = partition?.texts()[0]
  if (partition && column !== undefined) put("partitionBy", { column, place: partition.place })
  if (fields.has("key") || fields.has("keys")) put("keys", readKeys(fields))
  if (fields.has("foreign_keys")) put("foreignKeys", readForeignKeys(fields.get("foreign_keys")))
  const { columns, tests } = readColumns(fields.get("columns"), owner)
  if (fields.has("columns")) put("columns", columns)
  const all = [...tests, ...readTests(fields.get("tests"), owner)]
  if (all.length > 0) put("tests", all)
  return settings
}

/** `contract: true`, or `contract: { enforced: true }` as dbt has it. */
function contractOf(value: YamlValue | undefined): Place | undefined {
  if (!value) return undefined
  const enforced = value.isMap ? value.fields(["enforced"], "a contract").get("enforced") : value
  if (!enforced) return value.bad("true, or `{ enforced: true }`")
  return enforced.boolean() === true ? value.place : undefined
}

/** `materialize` says what `materialization` and `grain` say; beside them it must say the same. */
function readRhythm(value: YamlValue, settings: Mutable): void {
  const found = rhythmOf(value.text() ?? "", value)
  for (const key of ["materialization", "grain"] as const)
    if (settings[key] !== undefined && found[key] !== undefined && settings[key] !== found[key])
      value.twice(key, "by `materialize`, and otherwise by itself")
  Object.assign(settings, found)
}

/** `materialize: daily`; a plain materialization is accepted there too. */
export function rhythmOf(
  text: string,
  value: Pick<YamlValue, "bad">,
): Pick<ModelSettings, "materialization" | "grain"> {
  const grain = RHYTHMS[text]
  if (grain) return { materialization: "incremental", grain }
  const plain = MATERIALIZATIONS.find((name) => name === text)
  if (plain) return { materialization: plain }
  value.bad(`one of ${[...Object.keys(RHYTHMS), ...MATERIALIZATIONS].join(", ")}`)
  return {}
}

export function targetOf(value: YamlValue | undefined): ModelSettings["target"] {
  const name = value?.text()
  return value && name !== undefined ? { name, place: value.place } : undefined
}

function notYet(field: YamlValue, key: string): void {
  field.notYet(`\`${key}\` in a model's header`)
}

/** Later layers win; tests and tags add up. */
export function overlay(layers: readonly ModelSettings[]): ModelSettings {
  const merged: Mutable = {}
  for (const layer of layers) {
    const tags = [...(merged.tags ?? []), ...(layer.tags ?? [])]
    const tests = [...(merged.tests ?? []), ...(layer.tests ?? [])]
    Object.assign(merged, layer, { tags: [...new Set(tags)], tests })
  }
  return merged
}
