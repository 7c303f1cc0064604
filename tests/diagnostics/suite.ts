import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { checkCommand } from "../../src/cli/commands/check.js"
import { readOptions, type RawOptions } from "../../src/cli/options.js"
import { UsageError, type Outcome } from "../../src/cli/outcome.js"
import type { Diagnostic, Edit, Fix } from "../../src/diagnostics/diagnostic.js"
import { isSafe } from "../../src/fixing.js"
import { changedMeanings } from "./meaning.js"

/**
 * Mistakes as data: what `smelt check` says of a project, and what its fixes make of it. A file opens
 * with the texts that all of its cases share, then asks:
 *
 *   project
 *   > smelt.yml                                     a text of the project
 *   …
 *
 *   case what is wrong
 *   > models/report.sql                             a text of this case, or instead of a shared one
 *   SELECT …
 *   ----
 *   ! code level file:line:column [the text it points at] message
 *   ~ note  or  ~ file:line:column [text] note      a note
 *   = kind title => the lines that the fix writes    a fix
 *
 * Each fix takes away its diagnostic and brings no other; one that says that it keeps the meaning keeps it
 * (`meaning.ts`). `check --fix` applies those, and with `--unsafe-fixes` all: where every diagnostic has a fix,
 * nothing is left.
 * A text `target.sql` makes the database of the target, and `check` runs with `--online`.
 * SMELT_COMPLETE=1 writes the answers that smelt gives.
 */
interface Case {
  readonly line: number
  readonly name: string
  readonly files: ReadonlyMap<string, string>
  readonly answer: string
}

type Files = ReadonlyMap<string, string>

/** A text of this name fills the target, and `check` is asked with `--online`. */
const TARGET = "target.sql"

export function runSuite(file: string): void {
  const text = readFileSync(file, "utf8")
  const complete = process.env["SMELT_COMPLETE"] !== undefined
  const { shared, cases } = read(text)
  const answers = new Map<number, string>()
  for (const one of cases)
    test(`line ${one.line}: ${one.name}`, async () => {
      const files = new Map([...shared, ...one.files])
      const found = await faults(files)
      const answer = found.map((fault) => described(fault, files)).join("\n")
      answers.set(one.line, answer)
      if (!complete) expect(answer).toBe(one.answer)
      expect(await unmended(found, files)).toEqual([])
      expect(await changedMeanings(found, files, applied)).toEqual([])
      expect(await misfixed(found, files)).toEqual([])
    })
  if (complete)
    test("answers", () => {
      writeFileSync(file, completed(text, cases, answers))
    })
}

/** The projects of a file of cases, by the line where they stand. */
export function projectsOf(file: string): ReadonlyMap<string, Files> {
  const { shared, cases } = read(readFileSync(file, "utf8"))
  return new Map(
    cases.map((one) => [`line ${one.line}: ${one.name}`, new Map([...shared, ...one.files])]),
  )
}

/** Every diagnostic of the project, as `smelt check` gives them. */
export async function faults(files: Files): Promise<readonly Diagnostic[]> {
  const { outcome } = await checked(files)
  return outcome.diagnostics
}

interface Checked {
  readonly outcome: Pick<Outcome, "diagnostics" | "fields" | "exit">
  /** The files as they are then. */
  readonly after: Files
}

async function checked(files: Files, raw: RawOptions = {}): Promise<Checked> {
  const folder = mkdtempSync(join(tmpdir(), "smelt-fault-"))
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  const target = files.get(TARGET)
  if (target !== undefined) await fill(join(folder, "target", "dev.duckdb"), target)
  const now = () =>
    new Map([...files.keys()].map((file) => [file, readFileSync(join(folder, file), "utf8")]))
  try {
    const options = { ...raw, projectDir: folder, online: target !== undefined }
    const outcome = await checkCommand(readOptions(options, []))
    return { outcome, after: now() }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { diagnostics } = error
    return { outcome: { diagnostics, fields: {}, exit: 2 }, after: now() }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The database of the target, made by these statements. */
async function fill(database: string, statements: string): Promise<void> {
  mkdirSync(dirname(database), { recursive: true })
  const instance = await DuckDBInstance.create(database)
  const connection = await instance.connect()
  await connection.run(statements)
  connection.closeSync()
  instance.closeSync()
}

// ------------------------------------------------------------------------------------- the fixes

/** Fixes that leave their diagnostic, or bring another one. */
async function unmended(found: readonly Diagnostic[], files: Files): Promise<string[]> {
  const before = counted(found)
  const wrong: string[] = []
  for (const fault of found)
    for (const fix of fault.fixes) {
      const after = counted(await faults(applied(fix, files)))
      const mended = (after.get(fault.code) ?? 0) < (before.get(fault.code) ?? 0)
      const brought = [...after.keys()].filter(
        (code) => (after.get(code) ?? 0) > (before.get(code) ?? 0),
      )
      if (!mended || brought.length > 0)
        wrong.push(`${fault.code}: ${fix.title} leaves ${[...after.keys()].join()}`)
    }
  return wrong
}

/** What `check --fix` does wrong: with the fixes that keep the meaning, and with all. */
async function misfixed(found: readonly Diagnostic[], files: Files): Promise<string[]> {
  const having = found.filter(({ fixes }) => fixes.length > 0)
  if (having.length === 0) return []
  const safe = await checked(files, { fix: true })
  const all = await checked(files, { fix: true, unsafeFixes: true })
  const left = having.length === found.length ? all.outcome.diagnostics : []
  return [
    ...misreported(safe, files),
    ...misreported(all, files),
    ...safe.outcome.diagnostics
      .filter(({ fixes }) => fixes.some(isSafe))
      .map(({ message }) => `--fix leaves ${message}`),
    ...left.map(({ message }) => `--unsafe-fixes leaves ${message}`),
  ]
}

/** Files that are said to be written and are not, or are and it is not said; an exit code that does not go with what is left. */
function misreported({ outcome, after }: Checked, files: Files): string[] {
  const { fields, exit, diagnostics } = outcome
  const written = [...after].filter(([file, text]) => files.get(file) !== text)
  const said = (fields.files ?? []) as readonly string[]
  const fixed = (fields.fixed ?? []) as readonly { readonly file: string }[]
  const isRight =
    said.toSorted().join() ===
      written
        .map(([file]) => file)
        .sort()
        .join() &&
    [...new Set(fixed.map(({ file }) => file))].sort().join() === said.toSorted().join() &&
    (exit === 0) === !diagnostics.some(({ level }) => level === "error")
  return isRight ? [] : [`says ${JSON.stringify({ said, fixed, exit })}`]
}

function counted(found: readonly Diagnostic[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { code } of found) counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}

function applied({ edits }: Fix, files: Files): Map<string, string> {
  const result = new Map(files)
  const order = edits.map((edit, i) => ({ edit, i }))
  order.sort((a, b) => b.edit.start.offset - a.edit.start.offset || b.i - a.i)
  for (const { edit } of order) result.set(edit.file, edited(result.get(edit.file) ?? "", edit))
  return result
}

function edited(text: string, { start, end, text: by }: Edit): string {
  return text.slice(0, start.offset) + by + text.slice(end.offset)
}

// --------------------------------------------------------------------------------------- as text

function described(fault: Diagnostic, files: Files): string {
  const { code, level, message } = fault
  return [
    `! ${code} ${level} ${placeOf(fault.file, fault, files)} ${message}`,
    ...fault.notes.map((note) =>
      note.file !== undefined && note.start && note.end
        ? `~ ${placeOf(note.file, { start: note.start, end: note.end }, files)} ${note.message}`
        : `~ ${note.message}`,
    ),
    ...fault.fixes.map((fix) => `= ${fix.kind} ${fix.title} => ${changed(fix, files)}`),
  ].join("\n")
}

function placeOf(file: string, at: Pick<Diagnostic, "start" | "end">, files: Files): string {
  if (file === "") return "-"
  const text = (files.get(file) ?? "").slice(at.start.offset, at.end.offset)
  return `${file}:${at.start.line}:${at.start.column} [${oneLine(text)}]`
}

/** The lines that a fix writes anew, on one line. */
function changed(fix: Fix, files: Files): string {
  const after = applied(fix, files)
  const texts = [...new Set(fix.edits.map(({ file }) => file))].map((file) => {
    const [old, now] = [files.get(file) ?? "", after.get(file) ?? ""].map((text) =>
      text.split("\n"),
    )
    if (!old || !now) return ""
    let start = 0
    while (start < now.length && old[start] === now[start]) start++
    let end = 0
    while (end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++
    return oneLine(now.slice(start, now.length - end).join("\n"))
  })
  return texts.join(" … ").trim()
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim()
}

// ------------------------------------------------------------------------------- the case format

function read(text: string): { shared: Files; cases: Case[] } {
  const lines = text.split("\n")
  const starts = lines.flatMap((line, i) => (/^(project|case .*)$/.test(line) ? [i] : []))
  let shared: Files = new Map()
  const cases: Case[] = []
  starts.forEach((start, i) => {
    const head = lines[start] ?? ""
    const block = lines.slice(start + 1, starts[i + 1] ?? lines.length)
    const cut = block.indexOf("----")
    const files = filesOf(cut < 0 ? withoutComments(block) : block.slice(0, cut))
    if (head === "project") shared = files
    else
      cases.push({
        line: start + 1,
        name: head.slice("case ".length),
        files,
        answer: answerLines(block.slice(cut + 1)).join("\n"),
      })
  })
  return { shared, cases }
}

/** What stands between this case and the next one. */
function withoutComments(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith("# "))
}

function answerLines(lines: readonly string[]): string[] {
  return lines.filter((line) => /^[!~=] /.test(line))
}

function filesOf(lines: readonly string[]): Map<string, string> {
  const files = new Map<string, string>()
  let name = ""
  for (const line of lines) {
    if (line.startsWith("> ")) files.set((name = line.slice(2)), "")
    else if (name !== "") files.set(name, `${files.get(name) ?? ""}${line}\n`)
  }
  return new Map([...files].map(([file, text]) => [file, `${text.trimEnd()}\n`]))
}

function completed(
  text: string,
  cases: readonly Case[],
  answers: ReadonlyMap<number, string>,
): string {
  const lines = text.split("\n")
  for (const { line } of [...cases].reverse()) {
    const start = lines.indexOf("----", line) + 1
    let end = start
    while (end < lines.length && /^[!~=] /.test(lines[end] ?? "")) end++
    const answer = answers.get(line) ?? ""
    lines.splice(start, end - start, ...(answer === "" ? [] : answer.split("\n")))
  }
  return lines.join("\n")
}
