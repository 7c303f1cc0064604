import { expect, test } from "vitest"
import { analyzed, incremental } from "./analyzed.js"
import { randomModel } from "./random-models.js"
import { randomOf, Slices } from "./slicing.js"
import { SEED } from "../seed.js"

// Whatever the analysis accepts among random models runs slice by slice as it does in full.

const MODELS = Number(process.env.SMELT_RUNS ?? 1500)
const SLICES = 25

test(`${MODELS} random models (seed ${SEED})`, async () => {
  const slices = await Slices.open()
  const random = randomOf(SEED)
  const seen = { accepted: 0, refused: 0, faulty: 0 }
  for (let i = 0; i < MODELS; i++) {
    const sql = randomModel(random)
    const { errors, verdict, out } = analyzed({ "models/m.sql": incremental(sql, "day") })
    if (errors.length > 0 || !verdict || !out) seen.faulty++
    else if (verdict.kind === "refused") seen.refused++
    else {
      seen.accepted++
      const difference = await slices.difference(out, "day", SLICES, random)
      expect(difference, `seed ${SEED}, model ${i}: ${sql}`).toBe("")
    }
  }
  expect(seen.accepted, JSON.stringify(seen)).toBeGreaterThan(MODELS / 20)
  expect(seen.refused, JSON.stringify(seen)).toBeGreaterThan(MODELS / 4)
}, 300_000)
