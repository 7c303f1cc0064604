import { writeFileSync } from "node:fs"
import { resolve } from "node:path"
import type { SourceText, Span } from "../../base/span.js"
import { check } from "../../compile.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { format } from "../../formatting.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { openProject, selectedNames } from "./context.js"

/** A file and the stretches of SQL in it, in its order. */
interface SqlFile {
  readonly source: SourceText
  readonly stretches: Span[]
}

/**
 * Lays the SQL of models and test files out anew, headers and comments kept. With `--check` it writes
 * nothing and fails where it would. A file with a syntax error stays as it is, and is an error.
 */
export async function fmt(options: Options): Promise<Outcome> {
  const project = openProject(options)
  const names = selectedNames(project, check(project), options)
  const written = [...project.models, ...project.testFiles].filter(({ name }) => names.has(name))
  const files: string[] = []
  const diagnostics: Diagnostic[] = []
  for (const { source, stretches } of byFile(written)) {
    const found = format(source, stretches)
    if ("diagnostics" in found) diagnostics.push(...found.diagnostics)
    else if (found.text !== source.text) {
      files.push(source.file)
      if (!options.check) writeFileSync(resolve(project.directory, source.file), found.text)
    }
  }
  const failed = diagnostics.length > 0 || (options.check && files.length > 0)
  const verb = options.check ? "would format" : "formatted"
  const text = files.map((file) => `${verb} ${file}`).join("\n") || "Nothing to format."
  return { fields: { files }, diagnostics, texts: project.texts, text, exit: failed ? 1 : 0 }
}

function byFile(
  written: readonly { readonly source: SourceText; readonly sql: Span }[],
): readonly SqlFile[] {
  const files = new Map<string, SqlFile>()
  for (const { source, sql } of written) {
    const file = files.get(source.file) ?? { source, stretches: [] }
    file.stretches.push(sql)
    files.set(source.file, file)
  }
  for (const { stretches } of files.values()) stretches.sort((a, b) => a.start - b.start)
  return [...files.values()]
}
