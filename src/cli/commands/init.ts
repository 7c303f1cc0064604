import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { basename, delimiter, dirname, join, relative, resolve } from "node:path"
import { plural } from "../../base/plural.js"
import { SourceText } from "../../base/span.js"
import { carryOver, DBT_PROJECT, ProjectFiles } from "../../project/index.js"
import { liveTables } from "../live-tables.js"
import type { Options } from "../options.js"
import { usage, type Outcome } from "../outcome.js"
import { starter } from "../starter.js"

/**
 * Writes a starter project into a folder, this one where none is named; beside a dbt project, smelt's files of it.
 * Files that are there stay.
 */
export async function init(options: Options, words: readonly string[]): Promise<Outcome> {
  const folder = resolve(options.projectDir ?? ".", words[0] ?? ".")
  if (existsSync(join(folder, "smelt.yml")))
    throw usage("bad-flag", { problem: `${folder} has a smelt.yml already` })
  if (existsSync(join(folder, DBT_PROJECT))) return besideDbt(folder)
  const files = write(folder, Object.entries(starter(nameOf(folder))))
  const text = `${listed(files)}\n\nNext: ${inFolder(folder, "smelt build")}`
  return { fields: { files }, diagnostics: [], text, exit: 0 }
}

/** A dbt project as smelt's own files; what cannot be carried over is a diagnostic. */
async function besideDbt(folder: string): Promise<Outcome> {
  const carried = carryOver(new ProjectFiles(folder), profilesOf(folder))
  const texts = [...carried.written(await liveTables(carried, folder))]
  const taken = texts.filter(([file]) => existsSync(join(folder, file))).map(([file]) => file)
  const files = write(folder, texts)
  const { diagnostics } = carried
  const left = diagnostics.filter(({ code }) => code === "not-carried").length
  const kept = taken.map((file) => `left ${file} as it was`)
  const said = [
    [listed(files), ...kept].join("\n"),
    left === 0
      ? "All of the dbt project is carried over."
      : `${plural(left, "thing")} of the dbt project ${left === 1 ? "is" : "are"} not carried over: above, each with its place and the way out.`,
    `dbt's files are as they were; smelt's are smelt.yml and smelt/.\n\nNext: ${inFolder(folder, "smelt check")}`,
  ]
  const failed = diagnostics.some(({ level }) => level === "error")
  return {
    fields: { files },
    diagnostics,
    texts: carried.texts,
    text: said.join("\n\n"),
    exit: failed ? 1 : 0,
  }
}

/** profiles.yml where dbt looks for it. */
function profilesOf(folder: string): SourceText | undefined {
  const { DBT_PROFILES_DIR: named } = process.env
  const folders = [...(named ? [resolve(folder, named)] : []), folder, join(homedir(), ".dbt")]
  const found = folders.map((one) => join(one, "profiles.yml")).find((file) => existsSync(file))
  if (found === undefined) return undefined
  const file = relative(folder, found)
  return new SourceText(file.startsWith("..") ? found : file, readFileSync(found, "utf8"))
}

function write(folder: string, texts: Iterable<readonly [string, string]>): string[] {
  const files: string[] = []
  for (const [file, text] of texts) {
    const path = join(folder, file)
    if (existsSync(path)) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    files.push(file)
  }
  return files
}

function listed(files: readonly string[]): string {
  return files.map((file) => `wrote ${file}`).join("\n")
}

/** A command as a shell in the folder that it was started in takes it. */
function inFolder(folder: string, command: string): string {
  const there = relative(process.cwd(), folder)
  const line = `${isOnPath() ? "" : "npx "}${command}`
  return there === "" ? line : `cd ${inShell(there)} && ${line}`
}

function nameOf(folder: string): string {
  const name = basename(folder).replace(/[^A-Za-z0-9_]+/g, "_")
  return name.toLowerCase() || "project"
}

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
