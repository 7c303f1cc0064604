import type {
  DeclaredColumn,
  DeclaredKey,
  ForeignKey,
  Model,
  Place,
  Project,
  Seed,
  Source,
} from "./catalog/project.js"
import type { Statistics } from "./engine/statistics.js"
import type { DeclaredFact } from "./facts/declared.js"
import { sameName } from "./base/names.js"

type Unnumbered = DeclaredFact extends infer Fact
  ? Fact extends unknown
    ? Omit<Fact, "id">
    : never
  : never

interface Declarations {
  readonly name: string
  readonly keys: readonly DeclaredKey[]
  readonly notNull: readonly Pick<DeclaredColumn, "name" | "place">[]
  readonly foreignKeys: readonly ForeignKey[]
}

/**
 * Every fact that sources and seeds declare, and what the footers of files prove, numbered. What one of them
 * says of a model is not among them.
 */
export function knownFacts(project: Project, statistics: Statistics): DeclaredFact[] {
  const declared = declaredFacts(project)
  const proven = project.sources.flatMap((source) => rangesOf(source, statistics))
  return [...declared, ...proven.map((fact, i) => ({ ...fact, id: declared.length + i }))]
}

function rangesOf({ name, place, columns }: Source, { relations }: Statistics): Unnumbered[] {
  const known = relations.get(name)?.columns
  return columns.flatMap(({ name: column }) => {
    const { min, max, isBounded } = known?.get(column) ?? {}
    if (!isBounded || min === undefined || max === undefined) return []
    const status = "proven" as const
    return [{ kind: "range" as const, relation: name, status, place, column, min, max }]
  })
}

/** Every fact that sources and seeds declare, numbered; of seeds also what their files show. */
export function declaredFacts({ sources, seeds }: Project): DeclaredFact[] {
  const all: Declarations[] = [
    ...sources.map((source) => ({
      ...source,
      notNull: source.columns.filter(({ notNull }) => notNull),
    })),
    ...seeds.map((seed) => ({
      ...seed,
      notNull: seed.columns.flatMap(({ name, nullable }) =>
        nullable ? [] : [{ name, place: placeOf(seed, name) }],
      ),
      foreignKeys: [],
    })),
  ]
  return all.flatMap(factsOf).map((fact, id) => ({ ...fact, id }))
}

/** Of a seed's column: where it is declared, else its file. */
function placeOf({ declared, file }: Seed, column: string): Place {
  const found = declared.find(({ name, notNull }) => notNull && sameName(name, column))
  return found?.place ?? { file, span: { start: 0, end: 0 } }
}

/** What smelt.yml declares of a seed that its file may break. */
export function declaredOfSeed(project: Project, seed: Seed): DeclaredFact[] {
  return declaredFacts(project).filter(
    ({ relation, place }) => relation === seed.name && place?.file !== seed.file,
  )
}

function factsOf({ name, keys, notNull, foreignKeys }: Declarations): Unnumbered[] {
  const base = { relation: name, status: "trusted" as const }
  return [
    ...keys.map((key) => ({ ...base, kind: "key" as const, ...key })),
    ...notNull.map(({ name: column, place }) => ({
      ...base,
      place,
      kind: "not-null" as const,
      column,
    })),
    ...foreignKeys.map(({ columns, references, to, place }) => ({
      ...base,
      place,
      kind: "foreign-key" as const,
      columns,
      to: references,
      toColumns: to,
    })),
  ]
}

/** What models declare of themselves: nothing of a plan rests on it, but what models below say does. */
export function declaredKeys(models: readonly Model[]): DeclaredFact[] {
  return models.flatMap(({ name, keys }) =>
    keys.map((key, id) => ({
      ...key,
      id,
      relation: name,
      status: "trusted" as const,
      kind: "key" as const,
    })),
  )
}
