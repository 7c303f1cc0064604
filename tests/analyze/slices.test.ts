import { beforeAll, describe, expect, test } from "vitest"
import { some } from "../../src/base/check.js"
import { analyzed, incremental } from "./analyzed.js"
import { ACCEPTED, REFUSED } from "./cases.js"
import { randomOf, Slices } from "./slicing.js"
import { SEED } from "../seed.js"

// A run over a window reads only that window of every input with a clock. For each shape that the
// analysis accepts, such a run must give exactly the rows that the full query has in the window.

const SLICES = Number(process.env.SMELT_SLICES ?? 2000)

describe(`slices of accepted models (seed ${SEED})`, () => {
  let slices: Slices

  beforeAll(async () => {
    slices = await Slices.open()
  })

  test.each(Object.entries(ACCEPTED))(
    `%s: ${SLICES} slices`,
    async (_, { sql, grain }) => {
      const { verdict, out } = analyzed({ "models/m.sql": incremental(sql, grain) })
      expect(verdict).toMatchObject({ kind: "incremental" })
      const plan = some(out, "a plan")
      expect(await slices.difference(plan, grain, SLICES, randomOf(SEED)), `seed ${SEED}`).toBe("")
    },
    300_000,
  )

  // What shows that slices tell a sound shape from another.
  test.each(REFUSED.filter(({ isHarmless }) => isHarmless !== true))(
    "$name, which is refused, differs",
    async ({ sql, grain = "day" }) => {
      const { out } = analyzed({ "models/m.sql": incremental(sql, grain) })
      const random = randomOf(SEED)
      expect(await slices.difference(some(out, "a plan"), grain, SLICES, random)).not.toBe("")
    },
    300_000,
  )
})
