import { nearest } from "../base/suggest.js"
import type { Name } from "../syntax/ast.js"
import { END, OPERATOR, QUOTED, WORD, type Tokens } from "./lexer.js"

export interface ParseError {
  readonly code: "syntax" | "nested-too-deeply" | "not-yet"
  readonly start: number
  readonly end: number
  readonly problem: string
  readonly fix?: {
    readonly title: string
    readonly start: number
    readonly end: number
    readonly text: string
  }
}

/** Words that cannot be a name without quotes, since a clause or an operator begins with them. */
export const RESERVED = new Set(
  (
    "ALL AND ANTI ANY AS ASOF BETWEEN BY CASE CAST CROSS DISTINCT ELSE END EXCEPT EXISTS FROM FULL GROUP " +
    "HAVING ILIKE IN INNER INTERSECT INTO IS JOIN LATERAL LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER " +
    "OUTER POSITIONAL QUALIFY RIGHT SELECT SEMI THEN UNION USING WHEN WHERE WINDOW WITH TRUE FALSE"
  ).split(" "),
)

/** Words at which a broken clause ends. */
const CLAUSES = new Set(
  "SELECT FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET UNION EXCEPT INTERSECT WITH".split(
    " ",
  ),
)

const MAX_DEPTH = 400

/** The place in the tokens, the errors so far, and the ids of nodes. */
export class Cursor {
  protected at = 0
  protected nextId = 0
  protected depth = 0
  private lastError = -1
  readonly errors: ParseError[] = []

  constructor(
    protected readonly source: string,
    protected readonly tokens: Tokens,
  ) {
    for (const { start, end, problem } of tokens.errors)
      this.errors.push({ code: "syntax", start, end, problem })
  }

  protected id(): number {
    return this.nextId++
  }

  protected get kind(): number {
    return this.tokens.kinds[this.at] ?? END
  }

  protected get text(): string {
    return this.tokens.texts[this.at] ?? ""
  }

  protected get start(): number {
    return this.tokens.starts[this.at] ?? 0
  }

  /** End of the token before this one. */
  protected get before(): number {
    return this.at === 0 ? this.start : (this.tokens.ends[this.at - 1] ?? 0)
  }

  protected span(start: number) {
    return { start, end: Math.max(start, this.before) }
  }

  protected kindAt(ahead: number): number {
    return this.tokens.kinds[this.at + ahead] ?? END
  }

  protected textAt(ahead: number): string {
    return this.tokens.texts[this.at + ahead] ?? ""
  }

  protected isWord(word: string): boolean {
    return this.text === word && this.kind === WORD
  }

  protected isWordAt(ahead: number, word: string): boolean {
    return this.textAt(ahead) === word && this.kindAt(ahead) === WORD
  }

  protected isOp(op: string): boolean {
    return this.text === op && this.kind === OPERATOR
  }

  protected isOpAt(ahead: number, op: string): boolean {
    return this.textAt(ahead) === op && this.kindAt(ahead) === OPERATOR
  }

  protected acceptWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.at++
    return true
  }

  protected acceptOp(op: string): boolean {
    if (!this.isOp(op)) return false
    this.at++
    return true
  }

  /** One error a place: what follows from it is not reported. */
  protected fail(
    problem: string,
    fix?: ParseError["fix"],
    code: ParseError["code"] = "syntax",
  ): void {
    if (this.lastError === this.at) return
    this.lastError = this.at
    const start = this.start
    const end = this.kind === END ? start : (this.tokens.ends[this.at] ?? start)
    this.errors.push({ code, start, end, problem, ...(fix ? { fix } : {}) })
  }

  protected expected(what: string): void {
    this.fail(`expected ${what}, found ${this.found()}`, this.misspelling(what))
  }

  protected found(): string {
    if (this.kind === END) return "the end of the text"
    return `\`${this.source.slice(this.start, this.tokens.ends[this.at])}\``
  }

  /** A word that is nearly the keyword wanted is probably meant to be it. */
  private misspelling(what: string): ParseError["fix"] {
    if (this.kind !== WORD) return undefined
    const words = what.split(/[ ,]+/).filter((word) => /^[A-Z]+$/.test(word))
    const near = nearest(this.text, words)
    if (near === undefined) return undefined
    const [start, end] = [this.start, this.tokens.ends[this.at] ?? 0]
    return {
      title: `change \`${this.source.slice(start, end)}\` to ${near}`,
      start,
      end,
      text: near,
    }
  }

  protected expectWord(word: string): boolean {
    if (this.acceptWord(word)) return true
    this.expected(word)
    return false
  }

  protected expectOp(op: string): boolean {
    if (this.acceptOp(op)) return true
    this.expected(`\`${op}\``)
    return false
  }

  /** The closing bracket; what stands before it by mistake is skipped. */
  protected close(op: ")" | "]" | "}"): void {
    if (this.acceptOp(op)) return
    this.expected(`\`${op}\``)
    this.skipTo(op)
    this.acceptOp(op)
  }

  /** Skips balanced brackets up to `closer`, a clause, `;` or the end. */
  protected skipTo(closer?: string): void {
    let open = 0
    while (this.kind !== END) {
      if (open === 0 && (this.isOp(";") || (closer !== undefined && this.isOp(closer)))) return
      if (open === 0 && this.kind === WORD && CLAUSES.has(this.text)) return
      if (this.isOp("(") || this.isOp("[") || this.isOp("{")) open++
      else if (this.isOp(")") || this.isOp("]") || this.isOp("}")) {
        if (open === 0) return
        open--
      }
      this.at++
    }
  }

  protected atClause(): boolean {
    return this.kind === END || (this.kind === WORD && CLAUSES.has(this.text))
  }

  /** Runs `parse` one level deeper, or reports that the text is nested too deeply. */
  protected deeper<N>(parse: () => N, otherwise: () => N): N {
    if (this.depth >= MAX_DEPTH) {
      this.fail(`nested too deeply (more than ${MAX_DEPTH} levels)`, undefined, "nested-too-deeply")
      this.at = this.tokens.kinds.length - 1
      return otherwise()
    }
    this.depth++
    const node = parse()
    this.depth--
    return node
  }

  // -------------------------------------------------------------------------------------- names

  protected isName(): boolean {
    return this.kind === QUOTED || (this.kind === WORD && !RESERVED.has(this.text))
  }

  /** Any word, reserved ones too: after a dot, before `=>`. */
  protected isAnyName(): boolean {
    return this.kind === QUOTED || this.kind === WORD
  }

  protected name(what = "a name"): Name {
    if (this.isName()) return this.takeName()
    this.expected(what)
    return {
      kind: "name",
      id: this.id(),
      span: { start: this.before, end: this.before },
      text: "",
      quoted: false,
    }
  }

  protected anyName(what = "a name"): Name {
    return this.isAnyName() ? this.takeName() : this.name(what)
  }

  protected takeName(): Name {
    const start = this.start
    const quoted = this.kind === QUOTED
    const text = quoted ? this.text : this.source.slice(start, this.tokens.ends[this.at])
    this.at++
    return { kind: "name", id: this.id(), span: this.span(start), text, quoted }
  }

  /** `item, item …`; a trailing comma before a clause or a closing bracket is forgiven. */
  protected commaList<N>(item: () => N): N[] {
    const items = [item()]
    while (this.acceptOp(",")) {
      if (this.atClause() || this.isOp(")")) break
      const before = this.at
      items.push(item())
      if (this.at === before) break
    }
    return items
  }
}
