import { at, some } from "../base/check.js"
import { childrenOf, type ExtractionProblem } from "./extract.js"

/**
 * An e-graph in the format of extraction-gym and egraph-serialize: JSON with `nodes` by id, each of them
 * `{ op, children, eclass, cost, subsumed }`, and `root_eclasses`. Children name nodes, any node of the class that is
 * meant; nodes and classes are numbered here in the order in which the file first has them.
 */
export interface GymGraph {
  readonly nodes: readonly GymNode[]
  readonly classIds: readonly string[]
  /** Classes; roots that the file has and that are no class are in `missingRoots`. */
  readonly roots: readonly number[]
  /** Ids of roots that name no class, as a merged class that has lost its name. */
  readonly missingRoots: readonly string[]
  /** What the file says of classes, as it stands; kept for writing. */
  readonly classData?: Readonly<Record<string, unknown>>
}

export interface GymNode {
  readonly id: string
  readonly op: string
  readonly cls: number
  readonly cost: number
  /** Numbers of nodes that stand for their classes. */
  readonly children: readonly number[]
  /** The node is there, but may not be chosen. */
  readonly subsumed: boolean
}

/** A file that is not in the format: what was found and where. */
export class GymError extends Error {
  override readonly name = "GymError"
}

/**
 * Reads a dump, from its text or parsed. A root that names no class is taken for the class of the node of that id
 * if there is one, else it is left out and listed. A missing cost is 1; null is infinity, as serde writes it, and the
 * node may not be chosen.
 */
export function readGym(source: string | object): GymGraph {
  const file = asRecord(typeof source === "string" ? parse(source) : source, "the file")
  const entries = Object.entries(asRecord(file.nodes, "`nodes`"))
  const numbers = new Map(entries.map(([id], i) => [id, i]))
  const classes = new Map<string, number>()
  const nodes = entries.map(([id, value]) => readNode(id, value, numbers, classes))
  const { roots, missingRoots } = readRoots(file.root_eclasses, nodes, numbers, classes)
  const classData = file.class_data
  return {
    nodes,
    classIds: [...classes.keys()],
    roots,
    missingRoots,
    ...(classData === undefined ? {} : { classData: asRecord(classData, "`class_data`") }),
  }
}

/** The text of a graph; reading it gives the graph, without the roots that named no class. */
export function writeGym(graph: GymGraph): string {
  return JSON.stringify(gymFile(graph), undefined, 2) + "\n"
}

/** What the text of a graph says. */
export function gymFile(graph: GymGraph): object {
  const nodes = Object.fromEntries(
    graph.nodes.map(({ id, op, cls, cost, children, subsumed }) => [
      id,
      {
        op,
        children: children.map((child) => at(graph.nodes, child).id),
        eclass: at(graph.classIds, cls),
        cost: cost === Infinity ? null : cost,
        ...(subsumed ? { subsumed } : {}),
      },
    ]),
  )
  const root_eclasses = graph.roots.map((root) => at(graph.classIds, root))
  const class_data = graph.classData ? { class_data: graph.classData } : {}
  return { nodes, root_eclasses, ...class_data }
}

/** The extraction problem of a graph, node for node and class for class; subsumed nodes may not be chosen. */
export function problemOf({ nodes, classIds, roots }: GymGraph): ExtractionProblem {
  const childStarts = new Uint32Array(nodes.length + 1)
  nodes.forEach(({ children }, i) => {
    childStarts[i + 1] = some(childStarts[i], "a start") + children.length
  })
  return {
    costs: Float64Array.from(nodes, ({ cost, subsumed }) => (subsumed ? Infinity : cost)),
    classes: Uint32Array.from(nodes, ({ cls }) => cls),
    childStarts,
    children: Uint32Array.from(
      nodes.flatMap(({ children }) => children.map((child) => at(nodes, child).cls)),
    ),
    classCount: classIds.length,
    roots: Uint32Array.from(roots),
  }
}

/** A graph of a problem, with ids as egg writes them: class, two underscores, place in the class. */
export function graphOf(
  problem: ExtractionProblem,
  op: (node: number) => string,
  idOf: (cls: number) => string = String,
): GymGraph {
  const firstOf = new Map<number, number>()
  const sizes = new Map<number, number>()
  problem.classes.forEach((cls, node) => firstOf.set(cls, firstOf.get(cls) ?? node))
  const representative = (cls: number) => {
    const node = firstOf.get(cls)
    if (node === undefined)
      throw new GymError(`class ${cls} has no node, so the format cannot name it as a child`)
    return node
  }
  const nodes = Array.from(problem.classes, (cls, node) => {
    const place = sizes.get(cls) ?? 0
    sizes.set(cls, place + 1)
    return {
      id: `${idOf(cls)}__${place}`,
      op: op(node),
      cls,
      cost: some(problem.costs[node], "a cost"),
      children: Array.from(childrenOf(problem, node), representative),
      subsumed: false,
    }
  })
  const classIds = Array.from({ length: problem.classCount }, (_, cls) => idOf(cls))
  return { nodes, classIds, roots: [...problem.roots], missingRoots: [] }
}

// ------------------------------------------------------------------------------------------ reading

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GymError(`not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readNode(
  id: string,
  value: unknown,
  numbers: ReadonlyMap<string, number>,
  classes: Map<string, number>,
): GymNode {
  const node = asRecord(value, `node ${show(id)}`)
  const eclass = asId(node.eclass, `\`eclass\` of node ${show(id)}`)
  const cls = classes.get(eclass) ?? classes.size
  classes.set(eclass, cls)
  const subsumed = node.subsumed ?? false
  if (typeof subsumed !== "boolean")
    throw new GymError(`\`subsumed\` of node ${show(id)} is true or false, found ${kind(subsumed)}`)
  return {
    id,
    op: asId(node.op, `\`op\` of node ${show(id)}`),
    cls,
    cost: readCost(id, node.cost),
    children: readChildren(id, node.children, numbers),
    subsumed,
  }
}

function readCost(id: string, value: unknown): number {
  if (value === undefined) return 1
  if (value === null) return Infinity
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new GymError(`\`cost\` of node ${show(id)} is a finite number, found ${kind(value)}`)
  return value
}

function readChildren(
  id: string,
  value: unknown,
  numbers: ReadonlyMap<string, number>,
): readonly number[] {
  return asList(value ?? [], `\`children\` of node ${show(id)}`).map((child, i) => {
    const name = asId(child, `child ${i} of node ${show(id)}`)
    const number = numbers.get(name)
    if (number === undefined)
      throw new GymError(`child ${i} of node ${show(id)} is ${show(name)}, and no node has that id`)
    return number
  })
}

function readRoots(
  value: unknown,
  nodes: readonly GymNode[],
  numbers: ReadonlyMap<string, number>,
  classes: ReadonlyMap<string, number>,
): Pick<GymGraph, "roots" | "missingRoots"> {
  const roots: number[] = []
  const missingRoots: string[] = []
  asList(value ?? [], "`root_eclasses`").forEach((root, i) => {
    const id = asId(root, `root ${i}`)
    const node = numbers.get(id)
    const cls = classes.get(id) ?? (node === undefined ? undefined : at(nodes, node).cls)
    if (cls === undefined) missingRoots.push(id)
    else roots.push(cls)
  })
  return { roots, missingRoots }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new GymError(`${what} is an object, found ${kind(value)}`)
  return Object.fromEntries(Object.entries(value))
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new GymError(`${what} is a list, found ${kind(value)}`)
  return value
}

/** Ids are texts; some programs write numbers. */
function asId(value: unknown, what: string): string {
  if (typeof value === "number") return String(value)
  if (typeof value !== "string") throw new GymError(`${what} is a text, found ${kind(value)}`)
  return value
}

function kind(value: unknown): string {
  if (value === undefined) return "nothing"
  if (value === null) return "null"
  if (Array.isArray(value)) return "a list"
  return typeof value === "object" ? "an object" : JSON.stringify(value)
}

function show(id: string): string {
  return JSON.stringify(id)
}
