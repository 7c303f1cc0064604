import { describe, expect, test } from "vitest"
import { analyzed, incremental } from "./analyzed.js"
import { ACCEPTED, REFUSED } from "./cases.js"

describe("models that may not run by their grain", () => {
  test("are enough of them", () => {
    expect(REFUSED.length).toBeGreaterThanOrEqual(15)
  })

  test.each(REFUSED)("$name", ({ sql, at, says, grain = "day" }) => {
    const { errors, verdict, refusal, text } = analyzed({
      "models/m.sql": incremental(sql, grain),
    })
    expect(errors).toEqual([])
    expect(verdict?.kind).toBe("refused")
    expect(refusal).toMatchObject({
      code: "not-incremental",
      level: "error",
      file: "models/m.sql",
    })
    expect(text).toBe(at)
    if (says !== undefined) expect(refusal?.message).toContain(says)
  })

  test("the construct at fault may stand in a model that it reads", () => {
    const { refusal, text } = analyzed({
      "models/stg.sql": `SELECT e.at, e.amount FROM smelt.source('raw.events') AS e
ORDER BY e.amount DESC LIMIT 10`,
      "models/m.sql": incremental(
        "SELECT s.at::DATE AS day, s.amount FROM smelt.ref('stg') AS s",
        "day",
      ),
    })
    expect(refusal).toMatchObject({ code: "not-incremental", file: "models/stg.sql" })
    expect(text).toBe("LIMIT 10")
  })

  test("what ir cannot say is refused at the construct", () => {
    const sql = "SELECT e.at::DATE AS day, random() AS r FROM smelt.source('raw.events') AS e"
    const { refusal, text } = analyzed({ "models/m.sql": incremental(sql, "day") })
    expect(refusal?.message).toContain("cannot be analyzed yet")
    expect(text).toBe("random()")
  })

  test("a partition column that may be NULL, that is not there, or that has no event time", () => {
    const nullable = `SELECT CASE WHEN e.id > 1 THEN e.at END AS day FROM smelt.source('raw.events') AS e`
    const absent = `SELECT e.at::DATE AS d FROM smelt.source('raw.events') AS e`
    const timeless = `SELECT c.day FROM smelt.source('raw.calendar') AS c`
    for (const sql of [nullable, absent, timeless]) {
      const { refusal, text } = analyzed({ "models/m.sql": incremental(sql, "day") })
      expect(refusal?.code).toBe("not-incremental")
      expect(text).toBe("day")
    }
  })
})

describe("models that may", () => {
  test.each(Object.entries(ACCEPTED))("%s", (_, { sql, grain }) => {
    const { errors, verdict, refusal } = analyzed({ "models/m.sql": incremental(sql, grain) })
    expect(errors).toEqual([])
    expect(verdict).toMatchObject({ kind: "incremental" })
    expect(refusal).toBeUndefined()
  })
})
