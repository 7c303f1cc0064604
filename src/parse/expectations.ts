import type { Name } from "../syntax/ast.js"
import { END, NUMBER, OPERATOR, STRING, WORD, type Tokens } from "./lexer.js"
import { QueryParser } from "./query.js"
import { operatorOf, WORDS, wordAt, type Operator, type Spelling, type Word } from "./words.js"

// Which keywords may stand at a place, found out from the parser itself: it is given the text up to there
// with a word at its end, and takes it as a keyword, takes it for a name, or does not take it. The words
// that are tried are those that it asks for at that place; where it looks further before it takes a word
// (NULLS only before FIRST or LAST), what it looks for is put behind the word, too.

/** A token that is tried: a word of the grammar or another one, in upper case, an operator, or what KINDS has. */
type Trial = string

/** Stands for no word that the grammar asks for. */
const NO_WORD: Word = "DEFERRABLE"
/** Stands for one that it asks for nowhere, and which is a name, too. */
const WORD_AND_NAME: Word = "BYTEA"
/** How many tokens behind a word are tried. */
const REACH = 3
/** Literals, and a word that is none of the grammar's: where the parser looks at what kind of token follows. */
const KINDS: readonly Trial[] = ["'text'", "1", "x", "+"]

/**
 * The keywords that may follow the first `count` tokens, as they are written: `GROUP BY`, `NULLS FIRST` and
 * `LEFT JOIN` are one, since nothing else can follow their first word. `among`: the words to try, else those
 * that the parser asks for.
 */
export function keywordsAfter(
  source: string,
  tokens: Tokens,
  count: number,
  among?: readonly Word[],
): readonly string[] {
  const stem = stemOf(source, tokens, count)
  const probes = [[], [NO_WORD], [WORD_AND_NAME]].map((trials) => tried(stem, trials))
  if (probes.some(({ isNested }) => isNested)) return []
  const words = among ?? new Set(probes.flatMap(({ asked }) => [...asked]))
  const all = [...words].flatMap((word) => phrasesOf(stem, [word]))
  const fitting = all.filter(({ isAfterMistake }) => !isAfterMistake)
  return (fitting.length > 0 ? fitting : all).map(({ text }) => text)
}

interface Phrase {
  readonly text: string
  /** The token before it is a mistake where this follows: `a NOT WHERE`. */
  readonly isAfterMistake: boolean
}

/** Whether a word of the whole text is a keyword to the parser, by token. */
export function keywordTokens(source: string, tokens: Tokens): readonly boolean[] {
  const parser = new TrialParser(source, tokens, -1)
  parser.statements()
  return tokens.kinds.map(
    (kind, i) => kind === WORD && tokens.spellings[i] !== "" && !parser.named.has(i),
  )
}

// -------------------------------------------------------------------------------------------- trials

/** The tokens before the place; those of statements that have ended are left out. */
interface Stem {
  /** The keywords that are missing there, and after a name there. */
  readonly wantedAnyway: readonly (Word | undefined)[]
  readonly source: string
  readonly tokens: Pick<Tokens, "kinds" | "starts" | "ends" | "spellings">
}

function stemOf(source: string, tokens: Tokens, count: number): Stem {
  const first = tokens.spellings.lastIndexOf(";", count - 1) + 1
  const cut = <T>(list: readonly T[]) => list.slice(first, count)
  const { kinds, starts, ends, spellings } = tokens
  const stem: Stem = {
    wantedAnyway: [],
    source,
    tokens: { kinds: cut(kinds), starts: cut(starts), ends: cut(ends), spellings: cut(spellings) },
  }
  return { ...stem, wantedAnyway: [tried(stem, []).wanted, tried(stem, ["x"]).wanted] }
}

/** The stem with trials behind it; their text is put at the end of the source. */
function tried({ source, tokens }: Stem, trials: readonly Trial[]): TrialParser {
  const all: Tokens = {
    kinds: [...tokens.kinds],
    starts: [...tokens.starts],
    ends: [...tokens.ends],
    spellings: [...tokens.spellings],
    count: tokens.kinds.length,
    comments: [],
    errors: [],
  }
  let text = `${source} `
  for (const trial of trials) {
    pushToken(all, kindOf(trial), text.length, trial.length, spellingOf(trial))
    text += `${trial} `
  }
  pushToken(all, END, text.length, 0, "")
  const parser = new TrialParser(text, all, tokens.kinds.length)
  parser.statements()
  return parser
}

function pushToken(
  tokens: Tokens,
  kind: number,
  start: number,
  length: number,
  spelling: Spelling,
): void {
  tokens.kinds.push(kind)
  tokens.starts.push(start)
  tokens.ends.push(start + length)
  tokens.spellings.push(spelling)
  tokens.count++
}

function kindOf(trial: Trial): number {
  if (trial === "'text'") return STRING
  if (trial === "1") return NUMBER
  return /^\w/.test(trial) ? WORD : OPERATOR
}

function spellingOf(trial: Trial): Spelling {
  return /^\w/.test(trial) ? wordAt(trial, 0, trial.length) : operatorOf(trial)
}

/**
 * The phrases that begin with these words, where the parser takes the first of them for a keyword: at once,
 * or with what it then looks for.
 */
function phrasesOf(stem: Stem, trials: readonly Trial[]): readonly Phrase[] {
  const found = tried(stem, trials)
  const { isTaken, isAfterMistake } = found
  if (isTaken) return [{ text: phrase(trials.concat(needed(stem, trials, found))), isAfterMistake }]
  const { length } = trials
  if (length > REACH) return []
  const further = [...found.lookedFor(length)]
  for (const trial of further) {
    const [alone] = isUpper(trial) ? [] : phrasesOf(stem, [...trials, trial])
    if (alone !== undefined) return [alone]
  }
  const phrases = further.filter(isUpper).flatMap((word) => phrasesOf(stem, [...trials, word]))
  return [...new Map(phrases.map((one) => [one.text, one])).values()]
}

/** The keywords, up to what is none. */
function phrase(trials: readonly Trial[]): string {
  const end = trials.findIndex((trial) => !isUpper(trial))
  return (end < 0 ? trials : trials.slice(0, end)).join(" ")
}

/** The keywords that must follow: any other that may stand there only stands before them. */
function needed(stem: Stem, trials: readonly Trial[], found: TrialParser): readonly Trial[] {
  const { wanted } = found
  if (wanted === undefined || trials.length > REACH) return []
  if (wanted === "AND" || stem.wantedAnyway.includes(wanted)) return []
  const leads = (word: Word) => {
    const after = tried(stem, [...trials, word])
    return after.named.has(stem.tokens.kinds.length + trials.length) || after.wanted === wanted
  }
  const isAlone = [...found.next].every((word) => word === wanted || leads(word))
  if (!isAlone) return []
  const longer = [...trials, wanted]
  return [wanted, ...needed(stem, longer, tried(stem, longer))]
}

/** A parser that notes what it asks for at the place of a trial, and what becomes of the trial. */
class TrialParser extends QueryParser {
  /** The words that were asked for at the place. */
  readonly asked = new Set<Word>()
  /** What was looked for behind it once the trial was what was asked for, by how far. */
  readonly beyond = new Map<number, Set<Trial>>()
  /** The words that were asked for at the end of the text. */
  readonly next = new Set<Word>()
  /** Tokens that were taken for names. */
  readonly named = new Set<number>()
  /** The one keyword that was missing at the end of the text, and first. */
  wanted: Word | undefined
  /** The last word that was asked for at the place was the one that stands there. */
  private isMet = false
  private hasFailed = false
  isAfterMistake = false
  private isRefused = false
  private readonly last: number

  constructor(
    source: string,
    tokens: Tokens,
    private readonly place: number,
  ) {
    super(source, tokens)
    this.last = tokens.kinds.length - 1
  }

  get isTaken(): boolean {
    return !this.isRefused && !this.named.has(this.place)
  }

  get isNested(): boolean {
    return this.errors.some(({ code }) => code === "nested-too-deeply")
  }

  /** What was looked for that far behind the place; anything, where only something further was. */
  lookedFor(ahead: number): Iterable<Trial> {
    const trials = this.beyond.get(ahead)
    if (trials) return trials
    return [...this.beyond.keys()].some((further) => further > ahead) ? ["x"] : []
  }

  /** Most questions are about what stands before the place. */
  private isBefore(ahead: number): boolean {
    return this.at + ahead < this.place || this.place < 0
  }

  private note(ahead: number, trials: Iterable<Trial>): void {
    const token = this.at + ahead
    if (token === this.place) {
      this.isMet = false
      for (const trial of trials) this.noteAsked(trial)
    } else if (ahead === 0 && token === this.last) this.noteNext(trials)
    else if (this.isMet && this.at <= this.place) {
      const known = this.beyond.get(token - this.place) ?? new Set<Trial>()
      for (const trial of trials) known.add(trial)
      this.beyond.set(token - this.place, known)
    }
  }

  private noteAsked(trial: Trial): void {
    if (isWord(trial)) this.asked.add(trial)
    this.isMet ||= this.spellings[this.place] === trial
  }

  private noteNext(trials: Iterable<Trial>): void {
    if (!this.hasFailed) for (const trial of trials) if (isWord(trial)) this.next.add(trial)
  }

  protected override isWord(word: Word): boolean {
    if (!this.isBefore(0)) this.note(0, [word])
    return super.isWord(word)
  }

  protected override isWordAt(ahead: number, word: Word): boolean {
    if (!this.isBefore(ahead)) this.note(ahead, [word])
    return super.isWordAt(ahead, word)
  }

  protected override acceptWord(word: Word): boolean {
    if (!this.isBefore(0)) this.note(0, [word])
    return super.acceptWord(word)
  }

  protected override among<W extends Word>(words: readonly W[]): W {
    if (!this.isBefore(0)) this.note(0, words)
    return super.among(words)
  }

  protected override amongAt<W extends Word>(ahead: number, words: readonly W[]): W {
    if (!this.isBefore(ahead)) this.note(ahead, words)
    return super.amongAt(ahead, words)
  }

  protected override isOneOfAt(ahead: number, words: ReadonlySet<Spelling>): boolean {
    if (!this.isBefore(ahead)) this.note(ahead, words)
    return super.isOneOfAt(ahead, words)
  }

  protected override isOpAt(ahead: number, op: Operator): boolean {
    if (ahead > 0 && !this.isBefore(ahead)) this.note(ahead, [op])
    return super.isOpAt(ahead, op)
  }

  protected override kindAt(ahead: number): number {
    if (!this.isBefore(ahead - 1)) this.note(ahead, KINDS)
    return super.kindAt(ahead)
  }

  protected override isNameAt(ahead: number): boolean {
    if (!this.isBefore(ahead - 1)) this.note(ahead, ["x"])
    return super.isNameAt(ahead)
  }

  protected override isNameSpelled(ahead: number, upper: string): boolean {
    if (!this.isBefore(ahead)) this.note(ahead, [upper])
    return super.isNameSpelled(ahead, upper)
  }

  protected override takeName(): Name {
    if (this.at >= this.place) this.named.add(this.at)
    return super.takeName()
  }

  protected override skip(): void {
    if (this.at === this.place) this.isRefused = true
    super.skip()
  }

  protected override expected(what: string): void {
    if (this.at === this.last && !this.hasFailed) this.wanted = isWord(what) ? what : undefined
    this.fail(what)
  }

  protected override fail(...[problem, fix, code]: Parameters<QueryParser["fail"]>): void {
    if (this.at === this.place) this.isRefused = true
    if (this.at === this.place - 1) this.isAfterMistake = true
    if (this.at === this.last) this.hasFailed = true
    super.fail(problem, fix, code)
  }
}

const ALL: ReadonlySet<string> = new Set(WORDS)

function isUpper(trial: Trial): boolean {
  return /^[A-Z_]+$/.test(trial)
}

function isWord(trial: string): trial is Word {
  return ALL.has(trial)
}
