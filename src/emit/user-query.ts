import type { Binding, Names } from "../catalog/names.js"
import type { Query, TableCall, TableRef } from "../syntax/ast.js"
import { query, select, star, subquery, tableAlias, withAlias } from "../syntax/build.js"
import { transform } from "../syntax/walk.js"
import type { EmitTarget } from "./target.js"

type RelationBinding = Binding & { readonly kind: "relation" }

/**
 * The user's own tree, as it runs without the optimizer: `smelt.ref` and `smelt.source` become tables
 * of the target, `filter =>` a subquery around its table. Nothing else is changed.
 */
export function emitUserQuery(statement: Query, names: Names, target: EmitTarget): Query {
  const replaceTables = <N extends Query | (RelationBinding["filter"] & object)>(tree: N): N =>
    transform(tree, (node) => {
      const binding = names.bindings.get(node.id)
      if (node.kind !== "table-call" || binding?.kind !== "relation") return undefined
      return tableOf(node as TableCall, binding)
    })

  const tableOf = (call: TableCall, binding: RelationBinding): TableRef => {
    const table = target.table(binding.name, binding.relation)
    const alias = call.alias ?? tableAlias(binding.alias)
    if (!binding.filter) return withAlias(table, alias)
    const filtered = select({
      items: [star()],
      from: [withAlias(table, tableAlias(binding.alias))],
      where: replaceTables(binding.filter),
    })
    return withAlias(subquery(query(filtered)), alias)
  }
  return replaceTables(statement)
}
