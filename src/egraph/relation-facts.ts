import { words, type Exports } from "./wasm.js"

// What the relational analysis knows of a class, read from its records (assembly/egraph/relational/records.ts). They are
// several lattices in one: columns, keys, dependencies and NOT NULL of relations, and what scalars mention.

/** A list of column numbers, as the host gave them to `describe`. */
export type Columns = readonly number[]

export type RelationFacts =
  | {
      readonly kind: "relation"
      readonly columns: Columns
      /** No two rows agree in one of these. */
      readonly keys: readonly Columns[]
      /** Rows that agree in the columns of `from` agree in those of `to`. */
      readonly dependencies: readonly { readonly from: Columns; readonly to: Columns }[]
      readonly notNull: Columns
    }
  | { readonly kind: "scalar"; readonly mentions: Columns; readonly isNullable: boolean }

const NULLABLE = 1 // of Flag in records.ts

export function readRelationFacts(exports: Exports, record: number): RelationFacts | undefined {
  const block = (at: number): number[] => {
    const [count = 0] = at === 0 ? [] : words(exports, at, 1)
    return [...words(exports, at + 4, count)]
  }
  /** The blocks at some places of each of a block's records. */
  const inner = (at: number, size: number, from: number) =>
    block(at).flatMap((word, i) => (i % size === from ? [word] : []))
  const [kind, first = 0, second = 0, ...others] = block(record)
  if (kind === 2) return undefined // only on what the class rests
  if (kind === 0)
    return { kind: "scalar", mentions: block(first), isNullable: (second & NULLABLE) !== 0 }
  const [, , , notNulls = 0, keys = 0, dependencies = 0] = others
  const to = inner(dependencies, 3, 1)
  return {
    kind: "relation",
    columns: block(first),
    keys: inner(keys, 2, 0).map(block),
    dependencies: inner(dependencies, 3, 0).map((from, i) => ({
      from: block(from),
      to: block(to[i] ?? 0),
    })),
    notNull: inner(notNulls, 2, 0),
  }
}
