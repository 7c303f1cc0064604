import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { basename, delimiter, dirname, join, relative, resolve } from "node:path"
import { parseDocument } from "yaml"
import type { Options } from "../options.js"
import { usage, type Outcome } from "../outcome.js"
import { besideDbt, starter } from "../starter.js"

/** Writes a starter project into a folder, this one where none is named. Files that are there stay. */
export async function init(options: Options, words: readonly string[]): Promise<Outcome> {
  const folder = resolve(options.projectDir ?? ".", words[0] ?? ".")
  if (existsSync(join(folder, "smelt.yml")))
    throw usage("bad-flag", { problem: `${folder} has a smelt.yml already` })
  const dbt = join(folder, "dbt_project.yml")
  const isDbt = existsSync(dbt)
  const name = (isDbt ? nameIn(readFileSync(dbt, "utf8")) : undefined) ?? nameOf(folder)
  const files: string[] = []
  for (const [file, text] of Object.entries(isDbt ? besideDbt(name) : starter(name))) {
    const path = join(folder, file)
    if (existsSync(path)) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    files.push(file)
  }
  const there = relative(process.cwd(), folder)
  const build = `${isOnPath() ? "" : "npx "}smelt build`
  const next = there === "" ? build : `cd ${inShell(there)} && ${build}`
  return {
    fields: { files },
    diagnostics: [],
    text: `${files.map((file) => `wrote ${file}`).join("\n")}\n\nNext: ${isDbt ? FROM_DBT : next}`,
    exit: 0,
  }
}

function nameOf(folder: string): string {
  const name = basename(folder).replace(/[^A-Za-z0-9_]+/g, "_")
  return name.toLowerCase() || "project"
}

/** The name that a dbt_project.yml gives the project, where it is one. */
function nameIn(dbtProject: string): string | undefined {
  const name: unknown = parseDocument(dbtProject).get("name")
  return typeof name === "string" && /^[A-Za-z_]\w*$/.test(name) ? name.toLowerCase() : undefined
}

const FROM_DBT =
  "move dbt_project.yml away; `smelt check` then says what to change in the models, each with its fix"

/** Whether the shell's `smelt` is this program; what npx adds to PATH is not the shell's. */
function isOnPath(): boolean {
  const [, program = ""] = process.argv
  const folders = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
  return folders.some((folder) => {
    const file = join(folder, "smelt")
    return existsSync(file) && realpathSync(file) === realpathSync(program)
  })
}

/** A path as a shell reads it as one word. */
function inShell(path: string): string {
  return /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
