import type { Span } from "../base/span.js"
import type { FixKind, ReportedFix } from "../diagnostics/diagnostic.js"
import {
  constantOf,
  hasJinja,
  incrementalBlock,
  jinjaPieces,
  jinjaPlaces,
  textArguments,
  type JinjaExpr,
  type JinjaPlace,
} from "../syntax/jinja.js"

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
  readonly kind?: FixKind
}

/** Every Jinja expression, statement and comment of a model, with what smelt has in its place; comments of SQL may hold any. */
export function findJinja(text: string, stretch: Span): Jinja[] {
  if (!hasJinja(text.slice(stretch.start, stretch.end))) return []
  const pieces = jinjaPieces(text, stretch)
  const places = jinjaPlaces(text, pieces)
  const found: Jinja[] = []
  for (let i = 0; i < pieces.length; i++) {
    const [piece, place] = [pieces[i], places[i]]
    if (!piece || !place || place === "comment" || place === "line-comment") continue
    const { span } = piece
    const block = incrementalBlock(pieces, i)
    if (block) {
      found.push(blockForm(block))
      i = block.last
    } else if (piece.kind === "output") {
      const isFirst = text.slice(0, span.start).trim() === ""
      found.push(formed(span, outputForm(piece.expr, isFirst, place)))
    } else if (piece.kind === "statement") found.push(formed(span, TEMPLATE))
    else if (piece.kind === "comment")
      found.push(formed(span, commentForm(text, piece.body, place)))
  }
  return found
}

const TEMPLATE: Form = { instead: "plain SQL: a model has no template language" }

function formed(span: Span, { instead, text, title, kind = "equivalent" }: Form): Jinja {
  if (text === undefined) return { span, instead, fixes: [] }
  const said = title ?? (text === "" ? "remove it" : `change to ${text}`)
  return { span, instead, fixes: [{ title: said, kind, edits: [{ span, text }] }] }
}

/** `{% if is_incremental() %}`: what stands there for all rows is kept. */
function blockForm({ dropped, kept }: NonNullable<ReturnType<typeof incrementalBlock>>): Jinja {
  const [first, last] = [dropped[0], dropped.at(-1)]
  const span = { start: first?.start ?? 0, end: last?.end ?? 0 }
  const title = kept ? "keep what stands there for all rows" : "remove it"
  const edits = dropped.map((one) => ({ span: one, text: "" }))
  return {
    span,
    instead: "nothing: smelt derives what an incremental run reads",
    fixes: [{ title, kind: "equivalent", edits }],
  }
}

function outputForm(expr: JinjaExpr, isFirst: boolean, place: JinjaPlace): Form {
  const call = expr.kind === "call" ? expr.name : undefined
  const isCode = place === "code"
  const [ref, moreRefs] = textArguments(expr, "ref") ?? []
  if (ref !== undefined && moreRefs === undefined) return written(`smelt.ref('${ref}')`, isCode)
  const [source, table, more] = textArguments(expr, "source") ?? []
  if (source !== undefined && table !== undefined && more === undefined)
    return written(`smelt.source('${source}.${table}')`, isCode)
  if (expr.kind === "call" && call === "config") {
    const instead = "the keys of config(…) in the model's header, between `---` lines"
    const header = isFirst ? headerOf(expr) : undefined
    return header === undefined ? { instead } : { instead, ...header }
  }
  if (expr.kind === "name" && /^this\b/.test(expr.name))
    return { instead: "nothing: a model never reads itself" }
  const [variable, otherwise] = textArguments(expr, "var") ?? []
  if (variable !== undefined && otherwise === undefined)
    return {
      ...written(`smelt.param('${variable}')`, isCode),
      instead: "smelt.param('…'), declared in smelt.yml",
    }
  return TEMPLATE
}

/** A call of smelt: within quotes it would be text. */
function written(form: string, isCode: boolean): Form {
  return isCode ? { instead: form, text: form } : { instead: `${form}, outside of the quotes` }
}

function commentForm(text: string, { start, end }: Span, place: JinjaPlace): Form {
  const instead = "an SQL comment: -- …"
  return place === "code" ? { instead, text: `/*${text.slice(start, end)}*/` } : { instead }
}

/** Arguments of config(…) that a header has too. */
const KEYS: Readonly<Record<string, string>> = {
  materialized: "materialization",
  tags: "tags",
  schema: "schema",
}

/** The header that says what the arguments say; undefined where smelt has no word for one of them. */
function headerOf({
  named,
  args,
}: Extract<JinjaExpr, { kind: "call" }>): Omit<Form, "instead"> | undefined {
  const lines = named.map(({ name, value }) => {
    const [key, found] = [KEYS[name], constantOf(value)]
    if (key === "materialization" && found === "incremental") return undefined
    const texts = (Array.isArray(found) ? found : [found]) as readonly unknown[]
    const areWords = texts.every((one) => typeof one === "string" && /^[\w -]+$/.test(one))
    if (key === undefined || !areWords) return undefined
    return `${key}: ${Array.isArray(found) ? `[${texts.join(", ")}]` : String(found)}`
  })
  if (lines.length === 0 || args.length > 0 || lines.includes(undefined)) return undefined
  // dbt appends a schema of the model's own to the target's.
  const kind = named.some(({ name }) => name === "schema") ? "changes-meaning" : "equivalent"
  return { text: ["---", ...lines, "---"].join("\n"), title: "write it as a header", kind }
}
