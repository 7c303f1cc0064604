import type { YAMLParseError } from "yaml"
import type { Span } from "../base/span.js"
import type { ReportedFix } from "../diagnostics/diagnostic.js"

/** A fault of a YAML text in words, with offsets into that text, and an edit where one mends it. */
export interface YamlFault {
  readonly problem: string
  readonly span: Span
  readonly fix?: ReportedFix
}

/** What the parser found, as the mistake that it usually is. */
export function faultOf({ code, pos, message }: YAMLParseError, text: string): YamlFault {
  const [start, to] = pos
  const otherwise = { problem: message, span: { start, end: Math.max(to, start + 1) } }
  switch (code) {
    case "BLOCK_AS_IMPLICIT_KEY":
    case "BAD_SCALAR_START":
      return unquoted(text, start) ?? otherwise
    case "MULTILINE_IMPLICIT_KEY":
    case "MISSING_CHAR":
      return /^Implicit/.test(message) ? (withoutColon(text, start) ?? otherwise) : otherwise
    case "DUPLICATE_KEY": {
      const key = /^[\w-]+/.exec(text.slice(start))?.[0] ?? ""
      const problem = `key \`${key}\` is given twice`
      return { problem, span: { start, end: start + Math.max(1, key.length) } }
    }
    case "BAD_INDENT":
      return unclosed(text, start) ?? otherwise
    case "TAB_AS_INDENT":
      return { ...otherwise, problem: "tabs cannot indent YAML; write spaces" }
    default:
      return otherwise
  }
}

/** `materialization table`: a key without its colon, or `key:[a]` without the space after it. */
export function withoutColon(text: string, start: number): YamlFault | undefined {
  const [, key = "", colon = ""] = /^([\w-]+)(?:(:)(?=\S)|(?=\s|$))/.exec(text.slice(start)) ?? []
  if (key === "") return undefined
  const end = start + key.length + colon.length
  const what = colon === "" ? "colon" : "space"
  return {
    problem: `a ${what} is missing after \`${key}${colon}\``,
    span: { start, end },
    fix: {
      title: `put a ${what} after \`${key}${colon}\``,
      kind: "equivalent",
      edits: [{ span: { start: end, end }, text: colon === "" ? ":" : " " }],
    },
  }
}

/** `[a, b` or `{ a: b` without its end. */
function unclosed(text: string, before: number): YamlFault | undefined {
  const open: number[] = []
  for (let at = 0; at < before; at++) {
    if (/[[{]/.test(text.charAt(at))) open.push(at)
    else if (/[\]}]/.test(text.charAt(at))) open.pop()
  }
  const at = open.at(-1)
  if (at === undefined) return undefined
  const [opening, closing] = text.charAt(at) === "[" ? ["[", "]"] : ["{", "}"]
  const [line = ""] = /^[^\r\n]*/.exec(text.slice(at)) ?? []
  const end = at + line.trimEnd().length
  return {
    problem: `this \`${opening}\` is not closed: \`${closing}\` is missing`,
    span: { start: at, end: at + 1 },
    fix: {
      title: `put \`${closing}\` at the end of the line`,
      kind: "changes-meaning",
      edits: [{ span: { start: end, end }, text: closing === "}" ? " }" : closing }],
    },
  }
}

/** `description: a: b`: a text that YAML takes for something else. */
function unquoted(text: string, at: number): YamlFault | undefined {
  const from = text.lastIndexOf("\n", at - 1) + 1
  const [line = ""] = /^[^\r\n]*/.exec(text.slice(from)) ?? []
  const [, head = "", value = ""] =
    /^(\s*(?:- +)*[\w-]+:[ \t]+)([^\s"'[{#].*?)\s*$/.exec(line) ?? []
  if (value === "") return undefined
  const span = { start: from + head.length, end: from + head.length + value.length }
  const why = value.includes(": ") ? "has `: ` in it" : `begins with \`${value.charAt(0)}\``
  return {
    problem: `this text needs quotes: it ${why}`,
    span,
    fix: {
      title: "put the text in quotes",
      kind: "equivalent",
      edits: [{ span, text: JSON.stringify(value) }],
    },
  }
}
