import type { ClassId } from "../egraph/index.js"
import type { Term } from "../egraph/term.js"
import { hash, scalarText, shortName } from "../ir/ids.js"
import type { ColumnId, OutColumn, Rel, Scalar } from "../ir/nodes.js"
import { inputs, mentioned } from "../ir/walk.js"
import { proposeRoots, type Candidate } from "./candidates.js"
import { columnTerm, definitions } from "./functions/columns.js"
import type { Entry, Workbench } from "./optimizer.js"
import { isRepeatable } from "./pinned.js"

// Hidden tables that are worth considering: roots of several aggregates, files of text that several plans
// would parse, bodies of views that several plans would compute.

/** A hidden table that is considered. */
export interface HiddenCandidate {
  readonly name: string
  /** The class that it holds. */
  readonly body: ClassId
  readonly columns: readonly OutColumn[]
}

/** Puts the candidates into the graph, whose rules then find who can read them. */
export function considerHidden(bench: Workbench, entries: readonly Entry[]): HiddenCandidate[] {
  const names = new Names(entries)
  return [
    ...textFiles(bench, names),
    ...viewBodies(entries, names),
    ...roots(bench, entries, names),
  ]
}

// ------------------------------------------------------------------------------------------ roots

function roots(bench: Workbench, entries: readonly Entry[], names: Names): HiddenCandidate[] {
  const { graph, words, shown, estimates, written, input } = bench
  const tables = new Set(
    entries
      .filter(({ model }) => model.materialization === "table")
      .map(({ body }) => graph.find(body)),
  )
  const scalar = (term: Term) => written.scalars.scalar(graph.add(term))
  const price = pricer(bench)
  const costs = input.costs
  const found = proposeRoots({ graph, words, shown, estimates, costs, scalar, price, tables })
  const made = found.map((candidate) => ({ candidate, body: addRoot(candidate, bench) }))
  graph.rebuild()
  return made
    .filter(({ candidate }) => !candidate.isTable)
    .map(({ candidate, body }) => rootTable(candidate, body, names, scalar))
}

/** Each class is priced once: rules do not run in between. */
function pricer({ graph, prices }: Workbench): (cls: ClassId) => number {
  const known = new Map<ClassId, number>()
  graph.setPrices((row) => prices.of(row))
  return (cls) => {
    const leader = graph.find(cls)
    const found = known.get(leader) ?? graph.choose(leader).best(leader)
    known.set(leader, found)
    return found
  }
}

function addRoot({ base, keys, aggregates }: Candidate, { graph }: Workbench): ClassId {
  const lists = [graph.add(keys), graph.add(aggregates)]
  const root = graph.addNode("agg", [...lists, base])
  graph.union(graph.addNode("candidate", [...lists, base]), base)
  return root
}

function rootTable(
  { keys, aggregates }: Candidate,
  body: ClassId,
  names: Names,
  scalar: (term: Term) => Scalar,
): HiddenCandidate {
  const taken = new Set<string>()
  const column = (id: ColumnId, name: string): OutColumn => ({
    name: free(name, taken),
    expr: scalar(columnTerm(id)),
  })
  const grouped = definitions(keys).map(({ id, expr }) => column(id, names.of(scalar(expr))))
  const parts = definitions(aggregates).map(({ id, expr }) =>
    column(id, partName(expr, names, scalar)),
  )
  const words = [...grouped.map(({ name }) => name), "totals"]
  const columns = [...grouped, ...parts]
  return { name: names.hidden(words, columns), body, columns }
}

/** `sum_amount`, `count_rows`. */
function partName(part: Term, names: Names, scalar: (term: Term) => Scalar): string {
  const [inner] = part.children
  if (part.op === "where" && inner) return `${partName(inner, names, scalar)}_where`
  return `${part.op.replace(/\W.*$/, "")}_${inner ? names.of(scalar(inner)) : "rows"}`
}

// ------------------------------------------------------------------------------------- text files

/** A file of text that is scanned more than once: as a table it is parsed once. */
function textFiles({ encoder, graph, input }: Workbench, names: Names): HiddenCandidate[] {
  return [...encoder.leaves].flatMap(([op, rel]) => {
    if (rel.kind !== "scan" || rel.tag !== "") return []
    if (!input.statistics.relations.get(rel.relation)?.isText) return []
    const columns = rel.columns.map(({ id, name, type, nullable }) => ({
      name,
      expr: { kind: "column" as const, id, type, nullable },
    }))
    const words = [rel.relation.split(".").at(-1) ?? rel.relation]
    return [{ name: names.hidden(words, columns), body: graph.addNode(op, []), columns }]
  })
}

// ------------------------------------------------------------------------------------------ views

/** The body of a view that groups, sorts or combines; one that only joins and filters is cheap to inline. */
function viewBodies(entries: readonly Entry[], names: Names): HiddenCandidate[] {
  const read = new Map<string, number>()
  for (const { model } of entries)
    for (const parent of model.parents) read.set(parent, (read.get(parent) ?? 0) + 1)
  return entries.flatMap(({ model, body, columns }) => {
    const isView = model.materialization === "view" || model.materialization === "ephemeral"
    if (!isView || model.isFree || (read.get(model.name) ?? 0) < 2) return []
    if (!isHeavy(model.out.input) || !isRepeatable(model.out.input)) return []
    return [{ name: names.hidden([model.name], columns), body, columns }]
  })
}

const HEAVY = new Set<Rel["kind"]>(["agg", "distinct", "window", "set", "sort"])

const heavy = new WeakMap<Rel, boolean>()

function isHeavy(rel: Rel): boolean {
  const known = heavy.get(rel)
  if (known !== undefined) return known
  const found = HEAVY.has(rel.kind) || inputs(rel).some(isHeavy)
  heavy.set(rel, found)
  return found
}

// ------------------------------------------------------------------------------------------ names

/** Names as the models have them for the same expression, else from the columns that it is made of. */
class Names {
  private readonly given = new Map<string, string>()

  constructor(entries: readonly Entry[]) {
    for (const { columns } of entries)
      for (const { name, expr } of columns)
        if (!this.given.has(scalarText(expr))) this.given.set(scalarText(expr), name)
  }

  of(expr: Scalar): string {
    const given = this.given.get(scalarText(expr))
    if (given !== undefined) return given
    if (expr.kind === "column") return shortName(expr.id)
    const [id] = mentioned(expr)
    const column = id === undefined ? "value" : shortName(id)
    return expr.kind === "call" && /^\w+$/.test(expr.fn) ? `${expr.fn}_${column}` : column
  }

  /** `smelt__…`, told apart by what it holds. */
  hidden(parts: readonly string[], columns: readonly OutColumn[]): string {
    const text = columns.map(({ name, expr }) => `${name} ${scalarText(expr)}`).join("\n")
    const readable = parts.join("_").toLowerCase().replace(/\W+/g, "_").slice(0, 40)
    return `smelt__${readable}_${hash(text).slice(0, 6)}`
  }
}

function free(name: string, taken: Set<string>): string {
  let own = name
  for (let n = 2; taken.has(own.toLowerCase()); n++) own = `${name}_${n}`
  taken.add(own.toLowerCase())
  return own
}
