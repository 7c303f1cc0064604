/** A term: an operator and its children; a leaf has none. Written as an S-expression. */
export interface Term {
  readonly op: string
  readonly children: readonly Term[]
}

export function leaf(op: string): Term {
  return { op, children: [] }
}

const texts = new WeakMap<Term, string>()

export function showTerm(term: Term): string {
  const known = texts.get(term)
  if (known !== undefined) return known
  const { op, children } = term
  const word = /[\s()|;]/.test(op) || op === "" ? `|${op.replaceAll("|", "||")}|` : op
  const text = children.length === 0 ? word : `(${[word, ...children.map(showTerm)].join(" ")})`
  texts.set(term, text)
  return text
}

/** An S-expression with the place of everything in it. */
export type Sexp =
  | { readonly kind: "word"; readonly text: string; readonly start: number; readonly end: number }
  | {
      readonly kind: "list"
      readonly items: readonly Sexp[]
      readonly start: number
      readonly end: number
    }

/** A fault in a rule text or term: where it is, by offsets and by line and column from 1, and what is wanted there. */
export class RuleSyntaxError extends Error {
  override readonly name = "RuleSyntaxError"
  constructor(
    readonly what: string,
    readonly start: number,
    readonly end: number,
    readonly line?: number,
    readonly column?: number,
  ) {
    super(line === undefined ? what : `line ${line}, column ${column}: ${what}`)
  }
}

/** Runs a reader of a text, so that its faults say their line and column. */
export function placed<T>(text: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof RuleSyntaxError) || error.line !== undefined) throw error
    const { what, start, end } = error
    const { line, column } = placeIn(text, start)
    throw new RuleSyntaxError(what, start, end, line, column)
  }
}

export function placeIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") }
}

/** The expressions of a text; `;` begins a comment, `|…|` quotes a word (`||` is one bar). */
export function readSexps(text: string): Sexp[] {
  const open: { items: Sexp[]; start: number }[] = [{ items: [], start: 0 }]
  const token = /\s+|;[^\n]*|[()]|\|(?:[^|]|\|\|)*\||[^\s()|;]+/y
  let at = 0
  while (at < text.length) {
    token.lastIndex = at
    const found = token.exec(text)?.[0]
    if (found === undefined)
      throw new RuleSyntaxError("a quoted word is not closed", at, text.length)
    const [start, end] = [at, at + found.length]
    at = end
    if (found === "(") open.push({ items: [], start })
    else if (found === ")") {
      const list = open.pop()
      const above = open.at(-1)
      if (!list || !above) throw new RuleSyntaxError("`)` without `(`", start, end)
      above.items.push({ kind: "list", items: list.items, start: list.start, end })
    } else if (!/^[\s;]/.test(found)) {
      const word = found.startsWith("|") ? found.slice(1, -1).replaceAll("||", "|") : found
      open.at(-1)?.items.push({ kind: "word", text: word, start, end })
    }
  }
  const last = open.at(-1)
  if (open.length > 1 && last)
    throw new RuleSyntaxError("`(` is not closed", last.start, text.length)
  return open[0]?.items ?? []
}

export function readTerm(text: string): Term {
  return placed(text, () => {
    const [only, more] = readSexps(text)
    if (!only) throw new RuleSyntaxError("a term is wanted, found nothing", 0, text.length)
    if (more)
      throw new RuleSyntaxError("one term is wanted, with nothing after it", more.start, more.end)
    return termOf(only)
  })
}

export function termOf(sexp: Sexp): Term {
  if (sexp.kind === "word") return leaf(sexp.text)
  const [head, ...rest] = sexp.items
  if (head?.kind !== "word")
    throw new RuleSyntaxError("an operator is wanted after `(`", sexp.start, sexp.end)
  return { op: head.text, children: rest.map(termOf) }
}
