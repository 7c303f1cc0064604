import type { Project } from "./catalog/project.js"
import type { Types } from "./catalog/types.js"
import { check } from "./compile.js"
import { CATALOG, isAdjustable } from "./diagnostics/catalog.js"
import { showFact, type DeclaredFact } from "./facts/declared.js"

/** A fact of a model's output, and the declared facts that it would not be known without. */
export interface DerivedFact {
  readonly fact: string
  readonly restsOn: readonly DeclaredFact[]
}

/**
 * The keys and NOT NULL columns that a model's text gives. What a fact rests on is found by doing without: it
 * is proven of the text alone where it is found although nothing is declared.
 */
export function derivedFacts(
  project: Project,
  types: Types,
  model: string,
  above: ReadonlySet<string>,
  declared: readonly DeclaredFact[],
): DerivedFact[] {
  const models = project.models.filter(({ name }) => above.has(name))
  const part = { ...project, models, testFiles: [], levels: LENIENT }
  const known = (without: readonly DeclaredFact[]): ReadonlySet<string> => {
    const found = check(doingWithout(part, without)).texts.get(model)?.types
    return new Set(found ? shownFacts(found) : [])
  }
  const all = shownFacts(types)
  const proven = known(declared)
  if (all.every((fact) => proven.has(fact))) return all.map((fact) => ({ fact, restsOn: [] }))
  const one = declared.map((fact) => ({ fact, left: known([fact]) }))
  return all.map((fact) => {
    if (proven.has(fact)) return { fact, restsOn: [] }
    const needed = one.flatMap(({ fact: other, left }) => (left.has(fact) ? [] : [other]))
    // Several may each do: then it is not known which.
    return { fact, restsOn: needed.length > 0 ? needed : declared }
  })
}

function shownFacts({ keys, output }: Types): string[] {
  return [
    ...keys.map((key) => `(${key.join(", ")}) is a key`),
    ...output.filter(({ nullable }) => !nullable).map(({ name }) => `${name} is not NULL`),
  ]
}

/** The project as if these facts were not declared. */
function doingWithout(project: Project, facts: readonly DeclaredFact[]): Project {
  const gone = new Set(facts.map(showFact))
  const isKey = (relation: string) => (key: { readonly columns: readonly string[] }) =>
    !gone.has(showFact({ ...NAMELESS, relation, kind: "key", columns: key.columns }))
  const isNotNull = (relation: string, column: string) =>
    !gone.has(showFact({ ...NAMELESS, relation, kind: "not-null", column }))
  const { sources, seeds, models } = project
  return {
    ...project,
    sources: sources.map((source) => ({
      ...source,
      keys: source.keys.filter(isKey(source.name)),
      columns: source.columns.map((column) => ({
        ...column,
        notNull: column.notNull && isNotNull(source.name, column.name),
      })),
    })),
    seeds: seeds.map((seed) => ({
      ...seed,
      keys: seed.keys.filter(isKey(seed.name)),
      columns: seed.columns.map((column) => ({
        ...column,
        nullable: column.nullable || !isNotNull(seed.name, column.name),
      })),
    })),
    models: models.map((model) => ({ ...model, keys: model.keys.filter(isKey(model.name)) })),
  }
}

/** A model that is faulty without a fact is still known. */
const LENIENT = Object.fromEntries(
  Object.keys(CATALOG)
    .filter(isAdjustable)
    .map((code) => [code, "off" as const]),
)

const NAMELESS = { id: 0, status: "trusted" } as const
