import type { Dependency } from "../catalog/names.js"
import { versioned } from "./ref-arguments.js"
import type { Call, Statement } from "../syntax/ast.js"
import { walk, type AnyNode } from "../syntax/walk.js"

/**
 * Every relation that a statement names by smelt.ref or smelt.source, each once, in the order of the
 * text. Purely syntactic: a ref may be a model or a seed, and is called a model here.
 */
export function references(statement: Statement | undefined): readonly Dependency[] {
  if (!statement) return []
  const found = new Map<string, Dependency>()
  walk(statement, (node) => {
    if (node.kind === "column-ref") return false
    const dependency = isCall(node) ? dependencyOf(node) : undefined
    const key = dependency && `${dependency.kind} ${dependency.name}`
    if (dependency && key !== undefined && !found.has(key)) found.set(key, dependency)
    return true
  })
  return [...found.values()].sort((a, b) => a.span.start - b.span.start)
}

function dependencyOf(call: Call): Dependency | undefined {
  if (call.name.length < 2) return undefined
  const [schema, word] = call.name.map((name) => name.text.toLowerCase())
  const target = call.args[0]?.value
  if (schema !== "smelt" || (word !== "ref" && word !== "source")) return undefined
  if (target?.kind !== "literal" || target.type !== "string") return undefined
  return {
    kind: word === "ref" ? "model" : "source",
    name: versioned(target.value, call),
    span: target.span,
  }
}

function isCall(node: AnyNode): node is Call {
  return node.kind === "call"
}
