import { SourceText } from "./base/span.js"
import type { Project } from "./catalog/project.js"
import { check } from "./compile.js"
import { rankOf } from "./diagnostics/catalog.js"
import type { Diagnostic, Edit, Fix } from "./diagnostics/diagnostic.js"
import { ProjectFolder } from "./project/index.js"
import { Session, type Checked } from "./session.js"

// Quick fixes applied to a project in memory, in rounds, until none is left that helps.
//
// A round takes the fixes of one code, the one that is looked for first: what a mended text then shows is of codes
// that come later. A round that does not help is tried again with half of its fixes, and one that does not help by
// itself is refused. Every round that counts takes diagnostics of its code away and brings none of it or of those
// before it, so the rounds end.

/** All diagnostics of a checked project; of models and tests, of those with these names. */
export type Find = (
  project: Project,
  checked: Checked,
  names?: ReadonlySet<string>,
) => Promise<readonly Diagnostic[]>

/** What may be fixed. */
export interface Fixable {
  /** Also fixes that are not `equivalent`. */
  readonly unsafe: boolean
  /** Only what these nodes are, and what their files have. */
  readonly only?: { readonly names: ReadonlySet<string>; readonly files: ReadonlySet<string> }
}

/** A diagnostic that a fix took away, and where it was in the text as it is now. */
export interface FixedFault extends Pick<Diagnostic, "code" | "level" | "message" | "file"> {
  readonly title: string
  readonly kind: Fix["kind"]
  readonly start: Diagnostic["start"]
}

export interface Fixing {
  readonly fixed: readonly FixedFault[]
  /** The files that are to be written, with the text that they had. */
  readonly files: readonly {
    readonly file: string
    readonly before: string
    readonly after: string
  }[]
}

/** A fix that was chosen, and how many diagnostics it takes away. */
interface Chosen {
  readonly fault: Diagnostic
  readonly fix: Fix
  readonly takes: number
}

/** A place that moves with the text around it. */
interface Place {
  readonly file: string
  offset: number
}

const MOST_ROUNDS = 1000

/** Finds what the fixes of a project make of its files. Writes nothing. */
export async function fixProject(directory: string, find: Find, fixable: Fixable): Promise<Fixing> {
  return new Bench(directory, find, fixable).work()
}

/** Whether the fix keeps the meaning. */
export function isSafe({ kind }: Fix): boolean {
  return kind === "equivalent"
}

class Bench {
  private readonly folder: ProjectFolder
  private readonly session = new Session()
  private readonly applied: (Place & Chosen)[] = []
  private readonly refused: (Place & { readonly code: string; readonly title: string })[] = []
  private readonly before = new Map<string, string>()

  constructor(
    directory: string,
    private readonly find: Find,
    private readonly fixable: Fixable,
  ) {
    this.folder = new ProjectFolder(directory)
  }

  async work(): Promise<Fixing> {
    let project = this.folder.load()
    let faults = await this.faultsOf(project)
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let picks = this.picked(faults.own)
      if (picks.length === 0) break
      for (;;) {
        const texts = textsWith(picks, project)
        const next = this.folder.changed(texts)
        const left = await this.faultsOf(next)
        if (isBetter(faults.all, left.all, picks)) {
          this.accept(picks, project)
          ;[project, faults] = [next, left]
          break
        }
        project = this.folder.changed(textsOf(texts.keys(), project))
        const [first] = picks
        if (picks.length > 1) picks = picks.slice(0, picks.length >> 1)
        else {
          if (first) this.refuse(first)
          faults = await this.faultsOf(project)
          break
        }
      }
    }
    return this.result(project)
  }

  private async faultsOf(
    project: Project,
  ): Promise<{ all: readonly Diagnostic[]; own: readonly Diagnostic[] }> {
    const { only } = this.fixable
    const checked = check(project, this.session)
    const all = await this.find(project, checked)
    if (!only) return { all, own: all }
    const named = await this.find(project, checked, only.names)
    return { all, own: named.filter(({ file }) => only.files.has(file)) }
  }

  /** The fixes of the code that is looked for first, none of which touches another. */
  private picked(faults: readonly Diagnostic[]): readonly Chosen[] {
    const choices = faults.flatMap((fault) => {
      const fix = this.choice(fault)
      return fix ? [{ fault, fix, rank: rankOf(fault.code) }] : []
    })
    const first = Math.min(...choices.map(({ rank }) => rank))
    const picks = new Map<string, Chosen>()
    const taken: Edit[] = []
    for (const { fault, fix, rank } of choices) {
      if (rank !== first) continue
      const key = JSON.stringify(fix.edits)
      const same = picks.get(key)
      if (same) picks.set(key, { ...same, takes: same.takes + 1 })
      else if (!fix.edits.some((edit) => taken.some((other) => touch(edit, other)))) {
        picks.set(key, { fault, fix, takes: 1 })
        taken.push(...fix.edits)
      }
    }
    return [...picks.values()]
  }

  /** The first fix that keeps the meaning, else the first one that is allowed. */
  private choice(fault: Diagnostic): Fix | undefined {
    const open = fault.fixes.filter(
      ({ title }) =>
        !this.refused.some(
          (one) =>
            one.file === fault.file &&
            one.offset === fault.start.offset &&
            one.code === fault.code &&
            one.title === title,
        ),
    )
    return open.find(isSafe) ?? (this.fixable.unsafe ? open[0] : undefined)
  }

  private accept(picks: readonly Chosen[], project: Project): void {
    const edits = editsByFile(picks)
    this.applied.push(...picks.map((pick) => ({ ...pick, ...placeOf(pick.fault) })))
    for (const place of [...this.applied, ...this.refused])
      place.offset = moved(place.offset, edits.get(place.file) ?? [])
    for (const file of edits.keys())
      if (!this.before.has(file)) this.before.set(file, project.texts.get(file)?.text ?? "")
  }

  private refuse({ fault, fix }: Chosen): void {
    this.refused.push({ ...placeOf(fault), code: fault.code, title: fix.title })
  }

  private result({ texts }: Project): Fixing {
    const now = (file: string) => texts.get(file) ?? new SourceText(file, "")
    const fixed = this.applied.map(({ fault, fix, file, offset }) => {
      const { code, level, message } = fault
      const { title, kind } = fix
      return { code, level, message, title, kind, file, start: now(file).position(offset) }
    })
    const files = [...this.before]
      .map(([file, before]) => ({ file, before, after: now(file).text }))
      .filter(({ before, after }) => before !== after)
    return { fixed: fixed.sort(byPlace), files: files.sort(byFile) }
  }
}

function placeOf({ file, start }: Diagnostic): Place {
  return { file, offset: start.offset }
}

function byFile(a: { readonly file: string }, b: { readonly file: string }): number {
  return a.file.localeCompare(b.file)
}

function byPlace(a: FixedFault, b: FixedFault): number {
  return byFile(a, b) || a.start.offset - b.start.offset
}

// ------------------------------------------------------------------------------------ the texts

/** Whether two edits overlap, or stand where neither says which comes first. */
function touch(a: Edit, b: Edit): boolean {
  return a.file === b.file && a.start.offset <= b.end.offset && b.start.offset <= a.end.offset
}

function editsByFile(picks: readonly Chosen[]): Map<string, Edit[]> {
  const files = new Map<string, Edit[]>()
  for (const edit of picks.flatMap(({ fix }) => fix.edits)) {
    const edits = files.get(edit.file)
    if (edits) edits.push(edit)
    else files.set(edit.file, [edit])
  }
  // Edits at one place stand in the order of their fix: the sort is stable.
  for (const edits of files.values()) edits.sort((a, b) => a.start.offset - b.start.offset)
  return files
}

function textsWith(picks: readonly Chosen[], { texts }: Project): Map<string, string> {
  return new Map(
    [...editsByFile(picks)].map(([file, edits]) => [
      file,
      edited(texts.get(file)?.text ?? "", edits),
    ]),
  )
}

/** The edits stand in order and do not overlap; their line breaks become those of the text. */
function edited(text: string, edits: readonly Edit[]): string {
  const isCrlf = /^[^\n]*\r\n/.test(text)
  const parts: string[] = []
  let at = 0
  for (const { start, end, text: by } of edits) {
    parts.push(text.slice(at, start.offset), isCrlf ? by.replace(/\r?\n/g, "\r\n") : by)
    at = end.offset
  }
  return parts.join("") + text.slice(at)
}

function textsOf(files: Iterable<string>, { texts }: Project): Map<string, string> {
  return new Map([...files].map((file) => [file, texts.get(file)?.text ?? ""]))
}

/** Where an offset is after edits; one within a replaced stretch is at its start. */
function moved(offset: number, edits: readonly Edit[]): number {
  let by = 0
  for (const { start, end, text } of edits) {
    if (start.offset >= offset) break
    if (end.offset > offset) return start.offset + by
    by += text.length - (end.offset - start.offset)
  }
  return offset + by
}

// ------------------------------------------------------------------------------------ what helps

/** A text that does not parse is told one fault at a time: the next one takes its place. */
const ONE_AT_A_TIME: ReadonlySet<string> = new Set(["syntax", "yaml-syntax"])

/**
 * Whether the diagnostics that were to go are gone, and nothing came that a text was free of: no file has errors
 * that had none, and of the codes up to that of the fixes no file has more than before.
 */
function isBetter(
  before: readonly Diagnostic[],
  after: readonly Diagnostic[],
  picks: readonly Chosen[],
): boolean {
  const rank = Math.max(...picks.map(({ fault }) => rankOf(fault.code)))
  const [old, now] = [counted(before), counted(after)]
  for (const file of withErrors(after)) if (!withErrors(before).has(file)) return false
  const wanted = new Map<string, number>()
  for (const { fault, takes } of picks)
    wanted.set(keyOf(fault), (wanted.get(keyOf(fault)) ?? 0) + takes)
  for (const [key, count] of now) {
    const [code = ""] = key.split("\n")
    if (rankOf(code) > rank) continue
    const isNext = ONE_AT_A_TIME.has(code) && wanted.has(key) && isFurther(before, after, picks)
    const most = (old.get(key) ?? 0) - (isNext ? 0 : (wanted.get(key) ?? 0))
    if (count > most) return false
  }
  return true
}

function counted(faults: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const fault of faults) counts.set(keyOf(fault), (counts.get(keyOf(fault)) ?? 0) + 1)
  return counts
}

function keyOf({ code, file }: Diagnostic): string {
  return `${code}\n${file}`
}

function withErrors(faults: readonly Diagnostic[]): ReadonlySet<string> {
  return new Set(faults.filter(({ level }) => level === "error").map(({ file }) => file))
}

/** Whether the first fault of every text that was to be mended stands further on. */
function isFurther(
  before: readonly Diagnostic[],
  after: readonly Diagnostic[],
  picks: readonly Chosen[],
): boolean {
  const edits = editsByFile(picks)
  return picks.every(({ fault }) => {
    const first = (faults: readonly Diagnostic[]) =>
      Math.min(
        ...faults.filter((one) => keyOf(one) === keyOf(fault)).map(({ start }) => start.offset),
      )
    return first(after) > moved(first(before), edits.get(fault.file) ?? [])
  })
}
