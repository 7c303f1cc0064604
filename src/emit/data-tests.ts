import type { DataTest } from "../catalog/project.js"
import type { RelationKind } from "../catalog/relation.js"
import type { Expr, Query, TableRef } from "../syntax/ast.js"
import {
  all,
  binary,
  boolean,
  call,
  callWith,
  column,
  exists,
  integer,
  isNull,
  logic,
  item,
  negate,
  query,
  select,
  star,
  tableAlias,
  text,
  withAlias,
} from "../syntax/build.js"

/**
 * A query whose rows break the test. `where` restricts the rows that are tested. What a relationship leads to
 * may be a relation of any kind.
 */
export function emitDataTest(
  test: DataTest,
  table: (name: string, kind: RelationKind | undefined) => TableRef,
  where: Expr | undefined,
): Query {
  const tested = withAlias(table(test.of.name, test.of.kind), tableAlias("tested"))
  const from = [tested]
  const only = (...conditions: readonly Expr[]) => all([...(where ? [where] : []), ...conditions])
  const clause = (condition: Expr | undefined) => (condition ? { where: condition } : {})
  switch (test.kind.type) {
    case "not_null":
      return query(
        select({
          items: [star()],
          from,
          ...clause(only(isNull(column("tested", test.kind.column)))),
        }),
      )
    case "unique": {
      const keys = test.kind.columns.map((name) => column("tested", name))
      const grouped = {
        id: 0,
        span: { start: 0, end: 0 },
        kind: "group-by" as const,
        all: false,
        items: keys.map(groupExpr),
      }
      const count = callWith("count", [])
      const repeated = binary(count, ">", integer(1))
      const nulls = logic("OR", [repeated, ...keys.map((key) => isNull(key))]) ?? repeated
      return query(
        select({
          items: [...keys.map((key) => item(key)), item(count, "rows")],
          from,
          ...clause(test.kind.isKey ? only() : only(...keys.map((key) => isNull(key, true)))),
          groupBy: grouped,
          having: test.kind.isKey ? nulls : repeated,
        }),
      )
    }
    case "accepted_values": {
      const value = column("tested", test.kind.column)
      const items = test.kind.values.map(literal)
      const outside: Expr = {
        id: 0,
        span: { start: 0, end: 0 },
        kind: "in-list",
        not: true,
        operand: value,
        items,
      }
      return query(select({ items: [star()], from, ...clause(only(outside)) }))
    }
    case "relationships": {
      const child = column("tested", test.kind.column)
      const parent = withAlias(table(test.kind.to, undefined), tableAlias("parent"))
      const match = select({
        items: [integerItem()],
        from: [parent],
        where: binary(column("parent", test.kind.toColumn), "=", child),
      })
      return query(
        select({
          items: [star()],
          from,
          ...clause(only(isNull(child, true), negate(exists(query(match))))),
        }),
      )
    }
  }
}

function groupExpr(expr: Expr) {
  return { id: 0, span: { start: 0, end: 0 }, kind: "group-expr" as const, expr }
}

function integerItem() {
  return item(integer(1))
}

function literal(value: string | number | boolean): Expr {
  if (typeof value === "boolean") return boolean(value)
  return typeof value === "number"
    ? { ...integer(0), value: String(value), type: Number.isInteger(value) ? "integer" : "decimal" }
    : text(value)
}

/** A query that an engine can compare: how many rows, and a hash of them whatever their order. */
export function emitFingerprint(table: TableRef): Query {
  const row = withAlias(table, tableAlias("row"))
  const hashed = call("sum", {
    id: 0,
    span: { start: 0, end: 0 },
    kind: "cast",
    operand: call("hash", column("row")),
    type: {
      id: 0,
      span: { start: 0, end: 0 },
      kind: "type-name",
      name: "HUGEINT",
      args: [],
      fields: [],
      dimensions: 0,
    },
    try: false,
    short: false,
  })
  return query(select({ items: [item(callWith("count", [])), item(hashed)], from: [row] }))
}

/** The first and the last event time of an input. */
export function emitBounds(table: TableRef, clock: string): Query {
  const input = withAlias(table, tableAlias("input"))
  const time = column("input", clock)
  return query(select({ items: [item(call("min", time)), item(call("max", time))], from: [input] }))
}
