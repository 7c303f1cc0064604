import { nearest } from "../base/suggest.js"

/** What may be written at a place of a file, the likeliest first. */
export interface Completions {
  /** What the items replace, as offsets: the word around the caret, or nothing. */
  readonly start: number
  readonly end: number
  readonly items: readonly CompletionItem[]
  /** There are more than these: another letter may bring others. */
  readonly isIncomplete: boolean
}

export type CompletionKind =
  | "column"
  | "field"
  | "variable"
  | "alias"
  | "cte"
  | "model"
  | "seed"
  | "source"
  | "param"
  | "window"
  | "function"
  | "argument"
  | "type"
  | "date-part"
  | "keyword"
  | "setting"
  | "value"

/** One of them; the fields are those of the Language Server Protocol. */
export interface CompletionItem {
  /** As it is shown; unlike that of every other item. */
  readonly label: string
  readonly kind: CompletionKind
  /** A column's type with its nullability, a function's signature, what a name stands for. */
  readonly detail?: string
  /** Where it comes from: the relation or alias of a column. */
  readonly description?: string
  /** What the letters that are typed are compared with, where that is not the label. */
  readonly filterText?: string
  /** Orders items as the list does. */
  readonly sortText: string
  readonly edit: { readonly start: number; readonly end: number; readonly text: string }
}

/** An item before it has its place: `write` gives what is written, where that is not the label. */
export interface Candidate {
  readonly label: string
  readonly kind: CompletionKind
  readonly write?: () => string
  readonly detail?: string
  readonly description?: string
  readonly filterText?: string
  /** Where what is replaced begins, if before the word. */
  readonly start?: number
}

/** Names in sight before functions before keywords. */
const RANKS: Readonly<Record<CompletionKind, number>> = {
  argument: 0,
  variable: 0,
  column: 0,
  field: 0,
  window: 0,
  param: 0,
  "date-part": 0,
  setting: 0,
  value: 0,
  alias: 1,
  cte: 1,
  model: 2,
  seed: 2,
  source: 2,
  type: 3,
  function: 4,
  keyword: 5,
}

/** How many letters a word must have for another that is like it, or that has them somewhere, to be meant. */
const TELLING = 3
/** What people call by long names. */
const OWN: ReadonlySet<CompletionKind> = new Set<CompletionKind>([
  "column",
  "field",
  "model",
  "seed",
  "source",
  "setting",
])

/**
 * The candidates that the letters before the caret can stand for: those that begin with them, then those of which
 * another word does, then those that have them somewhere; else the one that is most like them. In each of these groups by
 * kind, and then as they came.
 */
export function ranked(
  candidates: readonly Candidate[],
  prefix: string,
  span: { readonly start: number; readonly end: number },
): Completions {
  const typed = prefix.toLowerCase()
  const isMeant = (kind: CompletionKind) => OWN.has(kind) || typed.length >= TELLING
  const found = once(candidates)
    .map((candidate, i) => ({ candidate, i, fit: fitOf(candidate, typed) }))
    .filter(({ fit, candidate: { kind } }) => fit < MIDDLE || (fit === MIDDLE && isMeant(kind)))
    .sort((a, b) => a.fit - b.fit || RANKS[a.candidate.kind] - RANKS[b.candidate.kind] || a.i - b.i)
    .map(({ candidate }) => candidate)
  const near = found.length === 0 ? misspelled(candidates, prefix) : undefined
  const shown = near ? [near] : found.slice(0, MOST)
  return {
    ...span,
    isIncomplete: found.length > shown.length,
    items: shown.map(({ write, start, ...rest }, i) => ({
      ...rest,
      sortText: String(i).padStart(5, "0"),
      edit: { start: start ?? span.start, end: span.end, text: write?.() ?? rest.label },
    })),
  }
}

const MIDDLE = 2
const UNLIKE = 3
/** A longer list is of no use to anybody. */
const MOST = 500

function fitOf({ label, filterText = label }: Candidate, typed: string): number {
  const name = filterText.toLowerCase()
  const at = name.indexOf(typed)
  if (at < 0) return UNLIKE
  if (at === 0) return 0
  const isWord = at > 0 && !/[a-z0-9]/.test(name[at - 1] ?? "")
  return isWord || name.includes(`_${typed}`) || name.includes(`.${typed}`) ? 1 : MIDDLE
}

/** The first of those that are shown alike. */
function once(candidates: readonly Candidate[]): Candidate[] {
  const labels = new Set<string>()
  return candidates.filter(({ label }) => {
    const key = label.toLowerCase()
    return labels.has(key) ? false : labels.add(key)
  })
}

/** The one that begins most like the word, or is most like it. */
function misspelled(candidates: readonly Candidate[], prefix: string): Candidate | undefined {
  if (prefix.length < TELLING) return undefined
  const nameOf = ({ label, filterText = label }: Candidate) => filterText
  const whole = nearest(prefix, candidates.map(nameOf))
  if (whole !== undefined) return candidates.find((candidate) => nameOf(candidate) === whole)
  const beginningOf = (candidate: Candidate) => nameOf(candidate).slice(0, prefix.length + 1)
  const near = nearest(prefix, candidates.map(beginningOf))
  return candidates.find((candidate) => beginningOf(candidate) === near)
}
