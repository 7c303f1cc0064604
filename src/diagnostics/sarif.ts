import { CATALOG } from "./catalog.js"
import type { Diagnostic } from "./diagnostic.js"

const LEVELS = { error: "error", warn: "warning", note: "note" } as const

/** The diagnostics as a SARIF 2.1.0 log, which code hosts and editors read. */
export function toSarif(diagnostics: readonly Diagnostic[], version: string): object {
  const codes = [...new Set(diagnostics.map((diagnostic) => diagnostic.code))].sort()
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "smelt", version, rules: codes.map(ruleOf) } },
        columnKind: "utf16CodeUnits",
        results: diagnostics.map(resultOf),
      },
    ],
  }
}

function ruleOf(code: string) {
  const found = CATALOG[code as keyof typeof CATALOG]?.[1] ?? code
  const text = found.replace(/\{(\w+)\|(\w+)\}/g, "{$1} $2s")
  return { id: code, shortDescription: { text } }
}

function resultOf(diagnostic: Diagnostic) {
  return {
    ruleId: diagnostic.code,
    level: LEVELS[diagnostic.level],
    message: { text: [diagnostic.message, ...placelessNotes(diagnostic)].join("\n") },
    locations: diagnostic.file === "" ? [] : [location(diagnostic.file, diagnostic)],
    relatedLocations: diagnostic.notes.flatMap((note) =>
      note.file !== undefined && note.start && note.end
        ? [
            {
              ...location(note.file, { start: note.start, end: note.end }),
              message: { text: note.message },
            },
          ]
        : [],
    ),
    fixes: diagnostic.fixes.map(({ title, edits }) => ({
      description: { text: title },
      artifactChanges: [...new Set(edits.map(({ file }) => file))].map((file) => ({
        artifactLocation: { uri: encodeURI(file) },
        replacements: edits
          .filter((edit) => edit.file === file)
          .map((edit) => ({
            deletedRegion: region(edit),
            insertedContent: { text: edit.text },
          })),
      })),
    })),
  }
}

/** Notes that point nowhere have no place of their own in a log. */
function placelessNotes({ notes }: Diagnostic): string[] {
  return notes.filter(({ start }) => start === undefined).map(({ message }) => message)
}

function location(file: string, place: Pick<Diagnostic, "start" | "end">) {
  return {
    physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: region(place) },
  }
}

function region({ start, end }: Pick<Diagnostic, "start" | "end">) {
  return {
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
    charOffset: start.offset,
    charLength: end.offset - start.offset,
  }
}
