import type { ColumnId, Rel, Scalar } from "./nodes.js"

// How column ids are formed; what they mean stands in nodes.ts.

const TAG = /#([\d.]+)$/

export function baseId(relation: string, column: string, tag = ""): ColumnId {
  return tagged(`${relation}.${column.toLowerCase().replaceAll("#", "＃")}`, tag)
}

/** The id of a computed column or key: its expression. A plain column keeps its own. */
export function exprId(expr: Scalar): ColumnId {
  return expr.kind === "column" ? expr.id : `[${scalarText(expr)}]`
}

/** The id of an aggregate or window result, told apart by a hash of what gave birth to it. */
export function bornId(what: string, birth: string): ColumnId {
  return bornOf(birth)(what)
}

/** Ids of several results of one birth, which is hashed once. */
export function bornOf(birth: string): (what: string) => ColumnId {
  const born = hash(birth)
  return (what) => `${shortened(what)}~${born}`
}

/** Longest text of a result in its id: one of a result of a result … would double at each step. */
const MAX_TEXT = 1000

function shortened(what: string): string {
  return what.length > MAX_TEXT ? `${what.slice(0, 60)}~${hash(what)}` : what
}

/** The id as an outer join shows it that may replace it by NULL. */
export function nullId(id: ColumnId): ColumnId {
  return `null(${id})`
}

/** The id below `null(…)`, if it is one. */
export function underNull(id: ColumnId): ColumnId | undefined {
  return id.startsWith("null(") && id.endsWith(")") ? id.slice(5, -1) : undefined
}

/** The id below every `null(…)`: what keeps ids of one block apart, however often it is padded. */
export function bareId(id: ColumnId): ColumnId {
  const below = underNull(id)
  return below === undefined ? id : bareId(below)
}

/** The id with a further tag; `null(x)` stays the null of the tagged x. */
export function appendTag(id: ColumnId, tag: string): ColumnId {
  if (tag === "") return id
  const below = underNull(id)
  if (below !== undefined) return nullId(appendTag(below, tag))
  const own = TAG.exec(id)
  return own ? `${id.slice(0, own.index)}#${joinTags(own[1] ?? "", tag)}` : `${id}#${tag}`
}

export function joinTags(inner: string, outer: string): string {
  return inner === "" ? outer : outer === "" ? inner : `${inner}.${outer}`
}

function tagged(id: ColumnId, tag: string): ColumnId {
  return tag === "" ? id : `${id}#${tag}`
}

/** A readable name for an id: the column's own, or the function's. */
export function shortName(id: ColumnId): string {
  const inner = id
    .replace(/^(?:null\()+/, "")
    .replace(/\)+$/, "")
    .replace(/#[\d.]+$/, "")
    .replace(/~[0-9a-f]+$/, "")
  const last = /^[^[(]*\.([^.]+)$/.exec(inner)?.[1] ?? /^\[?([a-z_]+)/i.exec(inner)?.[1] ?? "value"
  const name = last.replace(/[^A-Za-z0-9_]/g, "_")
  return /^[A-Za-z_]/.test(name) ? name : `c_${name}`
}

const texts = new WeakMap<Scalar, string>()

/** An expression as text: equal texts mean the same value in the same row. */
export function scalarText(expr: Scalar): string {
  const known = texts.get(expr)
  if (known !== undefined) return known
  const text = writeScalar(expr)
  texts.set(expr, text)
  return text
}

function writeScalar(expr: Scalar): string {
  switch (expr.kind) {
    case "column":
      return expr.id
    case "literal":
      return expr.value === null ? "NULL" : `'${expr.value}'::${JSON.stringify(expr.type)}`
    case "call":
      return `${expr.fn}(${expr.args.map(scalarText).join(",")})`
    case "cast":
      return `${expr.try ? "try_cast" : "cast"}(${scalarText(expr.arg)},${JSON.stringify(expr.type)})`
    case "case":
      return `case(${expr.arms.map(({ when, then }) => `${scalarText(when)}:${scalarText(then)}`).join(",")},${scalarText(expr.otherwise)})`
    case "query":
      return `${expr.quantifier}(${expr.op ?? ""},${expr.arg ? scalarText(expr.arg) : ""},${relHash(expr.rel)},${expr.column ? scalarText(expr.column) : ""})`
    case "parameter":
      return `$${expr.name}`
    case "lambda":
      return `lambda(${expr.arity},${scalarText(expr.body)})`
    case "argument":
      return `argument(${expr.depth},${expr.index})`
  }
}

const hashes = new WeakMap<Rel, string>()

/** A hash of a relation's whole plan: equal plans have equal ones. */
export function relHash(rel: Rel): string {
  const known = hashes.get(rel)
  if (known !== undefined) return known
  const own = hash(JSON.stringify(rel, (key, value: unknown) => summary(key, value, rel)))
  hashes.set(rel, own)
  return own
}

const REL_KINDS = new Set(
  "scan values filter join left full semi anti compute agg distinct window set sort limit tag".split(
    " ",
  ),
)

/** Relations below stand for their hash, expressions for their text; where a node came from does not count. */
function summary(key: string, value: unknown, self: Rel): unknown {
  if (key === "origin") return undefined
  if (typeof value !== "object" || value === null || value === self || !("kind" in value))
    return value
  const node = value as Rel | Scalar
  if (REL_KINDS.has(node.kind)) return relHash(node as Rel)
  return "type" in node && "nullable" in node ? scalarText(node as Scalar) : value
}

/** FNV-1a, 32 bits twice with different seeds, as 12 hexadecimal digits. */
export function hash(text: string): string {
  let a = 0x811c9dc5
  let b = 0x01000193
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 13)
  }
  return (
    (a >>> 0).toString(16).padStart(8, "0") + ((b >>> 0) & 0xffff).toString(16).padStart(4, "0")
  )
}
