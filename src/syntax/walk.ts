import type { Node } from "./ast.js"

/** A node of any kind. */
export interface AnyNode extends Node {
  readonly kind: string
}

/** The nodes directly below, in the order of the text. */
export function children(node: Node): AnyNode[] {
  const found: AnyNode[] = []
  for (const value of Object.values(node)) collect(value, found)
  return found
}

function collect(value: unknown, found: AnyNode[]): void {
  if (typeof value !== "object" || value === null) return
  if (isNode(value)) found.push(value)
  else if (Array.isArray(value)) for (const item of value) collect(item, found)
  else if (!isSpan(value)) for (const item of Object.values(value)) collect(item, found)
}

/** Visits `node` and all below it, parents first; `false` from `visit` keeps it from going deeper. */
export function walk(node: Node, visit: (node: AnyNode) => boolean | void): void {
  if (visit(node as AnyNode) === false) return
  for (const child of children(node)) walk(child, visit)
}

/**
 * `node` with every node below it replaced by what `replace` gives for it, parents first; undefined
 * goes on below. What does not change is shared.
 */
export function transform<N extends Node>(
  node: N,
  replace: (node: AnyNode) => Node | undefined,
): N {
  return rebuild(node, replace) as N
}

function rebuild(value: unknown, replace: (node: AnyNode) => Node | undefined): unknown {
  if (typeof value !== "object" || value === null || isSpan(value)) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => rebuild(item, replace))
    return items.some((item, i) => item !== value[i]) ? items : value
  }
  const replaced = isNode(value) ? replace(value) : undefined
  return replaced ?? rebuildFields(value, replace)
}

function rebuildFields(value: object, replace: (node: AnyNode) => Node | undefined): object {
  let changed = false
  const fields = Object.entries(value).map(([name, field]) => {
    const next = rebuild(field, replace)
    changed ||= next !== field
    return [name, next] as const
  })
  return changed ? Object.fromEntries(fields) : value
}

function isNode(value: object): value is AnyNode {
  return "kind" in value && "span" in value && "id" in value
}

function isSpan(value: object): boolean {
  return "start" in value && "end" in value && !("kind" in value) && typeof value.start === "number"
}
