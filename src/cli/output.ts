import { countOf, renderAll } from "../diagnostics/render.js"
import { toSarif } from "../diagnostics/sarif.js"
import type { Options } from "./options.js"
import type { Outcome } from "./outcome.js"

type Format = Pick<Options, "json" | "sarif">

/** Results go to standard output; progress, notes and diagnostics for people to standard error. */
export function printOutcome(
  command: string,
  version: string,
  outcome: Outcome,
  format: Format,
): void {
  if (format.sarif)
    return void process.stdout.write(
      `${JSON.stringify(toSarif(outcome.diagnostics, version), null, 2)}\n`,
    )
  if (format.json)
    return void process.stdout.write(`${JSON.stringify(document(command, outcome))}\n`)
  if (outcome.diagnostics.length > 0) {
    const texts = outcome.texts ?? new Map()
    process.stderr.write(
      `${renderAll(outcome.diagnostics, { texts, color: hasColor(process.stderr) })}\n\n${summary(outcome)}`,
    )
  }
  if (outcome.text !== "") process.stdout.write(`${outcome.text}\n`)
  if (outcome.remark !== undefined) process.stderr.write(`${outcome.remark}\n`)
}

function document(command: string, outcome: Outcome): object {
  return { command, ok: outcome.exit === 0, diagnostics: outcome.diagnostics, ...outcome.fields }
}

function summary(outcome: Outcome): string {
  const count = countOf(outcome.diagnostics)
  return count === "" ? "" : `${count}\n`
}

/** https://no-color.org */
export function hasColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb"
}

/** Rows under their headings, numbers to the right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[] = [],
): string {
  const widths = headings.map((heading, i) =>
    Math.max(heading.length, ...rows.map((row) => (row[i] ?? "").length)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd()
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join(
    "\n",
  )
}
