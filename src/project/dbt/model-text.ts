import type { SourceText, Span } from "../../base/span.js"
import {
  constantOf,
  incrementalBlock,
  jinjaPieces,
  jinjaPlaces,
  textArguments,
  type JinjaExpr,
  type JinjaPiece,
  type JinjaPlace,
} from "../../syntax/jinja.js"
import type { Carrying, Setting } from "./carrying.js"

// The text of a model or test with smelt's calls in place of Jinja. What only a template engine can say stays where it
// is, and is reported.

interface Edit {
  readonly span: Span
  readonly text: string
}

/** What the `config(…)` calls of a text say; it is taken out of the text that is carried. */
export function configOf(source: SourceText): readonly Setting[] {
  return jinjaPieces(source.text, whole(source)).flatMap((piece) => {
    if (piece.kind !== "output" || piece.expr.kind !== "call") return []
    const { name, named } = piece.expr
    if (name !== "config") return []
    return named.map(({ name: key, value, span }) => ({
      key,
      value: constantOf(value),
      where: { source, span },
    }))
  })
}

/** The text in smelt's words. */
export function carryText(source: SourceText, carrying: Carrying): string {
  return new TextCarrier(source, carrying).carried()
}

function whole({ text }: SourceText): Span {
  return { start: 0, end: text.length }
}

class TextCarrier {
  private readonly edits: Edit[] = []
  private readonly pieces: readonly JinjaPiece[]
  /** Where each piece stands in the SQL. */
  private readonly places: readonly JinjaPlace[]

  constructor(
    private readonly source: SourceText,
    private readonly carrying: Carrying,
  ) {
    this.pieces = jinjaPieces(source.text, whole(source))
    this.places = jinjaPlaces(source.text, this.pieces)
  }

  carried(): string {
    this.carry(0, this.pieces.length)
    return applied(this.source.text, this.edits)
  }

  /** Carries the pieces from one number to another. */
  private carry(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const piece = this.pieces[i]
      if (!piece) return
      if (piece.kind === "output") this.output(piece.expr, piece.span, i)
      else if (piece.kind === "comment") this.comment(piece.body, piece.span, i)
      else if (piece.kind === "statement") i = this.statement(piece.word, piece.span, i)
      else if (piece.kind === "unclosed")
        this.refuse(piece.span, "a delimiter without its end", "close it")
    }
  }

  private isComment(i: number): boolean {
    return this.places[i] === "comment" || this.places[i] === "line-comment"
  }

  private refuse(span: Span, what: string, hint: string): void {
    this.carrying.notCarried(what, { source: this.source, span }, hint)
  }

  private replace(span: Span, text: string): void {
    this.edits.push({ span, text })
  }

  // ------------------------------------------------------------------------------- expressions

  private output(expr: JinjaExpr, span: Span, i: number): void {
    if (expr.kind === "call" && expr.name === "config") return this.config(expr, span)
    if (this.isComment(i)) return
    if (expr.kind === "call") {
      if (expr.name === "ref") return this.ref(expr, span, i)
      if (expr.name === "source") return this.sourceCall(expr, span, i)
      if (expr.name === "var") return this.variable(expr, span, i)
      const written = this.places[i] === "code" ? this.carrying.macros.expand(expr) : undefined
      if (written !== undefined) return this.replace(span, written)
    }
    const written = this.source.slice(span)
    this.refuse(span, `\`${oneLine(written)}\``, wayOut(expr))
  }

  private config(expr: Extract<JinjaExpr, { kind: "call" }>, span: Span): void {
    for (const { span: at } of expr.args)
      this.refuse(at, "this argument of `config`", "write its keys in the header")
    this.drop(span)
  }

  private ref(expr: Extract<JinjaExpr, { kind: "call" }>, span: Span, i: number): void {
    const names = textArguments(expr, "ref")
    const name = names?.at(-1)
    const isOwn = names?.length === 1 || (names?.length === 2 && names[0] === this.carrying.name)
    if (name === undefined || !isOwn)
      return this.refuse(
        span,
        "this `ref`",
        "only a name of this project's models can be written: smelt.ref('name')",
      )
    if (!this.carrying.relations.has(name))
      return this.refuse(span, `\`${name}\``, "it is no SQL model or seed of this project")
    this.relation(`smelt.ref('${quoted(name)}')`, span, i)
  }

  private sourceCall(expr: Extract<JinjaExpr, { kind: "call" }>, span: Span, i: number): void {
    const [schema, table, more] = textArguments(expr, "source") ?? []
    if (schema === undefined || table === undefined || more !== undefined)
      return this.refuse(span, "this `source`", "write smelt.source('source.table')")
    const name = `${schema}.${table}`
    if (!this.carrying.sources.has(name))
      return this.refuse(span, `source \`${name}\``, "no file of the project declares it")
    this.relation(`smelt.source('${quoted(name)}')`, span, i)
  }

  private relation(call: string, span: Span, i: number): void {
    if (this.places[i] === "text" || this.places[i] === "name")
      return this.refuse(span, "a relation within quotes", `${call} stands in FROM`)
    this.replace(span, call)
  }

  private variable(expr: Extract<JinjaExpr, { kind: "call" }>, span: Span, i: number): void {
    const [first, second] = expr.args
    const name = first && constantOf(first)
    if (typeof name !== "string")
      return this.refuse(span, "this `var`", "write smelt.param('name'), declared in smelt.yml")
    const value = this.carrying.vars.get(name) ?? (second && constantOf(second))
    if (value === undefined || value === null || typeof value === "object")
      return this.refuse(
        span,
        `\`var('${name}')\``,
        "a param needs one value as its default: declare it under `params:` of smelt.yml, and write smelt.param('…')",
      )
    const known = this.carrying.params.get(name)
    if (known !== undefined && known !== value)
      return this.refuse(
        span,
        `this default of \`var('${name}')\``,
        `another one is ${String(known)}, and a param has one default`,
      )
    const call = `smelt.param('${quoted(name)}')`
    const around = { start: span.start - 1, end: span.end + 1 }
    if (this.places[i] === "code") {
      if (typeof value === "string")
        return this.refuse(
          span,
          `\`var('${name}')\``,
          `its text is pasted as SQL, which a param cannot be; write it out, or quote it: ${call}`,
        )
      this.replace(span, call)
    } else if (this.places[i] === "text" && this.isWholeText(around))
      this.replace(around, typeof value === "string" ? call : `CAST(${call} AS VARCHAR)`)
    else
      return this.refuse(span, `\`var('${name}')\` within a text`, `join them: 'text ' || ${call}`)
    this.carrying.params.set(name, value)
  }

  /** Whether a text as written is the piece alone. */
  private isWholeText({ start, end }: Span): boolean {
    const { text } = this.source
    const isOpen = text.charAt(start) === "'" && text.charAt(start - 1) !== "'"
    return isOpen && text.charAt(end - 1) === "'" && text.charAt(end) !== "'"
  }

  // -------------------------------------------------------------------------------- statements

  private comment(body: Span, span: Span, i: number): void {
    if (this.places[i] !== "code") return this.drop(span)
    const text = this.source.slice(body).replace(/[-+]$/, "").replaceAll("*/", "* /")
    this.replace(span, `/*${text}*/`)
  }

  /** Gives the number of the last piece that is done with. */
  private statement(word: string, span: Span, i: number): number {
    const block = incrementalBlock(this.pieces, i)
    if (!block) {
      const written = `\`${oneLine(this.source.slice(span))}\``
      const isWithin = /^(end\w+|else|elif)$/.test(word)
      if (!isWithin && !this.isComment(i))
        this.refuse(span, written, "a model has no template language: write its SQL out")
      return i
    }
    // dbt's first run, which builds all rows, is what every run here is.
    for (const one of block.dropped) this.drop(one)
    if (block.kept) this.carry(...block.kept)
    return block.last
  }

  /** Takes a stretch away, with its line where nothing else stands there. */
  private drop({ start, end }: Span): void {
    const { text } = this.source
    const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start)
    const after = /^[ \t]*(\r?\n|$)/.exec(text.slice(end))?.[0]
    const isLine = before.trim() === "" && after !== undefined
    this.replace(
      isLine ? { start: start - before.length, end: end + after.length } : { start, end },
      "",
    )
  }
}

function wayOut(expr: JinjaExpr): string {
  if (expr.kind === "name" && expr.name === "this") return "a model does not read itself"
  if (expr.kind === "name" && expr.name.startsWith("target."))
    return "write its value; a param of smelt.yml can differ from run to run"
  if (expr.kind === "call")
    return `a model calls no macros: write the SQL that \`${expr.name}\` gives`
  return "write the SQL that it gives"
}

function applied(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const { span, text: by } of edits.toSorted((a, b) => a.span.start - b.span.start)) {
    parts.push(text.slice(at, Math.max(at, span.start)), by)
    at = Math.max(at, span.end)
  }
  return parts.join("") + text.slice(at)
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ")
  return line.length > 60 ? `${line.slice(0, 57)}…` : line
}

function quoted(name: string): string {
  return name.replaceAll("'", "''")
}
