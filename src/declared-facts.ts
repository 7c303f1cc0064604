import type { ForeignKey, Place, Project } from "./catalog/project.js"
import type { DeclaredFact } from "./facts/declared.js"

type Unnumbered = DeclaredFact extends infer Fact
  ? Fact extends unknown
    ? Omit<Fact, "id">
    : never
  : never

interface Declarations {
  readonly name: string
  readonly keys: readonly (readonly string[])[]
  readonly notNull: readonly string[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly place: Place
}

/** Every fact that sources and seeds declare, numbered. What one of them says of a model is not among them. */
export function declaredFacts({ sources, seeds }: Project): DeclaredFact[] {
  const all: Declarations[] = [
    ...sources.map((source) => ({
      ...source,
      notNull: source.columns.flatMap(({ name, notNull }) => (notNull ? [name] : [])),
    })),
    ...seeds.map(({ name, keys, columns, file }) => ({
      name,
      keys,
      notNull: columns.flatMap((column) => (column.nullable ? [] : [column.name])),
      foreignKeys: [],
      place: { file, span: { start: 0, end: 0 } },
    })),
  ]
  return all.flatMap(factsOf).map((fact, id) => ({ ...fact, id }))
}

function factsOf({ name, keys, notNull, foreignKeys, place }: Declarations): Unnumbered[] {
  const base = { relation: name, status: "trusted" as const }
  return [
    ...keys.map((columns) => ({ ...base, place, kind: "key" as const, columns })),
    ...notNull.map((column) => ({ ...base, place, kind: "not-null" as const, column })),
    ...foreignKeys.map(({ columns, references, to, place: own }) => ({
      ...base,
      place: own,
      kind: "foreign-key" as const,
      columns,
      to: references,
      toColumns: to,
    })),
  ]
}
