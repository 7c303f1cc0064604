import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { SourceText } from "../../src/base/span.js"
import type { Model, TestFile } from "../../src/catalog/project.js"
import { completionsInQuery } from "../../src/completion/query.js"
import { keywordsAfter, keywordTokens } from "../../src/parse/expectations.js"
import { parse } from "../../src/parse/index.js"
import { lex } from "../../src/parse/lexer.js"
import { WORDS } from "../../src/parse/words.js"
import type { ColumnTarget } from "../../src/catalog/names.js"
import type { ColumnRef, TableCall, TableName } from "../../src/syntax/ast.js"
import { walk } from "../../src/syntax/walk.js"
import { Workspace } from "../../src/workspace.js"
import { randomQuery } from "../parse/grammar.js"
import { mutated, randomBelow, tokensOf } from "../parse/mutations.js"
import { SEED } from "../seed.js"

const RUNS = Number(process.env["SMELT_COMPLETIONS"] ?? 60)
/** Every so many places all words of the grammar are tried. */
const EXHAUSTIVE = 40

/** The most that is between two places of an edited text. */
const STEP = 60

/** Each keyword of a statement is looked for after all that is before it. */
const LONGEST = 400

const CONSTRUCTS = readFileSync("tests/parse/cases/constructs.sql", "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("--"))

// Wherever a keyword stands in a statement that parses, it is offered after what is before it; and what is offered is what
// the parser takes, whichever words it is given.
test(`keywords of every construct and of ${RUNS} random statements, seed ${SEED}`, () => {
  const below = randomBelow(SEED)
  const random = Array.from({ length: RUNS }, () => randomQuery(below))
  const found = { keywords: 0, offered: 0, places: 0 }
  for (const sql of [...CONSTRUCTS, ...random]) {
    if (sql.length > LONGEST || parse(sql).errors.length > 0) continue
    const tokens = lex(sql)
    const isKeyword = keywordTokens(sql, tokens)
    for (let i = 0; i < tokens.count - 1; i++) {
      if (!isKeyword[i]) continue
      const at = `${sql.slice(0, tokens.starts[i])}‸`
      const offered = keywordsAfter(sql, tokens, i)
      const firsts = offered.map((phrase) => phrase.split(" ")[0])
      expect(firsts, at).toContain(tokens.spellings[i])
      found.offered++
      if (found.keywords++ % EXHAUSTIVE > 0) continue
      found.places++
      expect(new Set(offered), at).toEqual(new Set(keywordsAfter(sql, tokens, i, WORDS)))
    }
  }
  expect(found.keywords).toBeGreaterThan(500)
  console.log(
    `${found.offered} of ${found.keywords} keywords offered; at ${found.places} places the same when all words are tried`,
  )
})

interface Named {
  readonly model: Model | TestFile
  readonly text: string
  readonly span: { readonly start: number; readonly end: number }
  readonly name: string
}

// A name that stands for a column, a table or a relation is offered where it stands, once it is gone from there; and where
// all behind it is gone, too, if it can be known by then.
test(`names of the models of a project, seed ${SEED}`, () => {
  const below = randomBelow(SEED)
  const shares = { there: [0, 0], cut: [0, 0] }
  const missing: string[] = []
  for (const project of ["styles", "relaxed"]) {
    const workspace = Workspace.open(`tests/projects/${project}`)
    const all = namesOf(workspace)
    for (let run = 0; run < RUNS; run++) {
      const named = all[below(all.length)]
      if (!named) throw new Error("a project without names")
      const { text, span } = named
      const [before, after] = [text.slice(0, span.start), text.slice(span.end)]
      count(shares.there, offers(workspace, named, before + after), () =>
        missing.push(shown(named)),
      )
      count(shares.cut, offers(workspace, named, before), () => undefined)
    }
  }
  const share = ([found = 0, of = 0]: number[]) => `${found} of ${of}`
  console.log(
    `names offered: ${share(shares.there)} in their places, ${share(shares.cut)} with nothing behind them`,
  )
  expect(missing).toEqual([])
})

function count(into: number[], isFound: boolean, otherwise: () => void): void {
  into[0] = (into[0] ?? 0) + Number(isFound)
  into[1] = (into[1] ?? 0) + 1
  if (!isFound) otherwise()
}

function shown({ model, text, span }: Named): string {
  return `${model.name}: ${text.slice(Math.max(0, span.start - 80), span.start)}‸${text.slice(span.start, span.end + 40)}`
}

/** Of the model with another text in its file, which nothing else is checked again for. */
function offers({ checked }: Workspace, { model, span, name }: Named, text: string): boolean {
  const wanted = name.toLowerCase()
  const end = Math.max(span.start, model.sql.end + text.length - model.source.text.length)
  const source = new SourceText(model.source.file, text)
  const changed = { ...model, source, sql: { start: model.sql.start, end } }
  const found = completionsInQuery(changed, span.start, checked)
  return !!found?.items.some(({ label, filterText = label }) => {
    const plain = filterText.replace(/^"(.*)"$/, "$1").toLowerCase()
    return plain === wanted || plain.endsWith(`.${wanted}`)
  })
}

/** The names in models that stand for something: of columns, of tables, and those that smelt.ref and smelt.source take. */
function namesOf(workspace: Workspace): readonly Named[] {
  return [...workspace.checked.texts.values()].flatMap(({ text: model, statement, names }) => {
    const found: Named[] = []
    const { source } = model
    const add = (name: string, { start, end }: Named["span"]) =>
      found.push({ model, text: source.text, span: { start, end }, name })
    if (!statement || !names) return []
    walk(statement, (node) => {
      if (node.kind === "column-ref" && isKnown(names.columns.get(node.id)))
        for (const { text, span } of (node as ColumnRef).path) add(text, span)
      if (node.kind === "table-name" && names.bindings.get(node.id)?.kind === "cte")
        for (const { text, span } of (node as TableName).path) add(text, span)
      if (node.kind !== "table-call") return
      const value = (node as TableCall).call.args[0]?.value
      if (names.bindings.get(node.id)?.kind !== "relation" || value?.kind !== "literal") return
      add(value.value, { start: value.span.start + 1, end: value.span.end - 1 })
    })
    return found.filter(({ span, name }) => span.end > span.start && source.slice(span) === name)
  })
}

function isKnown(target: ColumnTarget | undefined): boolean {
  return target !== undefined && target.kind !== "unknown"
}

// Whatever is done to a text, at every place of it something, or nothing, is offered.
test(`${RUNS} edited models at every offset, seed ${SEED}`, () => {
  const below = randomBelow(SEED)
  const workspace = Workspace.open("tests/projects/styles")
  const { models } = workspace.project
  const whole = (text: string) => ({ start: 0, end: text.length })
  const sqlOf = ({ source, sql }: Model) => source.slice(sql)
  const tokens = [...new Set(models.flatMap((model) => tokensOf(sqlOf(model))))]
  let places = 0
  for (let run = 0; run < RUNS; run++) {
    const model = models[below(models.length)]
    if (!model) throw new Error("a project without models")
    const { source } = model
    let text = sqlOf(model)
    for (let edits = below(4); edits >= 0; edits--) text = mutated(text, tokens, below)
    const changed = { ...model, source: new SourceText(source.file, text), sql: whole(text) }
    for (let offset = below(STEP); offset <= text.length; offset += 1 + below(STEP)) {
      const found = completionsInQuery(changed, offset, workspace.checked)
      places++
      if (!found) continue
      const { start, end, items } = found
      const at = `seed ${SEED}, run ${run}: ${text.slice(0, offset)}‸`
      expect(start <= offset && offset <= end, at).toBe(true)
      expect(new Set(items.map(({ label }) => label.toLowerCase())).size, at).toBe(items.length)
    }
  }
  console.log(`${places} places`)
})
