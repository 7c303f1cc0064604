import { readFileSync, writeFileSync } from "node:fs"
import { expect, test } from "vitest"
import type { Materialization } from "../../src/catalog/project.js"
import type { LevelSetting } from "../../src/diagnostics/sink.js"
import type { Relation } from "../../src/catalog/relation.js"
import { whyNullable } from "../../src/typecheck/why-nullable.js"
import { applied, check, interfaceOf, relation, type Checked, type CheckOptions } from "./check.js"

/**
 * Cases as data. A file declares its relations, then asks:
 *
 *   source raw.t (a INTEGER NOT NULL, b INTEGER) key (a)
 *
 *   check [off CODE] [star] [test] [table] [why] [not-null COLUMN] [key COLUMN]
 *   SELECT …
 *   ----
 *   ! code [the text it points at] message          one line a diagnostic
 *   ~ note                                           one line a note
 *   = the text after its fix, on one line            one line a fix
 *   ? b: message [the text it points at] -> …        with `why`: how NULL comes into a column
 *   -> a INTEGER NOT NULL, b VARCHAR; key (a)        the interface, where nothing is at fault
 *
 * SMELT_COMPLETE=1 writes the answers that smelt gives.
 */
interface Case {
  readonly line: number
  readonly options: readonly string[]
  readonly sql: string
  readonly answer: string
}

export function runCases(file: string): void {
  const text = readFileSync(file, "utf8")
  const relations = relationsOf(text)
  const cases = casesOf(text)
  if (process.env["SMELT_COMPLETE"]) complete(file, text, cases, relations)
  for (const one of cases)
    test(`line ${one.line}: ${one.sql.replace(/\s+/g, " ").slice(0, 90)}`, () => {
      const options = optionsOf(one, relations)
      const checked = check(one.sql, options)
      if (!process.env["SMELT_COMPLETE"])
        expect(answerOf(checked, one.options.includes("why"))).toBe(one.answer)
      expect(unmended(checked, options)).toEqual([])
    })
}

/** Fixes after which the same code still stands at what they were to mend, or new ones appear. */
function unmended({ source, diagnostics }: Checked, options: CheckOptions): string[] {
  const before = diagnostics.map((one) => one.code)
  return diagnostics.flatMap((one) =>
    one.fixes.flatMap((fix) => {
      const text = applied(source, fix)
      const after = check(text, options).diagnostics.map((other) => other.code)
      const count = (codes: readonly string[], code: string) =>
        codes.filter((other) => other === code).length
      const mended = count(after, one.code) < count(before, one.code)
      const broken = after.filter((code) => count(after, code) > count(before, code))
      return mended && broken.length === 0 ? [] : [`${fix.title}: ${text} -> ${after.join()}`]
    }),
  )
}

function answerOf(checked: Checked, why: boolean): string {
  const lines = checked.diagnostics.flatMap((one) => [
    `! ${one.code} [${oneLine(checked.source.text.slice(one.start.offset, one.end.offset))}] ${one.message}`,
    ...one.notes.map((note) => `~ ${note.message}`),
    ...one.fixes.map((fix) => `= ${oneLine(applied(checked.source, fix))}`),
  ])
  if (checked.diagnostics.some((one) => one.level === "error")) return lines.join("\n")
  const keys = (checked.types?.keys ?? []).map((key) => `; key (${key.join(", ")})`).join("")
  if (why) lines.push(...tracesOf(checked))
  return [...lines, `-> ${interfaceOf(checked)}${keys}`].join("\n")
}

function tracesOf({ source, names, types }: Checked): string[] {
  if (!names || !types) return []
  return types.output.flatMap(({ name, nullable }, i) => {
    const steps = whyNullable(i, { names, ...types })
    const way = steps.map(({ message, span }) => `${message} [${oneLine(source.slice(span))}]`)
    return nullable ? [`? ${name}: ${way.join(" -> ")}`] : []
  })
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim()
}

function optionsOf({ options }: Case, relations: readonly Relation[]): CheckOptions {
  const levels: Record<string, LevelSetting> = {}
  const notNull: string[] = []
  const keys: string[][] = []
  let materialization: Materialization = "auto"
  options.forEach((word, i) => {
    const next = options[i + 1] ?? ""
    if (word === "off") levels[next] = "off"
    if (word === "not-null") notNull.push(next)
    if (word === "key") keys.push([next])
    if (word === "table") materialization = "table"
  })
  return {
    relations,
    levels,
    notNull,
    keys,
    materialization,
    allowStar: options.includes("star"),
    isTest: options.includes("test"),
  }
}

export function relationsOf(text: string): Relation[] {
  const found = text.matchAll(/^(source|model|seed) (\S+) \((.*?)\)((?: key \(.*?\))*)$/gm)
  return [...found].map(([, kind, name = "", columns = "", keys = ""]) => {
    const lists = [...keys.matchAll(/key \((.*?)\)/g)].map(([, list = ""]) => list.split(/,\s*/))
    const which = kind === "model" ? "model" : kind === "seed" ? "seed" : "source"
    return relation(which, name, columns, lists)
  })
}

function casesOf(text: string): Case[] {
  const lines = text.split("\n")
  const cases: Case[] = []
  for (let i = 0; i < lines.length; i++) {
    const [head, ...options] = (lines[i] ?? "").split(" ")
    if (head !== "check") continue
    const line = i + 1
    const sql: string[] = []
    while (++i < lines.length && lines[i] !== "----") sql.push(lines[i] ?? "")
    const answer: string[] = []
    while (++i < lines.length && lines[i] !== "") answer.push(lines[i] ?? "")
    cases.push({ line, options, sql: sql.join("\n"), answer: answer.join("\n") })
  }
  return cases
}

function complete(
  file: string,
  text: string,
  cases: readonly Case[],
  relations: readonly Relation[],
): void {
  const lines = text.split("\n")
  for (const one of [...cases].reverse()) {
    const start = lines.indexOf("----", one.line) + 1
    let end = start
    while (end < lines.length && lines[end] !== "") end++
    lines.splice(
      start,
      end - start,
      ...answerOf(check(one.sql, optionsOf(one, relations)), one.options.includes("why")).split(
        "\n",
      ),
    )
  }
  writeFileSync(file, lines.join("\n"))
}
