import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type Pair } from "yaml"
import type { SourceText, Span } from "../base/span.js"
import { didYouMean, nearest } from "../base/suggest.js"
import type { Place } from "../catalog/project.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"
import type { Sink } from "../diagnostics/sink.js"
import { faultOf, withoutColon, type YamlFault } from "./yaml-faults.js"

/** What a key may hold; the loader and the JSON Schema read the same tables. */
export type Wanted =
  "text" | "number" | "boolean" | "texts" | "anything" | { readonly oneOf: readonly string[] }

/**
 * A YAML value with its place. Asking for a value of the wrong kind reports `bad-value` and gives
 * undefined, so that one fault does not stop the rest.
 */
export class YamlValue {
  constructor(
    private readonly node: Node | null | undefined,
    /** Of the value; of the key where there is no value. */
    readonly span: Span,
    readonly key: string,
    private readonly file: YamlFile,
  ) {}

  get place(): Place {
    return { file: this.file.source.file, span: this.span }
  }

  get isMap(): boolean {
    return isMap(this.node)
  }

  get isList(): boolean {
    return isSeq(this.node)
  }

  get isMissing(): boolean {
    return (
      this.node === null ||
      this.node === undefined ||
      (isScalar(this.node) && this.node.value === null)
    )
  }

  text(): string | undefined {
    const value = this.scalar()
    if (typeof value === "string") return value
    return typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : this.bad("a text")
  }

  number(): number | undefined {
    const value = this.scalar()
    return typeof value === "number" ? value : this.bad("a number")
  }

  boolean(): boolean | undefined {
    const value = this.scalar()
    return typeof value === "boolean" ? value : this.bad("true or false")
  }

  plain(): string | number | boolean | undefined {
    const value = this.scalar()
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
      ? value
      : this.bad("a text, a number, true or false")
  }

  oneOf<T extends string>(allowed: readonly T[]): T | undefined {
    const value = this.scalar()
    const found = allowed.find((candidate) => candidate === value)
    if (found !== undefined) return found
    const near =
      typeof value === "string" ? nearest(value, [...allowed, ...Object.keys(MEANT)]) : undefined
    return this.bad(`one of ${allowed.join(", ")}`, near && (MEANT[near] ?? near))
  }

  /** A text or a list of texts. */
  texts(): string[] {
    if (!this.isList) return this.listOf(this.text())
    return this.items().flatMap((item) => this.listOf(item.text()))
  }

  /** The whole value, as JSON has it. */
  json(): unknown {
    return this.node?.toJSON() ?? null
  }

  scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined
  }

  items(): YamlValue[] {
    if (!isSeq(this.node)) return this.bad("a list") ?? []
    return this.node.items.map((item) => this.file.value(item as Node, this.key, this.span))
  }

  /** The entries of a mapping, in order. */
  entries(): YamlEntry[] {
    if (this.isMissing) return []
    if (!isMap(this.node)) return this.bad("a mapping") ?? []
    return this.node.items.map((pair) => this.file.entry(pair as Pair<Node, Node | null>))
  }

  /** Entries by key; others than `allowed` are reported with the nearest one. */
  fields(allowed: readonly string[], where: string): Map<string, YamlValue> {
    const fields = new Map<string, YamlValue>()
    for (const { key, keySpan, value } of this.entries()) {
      if (allowed.includes(key)) fields.set(key, value)
      else this.file.unknownKey(key, keySpan, allowed, where)
    }
    return fields
  }

  /** `near`: what was probably meant, written by the fix. */
  bad(wanted: string, near?: string): undefined {
    const found = this.isMap
      ? "a mapping"
      : this.isList
        ? "a list"
        : this.isMissing
          ? "nothing"
          : `\`${String(this.scalar())}\``
    const params = { key: this.key, wanted, found, hint: didYouMean(near) }
    this.file.sink.report("bad-value", this.span, params, { fixes: rewritten(this.span, near) })
    return undefined
  }

  /** An entry of this mapping whose key is none of `allowed`. */
  unknownKey(key: string, span: Span, allowed: readonly string[], where: string): void {
    this.file.unknownKey(key, span, allowed, where)
  }

  /** Another key says something else of `key`. */
  twice(key: string, how: string): void {
    this.file.sink.report("duplicate-key", this.span, { key, how })
  }

  notYet(what: string): void {
    this.file.sink.report("not-yet", this.span, { what, hint: "" })
  }

  private listOf(text: string | undefined): string[] {
    return text === undefined ? [] : [text]
  }
}

/** Words of other tools for those that are wanted here. */
const MEANT: Readonly<Record<string, string>> = {
  warning: "warn",
  err: "error",
  ignore: "off",
  none: "off",
  materialized_view: "view",
}

/** The fix that writes `near` in place of a text. */
export function rewritten(span: Span, near: string | undefined): ReportedFix[] {
  if (near === undefined) return []
  const edits = [{ span, text: near }]
  return [{ title: `change to \`${near}\``, kind: "changes-meaning", edits }]
}

export interface YamlEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: YamlValue
}

/** A YAML text, or the stretch of a file that is one. */
export class YamlFile {
  private readonly start: number

  private constructor(
    readonly source: SourceText,
    readonly sink: Sink,
    start: number,
  ) {
    this.start = start
  }

  /** The mapping at the top; undefined where the text is no YAML (reported). */
  static read(source: SourceText, sink: Sink, part?: Span): YamlValue | undefined {
    const start = part?.start ?? 0
    const text = part ? source.slice(part) : source.text
    const file = new YamlFile(source, sink, start)
    const document = parseDocument(text, {
      lineCounter: new LineCounter(),
      prettyErrors: false,
      uniqueKeys: true,
    })
    for (const error of document.errors) file.fault(faultOf(error, text))
    if (document.errors.length > 0) return undefined
    if (isScalar(document.contents) && typeof document.contents.value === "string") {
      const fault = withoutColon(text, document.contents.range?.[0] ?? 0)
      if (fault) return file.fault(fault)
    }
    return file.value(document.contents, "the file", {
      start,
      end: start + Math.min(text.length, 1),
    })
  }

  private fault({ problem, span, fix }: YamlFault): undefined {
    const shifted = (own: Span) => ({ start: this.start + own.start, end: this.start + own.end })
    const fixes = fix
      ? [{ ...fix, edits: fix.edits.map((edit) => ({ ...edit, span: shifted(edit.span) })) }]
      : []
    this.sink.report("yaml-syntax", shifted(span), { problem }, { fixes })
  }

  value(node: Node | null | undefined, key: string, otherwise: Span): YamlValue {
    const range = node?.range
    const span = range ? { start: this.start + range[0], end: this.start + range[1] } : otherwise
    return new YamlValue(node, span, key, this)
  }

  entry({ key, value }: Pair<Node, Node | null>): YamlEntry {
    const text = isScalar(key) ? String(key.value) : ""
    const keySpan = {
      start: this.start + (key.range?.[0] ?? 0),
      end: this.start + (key.range?.[1] ?? 0),
    }
    return { key: text, keySpan, value: this.value(value, text, keySpan) }
  }

  unknownKey(key: string, span: Span, allowed: readonly string[], where: string): void {
    const near = nearest(key, allowed)
    const hint =
      near === undefined ? `; it may have ${allowed.join(", ")}` : `; did you mean \`${near}\`?`
    const fixes =
      near === undefined
        ? []
        : [
            {
              title: `change to \`${near}\``,
              kind: "changes-meaning" as const,
              edits: [{ span, text: near }],
            },
          ]
    this.sink.report("unknown-key", span, { key, where, hint }, { fixes })
  }
}
