import { createHash } from "node:crypto"
import { basename } from "node:path"
import type { Seed } from "../catalog/project.js"
import type { SourceText } from "../base/span.js"
import { Sink } from "../diagnostics/sink.js"
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  show,
  TIMESTAMP,
  VARCHAR,
  type SqlType,
} from "../types/type.js"
import { readColumns, readKeys, readTests } from "./declarations.js"
import { readCsv, type CsvRecord } from "./csv.js"
import { KEYS } from "./keys.js"
import type { YamlValue } from "./yaml.js"
import { sameName } from "../base/names.js"

const DATE_TEXT = /^\d{4}-\d\d-\d\d$/
const FITS: readonly (readonly [SqlType, (value: string) => boolean])[] = [
  [BIGINT, (value) => /^[+-]?\d{1,18}$/.test(value)],
  [DOUBLE, (value) => /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value)],
  [BOOLEAN, (value) => /^(true|false)$/i.test(value)],
  [DATE, (value) => DATE_TEXT.test(value) && !Number.isNaN(Date.parse(value))],
  [TIMESTAMP, (value) => /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(value)],
]

/** A seed: a CSV file, typed by what smelt.yml declares, else by the first type that all its values fit. */
export function readSeed(source: SourceText, settings: YamlValue | undefined): Seed {
  const name = basename(source.file).replace(/\.csv$/i, "")
  const sink = new Sink(source)
  const fields = settings?.fields(KEYS.seed, `seed \`${name}\``) ?? new Map<string, YamlValue>()
  const owner = { name, kind: "seed" } as const
  const declared = readColumns(fields.get("columns"), owner)
  const [head, ...records] = readCsv(source.text)
  if (!head)
    sink.report(
      "seed-unreadable",
      { start: 0, end: 0 },
      { seed: name, problem: "the file is empty; the first line names the columns" },
    )
  const ragged = records.find(({ fields }) => head && fields.length !== head.fields.length)
  if (head && ragged) reportRagged(ragged, head, source, name, sink)
  const columns = (head?.fields ?? []).map((column, i) => {
    const values = records
      .filter((record) => record.fields[i] !== "" || record.quoted[i] === true)
      .map((record) => record.fields[i] ?? "")
    const declaration = declared.columns.find((candidate) => sameName(candidate.name, column))
    return {
      name: column,
      type: declaration?.type ?? typeOf(values),
      nullable: !(declaration?.notNull ?? false) && values.length < records.length,
    }
  })
  const description = fields.get("description")?.text()
  const schema = fields.get("schema")?.text()
  return {
    name,
    file: source.file,
    columns,
    declared: declared.columns,
    rowCount: records.length,
    fingerprint: fingerprint(source.text, columns),
    keys: readKeys(fields),
    tests: [...declared.tests, ...readTests(fields.get("tests"), owner)],
    tags: fields.get("tags")?.texts() ?? [],
    diagnostics: sink.diagnostics,
    ...(schema === undefined ? {} : { schema }),
    ...(description === undefined ? {} : { description }),
  }
}

function typeOf(values: readonly string[]): SqlType {
  if (values.length === 0) return VARCHAR
  return FITS.find(([, fits]) => values.every(fits))?.[0] ?? VARCHAR
}

function fingerprint(text: string, columns: Seed["columns"]): string {
  const types = columns.map(({ name, type }) => `${name} ${show(type)}`).join(",")
  return createHash("sha256").update(types).update("\0").update(text).digest("hex").slice(0, 32)
}

function reportRagged(
  { fields, start }: CsvRecord,
  head: CsvRecord,
  source: SourceText,
  seed: string,
  sink: Sink,
): void {
  const { line } = source.position(start)
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`
  const names = `${count(head.fields.length, "column")} (${head.fields.join(", ")})`
  sink.report(
    "seed-unreadable",
    { start, end: start + source.line(line).length },
    {
      seed,
      problem: `line ${line} has ${count(fields.length, "value")}, the first line names ${names}`,
    },
  )
}
