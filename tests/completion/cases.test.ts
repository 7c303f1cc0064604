import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import type { CompletionItem, Completions } from "../../src/completion/index.js"
import { Workspace } from "../../src/workspace.js"

// A case is what an editor has, with ‸ for the caret, and below the line what is offered there: names one by one, of
// functions only what kinds there are where there are many, keywords in one line. `SMELT_COMPLETE=1` writes the answers.

const FOLDER = "tests/completion/cases"
const MANY = 12

const workspace = Workspace.open("tests/completion/project")
const onDisk = workspace.project.texts

for (const name of readdirSync(FOLDER).sort()) {
  const path = `${FOLDER}/${name}`
  const blocks = readFileSync(path, "utf8").trimEnd().split("\n\n")
  if (process.env["SMELT_COMPLETE"]) writeFileSync(path, `${blocks.map(answered).join("\n\n")}\n`)
  describe(name, () => {
    for (const block of blocks) {
      const { comment, file, text, wanted } = read(block)
      if (text !== "") test(comment || text, () => expect(offered(file, text)).toBe(wanted))
    }
  })
}

/** `# why`, the file where it is not a model's, the text, `----`, what is offered. */
function read(block: string) {
  const [question = "", wanted = ""] = block.split(/^----(?:\n|$)/m)
  const lines = question.split("\n").filter((line) => line !== "")
  const comment = lines.filter((line) => line.startsWith("# ")).join(" ")
  const rest = lines.filter((line) => !line.startsWith("# "))
  const file = /^file (\S+)$/.exec(rest[0] ?? "")?.[1]
  const text = rest.slice(file === undefined ? 0 : 1).join("\n")
  return { comment, file: file ?? "models/edited.sql", text, wanted: wanted.trimEnd(), question }
}

function answered(block: string): string {
  const { file, text, question } = read(block)
  return text === "" ? block : `${question.trimEnd()}\n----\n${offered(file, text)}`.trimEnd()
}

function offered(file: string, marked: string): string {
  const offset = marked.indexOf("‸")
  const text = marked.replace("‸", "")
  workspace.edit(file, text)
  const found = workspace.complete(file, offset)
  workspace.edit(file, onDisk.get(file)?.text ?? "")
  return shown(found, text, offset)
}

function shown({ items, start, end, isIncomplete }: Completions, text: string, offset: number) {
  const replaced = text.slice(start, end)
  return [
    ...(end === offset || items.length === 0 ? [] : [`replaces \`${replaced}\``]),
    ...(isIncomplete ? ["incomplete"] : []),
    ...listed(items, ["function"]),
    ...listed(items, ["type"]),
    ...listed(items, ["date-part"]),
    ...items
      .filter(({ kind }) => !["function", "type", "date-part", "keyword"].includes(kind))
      .map(line),
    ...keywords(items),
  ].join("\n")
}

function listed(items: readonly CompletionItem[], kinds: readonly string[]): string[] {
  const found = items.filter(({ kind }) => kinds.includes(kind))
  if (found.length < MANY) return found.map(line)
  const sorts = [...new Set(found.map(({ kind, description = kind }) => description))].sort()
  return [`many of: ${sorts.join(", ")}`]
}

function keywords(items: readonly CompletionItem[]): string[] {
  const found = items.filter(({ kind }) => kind === "keyword").map(({ label }) => label)
  return found.length === 0 ? [] : [`keywords: ${found.join(" | ")}`]
}

function line({ kind, label, detail, description, edit }: CompletionItem): string {
  const text = edit.text === label ? "" : ` => \`${edit.text}\``
  const type = kind === "function" || detail === undefined ? "" : ` : ${detail}`
  return `${kind} ${label}${text}${type}${description === undefined ? "" : ` · ${description}`}`
}
