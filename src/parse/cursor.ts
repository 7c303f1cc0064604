import type { Span } from "../base/span.js"
import { nearest } from "../base/suggest.js"
import type { Name } from "../syntax/ast.js"
import { elsewhere } from "./elsewhere.js"
import { END, QUOTED, STRING, WORD, type Tokens } from "./lexer.js"
import { valueOf } from "./literals.js"
import { RESERVED, words, type Operator, type Spelling, type Word } from "./words.js"

export interface ParseError {
  readonly code: "syntax" | "nested-too-deeply"
  readonly start: number
  readonly end: number
  readonly problem: string
  readonly fix?:
    | {
        readonly title: string
        readonly start: number
        readonly end: number
        readonly text: string
      }
    | undefined
  /** It is of another engine, and known: no other change makes sense of it. */
  readonly isForeign?: true
}

/** Words at which a broken clause ends. */
const CLAUSES: ReadonlySet<Spelling> = new Set(
  words(`
    SELECT FROM WHERE GROUP HAVING QUALIFY WINDOW ORDER LIMIT OFFSET FETCH UNION EXCEPT INTERSECT WITH
  `),
)

const MAX_DEPTH = 400

/** The place in the tokens, the errors so far, and the ids of nodes. */
export class Cursor {
  protected at = 0
  protected nextId = 0
  protected depth = 0
  private lastError = -1
  /** Where something was missing last: what it is missing from reaches to there. */
  private reach = 0
  /** A quote or comment is not closed: what is text and what is not, nobody knows. */
  protected readonly isTorn: boolean
  readonly errors: ParseError[] = []

  protected readonly kinds: readonly number[]
  protected readonly starts: readonly number[]
  protected readonly ends: readonly number[]
  protected spellings: readonly Spelling[]

  constructor(
    protected readonly source: string,
    tokens: Tokens,
  ) {
    this.kinds = tokens.kinds
    this.starts = tokens.starts
    this.ends = tokens.ends
    this.spellings = tokens.spellings
    this.isTorn = tokens.errors.some(({ problem }) => problem.endsWith("is not closed"))
    for (const { start, end, problem, fix } of tokens.errors)
      this.errors.push({ code: "syntax", start, end, problem, fix })
  }

  protected id(): number {
    return this.nextId++
  }

  protected get kind(): number {
    return this.kinds[this.at] ?? END
  }

  /** The word of the grammar or the operator that stands here, else "". */
  protected get text(): Spelling {
    return this.spellings[this.at] ?? ""
  }

  protected get start(): number {
    return this.starts[this.at] ?? 0
  }

  /** The end of the token here. */
  protected get end(): number {
    return this.ends[this.at] ?? 0
  }

  /** End of the token before this one. */
  protected get before(): number {
    return this.at === 0 ? this.start : (this.ends[this.at - 1] ?? 0)
  }

  protected span(start: number): Span {
    const { before } = this
    if (before < start) this.reach = start // no token was taken
    return { start, end: before > this.reach ? before : this.reach }
  }

  /** The place of what is missing before the token here. */
  protected gap(): Span {
    this.reach = this.start
    return { start: this.reach, end: this.reach }
  }

  protected kindAt(ahead: number): number {
    return this.kinds[this.at + ahead] ?? END
  }

  protected textAt(ahead: number): Spelling {
    return this.spellings[this.at + ahead] ?? ""
  }

  /** What the literal, the name or the parameter here stands for. */
  protected value(): string {
    return valueOf(this.source, this.kind, this.start, this.end)
  }

  protected isWord(word: Word): boolean {
    return this.text === word
  }

  protected isWordAt(ahead: number, word: Word): boolean {
    return this.textAt(ahead) === word
  }

  /** The word here, to be told apart among `words`: one that is none of them is as good as any other. */
  protected among<W extends Word>(_words: readonly W[]): W {
    return this.text as W
  }

  protected amongAt<W extends Word>(ahead: number, _words: readonly W[]): W {
    return this.textAt(ahead) as W
  }

  protected isOneOfAt(ahead: number, words: ReadonlySet<Spelling>): boolean {
    return words.has(this.textAt(ahead))
  }

  protected isOp(op: Operator): boolean {
    return this.text === op
  }

  protected isOpAt(ahead: number, op: Operator): boolean {
    return this.textAt(ahead) === op
  }

  protected acceptWord(word: Word): boolean {
    if (this.text !== word) return false
    this.at++
    return true
  }

  protected acceptOp(op: Operator): boolean {
    if (this.text !== op) return false
    this.at++
    return true
  }

  /** One error a clause, or an item of a list: what may follow from it is not reported. */
  protected fail(
    problem: string,
    fix?: ParseError["fix"],
    code: ParseError["code"] = "syntax",
  ): void {
    if (this.isTorn || this.isCaused()) return
    this.lastError = this.at
    const start = this.start
    const end = this.kind === END ? start : this.end
    this.errors.push(this.foreign(problem) ?? { code, start, end, problem, fix })
  }

  /** Where the words here are a clause of another engine, what is written instead. */
  private foreign(problem: string): ParseError | undefined {
    if (!/^(?:un)?expected/.test(problem)) return undefined
    const found = elsewhere((ahead) => this.upperAt(ahead))
    if (found === undefined) return undefined
    const start = this.starts[this.at + found.from] ?? this.start
    const end = this.ends[this.at + found.to] ?? this.end
    const { write: text } = found
    const fix = text === undefined ? undefined : { title: `write ${text}`, start, end, text }
    return { code: "syntax", start, end, problem: found.problem, fix, isForeign: true }
  }

  private upperAt(ahead: number): string {
    const at = this.at + ahead
    return this.source.slice(this.starts[at], this.ends[at]).toUpperCase()
  }

  /** Whether no clause and no item of a list has begun since the last error. */
  private isCaused(): boolean {
    if (this.lastError < 0) return false
    for (let i = this.lastError + 1; i <= this.at; i++) {
      const token = this.spellings[i] ?? ""
      if (token === "," || token === ";" || (token !== "" && CLAUSES.has(token))) return false
    }
    return true
  }

  /** The mistake before this token is understood: the next one is another. */
  protected recovered(): void {
    this.lastError = -1
  }

  protected expected(what: string): void {
    this.fail(`expected ${what}, found ${this.found()}`, this.misspelling(what))
  }

  protected found(): string {
    if (this.kind === END) return "the end of the text"
    return `\`${this.source.slice(this.start, this.end)}\``
  }

  /** A word that is nearly the keyword wanted is probably meant to be it. */
  private misspelling(what: string): ParseError["fix"] {
    const { start, end } = this
    const written = this.source.slice(start, end)
    const near = this.keywordNear(what)
    if (near === undefined) return undefined
    return { title: `change \`${written}\` to ${near}`, start, end, text: near }
  }

  /** The keyword among those of `what` that the word here nearly is. */
  protected keywordNear(what: string): string | undefined {
    if (this.kind !== WORD) return undefined
    const words = what.split(/[ ,]+/).filter((word) => /^[A-Z]+$/.test(word))
    const written = this.source.slice(this.start, this.end).toUpperCase()
    return words.includes(written) ? undefined : nearest(written, words)
  }

  /** Takes the misspelled word here for the keyword that it nearly is. */
  protected readAs(word: Word): void {
    this.spellings = this.spellings.with(this.at, word)
    this.recovered()
  }

  protected expectWord(word: Word): boolean {
    if (this.acceptWord(word)) return true
    this.expected(word)
    return false
  }

  protected expectOp(op: Operator): boolean {
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
  protected skipTo(closer?: Operator): void {
    let open = 0
    while (this.kind !== END) {
      if (open === 0 && (this.isOp(";") || (closer !== undefined && this.isOp(closer)))) return
      if (open === 0 && this.text !== "" && CLAUSES.has(this.text)) return
      if (this.isOp("(") || this.isOp("[") || this.isOp("{")) open++
      else if (this.isOp(")") || this.isOp("]") || this.isOp("}")) {
        if (open === 0) return
        open--
      }
      this.skip()
    }
  }

  /** Passes over a token that nothing could be made of. */
  protected skip(): void {
    this.at++
  }

  protected atClause(): boolean {
    if (this.kind === END) return true
    return this.text !== "" && (CLAUSES.has(this.text) || this.atSampleClause())
  }

  protected atSampleClause(): boolean {
    return this.isWord("USING") && this.isWordAt(1, "SAMPLE")
  }

  /** Reports a text that is nested too deeply, and leaves it at its end. */
  protected isTooDeep(): boolean {
    if (this.depth < MAX_DEPTH) return false
    this.tooDeep()
    return true
  }

  protected tooDeep(): void {
    this.fail(`nested too deeply (more than ${MAX_DEPTH} levels)`, undefined, "nested-too-deeply")
    this.at = this.kinds.length - 1
  }

  /** Runs `parse` one level deeper, where that is not too deep. */
  protected deeper<N>(parse: () => N, otherwise: () => N): N {
    if (this.isTooDeep()) return otherwise()
    this.depth++
    const node = parse()
    this.depth--
    return node
  }

  // -------------------------------------------------------------------------------------- names

  protected isName(): boolean {
    const { kind } = this
    if (kind !== WORD) return kind === QUOTED
    return this.text === "" || !RESERVED.has(this.text)
  }

  protected isNameAt(ahead: number): boolean {
    const kind = this.kindAt(ahead)
    if (kind !== WORD) return kind === QUOTED
    const word = this.textAt(ahead)
    return word === "" || !RESERVED.has(word)
  }

  /** A word that is none of the grammar's own elsewhere. */
  protected isNameSpelled(ahead: number, upper: string): boolean {
    return this.upperAt(ahead) === upper
  }

  protected isSameName(ahead: number, other: number): boolean {
    const at = this.at + other
    return this.isNameSpelled(
      ahead,
      this.source.slice(this.starts[at], this.ends[at]).toUpperCase(),
    )
  }

  /** Any word, reserved ones too: after a dot, before `=>`. */
  protected isAnyName(): boolean {
    return this.kind === QUOTED || this.kind === WORD
  }

  /** After a dot: a clause that begins apart from it, as of a name that is half written. */
  protected atNextClause(): boolean {
    return this.start > this.before && this.text !== "" && CLAUSES.has(this.text)
  }

  protected name(what = "a name"): Name {
    return this.isName() ? this.takeName() : this.missingName(what)
  }

  protected missingName(what: string): Name {
    this.expected(what)
    return {
      kind: "name",
      id: this.id(),
      span: this.gap(),
      text: "",
      quoted: false,
    }
  }

  protected anyName(what = "a name"): Name {
    return this.isAnyName() ? this.takeName() : this.name(what)
  }

  /** A name written as a string: `AS 'total'`, `FROM 'file.csv'`. */
  protected takeString(): Name {
    const start = this.start
    const text = this.value()
    this.at++
    return { kind: "name", id: this.id(), span: this.span(start), text, quoted: true }
  }

  protected takeName(): Name {
    const start = this.start
    const quoted = this.kind === QUOTED
    const text = quoted ? this.value() : this.source.slice(start, this.end)
    this.at++
    return { kind: "name", id: this.id(), span: this.span(start), text, quoted }
  }

  protected nameOrString(what: string): Name {
    return this.kind === STRING ? this.takeString() : this.name(what)
  }

  /** `(a, b)` */
  protected nameList(what: string): Name[] {
    this.expectOp("(")
    const names = this.commaList(() => this.nameOrString(what))
    this.close(")")
    return names
  }

  /** `item, item …`; a trailing comma before a clause or a closing bracket is forgiven, as in DuckDB. */
  protected commaList<N>(item: () => N, isEnd: () => boolean = () => false): N[] {
    const items = [item()]
    while (this.acceptOp(",")) {
      if (
        isEnd() ||
        this.atClause() ||
        this.isOp(")") ||
        this.isOp("]") ||
        this.isOp("}") ||
        this.isOp(";") ||
        this.isWord("FOR")
      )
        break
      items.push(item())
    }
    return items
  }

  /** `item, item …` where a comma is to be followed by an item. */
  protected strictList<N>(item: () => N): N[] {
    const items = [item()]
    while (this.acceptOp(",")) items.push(item())
    return items
  }
}
