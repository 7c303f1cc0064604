import type { SourceText } from "../../base/span.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import { parseType } from "../../types/parse-type.js"
import { show } from "../../types/type.js"
import type { ProjectFiles } from "../files.js"
import type { YamlValue } from "../yaml.js"
import {
  Carrying,
  entriesOf,
  fieldsOf,
  itemsOf,
  textOf,
  without,
  yamlOf,
  type Setting,
} from "./carrying.js"
import { headerOf, isDisabled } from "./config.js"
import { DbtFolder, type NodeKind } from "./folder.js"
import { reportFile, reportLeftBehind, wayOutOf } from "./left-behind.js"
import { Macros } from "./macros.js"
import { carryText, configOf } from "./model-text.js"
import { settled, targetsOf, type CarriedTargets, type SettledTargets } from "./profile.js"
import { propertiesOf, sourcesOf, type CarriedSource, type Properties } from "./properties.js"
import {
  LEVELS,
  ordered,
  paramOf,
  withHeader,
  withLive,
  yamlText,
  type LiveTables,
} from "./written.js"

export { DBT_PROJECT } from "./folder.js"
export type { LiveColumn, LiveTables } from "./written.js"

/** Where smelt's own files of the project go: no folder that dbt reads. */
const ROOT = "smelt"

/** A dbt project as smelt's files, and what could not be carried over. */
export interface CarriedProject {
  readonly name: string
  readonly targets: CarriedTargets["targets"]
  /** The target that is used where none is named. */
  readonly target: string
  /** The tables that sources are. */
  readonly tables: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ReadonlyMap<string, SourceText>
  /** Texts by file; types of source columns that no file declares are those of `live`. */
  readonly written: (live: LiveTables) => ReadonlyMap<string, string>
}

/**
 * Carries a dbt project over: models with their configuration and properties, sources, seeds, data tests, variables, the
 * DuckDB targets of its profile. dbt's files stay as they are: smelt's are new ones beside them, so that both read the folder.
 * `profiles` is the text of profiles.yml, where there is one.
 */
export function carryOver(files: ProjectFiles, profiles: SourceText | undefined): CarriedProject {
  return new Project(files, profiles).carried()
}

/** The properties of a node where they are written. */
interface Written {
  readonly value: YamlValue
  readonly source: SourceText
}

type FolderSettings = ReadonlyMap<string, readonly Setting[]>

class Project {
  private readonly folder: DbtFolder
  private readonly carrying: Carrying
  private readonly settled: SettledTargets
  private readonly byFolder: Readonly<Record<NodeKind, FolderSettings>>
  private readonly nodes: Record<NodeKind, Map<string, Written>> = {
    models: new Map(),
    seeds: new Map(),
  }
  private readonly sources: CarriedSource[] = []

  constructor(files: ProjectFiles, profiles: SourceText | undefined) {
    const early: Diagnostic[] = []
    const folder = new DbtFolder(files, early)
    this.folder = folder
    this.settled = settled(profiles && targetsIn(profiles, folder, early), folder.name)
    const { targets, target } = this.settled
    this.carrying = new Carrying(
      files,
      folder.name,
      new Set([...folder.models, ...folder.seeds].map((one) => one.name)),
      new Set(folder.declaredSources()),
      folder.variables(),
      targets[target]?.schema ?? "main",
      folder.docs(),
      new Macros(
        folder.name,
        folder.files.list(folder.paths.macros, ".sql").map((file) => files.read(file)),
      ),
    )
    this.carrying.diagnostics.push(...early)
    for (const text of [folder.source, ...(profiles ? [profiles] : [])])
      this.carrying.texts.set(text.file, text)
    this.byFolder = {
      models: folder.settings("models", this.carrying),
      seeds: folder.settings("seeds", this.carrying),
    }
  }

  carried(): CarriedProject {
    this.readProperties()
    reportLeftBehind(this.folder, this.settled, this.carrying)
    const { name, texts, diagnostics } = this.carrying
    const models = this.carriedModels()
    const tests = this.carriedTests()
    const config = this.config()
    return {
      name,
      targets: this.settled.targets,
      target: this.settled.target,
      tables: this.sources.flatMap(({ table }) => table ?? []),
      diagnostics,
      texts,
      written: (live) =>
        new Map([["smelt.yml", config], ...this.carriedSources(live), ...models, ...tests]),
    }
  }

  // --------------------------------------------------------------------------------- properties

  private readProperties(): void {
    const { models, seeds, tests } = this.folder.paths
    for (const file of new Set(this.folder.yamlFiles([...models, ...seeds, ...tests]))) {
      const source = this.folder.files.read(file)
      const root = yamlOf(source, this.carrying.sink(source))
      for (const { key, keySpan, value } of entriesOf(root)) {
        if (key === "version") continue
        if (key === "models" || key === "seeds") this.readNodes(key, value, source)
        else if (key === "sources")
          for (const one of itemsOf(value))
            this.sources.push(...sourcesOf(one, source, this.carrying))
        else this.carrying.notCarried(`\`${key}\``, { source, span: keySpan }, wayOutOf(key))
      }
    }
  }

  private readNodes(kind: NodeKind, value: YamlValue, source: SourceText): void {
    for (const one of itemsOf(value)) {
      const name = textOf(fieldsOf(one).get("name"))
      if (name === undefined) continue
      if (!this.folder[kind].some((file) => file.name === name)) {
        const hint = kind === "models" ? "no SQL model has this name" : "no seed has this name"
        this.carrying.notCarried(`\`${name}\``, { source, span: one.span }, hint)
      } else this.nodes[kind].set(name, { value: one, source })
    }
  }

  private propertiesOf(
    kind: NodeKind,
    name: string,
    own: readonly Setting[],
  ): Properties | undefined {
    const found = this.nodes[kind].get(name)
    return found && propertiesOf(found.value, name, found.source, own, this.carrying)
  }

  /** What dbt_project.yml sets for a file, the outermost folder first. */
  private settingsAbove(kind: NodeKind, path: string): readonly Setting[] {
    return [...this.byFolder[kind]].flatMap(([folder, settings]) =>
      `${path.slice(0, -4)}/`.startsWith(folder) ? settings : [],
    )
  }

  // -------------------------------------------------------------------------------------- models

  private carriedModels(): [string, string][] {
    return this.folder.models.flatMap(({ name, file, path }): [string, string][] => {
      const source = this.folder.files.read(file)
      const own = configOf(source)
      const properties = this.propertiesOf("models", name, own)
      const settings = [...(properties?.settings ?? []), ...own]
      if (isDisabled([...this.settingsAbove("models", path), ...settings])) {
        reportFile(source, `\`${name}\``, "it is disabled", this.carrying)
        return []
      }
      const sql = carryText(source, this.carrying)
      const header = without({ ...properties?.header, ...headerOf(settings, this.carrying) })
      return [[`${ROOT}/models/${path}`, withHeader(ordered(header), sql)]]
    })
  }

  private carriedTests(): [string, string][] {
    const { folder, carrying } = this
    return folder
      .listed(folder.paths.tests, ".sql")
      .flatMap(({ file, path }): [string, string][] => {
        const source = folder.files.read(file)
        if (/^\s*\{%-?\s*test\b/m.test(source.text) || path.startsWith("generic/")) {
          reportFile(
            source,
            "a generic test",
            "a test is a query whose rows are failures",
            carrying,
          )
          return []
        }
        const settings = configOf(source)
        for (const { key, where } of settings)
          carrying.notCarried(
            `\`${key}\``,
            where,
            "a file of tests has no header; its failures are errors",
          )
        return isDisabled(settings) ? [] : [[`${ROOT}/tests/${path}`, carryText(source, carrying)]]
      })
  }

  // ------------------------------------------------------------------------------ other files

  private carriedSources(live: LiveTables): [string, string][] {
    if (this.sources.length === 0) return []
    const sources = Object.fromEntries(
      this.sources.map(({ name, table, body }) => [
        name,
        withLive(body, table === undefined ? undefined : live.get(table)),
      ]),
    )
    return [[`${ROOT}/sources/sources.yml`, yamlText({ sources })]]
  }

  private config(): string {
    const { folder } = this
    const models = this.carriedFolders()
    const all = { "models/": { materialization: "view", ...models["models/"] } }
    const hasTests = folder.listed(folder.paths.tests, ".sql").length > 0
    const head = {
      name: folder.name,
      version: 1,
      model_paths: [`${ROOT}/models`],
      seed_paths: folder.paths.seeds.filter((path) => folder.files.has(path)),
      source_paths: this.sources.length > 0 ? [`${ROOT}/sources`] : undefined,
      test_paths: hasTests ? [`${ROOT}/tests`] : undefined,
      targets: this.settled.targets,
      params: Object.fromEntries(
        [...this.carrying.params].map(([name, value]) => [name, paramOf(value)]),
      ),
      models: without({ ...models, ...all }),
      seeds: this.carriedSeeds(),
    }
    return `${yamlText(without(head))}${LEVELS}`
  }

  /** What smelt.yml says of the folders of models. */
  private carriedFolders(): Record<string, Record<string, unknown>> {
    return Object.fromEntries(
      [...this.byFolder.models].map(([folder, settings]) => [
        this.keyOf(folder),
        headerOf(
          settings.filter(({ key }) => key !== "enabled"),
          this.carrying,
        ),
      ]),
    )
  }

  /** A key of `models:`: a folder, or the model that dbt names like one. */
  private keyOf(folder: string): string {
    const last = folder.split("/").at(-2)
    const isModel = this.folder.models.some(({ path }) => path === `${folder.slice(0, -1)}.sql`)
    return isModel && last !== undefined ? last : `models/${folder}`
  }

  private carriedSeeds(): Record<string, unknown> {
    return without(
      Object.fromEntries(
        this.folder.seeds.map(({ name, path }) => [name, this.carriedSeed(name, path)]),
      ),
    )
  }

  private carriedSeed(name: string, path: string): Record<string, unknown> {
    const properties = this.propertiesOf("seeds", name, [])
    const settings = [...this.settingsAbove("seeds", path), ...(properties?.settings ?? [])]
    const columns: Record<string, Record<string, unknown>> = {
      ...(properties?.header.columns as Record<string, Record<string, unknown>> | undefined),
    }
    for (const { key, value, where } of settings) {
      if (key !== "column_types") continue
      for (const [column, type] of Object.entries(value ?? {})) {
        const known = parseType(String(type))
        if (known) columns[column] = { type: show(known), ...columns[column] }
        else
          this.carrying.notCarried(
            `type \`${String(type)}\` of \`${column}\``,
            where,
            "it is no type here",
          )
      }
    }
    const rest = settings.filter(({ key }) => key !== "column_types" && key !== "enabled")
    return without({ ...properties?.header, ...headerOf(rest, this.carrying), columns })
  }
}

/** The targets of the profile that a project names, or that is called like it. */
function targetsIn(
  profiles: SourceText,
  { fields, name }: DbtFolder,
  faults: Diagnostic[],
): CarriedTargets | undefined {
  const sink = new Sink(profiles, {}, new Map(), faults)
  return targetsOf(profiles, textOf(fields.get("profile")) ?? name, sink)
}
