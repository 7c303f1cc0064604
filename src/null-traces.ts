import type { SourceText, Position } from "./base/span.js"
import { whyNullable, type NullStep } from "./typecheck/why-nullable.js"
import type { Checked, CheckedText } from "./session.js"

/** Why a column may be NULL: from the column to where the NULL comes from. */
export interface NullTrace {
  readonly column: string
  readonly steps: readonly PlacedStep[]
}

export interface PlacedStep {
  readonly message: string
  readonly file: string
  readonly start: Position
  readonly end: Position
}

/** A trace for every column of a model that may be NULL; it goes on in the models that it reads. */
export function nullTraces(name: string, checked: Checked): NullTrace[] {
  const output = checked.texts.get(name)?.types?.output ?? []
  return output.flatMap((column, i) =>
    column.nullable ? [{ column: column.name, steps: stepsOf(name, i, checked) }] : [],
  )
}

function stepsOf(name: string, index: number, checked: Checked): PlacedStep[] {
  const text = checked.texts.get(name)
  if (!text) return []
  const steps = stepsIn(text, index)
  const from = steps.at(-1)?.from
  const source = text.text.source
  const placed = steps.map((step) => placedIn(source, step))
  const next = from && checked.texts.get(from.relation)?.types?.output
  const column = next?.findIndex((one) => one.name.toLowerCase() === from?.column.toLowerCase())
  if (!from || column === undefined || column < 0) return placed
  return [...placed, ...stepsOf(from.relation, column, checked)]
}

function stepsIn({ names, types }: CheckedText, index: number): readonly NullStep[] {
  return names && types ? whyNullable(index, { names, ...types }) : []
}

/** A step with the file and the place that it points at. */
export function placedIn(source: SourceText, { message, span }: NullStep): PlacedStep {
  return {
    message,
    file: source.file,
    start: source.position(span.start),
    end: source.position(span.end),
  }
}
