import type { Literal, Node, QualifiedName } from "./ast.js"

/** A node of any kind. */
export interface AnyNode extends Node {
  readonly kind: string
}

/** The nodes directly below, in the order of the text. */
export function children(node: Node): AnyNode[] {
  const found: AnyNode[] = []
  walkBelow(node, (child) => {
    found.push(child)
    return false
  })
  return found
}

/** Visits `node` and all below it, parents first; `false` from `visit` keeps it from going deeper. */
export function walk(node: Node, visit: Visit): void {
  if (visit(node as AnyNode) !== false && !isLeaf(node as AnyNode)) walkBelow(node, visit)
}

type Visit = (node: AnyNode) => boolean | void

/** Walks the nodes in the fields of an object or the items of a list. */
function walkBelow(value: object, visit: Visit): void {
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) walkIn(value[i], visit)
  else
    for (const key in value) {
      const field = (value as Readonly<Record<string, unknown>>)[key]
      if (typeof field === "object" && key !== "span") walkIn(field, visit)
    }
}

function walkIn(value: unknown, visit: Visit): void {
  if (typeof value !== "object" || value === null) return
  if (isNode(value)) walk(value, visit)
  else walkBelow(value, visit)
}

/** Most nodes are names and literals with nothing below them. */
function isLeaf(node: AnyNode): boolean {
  if (node.kind === "name") return (node as AnyNode & QualifiedName).before === undefined
  return node.kind === "literal" && (node as AnyNode & Literal).typeName === undefined
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
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return rebuildItems(value, replace)
  if (isNode(value))
    return replace(value) ?? (isLeaf(value) ? value : rebuildFields(value, replace))
  return isSpan(value) ? value : rebuildFields(value, replace)
}

/** Copied at the first item that changes: most trees do not. */
function rebuildItems(items: readonly unknown[], replace: Replace): readonly unknown[] {
  let changed: unknown[] | undefined
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    const next = rebuild(item, replace)
    if (next !== item) changed ??= items.slice(0, i)
    if (Array.isArray(next) && !Array.isArray(item)) changed?.push(...(next as unknown[]))
    else changed?.push(next)
  }
  return changed ?? items
}

function rebuildFields(value: object, replace: Replace): object {
  const fields = value as Readonly<Record<string, unknown>>
  let changed: Record<string, unknown> | undefined
  for (const name in fields) {
    const field = fields[name]
    if (typeof field !== "object" || name === "span") continue
    const next = rebuild(field, replace)
    if (next !== field) (changed ??= { ...fields })[name] = next
  }
  return changed ?? value
}

function isNode(value: object): value is AnyNode {
  const { kind, span, id } = value as Partial<AnyNode>
  return kind !== undefined && span !== undefined && id !== undefined
}

function isSpan(value: object): boolean {
  return "start" in value && "end" in value && !("kind" in value) && typeof value.start === "number"
}
