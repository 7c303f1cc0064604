import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { SourceText } from "../base/span.js"
import type { Model, Project, Seed, Target, TestFile } from "../catalog/project.js"
import { adjustableCodes, isAdjustable, isCode } from "../diagnostics/catalog.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { Sink, type LevelSetting } from "../diagnostics/sink.js"
import { KEYS } from "./keys.js"
import { readModelFile, type WrittenModel } from "./model-files.js"
import { overlay, readSettings, targetOf, type ModelSettings } from "./model-settings.js"
import { readParams } from "./params.js"
import { readSeed } from "./seeds.js"
import { readSources } from "./sources.js"
import { warnOfFile, warnOfFolder, warnOfSetting } from "./unread.js"
import { YamlFile, type YamlEntry, type YamlValue } from "./yaml.js"

export { isValue } from "./params.js"
export { hasFile } from "./source-files.js"
export { interpolate } from "./targets.js"

const CONFIG = "smelt.yml"

/** The folder of smelt.yml: `from` or the nearest above it. */
export function findProject(from: string): string | undefined {
  let folder = resolve(from)
  while (!existsSync(join(folder, CONFIG))) {
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return folder
}

/** Reads every file of a project. A user's fault is in `diagnostics`, of the project or of the model. */
export function loadProject(directory: string): Project {
  return new Loader(resolve(directory)).load()
}

class Loader {
  private readonly texts = new Map<string, SourceText>()
  private readonly diagnostics: Diagnostic[] = []
  /** The models that execution files are of. */
  private readonly executed: YamlValue[] = []

  constructor(private readonly directory: string) {}

  load(): Project {
    const source = this.read(CONFIG)
    const sink = this.sink(source)
    const config = YamlFile.read(source, sink)
    const fields = config?.fields(KEYS[CONFIG], CONFIG) ?? new Map<string, YamlValue>()
    this.refuseDbt(sink)
    const name = fields.get("name")?.text()
    if (config && name === undefined)
      sink.report("missing-key", config.span, { where: CONFIG, key: "name" })
    if (config && !fields.has("targets"))
      sink.report("missing-key", config.span, { where: CONFIG, key: "targets" })
    const levels = readLevels(fields.get("levels"))
    const warnings = new Sink(source, levels, this.texts, this.diagnostics)
    const paths = (key: string, standard: string) =>
      this.folders(fields.get(key), standard, warnings)

    const layers = new Layers(fields.get("models"), this.executionFiles())
    const folders = paths("model_paths", "models")
    const models = this.files(folders, ".sql").flatMap((file) =>
      readModelFile(this.read(file)).map((written) => modelOf(written, layers.of(written))),
    )
    for (const model of this.executed)
      if (!models.some(({ name }) => name === model.text())) model.bad("the name of a model")
    const seeds = this.seeds(paths("seed_paths", "seeds"), fields.get("seeds"))
    const sources = this.yamlFiles(paths("source_paths", "sources")).flatMap(readSources)
    for (const file of this.yamlFiles(paths("metric_paths", "metrics")))
      for (const entry of file.entries()) entry.value.notYet("the metrics layer")
    const params = fields.get("params")
    const project: Project = {
      directory: this.directory,
      name: name ?? "",
      targets: readTargets(fields.get("targets")),
      levels,
      params: readParams(params),
      models,
      sources,
      seeds,
      testFiles: this.files(paths("test_paths", "tests"), ".sql").map((file) =>
        testFileOf(this.read(file)),
      ),
      texts: this.texts,
      diagnostics: this.diagnostics,
    }
    this.refuseDuplicates(project)
    for (const entry of layers.unused()) warnOfSetting(entry, models, warnings)
    for (const file of this.files(folders, ".yml", ".yaml"))
      if (!this.texts.has(file))
        warnOfFile(this.read(file), new Sink(this.read(file), levels, this.texts, this.diagnostics))
    return project
  }

  /** The folders that a key names; those by default need not be there. */
  private folders(value: YamlValue | undefined, standard: string, warnings: Sink): string[] {
    if (!value) return [standard]
    const folders = value.texts()
    for (const folder of folders)
      if (!existsSync(join(this.directory, folder))) warnOfFolder(folder, value, warnings)
    return folders
  }

  private read(file: string): SourceText {
    const known = this.texts.get(file)
    if (known) return known
    const source = new SourceText(file, readFileSync(join(this.directory, file), "utf8"))
    this.texts.set(file, source)
    return source
  }

  private sink(source: SourceText): Sink {
    return new Sink(source, {}, this.texts, this.diagnostics)
  }

  /** Files below the folders, by name, relative to the project. */
  private files(folders: readonly string[], ...extensions: readonly string[]): string[] {
    return folders.flatMap((folder) => {
      const path = join(this.directory, folder)
      if (!existsSync(path) || !statSync(path).isDirectory()) return []
      return readdirSync(path, { recursive: true, encoding: "utf8" })
        .filter((file) => extensions.some((extension) => file.endsWith(extension)))
        .map((file) => relative(this.directory, join(path, file)).replaceAll("\\", "/"))
        .sort()
    })
  }

  private yamlFiles(folders: readonly string[]): YamlValue[] {
    return this.files(folders, ".yml", ".yaml").flatMap((file) => {
      const source = this.read(file)
      return YamlFile.read(source, this.sink(source)) ?? []
    })
  }

  private executionFiles(): ReadonlyMap<string, ModelSettings> {
    const settings = new Map<string, ModelSettings>()
    for (const file of this.yamlFiles(["execution"])) {
      const fields = file.fields(KEYS.execution, "an execution file")
      const named = fields.get("model")
      const model = named?.text()
      fields.get("optimization")?.notYet("`optimization` of a model")
      const [first, second] = fields.get("targets")?.items() ?? []
      second?.notYet("a model in several targets")
      const target = first?.fields(KEYS.executionTarget, "a target")
      target?.get("hints")?.notYet("`hints` of a target")
      const name = targetOf(target?.get("name"))
      if (named) this.executed.push(named)
      if (model !== undefined) settings.set(model, name ? { target: name } : {})
    }
    return settings
  }

  private seeds(folders: readonly string[], settings: YamlValue | undefined): Seed[] {
    const byName = new Map(
      (settings?.entries() ?? []).map((entry) => [entry.key.toLowerCase(), entry]),
    )
    const seeds = this.files(folders, ".csv").map((file) => {
      const source = this.read(file)
      const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.csv$/, "")
      return readSeed(source, byName.get(name.toLowerCase())?.value)
    })
    const names = new Set(seeds.map((seed) => seed.name.toLowerCase()))
    for (const entry of byName.values())
      if (!names.has(entry.key.toLowerCase()))
        entry.value.bad(`a file ${entry.key}.csv among the seeds`)
    return seeds
  }

  private refuseDbt(sink: Sink): void {
    if (!existsSync(join(this.directory, "dbt_project.yml"))) return
    sink.report(
      "dbt-project",
      { start: 0, end: 0 },
      {
        file: "dbt_project.yml",
        hint: "move it away; what its models need stands in smelt.yml and their headers",
      },
    )
  }

  private refuseDuplicates({ models, seeds, sources }: Project): void {
    const seen = new Map<string, string>()
    const check = (
      kind: string,
      name: string,
      file: string,
      span: { start: number; end: number },
    ) => {
      const key = `${kind === "source" ? "source" : "ref"} ${name.toLowerCase()}`
      const first = seen.get(key)
      seen.set(key, first ?? file)
      if (first === undefined) return
      this.sink(this.read(file)).report(
        "duplicate-name",
        span,
        { kind, name },
        { notes: [{ message: `the first one is in ${first}` }] },
      )
    }
    for (const seed of seeds) check("seed", seed.name, seed.file, { start: 0, end: 0 })
    for (const model of models) check("model", model.name, model.place.file, model.place.span)
    for (const source of sources) check("source", source.name, source.place.file, source.place.span)
  }
}

/** The layers under a model's header: `models:` by tag, folder, name, then its execution file. */
class Layers {
  private readonly byName = new Map<string, YamlValue>()
  private readonly byFolder: (readonly [folder: string, value: YamlValue])[] = []
  private readonly byTag = new Map<string, YamlValue>()
  private readonly entries: readonly YamlEntry[]
  private readonly used = new Set<YamlValue>()

  constructor(
    models: YamlValue | undefined,
    private readonly execution: ReadonlyMap<string, ModelSettings>,
  ) {
    this.entries = models?.entries() ?? []
    for (const { key, value } of this.entries) {
      if (key.startsWith("tag:")) this.byTag.set(key.slice(4), value)
      else if (key.endsWith("/")) this.byFolder.push([key, value])
      else this.byName.set(key, value)
    }
    this.byFolder.sort(([a], [b]) => a.length - b.length)
  }

  /** Entries that were of no model. */
  unused(): YamlEntry[] {
    return this.entries.filter(({ value }) => !this.used.has(value))
  }

  of(written: WrittenModel): ModelSettings {
    const named = this.byName.get(written.name)
    const read = (value: YamlValue, key: string) => {
      this.used.add(value)
      return readSettings(value, written.name, `\`models: ${key}\``)
    }
    const folders = this.byFolder
      .filter(
        ([folder]) =>
          written.source.file.includes(`/${folder}`) || written.source.file.startsWith(folder),
      )
      .map(([folder, value]) => read(value, folder))
    const own = named ? [read(named, written.name)] : []
    const tags = new Set([...folders, ...own, written.header].flatMap((layer) => layer.tags ?? []))
    const tagged = [...this.byTag]
      .filter(([tag]) => tags.has(tag))
      .map(([tag, value]) => read(value, `tag:${tag}`))
    return overlay([
      ...tagged,
      ...folders,
      ...own,
      this.execution.get(written.name) ?? {},
      written.header,
    ])
  }
}

function modelOf(written: WrittenModel, settings: ModelSettings): Model {
  const { target, schema, grain, partitionBy, description } = settings
  return {
    name: written.name,
    place: { file: written.source.file, span: written.nameSpan },
    source: written.source,
    sql: written.sql,
    tags: settings.tags ?? [],
    materialization: settings.materialization ?? "auto",
    keys: settings.keys ?? [],
    foreignKeys: settings.foreignKeys ?? [],
    allowStar: settings.allowStar ?? false,
    columns: settings.columns ?? [],
    tests: settings.tests ?? [],
    params: settings.params ?? [],
    ...(settings.contract ? { contract: settings.contract } : {}),
    ...(written.yaml ? { header: written.yaml } : {}),
    diagnostics: written.diagnostics,
    ...(description === undefined ? {} : { description }),
    ...(target === undefined ? {} : { target }),
    ...(schema === undefined ? {} : { schema }),
    ...(grain === undefined ? {} : { grain }),
    ...(partitionBy === undefined ? {} : { partitionBy }),
  }
}

function testFileOf(source: SourceText): TestFile {
  const [written] = readModelFile(source)
  const sql = written?.sql ?? { start: 0, end: source.text.length }
  return {
    name: written?.name ?? source.file,
    source,
    sql,
    severity: "error",
    tags: [],
    diagnostics: written?.diagnostics ?? [],
  }
}

function readTargets(value: YamlValue | undefined): Target[] {
  return (value?.entries() ?? []).flatMap(({ key: name, keySpan, value: body }) => {
    const settings: Record<string, string | number | boolean> = {}
    for (const [key, value] of body.fields(KEYS.target, `target \`${name}\``)) {
      const setting = value.scalar()
      if (
        typeof setting === "string" ||
        typeof setting === "number" ||
        typeof setting === "boolean"
      )
        settings[key] = setting
    }
    const { type, schema } = settings
    if (typeof type !== "string") return body.bad("a `type` such as duckdb") ?? []
    const place = { file: value?.place.file ?? CONFIG, span: keySpan }
    return [{ name, type, settings, schema: String(schema ?? "main"), place }]
  })
}

function readLevels(value: YamlValue | undefined): Record<string, LevelSetting> {
  const levels: Record<string, LevelSetting> = {}
  for (const { key, keySpan, value: body } of value?.entries() ?? []) {
    if (!isAdjustable(key)) {
      if (isCode(key)) body.bad(`to be left out: the level of \`${key}\` is fixed`)
      else value?.unknownKey(key, keySpan, adjustableCodes(), "`levels`")
      continue
    }
    // `off` without quotes is a boolean in YAML 1.1, a word in 1.2.
    const level = body.scalar() === false ? "off" : body.oneOf(["error", "warn", "off"] as const)
    if (level === undefined) continue
    levels[key] = level
  }
  return levels
}
