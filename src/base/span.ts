/** A stretch of source text: UTF-16 offsets as in JavaScript strings, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A place for people: `offset` from 0, `line` and `column` from 1, all in UTF-16 units. */
export interface Position {
  readonly offset: number
  readonly line: number
  readonly column: number
}

export function span(start: number, end: number): Span {
  return { start, end }
}

/** The smallest span that holds both. */
export function cover(a: Span, b: Span): Span {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }
}

/** A text with its name and the offsets at which its lines start. */
export class SourceText {
  private starts: number[] | undefined

  /** `file` is relative to the project. */
  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  /** Found at first use: most texts have no fault whose place is asked for. */
  private get lineStarts(): readonly number[] {
    if (this.starts) return this.starts
    const starts = [0]
    for (let at = this.text.indexOf("\n"); at >= 0; at = this.text.indexOf("\n", at + 1))
      starts.push(at + 1)
    return (this.starts = starts)
  }

  position(offset: number): Position {
    const { lineStarts } = this
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { offset, line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
  }

  /** The text of a line, counted from 1, without its line break. */
  line(number: number): string {
    const start = this.lineStarts[number - 1] ?? this.text.length
    const end = this.lineStarts[number] ?? this.text.length + 1
    return this.text.slice(start, end - 1).replace(/\r$/, "")
  }

  slice(span: Span): string {
    return this.text.slice(span.start, span.end)
  }
}
