import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"
import { beforeAll, describe, expect, test } from "vitest"
import { problems, Tally } from "./both-ways.js"
import { randomProject } from "./random-project.js"
import { randomOf, SEED } from "./rules/random.js"

const SECONDS = Number(process.env.SMELT_PROJECTS_SECONDS ?? 60)
const MOST = Number(process.env.SMELT_PROJECTS ?? Infinity)

describe(`random projects (seed ${SEED})`, () => {
  let connection: DuckDBConnection

  beforeAll(async () => {
    const settings = { threads: "1", disabled_optimizers: "common_subplan" }
    connection = await (await DuckDBInstance.create(":memory:", settings)).connect()
  })

  test(
    "the same rows with the optimizer and without",
    { timeout: SECONDS * 1000 + 120_000 },
    async () => {
      const tally = new Tally()
      const until = performance.now() + SECONDS * 1000
      for (let i = 0; performance.now() < until && i < MOST; i++) {
        const seed = (SEED + i) % 2 ** 31
        const wrong = await problems(randomProject(randomOf(seed)), connection, tally).catch(
          (error) => [String(error)],
        )
        expect(wrong, `SMELT_SEED=${seed} SMELT_PROJECTS=1`).toEqual([])
      }
      console.log(tally.text())
      expect(tally.compared).toBeGreaterThan(0)
    },
  )
})
