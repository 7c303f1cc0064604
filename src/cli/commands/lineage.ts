import { diagnosticsOf } from "../../check-report.js"
import { nearest, orThese } from "../../base/suggest.js"
import { lineageOf, type LineageColumn, type LineageEdge } from "../../lineage.js"
import type { Options } from "../options.js"
import { usage, type Outcome } from "../outcome.js"
import { isError, namedAmong, openChecked } from "./context.js"

/** Where a column, or every column of a model, comes from. Opens no engine. */
export async function lineageCommand(options: Options, words: readonly string[]): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const [word = ""] = words
  const dot = word.lastIndexOf(".")
  const isModel = project.models.some(({ name }) => name.toLowerCase() === word.toLowerCase())
  const model = namedAmong(project.models, isModel || dot < 0 ? word : word.slice(0, dot))
  const text = checked.texts.get(model)
  const names = (text?.types?.output ?? []).map(({ name }) => name)
  const columns = isModel || dot < 0 ? names : [columnAmong(names, word.slice(dot + 1), model)]
  const edges = lineageOf(model, columns, checked)
  const failed = text?.failed ?? false
  const diagnostics = failed
    ? diagnosticsOf(project, checked, new Set([model])).filter(isError)
    : []
  return {
    fields: { edges },
    diagnostics,
    texts: project.texts,
    text: columns.map((column) => tree({ node: model, column }, edges).join("\n")).join("\n\n"),
    exit: failed ? 1 : 0,
  }
}

function columnAmong(names: readonly string[], word: string, model: string): string {
  const found = names.find((name) => name.toLowerCase() === word.toLowerCase())
  if (found !== undefined || names.length === 0) return found ?? word
  const hint = orThese(nearest(word, names), "it has", names)
  throw usage("unknown-column", { name: word, where: ` in model \`${model}\``, hint })
}

const ORDER = ["value", "join", "filter", "group", "order"]

/** The edges above a column as a tree; what was shown above is not shown again. */
function tree(root: LineageColumn, edges: readonly LineageEdge[]): string[] {
  const shown = new Set<string>()
  const below = ({ node, column }: LineageColumn, indent: string): string[] => {
    const to = `${node}.${column}`
    const own = edges
      .filter((edge) => `${edge.to.node}.${edge.to.column}` === to)
      .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
    const isKnown = shown.has(to)
    shown.add(to)
    if (isKnown) return []
    return own.flatMap(({ from, kind }, i) => {
      const isLast = i === own.length - 1
      const name = `${from.node}.${from.column}`
      const again =
        shown.has(name) && edges.some((edge) => `${edge.to.node}.${edge.to.column}` === name)
      const line = `${indent}${isLast ? "└─" : "├─"} ${kind.padEnd(6)} ${name}${again ? " (above)" : ""}`
      return [line, ...below(from, `${indent}${isLast ? "   " : "│  "}`)]
    })
  }
  return [`${root.node}.${root.column}`, ...below(root, "")]
}
