import type { Span } from "../base/span.js"
import type { Node } from "./ast.js"
import { children, type AnyNode } from "./walk.js"

/** A comment as written, marks included, and whether it has a line, or lines, to itself. */
export interface Comment {
  readonly text: string
  readonly ownLine: boolean
  /** An empty line stands before it. */
  readonly apart: boolean
}

/** What stands around a node, beyond its own text. */
export interface NodeComments {
  readonly before: Comment[]
  readonly after: Comment[]
}

/** Comments of a tree by id of the node that they speak of. */
export type Comments = ReadonlyMap<number, NodeComments>

/** Kinds of nodes that comments belong to: what may have a line of its own when it is printed. */
const ANCHORS: ReadonlySet<string> = new Set(
  (
    "query cte select set-operation values pivot-query unpivot-query show select-expr star group-expr order-item " +
    "table-name table-call subquery values-table join pivot unpivot named-window " +
    "column-ref literal unary binary logic between in-list in-query is like case cast call extract exists " +
    "scalar-subquery quantified interval list struct row index slice field lambda at-time-zone collate parameter " +
    "position comprehension"
  ).split(" "),
)

/**
 * Gives each comment to a node: one that ends a line to what stands before it on the line, one on a
 * line of its own to what follows. `spans` are those of the comments, in the order of the text.
 */
export function attachComments(tree: Node, spans: readonly Span[], text: string): Comments {
  const found = new Map<number, NodeComments>()
  for (const span of spans) {
    const { node, side } = placeOf(tree as AnyNode, span, text)
    const known = found.get(node.id) ?? { before: [], after: [] }
    known[side].push(commentAt(span, text))
    found.set(node.id, known)
  }
  return found
}

function commentAt({ start, end }: Span, text: string): Comment {
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start)
  return {
    text: text.slice(start, end).trimEnd(),
    ownLine: line.trim() === "",
    apart: /\n[ \t]*\r?\n[ \t]*$/.test(text.slice(0, start)),
  }
}

interface Place {
  readonly node: Node
  readonly side: "before" | "after"
}

function placeOf(tree: AnyNode, comment: Span, text: string): Place {
  if (comment.end <= tree.span.start) return { node: tree, side: "before" }
  if (comment.start >= tree.span.end) return { node: tree, side: "after" }
  const below = anchorsBelow(tree)
  const around = below.find(({ span }) => span.start < comment.start && comment.end < span.end)
  if (around) return placeOf(around, comment, text)
  const before = below.findLast(({ span }) => span.end <= comment.start)
  const after = below.find(({ span }) => span.start >= comment.end)
  const sameLine = before && !text.slice(before.span.end, comment.start).includes("\n")
  if (before && (sameLine || !after)) return { node: before, side: "after" }
  return after ? { node: after, side: "before" } : { node: tree, side: "after" }
}

/** The nearest nodes below that comments may belong to, by their place in the text. */
function anchorsBelow(node: Node): AnyNode[] {
  const found: AnyNode[] = []
  const go = (one: Node): void => {
    for (const child of children(one)) {
      if (!ANCHORS.has(child.kind)) go(child)
      else if (child.span.end > child.span.start) found.push(child)
    }
  }
  go(node)
  return found.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)
}

// ------------------------------------------------------------------------------------ in printing

// Marks of comments in lines under way; no text of SQL has these characters.
const ABOVE = "\uFDD0" // opens one that goes on a line above
const BEHIND = "\uFDD1" // opens one that goes to the end of the line
const CLOSE = "\uFDD2"
const MARKED = /[\uFDD0\uFDD1]([^\uFDD2]*)\uFDD2/g

/** Stands for a line break inside a comment or a literal, so that indenting does not reach into it. */
export const LINE_IN_TEXT = "\uFFFF"

/** `text` of a node with what belongs around it, in marks that `settled` takes out again. */
export function surrounded(text: string, { before, after }: NodeComments): string {
  const above = before.map((comment) => marked(ABOVE, comment)).join("")
  const behind = after
    .map((comment) => (comment.ownLine ? `\n${marked(ABOVE, comment)}` : marked(BEHIND, comment)))
    .join("")
  return above + text + behind
}

function marked(mark: string, { text }: Comment): string {
  return mark + text.replace(/\r?\n/g, LINE_IN_TEXT) + CLOSE
}

export function hasComments(text: string): boolean {
  return text.includes(CLOSE)
}

/** A text under way as if it had no comments. */
export function unmarked(text: string): string {
  return hasComments(text) ? text.replace(MARKED, "") : text
}

/** Lines with every comment above its line or at the end of it. */
export function settled(text: string): string {
  if (!hasComments(text)) return text
  return text.split("\n").flatMap(settledLine).join("\n")
}

function settledLine(line: string): string[] {
  const indent = /^ */.exec(unmarked(line))?.[0] ?? ""
  const above: string[] = []
  const behind: string[] = []
  const code = line
    .replace(MARKED, (all: string, comment: string) => {
      const list = all.startsWith(ABOVE) ? above : behind
      list.push(comment)
      return ""
    })
    .trimEnd()
  // A comment to the end of the line leaves no place for a second one behind it.
  const last = behind.pop()
  above.push(...behind)
  const lines = above.map((comment) => indent + comment)
  if (code.trim() === "") return last === undefined ? lines : [...lines, indent + last]
  return [...lines, last === undefined ? code : `${code} ${last}`]
}
