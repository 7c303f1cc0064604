import type { Node } from "./ast.js"

/** A node of any kind. */
export interface AnyNode extends Node {
  readonly kind: string
}

/** The nodes directly below, in the order of the text. */
export function children(node: Node): AnyNode[] {
  const found: AnyNode[] = []
  eachBelow(node, (child) => found.push(child))
  return found
}

/** Visits `node` and all below it, parents first; `false` from `visit` keeps it from going deeper. */
export function walk(node: Node, visit: (node: AnyNode) => boolean | void): void {
  const go = (one: AnyNode): void => {
    if (visit(one) !== false) eachBelow(one, go)
  }
  go(node as AnyNode)
}

/** The nodes in the fields of an object or the items of a list, none below another. */
function eachBelow(value: object, visit: (node: AnyNode) => void): void {
  if (Array.isArray(value)) for (const item of value) eachIn(item, visit)
  else
    for (const key in value)
      if (key !== "span") eachIn((value as Readonly<Record<string, unknown>>)[key], visit)
}

function eachIn(value: unknown, visit: (node: AnyNode) => void): void {
  if (typeof value !== "object" || value === null) return
  if (isNode(value)) visit(value)
  else eachBelow(value, visit)
}

/** What stands for a node; several where it is an item of a list, undefined to go on below. */
export type Replace = (node: AnyNode) => Node | readonly Node[] | undefined

/**
 * `node` with every node below it replaced by what `replace` gives for it, parents first. What does not
 * change is shared.
 */
export function transform<N extends Node>(node: N, replace: Replace): N {
  return rebuild(node, replace) as N
}

/** As `transform`, of what is below `node` only. */
export function transformBelow<N extends Node>(node: N, replace: Replace): N {
  return rebuildFields(node, replace) as N
}

/** `node` once more, every node of it with what `change` gives for it; `replace` as in `transform`. */
export function copied<N extends Node>(
  node: N,
  change: (node: AnyNode) => Partial<Node>,
  replace: Replace = () => undefined,
): N {
  const below: Replace = (one) =>
    replace(one) ?? ({ ...rebuildFields(one, below), ...change(one) } as AnyNode)
  return rebuild(node, below) as N
}

function rebuild(value: unknown, replace: Replace): unknown {
  if (typeof value !== "object" || value === null || isSpan(value)) return value
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown) => {
      const next = rebuild(item, replace)
      return Array.isArray(item) ? [next] : next
    })
    return items.length !== value.length || items.some((item, i) => item !== value[i])
      ? items
      : value
  }
  const replaced = isNode(value) ? replace(value) : undefined
  return replaced ?? rebuildFields(value, replace)
}

function rebuildFields(value: object, replace: Replace): object {
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
