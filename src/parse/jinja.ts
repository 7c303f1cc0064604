import type { Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"

export interface Jinja {
  readonly span: Span
  readonly instead: string
  /** Where one text can take the place of the other. */
  readonly fixes: readonly ReportedFix[]
}

/** What smelt has for a piece of Jinja: in words, and the text that takes its place. */
interface Form {
  readonly instead: string
  readonly text?: string
  readonly title?: string
}

const STRING = String.raw`\s*(['"])(.*?)\1\s*`
const REF = new RegExp(String.raw`^\{\{-?\s*ref\(${STRING}\)\s*-?\}\}$`)
const SOURCE = new RegExp(String.raw`^\{\{-?\s*source\(${STRING},\s*(['"])(.*?)\3\s*\)\s*-?\}\}$`)
const VARIABLE = new RegExp(String.raw`^\{\{-?\s*var\(${STRING}\)\s*-?\}\}$`)
const CONFIG = /^\{\{-?\s*config\(\s*([\s\S]*?)\s*\)\s*-?\}\}$/
const INCREMENTAL = /\{%-?\s*if\s+is_incremental\(\)\s*-?%\}[\s\S]*?\{%-?\s*endif\s*-?%\}/g
const ANY = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g

/** Every Jinja expression, statement and comment of a model, with what smelt has in its place. */
export function findJinja(text: string, { start, end }: Span): Jinja[] {
  const sql = text.slice(start, end)
  if (!/\{[{%#]/.test(sql)) return []
  const found: Jinja[] = []
  const add = (from: number, length: number, { instead, text, title }: Form) => {
    const span = { start: start + from, end: start + from + length }
    if (found.some((other) => span.start < other.span.end && other.span.start < span.end)) return
    const edits = text === undefined ? [] : [{ span, text }]
    const said = title ?? (text === "" ? "remove it" : `change to ${text ?? ""}`)
    const fixes = edits.length === 0 ? [] : [{ title: said, kind: "equivalent" as const, edits }]
    found.push({ span, instead, fixes })
  }
  for (const block of sql.matchAll(INCREMENTAL))
    add(block.index, block[0].length, {
      instead: "nothing: smelt derives what an incremental run reads",
      text: "",
    })
  for (const piece of sql.matchAll(ANY)) {
    const isFirst = text.slice(0, start + piece.index).trim() === ""
    add(piece.index, piece[0].length, smeltForm(piece[0], isFirst))
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

function smeltForm(piece: string, isFirst: boolean): Form {
  const ref = REF.exec(piece)
  if (ref) return call(`smelt.ref('${ref[2]}')`)
  const source = SOURCE.exec(piece)
  if (source) return call(`smelt.source('${source[2]}.${source[4]}')`)
  const config = CONFIG.exec(piece)
  if (config) {
    const instead = "the keys of config(…) in the model's header, between `---` lines"
    const header = isFirst ? headerOf(config[1] ?? "") : undefined
    return header === undefined
      ? { instead }
      : { instead, text: header, title: "write it as a header" }
  }
  if (/^\{\{-?\s*this\b/.test(piece)) return { instead: "nothing: a model never reads itself" }
  const variable = VARIABLE.exec(piece)
  if (variable)
    return {
      ...call(`smelt.param('${variable[2]}')`),
      instead: "smelt.param('…'), declared in smelt.yml",
    }
  if (piece.startsWith("{#"))
    return { instead: "an SQL comment: -- …", text: `/*${piece.slice(2, -2)}*/` }
  return { instead: "plain SQL: a model has no template language" }
}

function call(form: string): Form {
  return { instead: form, text: form }
}

/** Arguments of config(…) that a header has too. */
const KEYS: Readonly<Record<string, string>> = {
  materialized: "materialization",
  tags: "tags",
  schema: "schema",
}

/** The header that says what the arguments say; undefined where smelt has no word for one of them. */
function headerOf(args: string): string | undefined {
  const lines: string[] = []
  const rest = args.replace(
    /(\w+)\s*=\s*(?:(['"])([\w -]+)\2|\[([\w '",-]*)\])\s*(?:,\s*|$)/g,
    (whole, name: string, _, text: string | undefined, list: string | undefined) => {
      const key = KEYS[name]
      const isKnown = key !== undefined && (key !== "materialization" || text !== "incremental")
      if (!isKnown) return whole
      lines.push(`${key}: ${text ?? `[${(list ?? "").replace(/['"]/g, "")}]`}`)
      return ""
    },
  )
  return rest.trim() === "" && lines.length > 0 ? ["---", ...lines, "---"].join("\n") : undefined
}
