import type { SourceText } from "../../base/span.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import { jinjaPieces, type JinjaValue } from "../../syntax/jinja.js"
import type { ProjectFiles } from "../files.js"
import type { YamlEntry, YamlValue } from "../yaml.js"
import {
  entriesOf,
  fieldsOf,
  itemsOf,
  textOf,
  yamlOf,
  type Carrying,
  type Setting,
} from "./carrying.js"
import { isConfigKey, settingOf } from "./config.js"

export const DBT_PROJECT = "dbt_project.yml"

export type NodeKind = "models" | "seeds"

export interface NodeFile {
  readonly name: string
  readonly file: string
  /** Below its folder, such as `staging/stg_orders.sql`. */
  readonly path: string
}

/** Where dbt looks for files of each kind. */
export interface Paths {
  readonly models: readonly string[]
  readonly seeds: readonly string[]
  readonly tests: readonly string[]
  readonly macros: readonly string[]
  readonly snapshots: readonly string[]
  readonly analyses: readonly string[]
}

/** The folder of a dbt project: what dbt_project.yml says, and the files that it leads to. */
export class DbtFolder {
  readonly source: SourceText
  readonly entries: readonly YamlEntry[]
  readonly fields: ReadonlyMap<string, YamlValue>
  readonly name: string
  readonly paths: Paths
  readonly models: readonly NodeFile[]
  readonly seeds: readonly NodeFile[]

  /** Faults of dbt_project.yml itself go to `faults`. */
  constructor(
    readonly files: ProjectFiles,
    faults: Diagnostic[],
  ) {
    this.source = files.read(DBT_PROJECT)
    const root = yamlOf(this.source, new Sink(this.source, {}, new Map(), faults))
    this.entries = entriesOf(root)
    this.fields = fieldsOf(root)
    this.name = textOf(this.fields.get("name")) ?? "project"
    this.paths = {
      models: this.pathsOf(["model-paths", "source-paths"], "models"),
      seeds: this.pathsOf(["seed-paths", "data-paths"], "seeds"),
      tests: this.pathsOf(["test-paths"], "tests"),
      macros: this.pathsOf(["macro-paths"], "macros"),
      snapshots: this.pathsOf(["snapshot-paths"], "snapshots"),
      analyses: this.pathsOf(["analysis-paths"], "analyses"),
    }
    this.models = this.listed(this.paths.models, ".sql")
    this.seeds = this.listed(this.paths.seeds, ".csv")
  }

  private pathsOf(keys: readonly string[], standard: string): readonly string[] {
    const given = keys.map((key) => this.fields.get(key)).find((value) => value !== undefined)
    return given ? itemsOf(given).flatMap((path) => textOf(path) ?? []) : [standard]
  }

  listed(folders: readonly string[], extension: string): NodeFile[] {
    return folders.flatMap((folder) =>
      this.files.list([folder], extension).map((file) => ({
        name: file.slice(file.lastIndexOf("/") + 1, -extension.length),
        file,
        path: file.slice(folder.replace(/\/$/, "").length + 1),
      })),
    )
  }

  yamlFiles(folders: readonly string[]): readonly string[] {
    return this.files.list(folders, ".yml", ".yaml")
  }

  /** Names of sources, such as `raw.orders`. */
  declaredSources(): string[] {
    return this.yamlFiles(this.paths.models).flatMap((file) => {
      const source = this.files.read(file)
      const root = fieldsOf(yamlOf(source, new Sink(source)))
      return itemsOf(root.get("sources")).flatMap((one) => {
        const fields = fieldsOf(one)
        const name = textOf(fields.get("name"))
        return itemsOf(fields.get("tables")).flatMap((table) => {
          const own = textOf(fieldsOf(table).get("name"))
          return name === undefined || own === undefined ? [] : [`${name}.${own}`]
        })
      })
    })
  }

  /** Variables; those of the project itself win over those for all. */
  variables(): Map<string, JinjaValue> {
    const vars = this.fields.get("vars")
    const own = entriesOf(vars).filter(({ value }) => !value.isMap)
    const named = entriesOf(fieldsOf(vars).get(this.name))
    return new Map([...own, ...named].map(({ key, value }) => [key, value.json() as JinjaValue]))
  }

  /** Texts of `{% docs name %}`. */
  docs(): Map<string, string> {
    const docs = new Map<string, string>()
    for (const file of this.files.list(this.paths.models, ".md")) {
      const { text } = this.files.read(file)
      const pieces = jinjaPieces(text, { start: 0, end: text.length })
      pieces.forEach((piece, i) => {
        if (piece.kind !== "statement" || piece.word !== "docs") return
        const end = pieces.find((one, k) => k > i && one.kind === "statement")
        const name = piece.expr.kind === "name" ? piece.expr.name : ""
        if (end) docs.set(name, text.slice(piece.span.end, end.span.start).trim())
      })
    }
    return docs
  }

  /** Settings of dbt_project.yml by folder: `staging/` and what stands under it. */
  settings(kind: NodeKind, carrying: Carrying): Map<string, Setting[]> {
    const found = new Map<string, Setting[]>()
    const read = (value: YamlValue, path: string) => {
      for (const entry of entriesOf(value)) {
        const isFolder = entry.value.isMap && !isConfigKey(entry.key)
        if (isFolder) read(entry.value, `${path}${entry.key}/`)
        else found.set(path, [...(found.get(path) ?? []), settingOf(entry, this.source)])
      }
    }
    for (const entry of entriesOf(this.fields.get(kind))) {
      if (isConfigKey(entry.key))
        found.set("", [...(found.get("") ?? []), settingOf(entry, this.source)])
      else if (entry.key === this.name) read(entry.value, "")
      else
        carrying.notCarried(
          `\`${entry.key}\` under \`${kind}:\``,
          { source: this.source, span: entry.keySpan },
          "packages are not read",
        )
    }
    return found
  }
}
