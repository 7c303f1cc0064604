import { appendTag, baseId, nullId, scalarText } from "../ir/ids.js"
import type { ColumnId, ColumnScalar, Out, OutColumn, Rel, Scalar, Scan } from "../ir/nodes.js"
import {
  inputs,
  mapOperands,
  mapRel,
  mentioned,
  operands,
  provided,
  rename,
  scalarsOf,
  substituteRel,
} from "../ir/walk.js"

// A relation that is read from a table shows the table's columns, not the ids that stand behind them.
// What stands above, up to where demand is closed, is spoken in those columns.

/** A table of this plan. */
export interface Table {
  readonly name: string
  /** What its columns hold, over the ids of its body. */
  readonly columns: readonly OutColumn[]
  /** The ids that its body shows. */
  readonly shown: ReadonlySet<ColumnId>
}

/** Something above needs what these tables do not hold. */
export class NotHeld extends Error {
  constructor(readonly tables: ReadonlySet<string>) {
    super([...tables].join(", "))
  }
}

/** The table that a model's plan fills. */
export function tableOf(name: string, { columns, input }: Out): Table {
  return { name, columns, shown: provided(input) }
}

/** A model's plan with the bodies of other models read from the tables that hold them. */
export function readFrom(out: Out, tables: ReadonlyMap<Rel, Table>): Out {
  if (tables.size === 0) return out
  const done = new Map<Rel, Rel>()
  const read = (rel: Rel): Rel => {
    const known = done.get(rel)
    if (known) return known
    const table = tables.get(rel)
    const found = table ? scanOf(table) : readBelow(rel, read, inQueries)
    done.set(rel, found)
    return found
  }
  const inQueries = (expr: Scalar): Scalar => {
    const mapped = mapOperands(expr, inQueries)
    return mapped.kind === "query" ? { ...mapped, rel: read(mapped.rel) } : mapped
  }
  // What a column holds is found by its text: its subqueries are read as those of the model are.
  const columnsOf = (columns: readonly OutColumn[]) =>
    columns.map(({ name, expr }) => ({ name, expr: inQueries(expr) }))
  const input = read(out.input)
  if (input === out.input) return out
  const byName = [...tables.values()].map(
    (table) => [table.name, { ...table, columns: columnsOf(table.columns) }] as const,
  )
  return rebase({ columns: columnsOf(out.columns), input }, new Map(byName))
}

/** `rel` itself where nothing below it changes, so that what models share stays shared. */
function readBelow(rel: Rel, read: (rel: Rel) => Rel, scalar: (expr: Scalar) => Scalar): Rel {
  const isSame = inputs(rel).every((input) => read(input) === input)
  if (isSame && !scalarsOf(rel).some(hasQuery)) return rel
  return mapRel(rel, { scalar, rel: read, id: (id) => id })
}

export function scanOf({ name, columns }: Table): Scan {
  return {
    kind: "scan",
    relation: name,
    relationKind: "model",
    tag: "",
    columns: columns.map(({ name: column, expr: { type, nullable } }) => ({
      id: baseId(name, column),
      name: column,
      type,
      nullable,
    })),
  }
}

/** What a relation has of the tables below it. */
interface Sight {
  /** Expressions that a column holds, by their text. */
  readonly held: ReadonlyMap<string, Held>
  /** Ids that stood here and that no column holds, with their table. */
  readonly lost: ReadonlyMap<ColumnId, string>
}

interface Held {
  readonly expr: Scalar
  readonly column: ColumnScalar
  /** The id itself, not an expression over it. */
  readonly isPlain: boolean
}

const NOTHING: Sight = { held: new Map(), lost: new Map() }

/** A model's plan, of which some leaves are scans of `tables`, spoken in their columns. Throws NotHeld. */
export function rebase({ columns, input }: Out, tables: ReadonlyMap<string, Table>): Out {
  const { rel, sight } = rebased(input, tables)
  return {
    columns: columns.map(({ name, expr }) => ({ name, expr: respoken(expr, sight, tables) })),
    input: rel,
  }
}

function rebased(rel: Rel, tables: ReadonlyMap<string, Table>): { rel: Rel; sight: Sight } {
  if (rel.kind === "scan") return { rel, sight: sightOf(rel, tables) }
  const below = new Map(inputs(rel).map((input) => [input, rebased(input, tables)]))
  const sight = union([...below.values()].map((one) => one.sight))
  const isSame = [...below].every(([input, one]) => input === one.rel) && isEmpty(sight)
  if (isSame && !scalarsOf(rel).some(hasQuery)) return { rel, sight }
  const relOf = (input: Rel) => below.get(input)?.rel ?? input
  const sightBelow = (input: Rel) => below.get(input)?.sight ?? NOTHING
  const inSight = (expr: Scalar, of: Sight) => respoken(expr, of, tables)
  if (rel.kind === "set") {
    // Each branch speaks of its own input: several of them may show one id.
    const branches = rel.branches.map(({ columns, input }) => ({
      columns: columns.map((expr) => inSight(expr, sightBelow(input))),
      input: relOf(input),
    }))
    return { rel: { ...rel, branches }, sight: NOTHING }
  }
  const mapped = mapRel(rel, {
    scalar: (expr) => inSight(expr, sight),
    rel: relOf,
    id: (id) => id,
  })
  return { rel: mapped, sight: above(rel, sightBelow) }
}

function sightOf({ relation, tag }: Scan, tables: ReadonlyMap<string, Table>): Sight {
  const table = tables.get(relation)
  if (!table) return NOTHING
  const held = new Map<string, Held>()
  const lost = new Map([...table.shown].map((id) => [appendTag(id, tag), relation]))
  for (const { name, expr } of table.columns) {
    const own = tagged(expr, tag)
    const { type, nullable } = expr
    const column: ColumnScalar = { kind: "column", id: baseId(relation, name, tag), type, nullable }
    if (own.kind === "column") lost.delete(own.id)
    if (!held.has(scalarText(own)))
      held.set(scalarText(own), { expr: own, column, isPlain: own.kind === "column" })
  }
  return { held, lost }
}

function tagged(expr: Scalar, tag: string): Scalar {
  return tag === "" ? expr : rename(expr, (id) => appendTag(id, tag))
}

/** What is in sight above a node: nothing where demand is closed. */
function above(rel: Rel, below: (input: Rel) => Sight): Sight {
  switch (rel.kind) {
    case "agg":
    case "distinct":
    case "set":
      return NOTHING
    case "semi":
    case "anti":
      return below(rel.left)
    case "left":
      return union([below(rel.left), padded(below(rel.right))])
    case "full":
      return union([padded(below(rel.left)), padded(below(rel.right))])
    case "tag":
      return renamed(below(rel.input), rel.tag)
    default:
      return union(inputs(rel).map(below))
  }
}

function renamed({ held, lost }: Sight, tag: string): Sight {
  const all = [...held.values()].map((one) => {
    const expr = tagged(one.expr, tag)
    const column = { ...one.column, id: appendTag(one.column.id, tag) }
    return [scalarText(expr), { ...one, expr, column }] as const
  })
  return {
    held: new Map(all),
    lost: new Map([...lost].map(([id, table]) => [appendTag(id, tag), table])),
  }
}

/** Only ids are seen through an outer join: f(null(c)) is not null(f(c)). */
function padded({ held, lost }: Sight): Sight {
  const plain = [...held].filter(([, { isPlain }]) => isPlain)
  return {
    held: new Map(plain.map(([text, one]) => [nullId(text), paddedColumn(one)])),
    lost: new Map([...lost].map(([id, table]) => [nullId(id), table])),
  }
}

function paddedColumn({ expr, column }: Held): Held {
  const padded = (id: ColumnId) => ({ ...column, id: nullId(id), nullable: true })
  return {
    expr: expr.kind === "column" ? padded(expr.id) : expr,
    column: padded(column.id),
    isPlain: true,
  }
}

function union(all: readonly Sight[]): Sight {
  const [only] = all
  if (all.length === 1 && only) return only
  return {
    held: new Map(all.flatMap(({ held }) => [...held])),
    lost: new Map(all.flatMap(({ lost }) => [...lost])),
  }
}

function isEmpty({ held, lost }: Sight): boolean {
  return held.size === 0 && lost.size === 0
}

function hasQuery(expr: Scalar): boolean {
  return expr.kind === "query" || operands(expr).some(hasQuery)
}

/** An expression in which the largest parts that a column holds are that column. */
function respoken(expr: Scalar, sight: Sight, tables: ReadonlyMap<string, Table>): Scalar {
  const written = write(expr, sight, tables)
  const missing = [...mentioned(written)].flatMap((id) => sight.lost.get(id) ?? [])
  if (missing.length > 0) throw new NotHeld(new Set(missing))
  return written
}

function write(expr: Scalar, sight: Sight, tables: ReadonlyMap<string, Table>): Scalar {
  const held = sight.held.size > 0 ? sight.held.get(scalarText(expr)) : undefined
  if (held) return held.column
  if (expr.kind !== "query") return mapOperands(expr, (operand) => write(operand, sight, tables))
  const { rel, sight: inner } = rebased(expr.rel, tables)
  return {
    ...expr,
    rel: substituteRel(rel, (id) => sight.held.get(id)?.column),
    ...(expr.arg ? { arg: write(expr.arg, sight, tables) } : {}),
    ...(expr.column ? { column: respoken(expr.column, union([sight, inner]), tables) } : {}),
  }
}
