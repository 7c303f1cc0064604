import { isAbsolute, relative, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { isSameList } from "./base/same.js"
import type { Project, Source } from "./catalog/project.js"
import { allDiagnostics } from "./check-report.js"
import { completionsAt, type Completions } from "./completion/index.js"
import { check } from "./compile.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { findProject, hasFile, ProjectFolder } from "./project/index.js"
import { Session, type Checked, type Work } from "./session.js"

/** A file with another text; without one, as it now lies on disk, or does not. */
export interface Change {
  /** A `file:` URI, an absolute path, or a path relative to the project. */
  readonly uri: string
  readonly text?: string
}

/** Diagnostics by file, relative to the project. */
export type ByFile = ReadonlyMap<string, readonly Diagnostic[]>

const NONE: readonly Diagnostic[] = []

/**
 * A project that an editor has open, checked again after every edit: what an edit reaches is parsed and
 * checked, the rest is known. The diagnostics are always those that a `check` of the same files finds.
 */
export class Workspace {
  private readonly session = new Session()
  /** Whether the files of sources are missing, as they were found. */
  private missing = new WeakMap<Source, boolean>()
  private found: ByFile = new Map()
  private current: Checked

  private constructor(private readonly folder: ProjectFolder) {
    this.current = this.checkAgain(folder.load())
  }

  /** The project of a folder or the nearest above it. Throws RangeError where none has a smelt.yml. */
  static open(directory: string): Workspace {
    const found = findProject(directory)
    if (found === undefined) throw new RangeError(`no smelt.yml in ${directory} or above it`)
    return new Workspace(new ProjectFolder(found))
  }

  get project(): Project {
    return this.session.project
  }

  get checked(): Checked {
    return this.current
  }

  /** Every file that has diagnostics, with them in its order. */
  get diagnostics(): ByFile {
    return this.found
  }

  /** The texts that the last edit, or `open`, parsed and checked. */
  get work(): Work {
    return this.session.work
  }

  /** Gives a file another text. Diagnostics of all files that `update` would give. */
  edit(uri: string, text: string): Diagnostic[] {
    return [...this.update([{ uri, text }]).values()].flat()
  }

  /**
   * Changes files, all at once. Gives the diagnostics of these, of those that were checked again and of every
   * other one whose diagnostics are not what they were; a file without any has an empty list.
   */
  update(changes: readonly Change[]): ByFile {
    const texts = new Map(
      changes.flatMap(({ uri, text }) => {
        const file = this.fileOf(uri)
        return file === undefined ? [] : [[file, text] as const]
      }),
    )
    const before = this.found
    if ([...texts.keys()].some((file) => !this.project.texts.has(file)))
      this.missing = new WeakMap()
    this.current = this.checkAgain(this.folder.changed(texts))
    const files = new Set([
      ...texts.keys(),
      ...this.filesOfWork(),
      ...different(before, this.found),
    ])
    return new Map([...files].map((file) => [file, this.found.get(file) ?? NONE]))
  }

  /**
   * What may be written at an offset of a file, whose text is the one given last: names in sight, functions and
   * keywords, the likeliest first. A keyword is among them exactly where the parser takes it. Nothing in comments, in texts
   * that name nothing, and outside of the project. Never throws.
   */
  complete(uri: string, offset: number): Completions {
    return completionsAt(this.fileOf(uri) ?? "", offset, this.current)
  }

  /** The name of a file relative to the project; undefined where it is outside. */
  fileOf(uri: string): string | undefined {
    const path = uri.startsWith("file:") ? fileURLToPath(uri) : resolve(this.project.directory, uri)
    const file = relative(this.project.directory, path)
    return file.startsWith("..") || isAbsolute(file) ? undefined : file.replaceAll("\\", "/")
  }

  /** The `file:` URI of a file of the project. */
  uriOf(file: string): string {
    return pathToFileURL(resolve(this.project.directory, file)).href
  }

  private checkAgain(project: Project): Checked {
    const checked = check(project, this.session)
    this.found = byFile(allDiagnostics(project, checked, { isMissing: this.isMissing }))
    return checked
  }

  private readonly isMissing = (source: Source): boolean => {
    const known = this.missing.get(source)
    if (known !== undefined) return known
    const missing = hasFile(source, this.project.directory) === false
    this.missing.set(source, missing)
    return missing
  }

  private filesOfWork(): string[] {
    const { parsed, checked } = this.work
    const { texts } = this.current
    return [...new Set([...parsed, ...checked])].flatMap(
      (name) => texts.get(name)?.text.source.file ?? [],
    )
  }
}

function byFile(diagnostics: readonly Diagnostic[]): ByFile {
  const found = new Map<string, Diagnostic[]>()
  for (const diagnostic of diagnostics) {
    const known = found.get(diagnostic.file)
    if (known) known.push(diagnostic)
    else found.set(diagnostic.file, [diagnostic])
  }
  return found
}

/** Files whose diagnostics are others. */
function different(before: ByFile, now: ByFile): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (file) => !isSameList(before.get(file) ?? NONE, now.get(file) ?? NONE),
  )
}
