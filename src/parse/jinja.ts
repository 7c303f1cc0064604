import type { Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"

export interface Jinja {
  readonly span: Span
  readonly instead: string
  readonly fix: ReportedFix
}

const STRING = String.raw`\s*(['"])(.*?)\1\s*`
const REF = new RegExp(String.raw`^\{\{-?\s*ref\(${STRING}\)\s*-?\}\}$`)
const SOURCE = new RegExp(String.raw`^\{\{-?\s*source\(${STRING},\s*(['"])(.*?)\3\s*\)\s*-?\}\}$`)
const INCREMENTAL = /\{%-?\s*if\s+is_incremental\(\)\s*-?%\}[\s\S]*?\{%-?\s*endif\s*-?%\}/g
const ANY = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g

/** Every Jinja expression, statement and comment of a model, with what smelt has in its place. */
export function findJinja(text: string, { start, end }: Span): Jinja[] {
  const sql = text.slice(start, end)
  if (!/\{[{%#]/.test(sql)) return []
  const found: Jinja[] = []
  const covered: Span[] = []
  const add = (from: number, length: number, instead: string, replacement: string) => {
    const span = { start: start + from, end: start + from + length }
    if (covered.some((other) => span.start < other.end && other.start < span.end)) return
    covered.push(span)
    const title = replacement === "" ? "remove it" : `change to ${replacement}`
    found.push({
      span,
      instead,
      fix: { title, kind: "equivalent", edits: [{ span, text: replacement }] },
    })
  }
  for (const block of sql.matchAll(INCREMENTAL))
    add(block.index, block[0].length, "nothing: smelt derives what an incremental run reads", "")
  for (const piece of sql.matchAll(ANY)) {
    const [instead, replacement] = smeltForm(piece[0])
    add(piece.index, piece[0].length, instead, replacement)
  }
  return found.sort((a, b) => a.span.start - b.span.start)
}

/** What to write in words, and the text that takes the place. */
function smeltForm(piece: string): readonly [instead: string, replacement: string] {
  const ref = REF.exec(piece)
  if (ref) return both(`smelt.ref('${ref[2]}')`)
  const source = SOURCE.exec(piece)
  if (source) return both(`smelt.source('${source[2]}.${source[4]}')`)
  if (/^\{\{-?\s*config\(/.test(piece))
    return ["the keys of config(…) in the model's header, between `---` lines", ""]
  if (/^\{\{-?\s*this\b/.test(piece)) return ["nothing: a model never reads itself", ""]
  if (/^\{\{-?\s*var\(/.test(piece)) return ["smelt.param('…'), declared in smelt.yml", ""]
  if (piece.startsWith("{#")) return ["an SQL comment: -- …", `/*${piece.slice(2, -2)}*/`]
  return ["plain SQL: a model has no template language", ""]
}

function both(form: string): readonly [string, string] {
  return [form, form]
}
