import { declaredTests, type DataTest, type Place } from "./catalog/project.js"
import type { Deployment } from "./deployment.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import type { Driver } from "./engine/driver.js"
import type { Plans } from "./pipeline.js"
import { refusal } from "./refusal.js"
import { SourceFiles } from "./source-files.js"
import type { CheckedText } from "./session.js"
import { sameName } from "./base/names.js"

export interface Faults {
  /** By the name of what they keep from running. */
  readonly faults: Map<string, Diagnostic>
  readonly warnings: readonly Diagnostic[]
}

/**
 * What keeps models, seeds and tests from running: errors in their texts, sources whose files are not as declared,
 * relations that the run does not make and the target does not have.
 */
export async function faultsOf(
  deployment: Deployment,
  driver: Driver,
  selected: ReadonlySet<string>,
): Promise<Faults> {
  const { project, checked } = deployment
  const files = new SourceFiles(deployment, driver)
  const standing = new Standing(deployment, driver, selected)
  const faults = new Map<string, Diagnostic>()
  const found = (name: string, fault: Diagnostic | undefined) => {
    if (fault) faults.set(name, fault)
  }
  for (const { name, diagnostics } of project.seeds)
    if (selected.has(name)) found(name, diagnostics[0])
  for (const [name, text] of checked.texts) {
    if (!selected.has(name)) continue
    const error = text.diagnostics.find(({ level }) => level === "error")
    const ofSources = error ?? (await files.faultOfTexts(deployment.textsIn(name)))
    found(name, ofSources ?? (await standing.faultOfText(text)))
  }
  for (const test of declaredTests(project).filter(({ name }) => selected.has(name))) {
    const source = project.sources.find(({ tests }) => tests.includes(test))
    const ofSource = source && (await files.faultOfSource(source))
    found(test.name, ofSource ?? (await standing.faultOfTest(test)))
  }
  return { faults, warnings: await files.warnings() }
}

/** The models and seeds that a run reads and does not make. */
class Standing {
  private readonly known = new Map<string, Promise<boolean>>()

  constructor(
    private readonly deployment: Deployment,
    private readonly driver: Driver,
    private readonly made: ReadonlySet<string>,
  ) {}

  async faultOfText(text: CheckedText): Promise<Diagnostic | undefined> {
    const { name, source, sql } = text.text
    const missing = await this.missing(this.deployment.needsOf(name))
    if (missing === undefined) return undefined
    const reference = text.names?.dependencies.find((one) => sameName(one.name, missing))
    const span = reference?.span ?? { start: sql.start, end: sql.start }
    return this.report(missing, { file: source.file, span })
  }

  async faultOfTest(test: DataTest): Promise<Diagnostic | undefined> {
    const missing = await this.missing(this.deployment.needsOfTest(test))
    return missing === undefined ? undefined : this.report(missing, test.place)
  }

  private async missing(names: readonly string[]): Promise<string | undefined> {
    for (const name of names) if (!this.made.has(name) && !(await this.stands(name))) return name
    return undefined
  }

  private stands(name: string): Promise<boolean> {
    const path = this.deployment.pathOfRelation(name)
    const known = this.known.get(name)
    if (known || !path) return known ?? Promise.resolve(true)
    const found = this.driver.has(path)
    this.known.set(name, found)
    return found
  }

  private report(name: string, { file, span }: Place): Diagnostic | undefined {
    const { project, target } = this.deployment
    const text = project.texts.get(file)
    const isSeed = project.seeds.some((seed) => sameName(seed.name, name))
    const [what, hint] = isSeed
      ? [`seed \`${name}\` is not loaded`, "`smelt build` or `smelt seed` loads it"]
      : [`model \`${name}\` is not built`, `\`smelt build +${name}\` builds it`]
    const sink = text && new Sink(text)
    sink?.report("not-built", span, { what, target: target.name, hint })
    return sink?.diagnostics[0]
  }
}

/** Incremental models that the analysis refuses, by name, each with the construct at fault. */
export function refusalsOf(
  { project, checked }: Deployment,
  plans: Plans,
  selected: ReadonlySet<string>,
): Map<string, Diagnostic> {
  const found = new Map<string, Diagnostic>()
  for (const model of project.models) {
    if (!selected.has(model.name) || model.materialization !== "incremental") continue
    const refused = checked.texts.get(model.name)?.failed
      ? undefined
      : refusal(model, plans, project, checked)
    if (refused) found.set(model.name, refused)
  }
  return found
}

/** The models that nothing keeps from running: neither a fault of their own nor one of what they read. */
export function runnable(
  { checked }: Deployment,
  selected: ReadonlySet<string>,
  faults: ReadonlyMap<string, Diagnostic>,
): ReadonlySet<string> {
  const stopped = new Set(faults.keys())
  for (const name of stopped)
    for (const child of checked.dag.children.get(name) ?? []) stopped.add(child)
  return new Set([...selected].filter((name) => !stopped.has(name)))
}
