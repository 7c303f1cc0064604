import { parse } from "../../src/parse/index.js"
import type { Node } from "../../src/syntax/ast.js"
import { children, walk, type AnyNode } from "../../src/syntax/walk.js"
import { shape } from "./tree.js"

/** What is wrong with the spans below `tree`: one not within its parent's, or not within the text. */
export function strayingSpans(tree: Node, text: string): string[] {
  const found: string[] = []
  walk(tree, (node) => {
    const { start, end } = node.span
    if (!(start >= 0 && start <= end && end <= text.length))
      found.push(`${node.kind} ${start}-${end}`)
    for (const child of children(node))
      if (!isWithin(child, node)) found.push(place(child, node, text))
  })
  return found
}

function isWithin(child: Node, parent: Node): boolean {
  return child.span.start >= parent.span.start && child.span.end <= parent.span.end
}

function place(child: AnyNode, parent: AnyNode, text: string): string {
  const shown = ({ kind, span }: AnyNode) => `${kind} [${text.slice(span.start, span.end)}]`
  return `${shown(child)} is not within ${shown(parent)}`
}

/** Texts of expressions that say, parsed by themselves, something else than each node that has them. */
export function unlikeTheirText(tree: Node, text: string): string[] {
  const unlike = new Map<string, boolean>()
  walk(tree, (node) => {
    const own = text.slice(node.span.start, node.span.end)
    // What the text leaves out has no width; nodes of one place, as NOT and IN of `a NOT IN b`, share it.
    const place = `${node.span.start} ${own}`
    // The number of a `?` rests on those before it.
    if (EXPRESSIONS.has(node.kind) && !/^$|\?/.test(own) && unlike.get(place) !== false)
      unlike.set(place, !isText(node, own))
  })
  return [...unlike].flatMap(([place, isUnlike]) => (isUnlike ? [place] : []))
}

function isText(node: Node, own: string): boolean {
  const [reread] = parse(`SELECT ${own} AS x`).statements
  const item = reread?.body.kind === "select" ? reread.body.items[0] : undefined
  const expr = item?.kind === "select-expr" ? item.expr : item
  return JSON.stringify(shape(expr)) === JSON.stringify(shape(node))
}

const EXPRESSIONS = new Set(
  (
    "column-ref literal unary binary logic between in-list in-query is like case cast call extract exists " +
    "scalar-subquery quantified interval list struct row index slice field at-time-zone collate " +
    "parameter position comprehension"
  ).split(" "),
)
