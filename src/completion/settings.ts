import type { Span } from "../base/span.js"
import type { Model, TestFile } from "../catalog/project.js"
import { adjustableCodes } from "../diagnostics/catalog.js"
import { CHANGES, FORMATS, GRAINS, KEYS, MATERIALIZATIONS, RHYTHMS } from "../project/keys.js"
import type { Checked } from "../session.js"
import type { Candidate, Completions } from "./item.js"
import { ranked } from "./item.js"
import { outputColumns } from "./query.js"
import { types } from "./vocabulary.js"

/** Keys under a path of keys; `*` is a name that the user gives. */
type Shape = readonly (readonly [path: string, keys: readonly string[]])[]

const OF_COLUMNS = (path: string): Shape => [[`${path}columns.*`, KEYS.column]]
const OF_MODEL = (path: string): Shape => [
  [path.slice(0, -1), KEYS.model],
  ...OF_COLUMNS(path),
  [`${path}params.*`, KEYS.param],
  [`${path}foreign_keys`, KEYS.foreignKey],
]

const HEADER: Shape = OF_MODEL("")
const CONFIGURATION: Shape = [
  ["", KEYS["smelt.yml"]],
  ["levels", adjustableCodes()],
  ["targets.*", KEYS.target],
  ["params.*", KEYS.param],
  ["models.*", KEYS.model.filter((key) => key !== "name")],
  ...OF_MODEL("models.*."),
  ["seeds.*", KEYS.seed],
  ...OF_COLUMNS("seeds.*."),
]
const SOURCES: Shape = [
  ["", ["sources"]],
  ["sources.*", KEYS.source],
  ...OF_COLUMNS("sources.*."),
  ["sources.*.foreign_keys", KEYS.foreignKey],
  ["sources.*.freshness", ["warn_after", "error_after"]],
]

/** What may be written at an offset of the YAML above a query. */
export function completionsInHeader(
  model: Model | TestFile,
  header: Span,
  offset: number,
  checked: Checked,
): Completions {
  return inYaml(model.source.text, header, offset, HEADER, valuesOf(checked, model))
}

/** What may be written at an offset of smelt.yml or of a file of sources; undefined for other files. */
export function completionsInYaml(
  file: string,
  text: string,
  offset: number,
  checked: Checked,
): Completions | undefined {
  if (!/\.ya?ml$/.test(file)) return undefined
  const whole = { start: 0, end: text.length }
  if (file === "smelt.yml") return inYaml(text, whole, offset, CONFIGURATION, valuesOf(checked))
  const isSources = /^sources:/m.test(text) || /(?:^|\/)sources\//.test(file)
  return isSources ? inYaml(text, whole, offset, SOURCES, valuesOf(checked)) : undefined
}

/** What may be written in a comment above a query: `-- @materialize: daily`. */
export function completionsInAnnotation(
  model: Model | TestFile,
  offset: number,
  checked: Checked,
): Completions | undefined {
  const { text } = model.source
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset)
  const [, key = "", colon, value = ""] =
    /^[ \t]*--[ \t]*@(\w*)(?:(:)[ \t]*(\w*))?$/.exec(line) ?? []
  if (!line.includes("@") || (key === "" && colon !== undefined)) return undefined
  if (!/^[ \t]*--[ \t]*@/.test(line)) return undefined
  const written = colon === undefined ? key : value
  const found = colon === undefined ? settings(ANNOTATIONS) : valuesOf(checked, model)(key, "")
  return ranked(found, written, { start: offset - written.length, end: wordEnd(text, offset) })
}

const ANNOTATIONS = ["materialize", "partition_by", "tags", "description"]

// --------------------------------------------------------------------------------------------- values

/** What a key may hold; `path` is that of the keys around it. */
type Values = (key: string, path: string) => readonly Candidate[]

const FIXED: Readonly<Record<string, readonly string[]>> = {
  materialization: MATERIALIZATIONS,
  materialize: [...Object.keys(RHYTHMS), ...MATERIALIZATIONS],
  grain: GRAINS,
  allow_star: ["true", "false"],
  not_null: ["true", "false"],
  contract: ["true", "false"],
  changes: CHANGES,
  format: FORMATS,
  severity: ["error", "warn"],
}

function valuesOf(checked: Checked, model?: Model | TestFile): Values {
  const { project } = checked.session
  return (key, path) => {
    if (path === "levels") return values(["error", "warn", "off"])
    if (key === "type") return path.startsWith("targets") ? [] : types()
    if (key === "target") return values(project.targets.map(({ name }) => name))
    if (key === "partition_by" || key === "key") return model ? outputColumns(model, checked) : []
    if (key === "references") return values(project.sources.map(({ name }) => name))
    return values(FIXED[key] ?? [])
  }
}

function values(words: readonly string[]): readonly Candidate[] {
  return words.map((label) => ({ label, kind: "value" }))
}

function settings(words: readonly string[]): readonly Candidate[] {
  return words.map((label) => ({ label, kind: "setting", write: () => `${label}: ` }))
}

// ---------------------------------------------------------------------------------------------- YAML

function inYaml(
  text: string,
  span: Span,
  offset: number,
  shape: Shape,
  valuesFor: Values,
): Completions {
  const start = Math.max(span.start, text.lastIndexOf("\n", offset - 1) + 1)
  const before = text.slice(start, offset)
  const word = /[\w.-]*$/.exec(before)?.[0] ?? ""
  const replaced = { start: offset - word.length, end: wordEnd(text, offset) }
  const at = placeInLine(before, keysAbove(text.slice(span.start, start), indentOf(before)))
  if (!at) return { ...replaced, isIncomplete: false, items: [] }
  const { path, key, siblings } = at
  const found =
    key === undefined
      ? keysUnder(path, shape, [...siblings, ...keysBeside(text, span, start, before, path)])
      : valuesFor(key, path.join("."))
  const hasColon = key === undefined && text.slice(replaced.end).startsWith(":")
  const shown = hasColon ? found.map(({ write: _, ...one }) => one) : found
  return ranked(shown, word, replaced)
}

interface PlaceInYaml {
  readonly path: readonly string[]
  /** Of the value that is being written; undefined where a key is. */
  readonly key: string | undefined
  /** Keys that a map on this line has already. */
  readonly siblings: readonly string[]
}

/** What is written at the end of a line: a key, or the value of one; in `{ … }` of the line, too. */
function placeInLine(before: string, above: readonly string[]): PlaceInYaml | undefined {
  if (/(?:^|\s)#/.test(before)) return undefined
  const path = [...above]
  let rest = before.replace(/^[\s]*(?:-\s+)?/, "")
  for (;;) {
    const open = /^\s*(?:([^\s:,{}[\]]+):\s*)?\{(.*)$/.exec(rest)
    if (!open || isClosed(open[2] ?? "")) break
    if (open[1] !== undefined) path.push(open[1])
    rest = lastPart(open[2] ?? "")
    const siblings = [...(open[2] ?? "").matchAll(/([\w.]+):/g)].map(([, key = ""]) => key)
    if (/\{/.test(rest)) continue
    return { path, siblings, ...partOf(rest) }
  }
  return { path, siblings: [], ...partOf(rest) }
}

function isClosed(text: string): boolean {
  let open = 1
  for (const character of text) open += character === "{" ? 1 : character === "}" ? -1 : 0
  return open <= 0
}

/** Behind the last comma that is not in brackets. */
function lastPart(text: string): string {
  let [from, open] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i)
    if ("{[".includes(character)) open++
    else if ("}]".includes(character)) open--
    else if (character === "," && open === 0) from = i + 1
  }
  return text.slice(from)
}

function partOf(text: string): { readonly key: string | undefined } {
  const found = /^\s*([^\s:]+):\s+\[?[^{}]*$/.exec(text)
  return { key: found?.[1] }
}

function indentOf(line: string): number {
  return /^ *(?:- +)?/.exec(line)?.[0].length ?? 0
}

/** The keys that a line with this indentation is under, the outermost first. */
function keysAbove(text: string, indent: number): readonly string[] {
  const path: string[] = []
  let within = indent
  for (const line of text.split("\n").toReversed()) {
    const found = /^( *(?:- +)?)([^\s#:][^:]*):/.exec(line)
    if (!found) continue
    const own = (found[1] ?? "").length
    if (own >= within) continue
    path.unshift((found[2] ?? "").trim())
    within = own
  }
  return path
}

/** The other keys of the map that a line is in. */
function keysBeside(
  text: string,
  span: Span,
  start: number,
  before: string,
  path: readonly string[],
): readonly string[] {
  const indent = indentOf(before)
  const lines = text.slice(span.start, span.end).split("\n")
  let at = span.start
  return lines.flatMap((line) => {
    const from = at
    at += line.length + 1
    const key = /^( *(?:- +)?)([^\s#:][^:]*):/.exec(line)
    if (from === start || !key || (key[1] ?? "").length !== indent) return []
    const above = keysAbove(text.slice(span.start, from), indent)
    return above.join(".") === path.join(".") ? [(key[2] ?? "").trim()] : []
  })
}

function keysUnder(
  path: readonly string[],
  shape: Shape,
  taken: readonly string[],
): readonly Candidate[] {
  const keys = shape.find(([pattern]) => isUnder(path, pattern))?.[1] ?? []
  return settings(keys.filter((key) => !taken.includes(key)))
}

function isUnder(path: readonly string[], pattern: string): boolean {
  const parts = pattern === "" ? [] : pattern.split(".")
  return parts.length === path.length && parts.every((part, i) => part === "*" || part === path[i])
}

function wordEnd(text: string, offset: number): number {
  return offset + (/^[\w.-]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0)
}
