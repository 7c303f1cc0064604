import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Change } from "../../src/workspace.js"
import { mutated, tokensOf } from "../parse/mutations.js"

type Below = (bound: number) => number

const isModel = (file: string) => file.endsWith(".sql")

/**
 * Edits of a project as a hand makes them, or several at once. Each is written to the disk as well; about
 * one in three goes back to the text as it was, so that a project does not stay broken.
 */
export class RandomEdits {
  private readonly now: Map<string, string>
  private readonly tokens: readonly string[]
  private created = 0

  /** `files`: the texts of the project in `folder`, by name. */
  constructor(
    private readonly folder: string,
    private readonly files: ReadonlyMap<string, string>,
    private readonly below: Below,
  ) {
    this.now = new Map(files)
    const texts = [...files].filter(([file]) => isModel(file)).map(([, text]) => text)
    this.tokens = texts.flatMap(tokensOf)
  }

  next(): readonly Change[] {
    const one = this.one()
    return this.below(8) === 0 ? [...one, ...this.one()] : one
  }

  private one(): readonly Change[] {
    const kind = this.below(20)
    if (kind < 6) return this.mended()
    if (kind < 12) return this.textChange(isModel, (text) => mutated(text, this.tokens, this.below))
    if (kind < 13) return this.textChange(isModel, () => this.pick([...this.files.values()]))
    if (kind < 15) return this.textChange(isModel, (text) => this.withOtherRef(text))
    if (kind < 16)
      return this.textChange(
        (file) => !isModel(file),
        (text) => this.withoutLine(text),
      )
    if (kind < 17) return this.removal()
    if (kind < 18) return this.creation()
    if (kind < 19) return this.renaming()
    return this.textChange(isModel, (text) => `${text}\n`)
  }

  /** A file that is not as it was at first is so again. */
  private mended(): readonly Change[] {
    const changed = [...new Set([...this.files.keys(), ...this.now.keys()])].filter(
      (file) => this.files.get(file) !== this.now.get(file),
    )
    if (changed.length === 0) return []
    const file = this.pick(changed)
    const text = this.files.get(file)
    return [text === undefined ? this.remove(file) : this.write(file, text)]
  }

  private textChange(isOf: (file: string) => boolean, change: (text: string) => string) {
    const files = [...this.now.keys()].filter(isOf)
    if (files.length === 0) return []
    const file = this.pick(files)
    return [this.write(file, change(this.now.get(file) ?? ""))]
  }

  /** A reference to another relation, maybe to one below or to itself. */
  private withOtherRef(text: string): string {
    const names = [...this.files.values()].flatMap((one) =>
      [...one.matchAll(/smelt\.(?:ref|source)\('[^']*'/g)].map(([call]) => call),
    )
    const others = [...this.now.keys()].filter(isModel).map((file) => {
      const name = file.slice(file.lastIndexOf("/") + 1).replace(".sql", "")
      return `smelt.ref('${name}'`
    })
    const places = [...text.matchAll(/smelt\.(?:ref|source)\('[^']*'/g)]
    const place = places[this.below(places.length || 1)]
    if (!place) return text
    const other = this.pick([...names, ...others])
    return text.slice(0, place.index) + other + text.slice(place.index + place[0].length)
  }

  private withoutLine(text: string): string {
    const lines = text.split("\n")
    lines.splice(this.below(lines.length), 1)
    return lines.join("\n")
  }

  private removal(): readonly Change[] {
    return [this.remove(this.pick([...this.now.keys()]))]
  }

  private creation(): readonly Change[] {
    const [like, text] = this.pick([...this.files].filter(([file]) => isModel(file)))
    const file = join(
      dirname(like),
      `${this.pick(["new", "newer", "Orders"])}_${this.created++ % 3}.sql`,
    )
    return [this.write(file, text)]
  }

  private renaming(): readonly Change[] {
    const from = this.pick([...this.now.keys()].filter(isModel))
    const to = join(dirname(from), `renamed_${this.created++ % 3}.sql`)
    const text = this.now.get(from) ?? ""
    if (this.now.has(to)) return []
    renameSync(join(this.folder, from), join(this.folder, to))
    this.now.delete(from)
    this.now.set(to, text)
    return [{ uri: from }, { uri: to }]
  }

  /** Half of the time the editor holds the text, else it was saved by another program. */
  private write(file: string, text: string): Change {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true })
    writeFileSync(join(this.folder, file), text)
    this.now.set(file, text)
    return this.below(2) === 0 ? { uri: file } : { uri: file, text }
  }

  private remove(file: string): Change {
    rmSync(join(this.folder, file), { force: true })
    this.now.delete(file)
    return { uri: file }
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }
}
