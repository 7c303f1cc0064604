import type { SourceText, Span } from "../../base/span.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { Sink } from "../../diagnostics/sink.js"
import type { JinjaValue } from "../../syntax/jinja.js"
import type { Macros } from "./macros.js"
import type { ProjectFiles } from "../files.js"
import { YamlFile, type YamlValue } from "../yaml.js"

/** A place in a file of the dbt project. */
export interface Where {
  readonly source: SourceText
  readonly span: Span
}

/** A key of a configuration, from wherever dbt reads it; `value` is undefined where it is computed. */
export interface Setting {
  readonly key: string
  readonly value: JinjaValue | undefined
  readonly where: Where
}

/** A dbt project that is carried over: what is known of it, and what cannot be carried. */
export class Carrying {
  readonly diagnostics: Diagnostic[] = []
  readonly texts = new Map<string, SourceText>()
  /** Variables that models read, with the value that they have where nothing is said. */
  readonly params = new Map<string, string | number | boolean>()
  private readonly sinks = new Map<string, Sink>()

  constructor(
    readonly files: ProjectFiles,
    readonly name: string,
    /** Names of models and seeds. */
    readonly relations: ReadonlySet<string>,
    /** Names of sources, such as `raw.orders`. */
    readonly sources: ReadonlySet<string>,
    /** Variables of dbt_project.yml. */
    readonly vars: ReadonlyMap<string, JinjaValue>,
    /** The schema of the target: one of a model's own is appended to it. */
    readonly schema: string,
    /** Texts of `{% docs name %}`. */
    readonly docs: ReadonlyMap<string, string>,
    readonly macros: Macros,
  ) {}

  read(file: string): SourceText {
    return this.files.read(file)
  }

  notCarried(what: string, { source, span }: Where, hint: string): void {
    this.sink(source).report("not-carried", span, { what, hint })
  }

  sink(source: SourceText): Sink {
    const known = this.sinks.get(source.file)
    if (known) return known
    this.texts.set(source.file, source)
    const sink = new Sink(source, {}, this.texts, this.diagnostics)
    this.sinks.set(source.file, sink)
    return sink
  }
}

/** A YAML file of dbt; faults of it are reported as those of other files are. */
export function yamlOf(source: SourceText, sink: Sink): YamlValue | undefined {
  return YamlFile.read(source, sink)
}

/** The entries of a mapping, without a word where it is none. */
export function entriesOf(value: YamlValue | undefined) {
  return value?.isMap === true ? value.entries() : []
}

/** The items of a list; a value alone is a list of one. */
export function itemsOf(value: YamlValue | undefined): readonly YamlValue[] {
  if (!value || value.isMissing) return []
  return value.isList ? value.items() : [value]
}

export function fieldsOf(value: YamlValue | undefined): ReadonlyMap<string, YamlValue> {
  return new Map(entriesOf(value).map((entry) => [entry.key, entry.value]))
}

/** A text, number or flag as a text; undefined where it is something else. */
export function textOf(value: YamlValue | undefined): string | undefined {
  const found = value?.scalar()
  return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
    ? String(found)
    : undefined
}

/** An object without the keys that hold nothing. */
export function without(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).filter(
      ([, value]) =>
        value !== undefined &&
        !(Array.isArray(value) && value.length === 0) &&
        !(typeof value === "object" && value !== null && Object.keys(value).length === 0),
    ),
  )
}
