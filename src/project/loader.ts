import { SourceText } from "../base/span.js"
import type { Model, Project, Seed, Target, TestFile } from "../catalog/project.js"
import { adjustableCodes, isAdjustable, isCode } from "../diagnostics/catalog.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import { Sink, type LevelSetting } from "../diagnostics/sink.js"
import { KEYS } from "./keys.js"
import type { ProjectFiles } from "./files.js"
import { Layers } from "./layers.js"
import type { WrittenModel } from "./model-files.js"
import { targetOf, type ModelSettings } from "./model-settings.js"
import { readParams } from "./params.js"
import { readSeed } from "./seeds.js"
import { readSources } from "./sources.js"
import { warnOfFile, warnOfFolder, warnOfSetting } from "./unread.js"
import { YamlFile, type YamlValue } from "./yaml.js"

export const CONFIG = "smelt.yml"
const NOWHERE = { start: 0, end: 0 }

/** Reads every file of a project, once. A user's fault is in `diagnostics`, of the project or of the model. */
export class Loader {
  private readonly texts = new Map<string, SourceText>()
  private readonly diagnostics: Diagnostic[] = []
  /** The models that execution files are of. */
  private readonly executed: YamlValue[] = []

  private layers = new Layers(undefined, new Map())

  constructor(
    private readonly files: ProjectFiles,
    private readonly modelsOf: (source: SourceText) => readonly WrittenModel[],
  ) {}

  load(): Project {
    const isThere = this.files.has(CONFIG)
    const source = isThere ? this.read(CONFIG) : new SourceText(CONFIG, "")
    const sink = this.sink(source)
    if (!isThere)
      sink.report("config-missing", NOWHERE, {
        folder: this.files.directory,
        what: "a project that builds at once",
      })
    const config = YamlFile.read(source, sink)
    const fields = config?.fields(KEYS[CONFIG], CONFIG) ?? new Map<string, YamlValue>()
    const name = fields.get("name")?.text()
    if (isThere && config && name === undefined)
      sink.report("missing-key", config.span, { where: CONFIG, key: "name" })
    if (isThere && config && !fields.has("targets"))
      sink.report("missing-key", config.span, { where: CONFIG, key: "targets" })
    const levels = readLevels(fields.get("levels"))
    const warnings = new Sink(source, levels, this.texts, this.diagnostics)
    const paths = (key: string, standard: string) =>
      this.folders(fields.get(key), standard, warnings)

    this.layers = new Layers(fields.get("models"), this.executionFiles())
    const folders = paths("model_paths", "models")
    const models = this.files.list(folders, ".sql").flatMap((file) => this.models(this.read(file)))
    for (const model of this.executed)
      if (!models.some(({ name }) => name === model.text())) model.bad("the name of a model")
    const seeds = this.seeds(paths("seed_paths", "seeds"), fields.get("seeds"))
    const sources = this.yamlFiles(paths("source_paths", "sources")).flatMap(readSources)
    for (const file of this.yamlFiles(paths("metric_paths", "metrics")))
      for (const entry of file.entries()) entry.value.notYet("the metrics layer")
    const params = fields.get("params")
    const project: Project = {
      directory: this.files.directory,
      name: name ?? "",
      targets: readTargets(fields.get("targets")),
      levels,
      params: readParams(params),
      models,
      sources,
      seeds,
      testFiles: this.files
        .list(paths("test_paths", "tests"), ".sql")
        .map((file) => this.test(this.read(file))),
      texts: this.texts,
      diagnostics: this.diagnostics,
    }
    this.refuseDuplicates(project)
    for (const entry of this.layers.unused()) warnOfSetting(entry, models, warnings)
    for (const file of this.files.list(folders, ".yml", ".yaml"))
      if (!this.texts.has(file))
        warnOfFile(this.read(file), new Sink(this.read(file), levels, this.texts, this.diagnostics))
    return project
  }

  /** The models of a file under the settings of this load. */
  models(source: SourceText): Model[] {
    return this.modelsOf(source).map((written) => modelOf(written, this.layers.of(written)))
  }

  test(source: SourceText): TestFile {
    const [written] = this.modelsOf(source)
    return testFileOf(source, written)
  }

  /** The folders that a key names; those by default need not be there. */
  private folders(value: YamlValue | undefined, standard: string, warnings: Sink): string[] {
    if (!value) return [standard]
    const folders = value.texts()
    for (const folder of folders) if (!this.files.has(folder)) warnOfFolder(folder, value, warnings)
    return folders
  }

  private read(file: string): SourceText {
    const source = this.files.read(file)
    this.texts.set(file, source)
    return source
  }

  private sink(source: SourceText): Sink {
    return new Sink(source, {}, this.texts, this.diagnostics)
  }

  private yamlFiles(folders: readonly string[]): YamlValue[] {
    return this.files.list(folders, ".yml", ".yaml").flatMap((file) => {
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
    const seeds = this.files.list(folders, ".csv").map((file) => {
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

  private refuseDuplicates({ models, seeds, sources, testFiles }: Project): void {
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
    for (const seed of seeds) check("seed", seed.name, seed.file, NOWHERE)
    for (const model of models) check("model", model.name, model.place.file, model.place.span)
    for (const { name, source } of testFiles) check("test", name, source.file, NOWHERE)
    for (const source of sources) check("source", source.name, source.place.file, source.place.span)
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

function testFileOf(source: SourceText, written: WrittenModel | undefined): TestFile {
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
