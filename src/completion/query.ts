import { Lookout } from "../catalog/lookout.js"
import type { Model, TestFile } from "../catalog/project.js"
import { Sink } from "../diagnostics/sink.js"
import { takesDatePart } from "../functions/date-parts.js"
import { caretIn, type Called, type Caret } from "../parse/index.js"
import { ARGUMENTS, bindParams, resolve, type Scope } from "../resolve/index.js"
import type { Checked } from "../session.js"
import type { Join, Select, Statement, TableRef } from "../syntax/ast.js"
import { text as textNode } from "../syntax/build.js"
import { print } from "../syntax/print.js"
import type { AnyNode } from "../syntax/walk.js"
import { typecheck, type Frame } from "../typecheck/index.js"
import { show } from "../types/type.js"
import {
  columnsInSight,
  columnsOfQualifier,
  commonColumns,
  fieldsOf,
  tablesInSight,
  writtenName,
  type Sight,
} from "./columns.js"
import { ranked, type Candidate, type Completions } from "./item.js"
import { ctesInSight, params, referable, relationCalls, sources } from "./relations.js"
import { dateParts, functions, keywords, tableFunctions, types } from "./vocabulary.js"

/** A place in the query of a model or a test. */
interface Place {
  readonly caret: Caret
  readonly text: Model | TestFile
  readonly checked: Checked
  /** What the stages find around it, once it is asked for. */
  readonly sight: () => Sight | undefined
}

/** What may be written at an offset of the query of a text. */
export function completionsInQuery(
  text: Model | TestFile,
  offset: number,
  checked: Checked,
): Completions | undefined {
  const caret = caretIn(text.source.text, text.sql, offset)
  if (!caret) return undefined
  let found: Sight | undefined
  const sight = () => (found ??= sightOf(text, caret, checked))
  const place = { caret, text, checked, sight }
  const candidates = [...namesAt(place), ...keywords(caret.keywords)]
  const close = text.source.text[caret.span.end] === '"' ? "" : '"'
  const shown = caret.isQuoted ? candidates.flatMap((one) => inQuotes(one, close)) : candidates
  return ranked(shown, caret.prefix, caret.span)
}

/** The stages up to typecheck, run once more with a name at the caret; what they report is of no interest. */
function sightOf(text: Model | TestFile, caret: Caret, checked: Checked): Sight | undefined {
  const params = checked.session.paramsOf(text)
  const statement = bindParams(caret.statement, params, new Sink(text.source))
  if (!statement) return undefined
  const ids = caret.around.map(({ id }) => id)
  const [scopes, frames] = [new Lookout<Scope>(ids), new Lookout<Frame>(ids)]
  const { names, found } = stages(text, statement, checked, scopes, frames)
  const { seen: scope } = scopes
  return scope && { scope, frame: frames.seen, names, types: found }
}

/** The columns that a model gives, though its header be at fault. */
export function outputColumns(text: Model | TestFile, checked: Checked): readonly Candidate[] {
  const sink = new Sink(text.source)
  const { session, texts } = checked
  const statement = bindParams(texts.get(text.name)?.statement, session.paramsOf(text), sink)
  if (!statement) return []
  const { names, found } = stages(text, statement, checked)
  return (names.columnNames.get(statement.id) ?? []).map((label, i) => ({
    label,
    kind: "column",
    ...(found.output[i] ? { detail: show(found.output[i].type) } : {}),
  }))
}

function stages(
  text: Model | TestFile,
  statement: Statement,
  { session }: Checked,
  scopes?: Lookout<Scope>,
  frames?: Lookout<Frame>,
) {
  const sink = new Sink(text.source)
  const { relation, relationNames, name } = session.contextOf(text)
  const context = { name, relation, relationNames, allowStar: true, isTest: true }
  const names = resolve(statement, context, sink, scopes)
  return { names, found: typecheck(names, context, sink, frames) }
}

function namesAt(place: Place): readonly Candidate[] {
  const { wanted } = place.caret
  const sight = "of" in wanted || wanted.kind !== "nothing" ? place.sight() : undefined
  switch (wanted.kind) {
    case "nothing":
      return []
    case "type":
      return types()
    case "date-part":
      return dateParts()
    case "window":
      return windowsAround(place.caret.around)
    case "using":
      return sight ? commonColumns(rightTables(place.caret.around), sight) : []
    case "table":
      return tables(wanted.qualifier, place)
    case "field":
      return fieldsOf(sight?.types.exprs.get(wanted.of)?.type, [])
    case "column":
      if (!sight) return []
      return wanted.qualifier.length === 0
        ? columnsInSight(sight)
        : columnsOfQualifier(wanted.qualifier, sight)
    case "value":
      return values(wanted.qualifier, wanted.in, place)
    case "text":
      return inText(textsNamed(wanted.in, place) ?? [], place)
  }
}

function values(
  qualifier: readonly string[],
  called: Called | undefined,
  place: Place,
): readonly Candidate[] {
  const sight = place.sight()
  const [first, more] = qualifier
  if (first?.toLowerCase() === "smelt" && more === undefined) return calls(["param"])
  if (first !== undefined) return sight ? columnsOfQualifier(qualifier, sight) : []
  const named = called ? namedArguments(called) : undefined
  if (named) return named
  const meant = called ? (textsNamed(called, place) ?? []) : []
  const asTexts = meant.map((one) => ({ ...one, write: () => print(textNode(one.label)) }))
  if (called?.name[0] === "smelt" && asTexts.length > 0) return asTexts
  const { frame } = sight ?? {}
  const allowed = {
    aggregates: frame?.aggregates ?? true,
    windows: frame?.windows ?? true,
  }
  return [
    ...(sight ? [...columnsInSight(sight), ...tablesInSight(sight)] : []),
    ...asTexts,
    ...functions(allowed, place.caret.prefix),
    ...(place.caret.isQuoted ? [] : [{ label: "smelt", kind: "function" as const }]),
  ]
}

function calls(words: readonly string[]): readonly Candidate[] {
  return words.map((label) => ({ label, kind: "function" }))
}

/** The arguments of `smelt.ref` and `smelt.source` that are not there yet; all but the first have a name. */
function namedArguments({ name: [schema, word], argument, named }: Called) {
  if (schema !== "smelt" || argument === 0 || (word !== "ref" && word !== "source"))
    return undefined
  return ARGUMENTS.filter((one) => !named.some((other) => other.toLowerCase() === one)).map(
    (label): Candidate => ({ label, kind: "argument", write: () => `${label} => ` }),
  )
}

function tables(qualifier: readonly string[], { text, checked, sight, caret }: Place) {
  const [first, more] = qualifier
  if (first?.toLowerCase() === "smelt" && more === undefined) return calls(["ref", "source"])
  const start = caret.around.at(-2)?.span.start
  const all = relationCalls(text, checked)
  const found = sight()
  if (first === undefined)
    return [
      ...(found ? ctesInSight(found.scope) : []),
      ...all,
      ...tableFunctions(),
      ...(caret.isQuoted ? [] : calls(["smelt"])),
    ]
  // `raw.|`: the sources of a schema, as the calls that read them.
  const schema = `${qualifier.join(".")}.`.toLowerCase()
  return all
    .filter(({ label }) => label.toLowerCase().startsWith(schema))
    .map((one) => ({
      ...one,
      filterText: one.label.slice(schema.length),
      ...(start === undefined ? {} : { start }),
    }))
}

/** What a text names as an argument; undefined where it is any text. */
function textsNamed({ name, argument }: Called, { text, checked }: Place) {
  const [schema, word, more] = name
  if (argument !== 0 || schema === undefined || more !== undefined) return undefined
  if (schema === "smelt" && word === "ref") return referable(text, checked)
  if (schema === "smelt" && word === "source") return sources(checked)
  if (schema === "smelt" && word === "param") return params(checked.session.paramsOf(text))
  return word === undefined && takesDatePart(schema) ? dateParts() : undefined
}

/** As they are written between single quotes, with the closing one where it is missing. */
function inText(candidates: readonly Candidate[], { text, caret }: Place): readonly Candidate[] {
  const close = text.source.text[caret.span.end] === "'" ? "" : "'"
  return candidates.map((one) => ({
    ...one,
    write: () => one.label.replaceAll("'", "''") + close,
  }))
}

/** As they are written between double quotes, with the closing one where it is missing: names alone. */
function inQuotes(one: Candidate, close: string): readonly Candidate[] {
  if (one.write !== undefined || one.kind === "function") return []
  const bare = one.filterText ?? unquoted(one.label)
  return [{ ...one, filterText: bare, write: () => bare.replaceAll('"', '""') + close }]
}

function unquoted(label: string): string {
  return label.startsWith('"') ? label.slice(1, -1).replaceAll('""', '"') : label
}

/** The windows that the select around names. */
function windowsAround(around: readonly AnyNode[]): readonly Candidate[] {
  const select = around.findLast(({ kind }) => kind === "select") as Select | undefined
  return (select?.windows ?? [])
    .filter(({ name }) => name.text !== "")
    .map(({ name }) => ({ label: writtenName(name.text), kind: "window" }))
}

/** The tables to the right of the join around. */
function rightTables(around: readonly AnyNode[]): ReadonlySet<number> {
  const join = around.findLast(({ kind }) => kind === "join") as Join | undefined
  const ids = new Set<number>()
  const go = (ref: TableRef): void => {
    ids.add(ref.id)
    if (ref.kind !== "join") return
    go(ref.left)
    go(ref.right)
  }
  if (join) go(join.right)
  return ids
}
