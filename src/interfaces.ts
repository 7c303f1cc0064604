import type { DeclaredKey, Model, Project } from "./catalog/project.js"
import type { Relation } from "./catalog/relation.js"
import type { Types } from "./catalog/types.js"

// What the relations of a project know of each other.

/** The interface of a model: what `types` found, or nothing that anybody can rely on. */
export function modelRelation(model: Model, types: Types | undefined): Relation {
  const columns = types?.output ?? []
  const keys = [...columnsOf(model.keys), ...(types?.keys ?? [])]
  const partition = model.partitionBy ? { partition: model.partitionBy.column } : {}
  return {
    name: model.name,
    kind: "model",
    columns,
    keys,
    broken: types === undefined,
    ...partition,
  }
}

export function sourceRelation(source: Project["sources"][number]): Relation {
  const keyed = new Set(columnsOf(source.keys).flat())
  const columns = source.columns.map(({ name, type, notNull }) => ({
    name,
    type:
      type ?? ({ kind: "unknown", reason: `${source.name}.${name} has no declared type` } as const),
    nullable: !notNull && !keyed.has(name),
  }))
  const { name, keys, place, eventTime } = source
  const partition = eventTime === undefined ? {} : { partition: eventTime }
  return {
    name,
    kind: "source",
    columns,
    keys: columnsOf(keys),
    broken: false,
    place,
    ...partition,
  }
}

export function seedRelation(seed: Project["seeds"][number]): Relation {
  const { name, columns, keys } = seed
  return { name, kind: "seed", columns, keys: columnsOf(keys), broken: false }
}

function columnsOf(keys: readonly DeclaredKey[]): (readonly string[])[] {
  return keys.map(({ columns }) => columns)
}
