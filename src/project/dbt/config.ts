import type { JinjaValue } from "../../syntax/jinja.js"
import type { YamlEntry } from "../yaml.js"
import type { Carrying, Setting, Where } from "./carrying.js"

// What dbt calls the configuration of a model, as keys of a header.

/** Keys of a configuration; another one under `models:` of dbt_project.yml is a folder. */
const KEYS: ReadonlySet<string> = new Set(
  `access alias auto_refresh batch_size begin bind cluster_by column_types contract database delimiter docs enabled event_time
  full_refresh grants group hash_type incremental_predicates incremental_strategy indexes location lookback materialized merge_exclude_columns
  merge_update_columns meta on_configuration_change on_schema_change options overwrite partition_by partitions persist_docs post-hook
  post_hook pre-hook pre_hook quote_columns quoting schema snowflake_warehouse sql_header static_analysis store_failures tags unique_key
  concurrent_batches freshness`.split(/\s+/),
)

export function isConfigKey(key: string): boolean {
  return key.startsWith("+") || KEYS.has(key)
}

/** An entry of a YAML mapping as a setting. */
export function settingOf({ key, keySpan, value }: YamlEntry, source: Where["source"]): Setting {
  return {
    key: key.replace(/^\+/, ""),
    value: value.json() as JinjaValue,
    where: { source, span: keySpan },
  }
}

/** The way out for what has no key here. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  alias: "a model's name is its table's: rename the file, and what refers to it",
  database: "a model lies in the database of its target",
  docs: "nothing here reads it",
  meta: "nothing here reads it; a comment in the header keeps it",
  "pre-hook": "run its statements before `smelt build`",
  "post-hook": "run its statements after `smelt build`",
  grants: "run its statements after `smelt build`",
  unique_key: "a rebuilt table needs none; `key: [COLUMN]` declares one, and a test holds it",
  incremental_strategy: "a rebuilt table needs none",
  on_schema_change: "a changed query rebuilds its table",
  full_refresh: "`--full-refresh` is an option of `smelt build`",
  store_failures: "`smelt test` shows the failing rows",
  quote_columns: "names are quoted where they need it",
  delimiter: "a seed is separated by commas",
}

const MADE_INTO: ReadonlySet<string> = new Set(["view", "table", "ephemeral"])

/** The keys of a header that the settings mean; a later setting of a key wins, tags add up. */
export function headerOf(
  settings: readonly Setting[],
  carrying: Carrying,
): Record<string, unknown> {
  const header: Record<string, unknown> = {}
  for (const setting of settings) {
    const { key, value, where } = setting
    const spelled = key.replace(/_hook$/, "-hook")
    const refuse = (hint: string) => carrying.notCarried(`\`${key}\``, where, hint)
    if (value === undefined) refuse("its value is computed; write the key in the header")
    else if (key === "materialized")
      header.materialization = materialization(value, setting, carrying)
    else if (key === "tags") header.tags = [...new Set([...listed(header.tags), ...listed(value)])]
    else if (key === "schema" && typeof value === "string")
      header.schema = `${carrying.schema}_${value}`
    else if (key === "contract") {
      if (isEnforced(value)) header.contract = true
    } else if (key !== "enabled" || value !== true)
      refuse(WAYS_OUT[spelled] ?? "smelt has no such setting")
  }
  return header
}

function materialization(value: JinjaValue, { where }: Setting, carrying: Carrying): string {
  const kind = String(value)
  if (MADE_INTO.has(kind)) return kind
  carrying.notCarried(
    `materialization \`${kind}\``,
    where,
    kind === "incremental"
      ? "it is a table that each run builds in full; `materialize: daily` and `partition_by: COLUMN` make it incremental, where that can be proven"
      : "it is a table; `view`, `table` and `ephemeral` are the same in both",
  )
  return "table"
}

export function isEnforced(value: JinjaValue): boolean {
  const enforced =
    typeof value === "object" && value !== null && "enforced" in value ? value.enforced : value
  return enforced === true
}

function listed(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}

/** Whether the last word on it is that the node is off. */
export function isDisabled(settings: readonly Setting[]): boolean {
  return settings.findLast(({ key }) => key === "enabled")?.value === false
}
