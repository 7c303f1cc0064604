import type { Node, Sample } from "./ast.js"
import { walk } from "./walk.js"

/** Whether a sample without a seed is in a tree: computed again, it gives other rows. */
export function drawsAnew(tree: Node): boolean {
  let draws = false
  walk(tree, (node) => {
    if (node.kind === "sample" && (node as Node & Sample).seed === undefined) draws = true
    return !draws
  })
  return draws
}
