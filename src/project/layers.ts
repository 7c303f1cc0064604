import type { WrittenModel } from "./model-files.js"
import { overlay, readSettings, type ModelSettings } from "./model-settings.js"
import type { YamlEntry, YamlValue } from "./yaml.js"

/** The layers under a model's header: `models:` by tag, folder, name, then its execution file. */
export class Layers {
  private readonly byName = new Map<string, YamlValue>()
  private readonly byFolder: (readonly [folder: string, value: YamlValue])[] = []
  private readonly byTag = new Map<string, YamlValue>()
  private readonly entries: readonly YamlEntry[]
  private readonly used = new Set<YamlValue>()

  constructor(
    models: YamlValue | undefined,
    private readonly execution: ReadonlyMap<string, ModelSettings>,
  ) {
    this.entries = models?.entries() ?? []
    for (const { key, value } of this.entries) {
      if (key.startsWith("tag:")) this.byTag.set(key.slice(4), value)
      else if (key.endsWith("/")) this.byFolder.push([key, value])
      else this.byName.set(key, value)
    }
    this.byFolder.sort(([a], [b]) => a.length - b.length)
  }

  /** Entries that were of no model. */
  unused(): YamlEntry[] {
    return this.entries.filter(({ value }) => !this.used.has(value))
  }

  of(written: WrittenModel): ModelSettings {
    const named = this.byName.get(written.name)
    const read = (value: YamlValue, key: string) => {
      this.used.add(value)
      return readSettings(value, written.name, `\`models: ${key}\``)
    }
    const folders = this.byFolder
      .filter(
        ([folder]) =>
          written.source.file.includes(`/${folder}`) || written.source.file.startsWith(folder),
      )
      .map(([folder, value]) => read(value, folder))
    const own = named ? [read(named, written.name)] : []
    const tags = new Set([...folders, ...own, written.header].flatMap((layer) => layer.tags ?? []))
    const tagged = [...this.byTag]
      .filter(([tag]) => tags.has(tag))
      .map(([tag, value]) => read(value, `tag:${tag}`))
    return overlay([
      ...tagged,
      ...folders,
      ...own,
      this.execution.get(written.name) ?? {},
      written.header,
    ])
  }
}
