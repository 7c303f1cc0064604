import { nearest } from "../base/suggest.js"
import type { Model } from "../catalog/project.js"
import type { SourceText } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import type { YamlEntry, YamlValue } from "./yaml.js"

// What a user wrote and smelt passes over: a warning with the place where it would be read.

const WHOLE = { start: 0, end: 0 }

/** A YAML file among the models, as dbt has them. */
export function warnOfFile({ file, text }: SourceText, sink: Sink): void {
  const hint = /^sources:/m.test(text)
    ? "sources stand in a file under sources/, by name: `sources: { raw.orders: { … } }`"
    : "columns and tests of a model stand in its header, or under `models:` of smelt.yml"
  sink.report("not-read", WHOLE, { file, hint })
}

/** A key of `models:` that is of no model. */
export function warnOfSetting({ key, keySpan }: YamlEntry, models: readonly Model[], sink: Sink) {
  const isFolder = models.some(({ source }) => `/${source.file}`.includes(`/${key}/`))
  const near = nearest(
    key,
    models.map(({ name }) => name),
  )
  const hint = isFolder
    ? `a folder is written \`${key}/\``
    : near === undefined
      ? "its keys are names of models, folders such as `staging/` and `tag:NAME`"
      : `did you mean \`${near}\`?`
  const meant = isFolder ? `${key}/` : near
  const fixes: ReportedFix[] =
    meant === undefined
      ? []
      : [
          {
            title: `change to \`${meant}\``,
            kind: "changes-meaning",
            edits: [{ span: keySpan, text: meant }],
          },
        ]
  sink.report("matches-nothing", keySpan, { key, where: "`models:`", hint }, { fixes })
}

/** A folder that smelt.yml names and that is not there. */
export function warnOfFolder(folder: string, { key, span }: YamlValue, sink: Sink): void {
  const hint = "paths are relative to the folder of smelt.yml"
  sink.report("matches-nothing", span, { key: folder, where: `\`${key}\``, hint })
}
