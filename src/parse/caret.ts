import type { Span } from "../base/span.js"
import type { Name, Node, Statement } from "../syntax/ast.js"
import type { AnyNode } from "../syntax/walk.js"
import { desugar } from "./desugar.js"
import { keywordsAfter } from "./expectations.js"
import { END, lex, OPERATOR, QUOTED, STRING, WORD, type Tokens } from "./lexer.js"
import { QueryParser } from "./query.js"

// What may be written at a place of a text, finished or not. The parser reads the text up to there with a name
// at its end, which says what a name would be there, and then the whole text with that name in its place, which
// says what is in sight of it.

/** What the name at a caret would be; `qualifier` is what stands before it: `o` in `o.|`. */
export type Wanted =
  /** Something new, or no name at all. */
  | { readonly kind: "nothing" }
  | { readonly kind: "type" | "date-part" | "window" | "using" }
  /** A value: a column, a field, a function. `in`: the call whose argument it begins. */
  | { readonly kind: "value"; readonly qualifier: readonly string[]; readonly in?: Called }
  | { readonly kind: "column" | "table"; readonly qualifier: readonly string[] }
  /** A field of what the node with this id is. */
  | { readonly kind: "field"; readonly of: number }
  /** What a text means as an argument. */
  | { readonly kind: "text"; readonly in: Called }

export interface Called {
  readonly name: readonly string[]
  /** The number of the argument. */
  readonly argument: number
  /** The names of the arguments that have one. */
  readonly named: readonly string[]
}

export interface Caret {
  /** What a completion replaces: the word around the caret, the inside of the quotes around it, or nothing. */
  readonly span: Span
  /** What of it stands before the caret. */
  readonly prefix: string
  /** A name in double quotes. */
  readonly isQuoted: boolean
  /** `(` follows. */
  readonly isCalled: boolean
  /** The keywords that the parser takes here. */
  readonly keywords: readonly string[]
  readonly wanted: Wanted
  /** The statement around the caret, with a name at it, as later stages read it. */
  readonly statement: Statement | undefined
  /** The nodes around the caret, from the statement to the name or the text at it. */
  readonly around: readonly AnyNode[]
}

/**
 * What may stand at `caret` in a stretch of a text. Undefined inside of comments, numbers, operators and texts that
 * are no argument. Never throws.
 */
export function caretIn(text: string, stretch: Span, caret: number): Caret | undefined {
  const place = placeOf(text, stretch, caret)
  if (!place) return undefined
  const { tokens, at, span, isText } = place
  const upTo = readNamed(text, cut(tokens, at + 1, caret), at)
  const wanted = upTo.isRefused ? NOTHING : wantedAt(upTo.around)
  if (isText && wanted.kind !== "text" && wanted.kind !== "date-part") return undefined
  const isWord = tokens.kinds[at] === WORD
  const { statement, around } = readNamed(text, tokens, at)
  return {
    span,
    prefix: text.slice(span.start, caret),
    isQuoted: tokens.kinds[at] === QUOTED,
    isCalled: tokens.spellings[at + 1] === "(",
    keywords: isWord ? keywordsAfter(text, tokens, at) : [],
    wanted,
    statement,
    around,
  }
}

// -------------------------------------------------------------------------------------------- tokens

interface Place {
  /** Those of the whole stretch, with a name or a text at the caret. */
  readonly tokens: Tokens
  /** The number of that token. */
  readonly at: number
  /** What a completion replaces. */
  readonly span: Span
  readonly isText: boolean
}

/** The tokens around the caret. */
function placeOf(text: string, stretch: Span, caret: number): Place | undefined {
  const tokens = lex(text, stretch.start, stretch.end)
  if (tokens.comments.some((comment) => isInComment(text, comment, caret))) return undefined
  if (tokens.errors.some(({ start, problem }) => start < caret && isOpenComment(problem)))
    return undefined
  const at = tokens.ends.findIndex((end, i) => end >= caret && tokens.kinds[i] !== END)
  const [kind, start, end] = [tokens.kinds[at], tokens.starts[at], tokens.ends[at]]
  if (kind === undefined || start === undefined || end === undefined || start >= caret)
    return withName(tokens, at < 0 ? tokens.count - 1 : at, { start: caret, end: caret })
  if (kind === WORD) return withName(tokens, at, { start, end }, 1)
  if (kind === QUOTED || kind === STRING)
    return caret < end || isOpen(tokens, start)
      ? inQuotes(text, stretch, tokens, at, caret)
      : after()
  return kind === OPERATOR && end === caret ? after() : undefined

  function after(): Place {
    return withName(tokens, at + 1, { start: caret, end: caret })
  }
}

/** A line comment goes on behind its end. */
function isInComment(text: string, { start, end }: Span, caret: number): boolean {
  return start < caret && (caret < end || (caret === end && text.startsWith("--", start)))
}

function isOpenComment(problem: string): boolean {
  return problem === "this comment is not closed"
}

function isOpen({ errors }: Tokens, start: number): boolean {
  return errors.some((error) => error.start === start && error.problem.endsWith("is not closed"))
}

/** The tokens with a name, which is no word of the grammar, for `replaced` of them. */
function withName(tokens: Tokens, at: number, span: Span, replaced = 0): Place {
  const list = <T>(all: readonly T[], one: T) => all.toSpliced(at, replaced, one)
  return {
    tokens: {
      ...tokens,
      kinds: list(tokens.kinds, WORD),
      starts: list(tokens.starts, span.start),
      ends: list(tokens.ends, span.end),
      spellings: list(tokens.spellings, ""),
      count: tokens.count + 1 - replaced,
    },
    at,
    span,
    isText: false,
  }
}

/**
 * A quoted name or a text around the caret. Where a quote of the text is not closed, it is taken for this one, which
 * then ends with the word at the caret.
 */
function inQuotes(
  text: string,
  stretch: Span,
  tokens: Tokens,
  at: number,
  caret: number,
): Place | undefined {
  const [kind = END, start = 0, end = 0] = [tokens.kinds[at], tokens.starts[at], tokens.ends[at]]
  const isText = kind === STRING
  if (isText && text[start] !== "'") return undefined
  const isTorn = tokens.errors.some(({ problem }) => problem.endsWith("is not closed"))
  if (!isTorn) return { tokens, at, span: { start: start + 1, end: end - 1 }, isText }
  const word = /^[\w.]*/.exec(text.slice(caret, stretch.end))?.[0].length ?? 0
  const close = caret + word
  const rest = lex(text, close, stretch.end)
  const join = <T>(before: readonly T[], one: T, after: readonly T[]) => [
    ...before.slice(0, at),
    one,
    ...after,
  ]
  return {
    tokens: {
      kinds: join(tokens.kinds, kind, rest.kinds),
      starts: join(tokens.starts, start, rest.starts),
      ends: join(tokens.ends, close, rest.ends),
      spellings: join(tokens.spellings, "", rest.spellings),
      count: at + 1 + rest.count,
      comments: [],
      errors: rest.errors,
    },
    at,
    span: { start: start + 1, end: close },
    isText,
  }
}

/** The first `count` tokens. */
function cut(tokens: Tokens, count: number, end: number): Tokens {
  const list = <T>(all: readonly T[], last: T) => [...all.slice(0, count), last]
  return {
    kinds: list(tokens.kinds, END),
    starts: list(tokens.starts, Math.max(end, tokens.ends[count - 1] ?? end)),
    ends: list(tokens.ends, Math.max(end, tokens.ends[count - 1] ?? end)),
    spellings: list(tokens.spellings, ""),
    count: count + 1,
    comments: [],
    errors: [],
  }
}

// --------------------------------------------------------------------------------------------- trees

interface Read {
  /** What stands at the token is a mistake there. */
  readonly isRefused: boolean
  readonly statement: Statement | undefined
  readonly around: readonly AnyNode[]
}

/** The statement that the token is in, and the nodes around this. */
function readNamed(text: string, tokens: Tokens, at: number): Read {
  const parser = new NotingParser(text, tokens, at)
  const statements = parser.statements()
  const { isRefused } = parser
  const [start = 0, end = 0] = [tokens.starts[at], tokens.ends[at]]
  const isIt = ({ id, kind, span }: AnyNode) =>
    parser.noted === undefined
      ? kind === "literal" && span.start === start
      : id === parser.noted && kind === "name"
  for (const statement of statements) {
    const around = pathTo(statement, isIt)
    if (around.length > 0) return { statement: desugar(statement), around, isRefused }
  }
  const statement = statements.findLast(({ span }) => span.start <= start)
  const around = statement ? enclosing(statement, { start, end }) : []
  return { statement: statement && desugar(statement), around, isRefused }
}

/** Notes which name a token became. */
class NotingParser extends QueryParser {
  noted: number | undefined
  isRefused = false

  constructor(
    source: string,
    tokens: Tokens,
    private readonly place: number,
  ) {
    super(source, tokens)
  }

  private note(isHere: boolean, name: Name): Name {
    if (isHere) this.noted = name.id
    return name
  }

  protected override fail(...args: Parameters<QueryParser["fail"]>): void {
    this.isRefused ||= this.at === this.place
    super.fail(...args)
  }

  protected override takeName(): Name {
    return this.note(this.at === this.place, super.takeName())
  }

  protected override takeString(): Name {
    return this.note(this.at === this.place, super.takeString())
  }
}

/** The nodes from `node` down to the one that is wanted, in the fields that a walk visits; none where it is not there. */
function pathTo(node: Node, isIt: (node: AnyNode) => boolean): readonly AnyNode[] {
  const path: AnyNode[] = []
  const go = (value: object): boolean => {
    const isNode = "kind" in value && "id" in value && "span" in value
    if (isNode) path.push(value as AnyNode)
    if (isNode && isIt(value as AnyNode)) return true
    for (const [key, field] of Object.entries(value))
      if (key !== "span" && typeof field === "object" && field !== null && go(field as object))
        return true
    if (isNode) path.pop()
    return false
  }
  return go(node) ? path : []
}

/** The nodes around a place that no name stands at. */
function enclosing(node: Node, { start, end }: Span): readonly AnyNode[] {
  const holds = (one: AnyNode) => one.span.start <= start && end <= one.span.end
  const path: AnyNode[] = []
  const go = (value: object): void => {
    const isNode = "kind" in value && "id" in value && "span" in value
    if (isNode && !holds(value as AnyNode)) return
    if (isNode) path.push(value as AnyNode)
    for (const [key, field] of Object.entries(value))
      if (key !== "span" && typeof field === "object" && field !== null) go(field as object)
  }
  go(node)
  return path
}

// -------------------------------------------------------------------------------------------- wanted

const NOTHING: Wanted = { kind: "nothing" }

/** What the name or the text at the end of this path is. */
function wantedAt(around: readonly AnyNode[]): Wanted {
  const node = around.at(-1)
  const parent = around.at(-2)
  if (!node || !parent) return NOTHING
  if (node.kind === "literal") {
    const called = calledBy(around.slice(0, -1), node)
    return called ? { kind: "text", in: called } : NOTHING
  }
  const has = (field: string) => holdsName(parent, field, node)
  switch (parent.kind) {
    case "column-ref":
      return valueOf(around, namesBefore(parent, "path", node))
    case "call":
      return has("over") ? { kind: "window" } : valueOf(around, namesBefore(parent, "name", node))
    case "table-name":
    case "show":
      return has("path") ? { kind: "table", qualifier: namesBefore(parent, "path", node) } : NOTHING
    case "type-name":
      return { kind: "type" }
    case "pivot-column":
      return { kind: "type" }
    case "extract":
      return { kind: "date-part" }
    case "window-spec":
      return { kind: "window" }
    case "field":
      return fieldOf(parent)
    case "join":
      return has("using") ? { kind: "using" } : NOTHING
    case "star":
      return has("exclude") ? columnOf(node) : NOTHING
    case "rename":
      return has("column") ? columnOf(node) : NOTHING
    case "pivot":
    case "pivot-query":
      return has("groupBy") ? columnOf(node) : NOTHING
    default:
      return NOTHING
  }
}

function fieldOf(field: AnyNode): Wanted {
  const { operand } = field as AnyNode & { readonly operand?: Node }
  return operand ? { kind: "field", of: operand.id } : NOTHING
}

/** A name of a column, with those before it where there are any. */
function columnOf(node: AnyNode): Wanted {
  const { before = [] } = node as AnyNode & { readonly before?: readonly Name[] }
  return { kind: "column", qualifier: before.map(({ text }) => text) }
}

function valueOf(around: readonly AnyNode[], qualifier: readonly string[]): Wanted {
  const value = around.at(-2)
  const called = value && qualifier.length === 0 ? calledBy(around.slice(0, -2), value) : undefined
  return called ? { kind: "value", qualifier, in: called } : { kind: "value", qualifier }
}

/** The call that a node is an argument of, as a whole. */
function calledBy(around: readonly AnyNode[], node: AnyNode): Called | undefined {
  const [call, argument] = around.slice(-2)
  if (call?.kind !== "call" || argument?.kind !== "argument") return undefined
  const { name, args } = call as AnyNode & {
    readonly name: readonly Name[]
    readonly args: readonly { readonly id: number; readonly name?: Name; readonly value: Node }[]
  }
  const index = args.findIndex(({ id }) => id === argument.id)
  const found = args[index]
  if (!found || found.value.id !== node.id || found.name) return undefined
  const named = args.flatMap((one) => one.name?.text ?? [])
  return { name: name.map(({ text }) => text.toLowerCase()), argument: index, named }
}

function namesBefore(parent: AnyNode, field: string, node: Node): readonly string[] {
  const names = namesIn(parent, field)
  return names
    .slice(
      0,
      names.findIndex(({ id }) => id === node.id),
    )
    .map(({ text }) => text)
}

function holdsName(parent: AnyNode, field: string, node: Node): boolean {
  return namesIn(parent, field).some(({ id }) => id === node.id)
}

function namesIn(parent: AnyNode, field: string): readonly Name[] {
  const value = (parent as unknown as Readonly<Record<string, Name | readonly Name[] | undefined>>)[
    field
  ]
  return value === undefined ? [] : Array.isArray(value) ? value : [value as Name]
}
