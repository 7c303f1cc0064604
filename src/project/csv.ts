export interface CsvRecord {
  readonly fields: readonly string[]
  readonly quoted: readonly boolean[]
  /** Where it begins: a quoted field may hold line ends. */
  readonly start: number
}

/** Records of an RFC 4180 text: quotes doubled inside quotes, CRLF or LF, a byte order mark forgiven. */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const start = at
    const fields: string[] = []
    const quoted: boolean[] = []
    for (;;) {
      const isQuoted = text[at] === '"'
      const [field, end] = isQuoted ? quotedField(text, at) : plainField(text, at)
      fields.push(field)
      quoted.push(isQuoted)
      at = end
      if (text[at] !== ",") break
      at++
    }
    if (text[at] === "\r") at++
    if (text[at] === "\n") at++
    if (fields.length > 1 || fields[0] !== "") records.push({ fields, quoted, start })
  }
  return records
}

function plainField(text: string, start: number): [string, number] {
  let at = start
  while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++
  return [text.slice(start, at), at]
}

function quotedField(text: string, start: number): [string, number] {
  let value = ""
  let at = start + 1
  for (;;) {
    const close = text.indexOf('"', at)
    if (close < 0) return [value + text.slice(at), text.length]
    value += text.slice(at, close)
    if (text[close + 1] !== '"') return [value, close + 1]
    value += '"'
    at = close + 2
  }
}
