import { existsSync, readdirSync, readFileSync, statSync, type Dirent } from "node:fs"
import { join, relative } from "node:path"
import { SourceText } from "../base/span.js"

/**
 * The files of a project folder, by names relative to it: those on disk, each read once, and the texts that
 * an editor holds in their place.
 */
export class ProjectFiles {
  private readonly texts = new Map<string, SourceText>()
  /** Texts that are not those on disk. */
  private readonly held = new Set<string>()
  private readonly listings = new Map<string, readonly string[]>()

  /** `directory` is absolute. */
  constructor(readonly directory: string) {}

  read(file: string): SourceText {
    const known = this.texts.get(file)
    if (known) return known
    const source = new SourceText(file, readFileSync(`${this.directory}/${file}`, "utf8"))
    this.texts.set(file, source)
    return source
  }

  /** Whether a file was read, and is there. */
  hasText(file: string): boolean {
    return this.texts.has(file)
  }

  /** A file or a folder. */
  has(path: string): boolean {
    return this.held.has(path) || this.below(path).length > 0 || existsSync(this.onDisk(path))
  }

  /** Files below the folders, by name. */
  list(folders: readonly string[], ...extensions: readonly string[]): string[] {
    const isWanted = (file: string) => extensions.some((extension) => file.endsWith(extension))
    return folders.flatMap((folder) =>
      [...new Set([...this.listing(folder), ...this.below(folder)])].filter(isWanted).sort(),
    )
  }

  /** Holds a text in place of the file's; without one the file is as it lies on disk, if it does. */
  put(file: string, text: string | undefined): void {
    const known = this.texts.get(file)
    if (text === undefined) {
      this.held.delete(file)
      this.texts.delete(file)
      this.listings.clear()
    } else this.held.add(file)
    const now = text ?? this.textOnDisk(file)
    if (now === undefined) return
    this.texts.set(file, known?.text === now ? known : new SourceText(file, now))
  }

  private textOnDisk(file: string): string | undefined {
    return this.isOnDisk(file) ? readFileSync(this.onDisk(file), "utf8") : undefined
  }

  private isOnDisk(file: string): boolean {
    return statSync(this.onDisk(file), { throwIfNoEntry: false })?.isFile() === true
  }

  private onDisk(path: string): string {
    return join(this.directory, path)
  }

  private below(folder: string): string[] {
    const path = relative(this.directory, this.onDisk(folder)).replaceAll("\\", "/")
    return [...this.held].filter((file) => path === "" || file.startsWith(`${path}/`))
  }

  private listing(folder: string): readonly string[] {
    const known = this.listings.get(folder)
    if (known) return known
    const path = this.onDisk(folder)
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
    const prefix = relative(this.directory, path).replaceAll("\\", "/")
    const listed = isFolder ? entriesBelow(path, prefix === "" ? "" : `${prefix}/`) : []
    this.listings.set(folder, listed)
    return listed
  }
}

/**
 * The files and folders in a folder and below it, each after `prefix`. Not by the `recursive` of Node's own, which
 * asks the disk about every file once more and takes its path apart.
 */
function entriesBelow(folder: string, prefix: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name
    const path = `${folder}/${entry.name}`
    return isFolderAt(entry, path) ? [name, ...entriesBelow(path, `${name}/`)] : name
  })
}

/** Links are followed; one that leads nowhere, or to itself, is no folder. */
function isFolderAt(entry: Dirent, path: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return existsSync(path) && statSync(path).isDirectory()
}
