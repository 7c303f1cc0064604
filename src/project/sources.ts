import { nearest } from "../base/suggest.js"
import type { Source } from "../catalog/project.js"
import { readColumns, readDuration, readForeignKeys, readKeys, readTests } from "./declarations.js"
import { CHANGES, FORMATS, KEYS } from "./keys.js"
import type { YamlEntry, YamlValue } from "./yaml.js"

/** The entries under `sources:` of a file. */
export function readSources(file: YamlValue): Source[] {
  const sources = file.fields(["sources"], "a sources file").get("sources")
  if (sources?.isList === true) {
    sources.bad("a mapping by name, such as `raw.orders: { table: raw.orders, columns: … }`")
    return []
  }
  return (sources?.entries() ?? []).flatMap((entry) => readSource(entry))
}

function readSource({ key: name, keySpan, value }: YamlEntry): Source[] {
  const fields = value.fields(KEYS.source, `source \`${name}\``)
  const place = { file: value.place.file, span: keySpan }
  const keys = readKeys(fields)
  const owner = { name, kind: "source" } as const
  const { columns, tests } = readColumns(fields.get("columns"), owner)
  const path = fields.get("path")
  const tableField = fields.get("table")
  const table = tableField?.text()
  const isMisspelled = value
    .entries()
    .some(({ key }) => !fields.has(key) && nearest(key, ["path", "table"]) !== undefined)
  if (!path && table === undefined && !isMisspelled)
    value.bad("`path` (a file or glob) or `table` (a table of the target)")
  const files = path ? filesOf(path, fields.get("format")) : undefined
  const eventTime = fields.get("event_time")?.text()
  const changes = fields.get("changes")?.oneOf(CHANGES)
  const freshness = fields.get("freshness")?.fields(["warn_after", "error_after"], "freshness")
  const warnAfter = readDuration(freshness?.get("warn_after"))
  const errorAfter = readDuration(freshness?.get("error_after"))
  const source: Source = {
    name,
    place,
    ...(files ? { files } : {}),
    ...(table === undefined || !tableField ? {} : { table, tablePlace: tableField.place }),
    columns,
    keys,
    foreignKeys: readForeignKeys(fields.get("foreign_keys")),
    ...(eventTime === undefined ? {} : { eventTime }),
    lateness: readDuration(fields.get("lateness")) ?? 0,
    ...(changes ? { changes } : {}),
    ...(freshness
      ? {
          freshness: {
            ...(warnAfter === undefined ? {} : { warnAfter }),
            ...(errorAfter === undefined ? {} : { errorAfter }),
          },
        }
      : {}),
    tests: [...tests, ...readTests(fields.get("tests"), owner)],
    tags: fields.get("tags")?.texts() ?? [],
  }
  for (const field of ["event_time", "key"] as const) checkColumns(source, fields.get(field))
  for (const key of fields.get("keys")?.items() ?? []) checkColumns(source, key)
  for (const key of fields.get("foreign_keys")?.items() ?? [])
    if (key.isMap) checkColumns(source, key.fields(KEYS.foreignKey, "a foreign key").get("columns"))
  return [source]
}

function filesOf(path: YamlValue, format: YamlValue | undefined): Source["files"] {
  const paths = path.texts()
  const declared = format?.oneOf(FORMATS)
  const extension = FORMATS.find((name) =>
    paths[0]?.toLowerCase().replace(/\.gz$/, "").endsWith(`.${name}`),
  )
  const found = declared ?? extension
  if (!found) path.bad("a path ending in .parquet, .csv or .json, or a `format` beside it")
  return { paths, format: found ?? "parquet" }
}

function checkColumns(source: Source, value: YamlValue | undefined): void {
  const names = source.columns.map(({ name }) => name)
  const known = new Set(names.map((name) => name.toLowerCase()))
  const items = value?.isList ? value.items() : value ? [value] : []
  const wrong = items.find((item) => !known.has(String(item.scalar()).toLowerCase()))
  wrong?.bad(`a declared column of ${source.name}`, nearest(String(wrong.scalar()), names))
}
