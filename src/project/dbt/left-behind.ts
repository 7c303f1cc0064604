import type { SourceText, Span } from "../../base/span.js"
import type { Carrying } from "./carrying.js"
import { entriesOf, fieldsOf } from "./carrying.js"
import type { DbtFolder, Paths } from "./folder.js"
import type { SettledTargets } from "./profile.js"

/** Keys of dbt_project.yml that are read, or say nothing that smelt would have to know. */
const KNOWN: ReadonlySet<string> = new Set(
  `name version config-version profile model-paths source-paths seed-paths data-paths test-paths analysis-paths macro-paths snapshot-paths
  docs-paths asset-paths target-path log-path packages-install-path clean-targets require-dbt-version models seeds vars`.split(
    /\s+/,
  ),
)

/** Files that smelt has nothing for: where they are, how they end, what each is called, and the way out. */
const FILES: readonly (readonly [keyof Paths, string, string, string])[] = [
  ["models", ".py", "a Python model", "a model is a query"],
  ["macros", ".sql", "this file of macros", "a model calls no macros: write their SQL out"],
  ["snapshots", ".sql", "this snapshot", "smelt keeps no history of rows"],
  ["snapshots", ".yml", "this file of snapshots", "smelt keeps no history of rows"],
  ["analyses", ".sql", "this analysis", "`smelt show` runs a model; smelt has no analyses"],
]

/** Reports what a dbt project has and smelt does not carry, apart from what single models say. */
export function reportLeftBehind(
  folder: DbtFolder,
  targets: SettledTargets,
  carrying: Carrying,
): void {
  reportSections(folder, carrying)
  reportVariables(folder, carrying)
  reportTargets(folder, targets, carrying)
  for (const [kind, extension, what, hint] of FILES)
    for (const file of folder.files.list(folder.paths[kind], extension)) {
      const source = folder.files.read(file)
      if (kind !== "macros" || !carrying.macros.areAllPlain(source))
        reportFile(source, what, hint, carrying)
    }
  for (const file of ["packages.yml", "dependencies.yml"])
    if (folder.files.has(file))
      reportFile(
        folder.files.read(file),
        "this list of packages",
        "packages are not read: write out what models take of them",
        carrying,
      )
}

/** A file as a whole is not carried. */
export function reportFile(
  source: SourceText,
  what: string,
  hint: string,
  carrying: Carrying,
): void {
  carrying.notCarried(what, { source, span: firstLine(source.text) }, hint)
}

function reportSections({ source, entries }: DbtFolder, carrying: Carrying): void {
  for (const { key, keySpan } of entries)
    if (!KNOWN.has(key)) carrying.notCarried(`\`${key}\``, { source, span: keySpan }, wayOutOf(key))
}

function reportVariables({ source, fields, name }: DbtFolder, carrying: Carrying): void {
  const vars = fields.get("vars")
  const own = entriesOf(fieldsOf(vars).get(name))
  const others = entriesOf(vars).filter(({ key }) => key !== name)
  for (const { key, keySpan, value } of [...others, ...own])
    if (value.isList || value.isMap)
      carrying.notCarried(`variable \`${key}\``, { source, span: keySpan }, "a param is one value")
}

function reportTargets(
  { source, fields }: DbtFolder,
  { targets, target, isFound }: SettledTargets,
  carrying: Carrying,
): void {
  const where = { source, span: fields.get("profile")?.span ?? firstLine(source.text) }
  const names = Object.keys(targets)
  if (names.length > 1 && !names.includes("dev"))
    carrying.notCarried(
      `the default target \`${target}\``,
      where,
      "smelt takes `dev`, else the only one: say `--target`, or call it `dev` in smelt.yml",
    )
  if (!isFound)
    carrying.notCarried(
      "the profile",
      where,
      `no DuckDB target was found; \`dev\` of smelt.yml is the file ${targets.dev?.database ?? ""}`,
    )
}

/** The way out for whole sections. */
export function wayOutOf(key: string): string {
  const ways: Readonly<Record<string, string>> = {
    "on-run-start": "run its statements before `smelt build`",
    "on-run-end": "run its statements after `smelt build`",
    snapshots: "smelt keeps no history of rows",
    macros: "a model calls no macros",
    unit_tests: "a test is a query whose rows are failures",
    exposures: "nothing here reads them",
    metrics: "the metrics layer is not in this version",
    semantic_models: "the metrics layer is not in this version",
    tests: "`severity` and `where` stand beside each test",
    data_tests: "`severity` and `where` stand beside each test",
  }
  return ways[key] ?? "nothing here reads it"
}

function firstLine(text: string): Span {
  const end = text.search(/\r?\n|$/)
  return { start: 0, end }
}
