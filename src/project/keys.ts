/**
 * The keys of every YAML file, as tables: the loader refuses others, and the JSON Schema that is
 * shipped is made from the same lists.
 */
export const KEYS = {
  "smelt.yml": [
    "name",
    "version",
    "model_paths",
    "seed_paths",
    "source_paths",
    "test_paths",
    "metric_paths",
    "targets",
    "levels",
    "params",
    "models",
    "seeds",
  ],
  model: [
    "name",
    "description",
    "target",
    "schema",
    "tags",
    "materialization",
    "materialize",
    "partition_by",
    "grain",
    "key",
    "keys",
    "foreign_keys",
    "allow_star",
    "columns",
    "tests",
    "contract",
    "params",
    "backend_hints",
  ],
  source: [
    "description",
    "path",
    "table",
    "format",
    "key",
    "keys",
    "foreign_keys",
    "columns",
    "event_time",
    "lateness",
    "changes",
    "freshness",
    "tests",
    "tags",
  ],
  seed: ["description", "columns", "schema", "key", "keys", "tests", "tags"],
  column: ["type", "description", "not_null", "tests"],
  foreignKey: ["columns", "references", "to"],
  target: [
    "type",
    "schema",
    "database",
    "url",
    "host",
    "port",
    "user",
    "password",
    "connect_url",
    "catalog",
    "directory",
  ],
  param: ["type", "default", "description"],
  execution: ["model", "targets", "optimization"],
  executionTarget: ["name", "backend", "hints"],
  testOptions: ["severity", "where"],
} as const satisfies Record<string, readonly string[]>

/** Keys that load and say that this version does nothing with them yet. */
export const NOT_YET: readonly string[] = ["backend_hints"]

export const MATERIALIZATIONS = ["auto", "view", "table", "incremental", "ephemeral"] as const
export const GRAINS = ["hour", "day", "month"] as const
export const CHANGES = ["append", "upsert", "snapshot"] as const
export const FORMATS = ["parquet", "csv", "json"] as const
/** `materialize: daily` is incremental by day. */
export const RHYTHMS: Readonly<Record<string, (typeof GRAINS)[number]>> = {
  hourly: "hour",
  daily: "day",
  monthly: "month",
}
