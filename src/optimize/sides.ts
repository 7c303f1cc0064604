import type { Application, EGraph, RuleText, Term } from "../egraph/index.js"
import { isVariable } from "../egraph/rules.js"
import type { Out, OutColumn, Rel, Scalar } from "../ir/nodes.js"
import { mentioned, outerReferences, provided } from "../ir/walk.js"
import { BIGINT } from "../types/type.js"
import type { Encoder } from "./encode.js"
import { RelationReader } from "./read.js"
import { columnInfo, type Vocabulary } from "./terms.js"

// What an application of a rule said: that two relations are equal. They are read from the rows of the
// engine's log as they were first written, so that a step can be looked at, and tried on data, by itself.

/** Two relations that a rule said are equal, showing the same columns under the same names. */
export interface Sides {
  readonly left: Out
  readonly right: Out
}

/** Where an application stands. */
export interface SidesContext {
  readonly graph: EGraph
  readonly encoder: Encoder
  /** The rules that the graph was made with. */
  readonly rules: RuleText
}

/**
 * The two sides of an application. What both sides took over as it is, is read alike on both. Undefined
 * where a side cannot stand alone: it speaks of columns of an enclosing query.
 */
export function sides(application: Application, cx: SidesContext): Sides | undefined {
  const nodes = new StepReader(application, cx)
  const reader = new RelationReader<Node>(
    {
      op: ({ op }) => op,
      children: ({ children }) => children,
      typed: ({ row }) => (row === undefined ? undefined : cx.encoder.typed(row)),
      stored: () => undefined,
    },
    cx.encoder.words,
    cx.encoder.leaves,
  )
  const [left, right] = [nodes.left(), nodes.right()].map((node) => sideOf(node, reader))
  if (!left || !right || !standsAlone(left) || !standsAlone(right)) return undefined
  return {
    left: { columns: left.columns ?? common(left, right, cx.encoder.words), input: left.input },
    right: { columns: right.columns ?? common(left, right, cx.encoder.words), input: right.input },
  }
}

// ---------------------------------------------------------------------------------------- terms

/** A term to read: a row, perhaps with other rows of the same classes as its children. */
interface Node {
  readonly op: string
  readonly children: readonly Node[]
  readonly row?: number
}

/** Puts the rows of an application together again as the rule's patterns have them. */
class StepReader {
  /** What the left side has for the classes below its own rows. */
  private readonly known = new Map<number, Node>()
  private readonly rows = new Map<number, Node>()
  private readonly newestMatched: number

  constructor(
    private readonly application: Application,
    private readonly cx: SidesContext,
  ) {
    this.newestMatched = Math.max(...application.matched)
  }

  left(): Node {
    return this.matched([...this.application.matched])
  }

  right(): Node {
    const { rule, left, right } = this.application
    const { graph, rules } = this.cx
    const found = rules.rules.find(
      ({ name, left: { op } }) => name === rule && op === graph.opOf(left),
    )
    return found ? this.made(found.right, right) : this.below(right)
  }

  /** The next matched row: those after it, outermost first, were found in the classes of its children. */
  private matched(open: number[]): Node {
    const { graph } = this.cx
    const row = open.shift() ?? this.application.left
    const kids = graph.firstChildrenOf(row)
    const children = new Map<number, Node>()
    for (;;) {
      const next = open[0]
      const at = kids.findIndex(
        (kid, i) => next !== undefined && !children.has(i) && graph.equal(kid, next),
      )
      if (at < 0) break
      children.set(at, this.matched(open))
    }
    const all = kids.map((kid, i) => children.get(i) ?? this.below(kid))
    return { op: graph.opOf(row), children: all }
  }

  /** A row that the right side made: what its pattern leaves open is what the left side has. */
  private made(pattern: Term, cls: number): Node {
    const { graph, rules } = this.cx
    if (rules.functions.has(pattern.op)) return this.madeByFunction(cls)
    const row = isVariable(pattern.op) ? undefined : this.rowOf(pattern, cls)
    if (row === undefined) return this.below(cls)
    const kids = graph.firstChildrenOf(row)
    const children = graph.isOrdered(pattern.op)
      ? kids.map((kid, i) => this.made(pattern.children[i] ?? pattern, kid))
      : this.madeUnordered(pattern, kids)
    return { op: pattern.op, children }
  }

  /** What a function made, over what it found on the left side: rows that were there before it. */
  private madeByFunction(row: number): Node {
    const { graph } = this.cx
    const known = row <= this.newestMatched ? this.known.get(graph.find(row)) : undefined
    if (known) return known
    const children = graph.firstChildrenOf(row).map((child) => this.madeByFunction(child))
    return { op: graph.opOf(row), children, row }
  }

  private madeUnordered({ children }: Term, kids: readonly number[]): Node[] {
    const patterns = children.filter((child) => !this.isOpen(child))
    return kids.map((kid) => {
      const isKnown = this.known.has(this.cx.graph.find(kid))
      const at = patterns.findIndex((pattern) => !isKnown && this.rowOf(pattern, kid) !== undefined)
      const [pattern] = at < 0 ? [] : patterns.splice(at, 1)
      return pattern ? this.made(pattern, kid) : this.below(kid)
    })
  }

  private isOpen({ op }: Term): boolean {
    return isVariable(op) || this.cx.rules.functions.has(op)
  }

  /** A row of a class that a pattern made: of several with its operator, one over what the left side has. */
  private rowOf({ op, children }: Term, cls: number): number | undefined {
    const { graph } = this.cx
    const rows = [cls, ...graph.members(cls)].filter((row) => graph.opOf(row) === op)
    const isOverKnown = (row: number) =>
      !graph.isOrdered(op) ||
      graph
        .childrenOf(row)
        .every(
          (child, i) => !isVariable(children[i]?.op ?? "") || this.known.has(graph.find(child)),
        )
    return rows.find(isOverKnown) ?? rows[0]
  }

  private below(row: number): Node {
    const known = this.known.get(this.cx.graph.find(row))
    if (known) return known
    const node = this.row(row)
    this.know(row, node)
    return node
  }

  private know(row: number, node: Node): void {
    const cls = this.cx.graph.find(row)
    if (this.known.has(cls)) return
    this.known.set(cls, node)
    for (const child of node.children) if (child.row !== undefined) this.know(child.row, child)
  }

  /** A row as it was first written, all the way down. */
  private row(row: number): Node {
    const known = this.rows.get(row)
    if (known) return known
    const { graph } = this.cx
    const children = graph.firstChildrenOf(row).map((child) => this.row(child))
    const node: Node = { op: graph.opOf(row), children, row }
    this.rows.set(row, node)
    return node
  }
}

// ------------------------------------------------------------------------------------ relations

/** A relation with the column list that stands over it, if one does. */
interface Side {
  readonly columns?: readonly OutColumn[]
  readonly input: Rel
}

function sideOf({ op, children }: Node, reader: RelationReader<Node>): Side | undefined {
  const [list, input] = children
  if (op === "out" && list && input)
    return { columns: reader.columns(list), input: reader.relation(input) }
  if (op === "branch" && list && input) {
    const columns = list.children.map((child, i) => named(i, reader.scalars.scalar(child)))
    return { columns, input: reader.relation(input) }
  }
  return { input: reader.relation({ op, children }) }
}

function standsAlone({ columns = [], input }: Side): boolean {
  if (outerReferences(input).size > 0) return false
  const shown = provided(input)
  return columns.every(({ expr }) => [...mentioned(expr)].every((id) => shown.has(id)))
}

/**
 * The columns that both provide, but not what aggregates of a root's parts are read back with. One number
 * where there is none, so that rows can be counted.
 */
function common(left: Side, right: Side, words: Vocabulary): OutColumn[] {
  const both = [...provided(left.input)].filter((id) => provided(right.input).has(id))
  const columns = both.flatMap((id): Scalar[] => {
    const info = columnInfo(words, id)
    return info ? [{ kind: "column", id, type: info.type, nullable: info.nullable }] : []
  })
  return columns.length === 0 ? [named(0, ONE)] : columns.map((column, i) => named(i, column))
}

const ONE: Scalar = { kind: "literal", value: "1", type: BIGINT, nullable: false }

function named(i: number, expr: Scalar): OutColumn {
  return { name: `c${i + 1}`, expr }
}
