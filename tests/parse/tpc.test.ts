import { beforeAll, describe, expect, test } from "vitest"
import { parse } from "../../src/parse/index.js"
import { print } from "../../src/syntax/print.js"
import { tpcConnection, tpcMissing, tpcQueries, type Benchmark } from "../tpc.js"
import { duckdbTree, shape } from "./tree.js"

const missing = tpcMissing()

describe.each<[Benchmark, number]>([
  ["tpch", 22],
  ["tpcds", 99],
])("%s", (benchmark, count) => {
  let queries: string[] = []
  beforeAll(async () => {
    if (missing === undefined) queries = await tpcQueries(benchmark)
  })

  test.skipIf(missing !== undefined)(
    `${count} queries: print and reparse give the same tree`,
    () => {
      expect(queries).toHaveLength(count)
      for (const query of queries) {
        const { statements, errors } = parse(query)
        expect(errors).toEqual([])
        expect(statements).toHaveLength(1)
        for (const width of [100, Infinity]) {
          const printed = statements.map((statement) => print(statement, { width })).join(";\n")
          expect(shape(parse(printed).statements)).toEqual(shape(statements))
        }
      }
    },
  )

  test.skipIf(missing !== undefined)(
    `${count} queries: the same tree in DuckDB's eyes`,
    async () => {
      const connection = await tpcConnection(benchmark)
      for (const [i, query] of queries.entries()) {
        const [statement] = parse(query).statements
        const printed = statement ? print(statement) : ""
        const [wanted, found] = [
          await duckdbTree(connection, query),
          await duckdbTree(connection, printed),
        ]
        expect(wanted, `${benchmark} ${i + 1}`).toBeDefined()
        expect(found, `${benchmark} ${i + 1}:\n${printed}`).toBe(wanted)
      }
    },
  )
})
