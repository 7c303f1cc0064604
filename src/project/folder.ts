import { resolve } from "node:path"
import { isSameList, kept, keptList } from "../base/same.js"
import type { SourceText } from "../base/span.js"
import type { Model, Project, TestFile } from "../catalog/project.js"
import { ProjectFiles } from "./files.js"
import { Loader } from "./loader.js"
import { readModelFile, type WrittenModel } from "./model-files.js"

/**
 * A project folder that is loaded again after changes. What says the same as in the load before is the same
 * object, so that what rests on it need not be done again.
 */
export class ProjectFolder {
  private readonly files: ProjectFiles
  /** Models as their files write them, by text. */
  private written = new WeakMap<SourceText, readonly WrittenModel[]>()
  private loader: Loader | undefined
  private last: Project | undefined

  constructor(directory: string) {
    this.files = new ProjectFiles(resolve(directory))
  }

  load(): Project {
    this.loader = new Loader(this.files, this.modelsOf)
    const project = this.loader.load()
    this.last = this.last ? shared(this.last, project) : project
    return this.last
  }

  /** The project with these texts in place of those of files, by names relative to it; undefined: as on disk. */
  changed(texts: ReadonlyMap<string, string | undefined>): Project {
    const before = [...texts.keys()].map((file) => [file, this.last?.texts.get(file)] as const)
    for (const [file, text] of texts) this.files.put(file, text)
    for (const [file, source] of before) {
      const next = source && this.withText(source, file)
      if (!next) return this.load()
      this.last = next
    }
    return this.last ?? this.load()
  }

  /** The last project with the text that the file of `source` has now; undefined where more than its own models may change. */
  private withText(before: SourceText, file: string): Project | undefined {
    const { last, loader } = this
    if (!last || !loader || !file.endsWith(".sql")) return undefined
    if (last.diagnostics.some((diagnostic) => diagnostic.file === file)) return undefined
    if (!this.files.hasText(file)) return undefined
    const source = this.files.read(file)
    if (source === before) return last
    const [old, now] = [this.modelsOf(before), this.modelsOf(source)]
    if (!isSameList(old, now, isCalledAlike)) return undefined
    const models = replaced(last.models, before, () => loader.models(source))
    const testFiles = replaced(last.testFiles, before, () => [loader.test(source)])
    return { ...last, models, testFiles, texts: new Map(last.texts).set(file, source) }
  }

  private readonly modelsOf = (source: SourceText): readonly WrittenModel[] => {
    const known = this.written.get(source)
    if (known) return known
    const found = readModelFile(source)
    this.written.set(source, found)
    return found
  }
}

/** Whether the same settings of smelt.yml and execution files are for both, and the same names stand for them. */
function isCalledAlike(a: WrittenModel, b: WrittenModel): boolean {
  return a.name === b.name && isSameList(a.header.tags ?? [], b.header.tags ?? [])
}

/** The items of `before` replaced by as many others. */
function replaced<T extends Model | TestFile>(
  items: readonly T[],
  before: SourceText,
  now: () => readonly T[],
): readonly T[] {
  if (!items.some(({ source }) => source === before)) return items
  const next = [...now()]
  return items.map((item) => (item.source === before ? (next.shift() ?? item) : item))
}

/** `next` with the parts of `last` that say the same. */
function shared(last: Project, next: Project): Project {
  const byName = <T extends { readonly name: string }>(before: readonly T[], now: readonly T[]) => {
    const known = new Map(before.map((one) => [one.name, one]))
    return keptList(
      before,
      now.map((one) => kept(known.get(one.name), one)),
    )
  }
  return {
    ...next,
    levels: kept(last.levels, next.levels),
    params: kept(last.params, next.params),
    models: byName(last.models, next.models),
    sources: byName(last.sources, next.sources),
    seeds: byName(last.seeds, next.seeds),
    testFiles: byName(last.testFiles, next.testFiles),
    diagnostics: kept(last.diagnostics, next.diagnostics),
  }
}
