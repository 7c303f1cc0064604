import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { backends, LATER_BACKENDS } from "../../backends/index.js"
import { nearest, orThese } from "../../base/suggest.js"
import {
  declaredTests,
  type Model,
  type Param,
  type Project,
  type Target,
} from "../../catalog/project.js"
import { check } from "../../compile.js"
import type { Checked } from "../../session.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import { EngineError, type Backend } from "../../engine/driver.js"
import { findProject, interpolate, isValue, loadProject } from "../../project/index.js"
import { show } from "../../types/type.js"
import { select, type Edges, type Selectable, type Selection } from "../../resolve/selectors.js"
import type { Options } from "../options.js"
import { placeless, UsageError, usage } from "../outcome.js"

/** The project of a command line. Throws UsageError where smelt.yml or another YAML file has errors. */
export function openProject(options: Options): Project {
  const from = options.projectDir ?? process.cwd()
  if (!isFolder(from)) throw usage("bad-flag", { problem: `--project-dir: no folder \`${from}\`` })
  const directory = findProject(from)
  if (directory === undefined)
    throw usage("config-missing", {
      folder: from,
      what: existsSync(join(from, "dbt_project.yml"))
        ? "one for the dbt project there"
        : "a project that builds at once",
    })
  const project = loadProject(directory)
  if (project.diagnostics.some(isError)) throw new UsageError(project.diagnostics, project.texts)
  if (options.target !== undefined) targetOf(project, options)
  return inOneTarget(withParams(project, options), options)
}

/** The params with the values of this run. Throws UsageError for a name that is none, or a value of another type. */
function withParams(project: Project, { params: given }: Options): Project {
  if (given.size === 0) return project
  const names = [...project.params, ...project.models.flatMap(({ params }) => params)].map(
    ({ name }) => name,
  )
  for (const name of given.keys())
    if (!names.includes(name))
      throw usage("unknown-param", {
        name,
        hint: orThese(nearest(name, names), "there are", names),
      })
  const valued = (params: readonly Param[]) =>
    params.map((param) => {
      const value = given.get(param.name)
      if (value === undefined) return param
      if (isValue(value, param.type)) return { ...param, value }
      const problem = `--param ${param.name} needs a value of type ${show(param.type)}, found \`${value}\``
      throw usage("bad-flag", { problem })
    })
  const models = project.models.map((model) => ({ ...model, params: valued(model.params) }))
  return { ...project, params: valued(project.params), models }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

/** A model that names a target of its own runs there: in this version, only where that is the run's. */
function inOneTarget(project: Project, options: Options): Project {
  const elsewhere = ({ target }: Model) =>
    target !== undefined && target.name !== nameOfTarget(project, options)
  if (!project.models.some(elsewhere)) return project
  const models = project.models.map((model) =>
    elsewhere(model) ? { ...model, diagnostics: wrongTarget(model, project) } : model,
  )
  return { ...project, models }
}

function wrongTarget({ name, target, diagnostics }: Model, project: Project): Diagnostic[] {
  const text = target && project.texts.get(target.place.file)
  if (!target || !text) return [...diagnostics]
  const sink = new Sink(text, {}, project.texts, [...diagnostics])
  if (project.targets.some((one) => one.name === target.name))
    sink.report("not-yet", target.place.span, {
      what: `a target of its own (\`${target.name}\`) for model \`${name}\``,
      hint: `; a run is in one target: \`--target ${target.name}\``,
    })
  else
    sink.report("unknown-target", target.place.span, {
      name: target.name,
      hint: hintOf(target.name, project),
    })
  return sink.diagnostics
}

export interface Opened {
  readonly project: Project
  readonly checked: Checked
}

/** The checked project; a cycle is a fault of the whole, and so is what YAML declares of nothing. */
export function openChecked(
  options: Options,
  checkProject: (project: Project) => Checked = check,
): Opened {
  const project = openProject(options)
  const checked = checkProject(project)
  const faults = [...checked.dag.diagnostics, ...checked.faults]
  if (faults.length > 0) throw new UsageError(faults, project.texts)
  return { project, checked }
}

/** The target of a command line: `--target`, else `dev`, else the only one. */
export function targetOf(project: Project, options: Options): Target {
  const name = nameOfTarget(project, options)
  const found = project.targets.find((target) => target.name === name)
  if (found) return found
  throw usage("unknown-target", { name, hint: hintOf(name, project) })
}

function nameOfTarget({ targets }: Project, options: Options): string {
  const [only, ...others] = targets
  return options.target ?? (only && others.length === 0 ? only.name : "dev")
}

function hintOf(name: string, { targets }: Project): string {
  const names = targets.map((target) => target.name)
  const near = nearest(name, names)
  return near === undefined
    ? `; it has ${names.join(", ") || "none"}`
    : `; did you mean \`${near}\`?`
}

/** The engine of a target, loaded. Throws UsageError, at the target, for a type that this version cannot run. */
export async function backendOf(target: Target, { texts }: Project): Promise<Backend> {
  const load = backends.get(target.type)
  if (load) return load()
  const what = `target \`${target.name}\` of type \`${target.type}\``
  const hint = LATER_BACKENDS.has(target.type)
    ? "; duckdb is"
    : `; known types are ${[...backends.keys()].join(", ")}`
  const text = texts.get(target.place.file)
  if (!text) throw usage("not-yet", { what, hint })
  const sink = new Sink(text)
  sink.report("not-yet", target.place.span, { what, hint })
  throw new UsageError(sink.diagnostics, texts)
}

/** Settings with `${ENV}` replaced. Throws UsageError where one is not set. */
export function settingsOf(project: Project, target: Target): Target["settings"] {
  const { settings, diagnostics } = interpolate(project, target, process.env)
  if (diagnostics.length > 0) throw new UsageError(diagnostics, project.texts)
  return settings
}

/**
 * Names that `--select` and `--exclude` leave: of models, seeds, sources and tests. A declared test goes with
 * what it is declared of. Throws UsageError for a selector that matches nothing.
 */
export function selectedNames(
  project: Project,
  checked: Checked,
  options: Options,
): ReadonlySet<string> {
  const nodes = selectables(project)
  const edges = edgesOf(checked)
  const chosen = select(options.select, nodes, edges)
  const left = options.exclude.length === 0 ? NONE : select(options.exclude, nodes, edges)
  const [unknown] = [...chosen.unknown, ...left.unknown]
  if (unknown !== undefined) throw unknownSelector(unknown, nodes)
  const [selector] = chosen.disjoint
  if (selector !== undefined)
    throw usage("unknown-selector", { selector, hint: "; a comma asks for what both sides match" })
  const excluded = withTests(left.names, project)
  return new Set([...withTests(chosen.names, project)].filter((name) => !excluded.has(name)))
}

function withTests(names: ReadonlySet<string>, project: Project): ReadonlySet<string> {
  const tests = declaredTests(project).filter(({ of }) => names.has(of.name))
  return new Set([...names, ...tests.map(({ name }) => name)])
}

/** What each node reads, and what reads it: the DAG with its sources. */
function edgesOf({ dag, session }: Checked): Edges {
  const parents = new Map(dag.parents)
  const children = new Map(dag.children)
  for (const [name, sources] of session.sourcesRead()) {
    parents.set(name, [...(parents.get(name) ?? []), ...sources])
    for (const source of sources) children.set(source, [...(children.get(source) ?? []), name])
  }
  return { parents, children }
}

const NONE: Selection = { names: new Set(), unknown: [], disjoint: [] }
const FORMS =
  "a selector is a name, tag:NAME or path:FOLDER, with + before or after it or @ before it"

function unknownSelector(selector: string, nodes: readonly Selectable[]): UsageError {
  if (/^[@\d+]*state:/.test(selector))
    return usage("not-yet", { what: `selector \`${selector}\``, hint: "" })
  const what = selector.replace(/^[@\d+]+|\+\d*$/g, "")
  const near = nearest(
    what,
    nodes.map(({ name }) => name),
  )
  const why = notSelected(what, nodes) ?? (near && `did you mean \`${near}\`?`)
  const hint = why?.endsWith("?") ? `; ${why}` : `; ${why === undefined ? "" : `${why}; `}${FORMS}`
  return usage("unknown-selector", { selector, hint })
}

/** What was meant by a word that selects nothing, where that shows. */
function notSelected(what: string, nodes: readonly Selectable[]): string | undefined {
  if (nodes.some(({ file }) => file === what || file.startsWith(`${what}/`)))
    return `write path:${what}`
  if (what.startsWith("tag:")) {
    const tags = [...new Set(nodes.flatMap((node) => node.tags))]
    return tags.length === 0 ? "nothing has a tag" : `the tags are ${tags.join(", ")}`
  }
  return what.includes("*") ? "`*` stands for nothing here" : undefined
}

/** The name as it is written, without regard to case. Throws UsageError where there is none. */
export function namedAmong(nodes: readonly { readonly name: string }[], word: string): string {
  const names = nodes.map(({ name }) => name)
  const found = names.find((name) => name.toLowerCase() === word.toLowerCase())
  if (found !== undefined) return found
  const near = nearest(word, names)
  const hint = near === undefined ? "; `smelt ls` lists them" : `; did you mean \`${near}\`?`
  throw usage("unknown-ref", { what: "model, seed or source", name: word, hint })
}

function selectables(project: Project): Selectable[] {
  const { models, seeds, sources, testFiles } = project
  return [
    ...models.map(({ name, place, tags }) => ({ name, file: place.file, tags })),
    ...seeds,
    ...sources.map(({ name, place, tags }) => ({ name, file: place.file, tags })),
    ...testFiles.map(({ name, source, tags }) => ({ name, file: source.file, tags })),
    ...declaredTests(project).map(({ name, place }) => ({ name, file: place.file, tags: [] })),
  ]
}

/** A connection that could not be opened, as a fault of the configuration. */
export function connectionFault(error: unknown, target: Target): UsageError {
  if (!(error instanceof EngineError)) throw error
  const database = String(target.settings.database ?? ":memory:")
  if (error.kind === "locked")
    return new UsageError([
      placeless("database-locked", { database, holder: error.holder ?? "unknown" }),
    ])
  return new UsageError([
    placeless("connection-failed", { target: target.name, problem: error.message }),
  ])
}

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.level === "error"
}
