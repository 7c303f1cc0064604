import { describe, expect, test } from "vitest"
import type { Incrementality } from "../../src/facts/incremental.js"
import { walk } from "../../src/syntax/walk.js"
import { planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { ACCEPTED, REFUSED, SOURCES } from "./cases.js"

const LEVELS = "levels: { order-without-limit: off, not-in-nullable: off }\n"
const CONFIG = `name: test\ntargets: { dev: { type: duckdb } }\n${LEVELS}`
const HEADER = "---\nmaterialize: daily\npartition_by: day\n---\n"

function analyzed(sql: string): { verdict: Incrementality; text: string } {
  const folder = projectFolder({
    "smelt.yml": CONFIG,
    "sources/raw.yml": SOURCES,
    "models/m.sql": `${HEADER}${sql}`,
  })
  const { project, checked, proofs } = planned(folder)
  expect(checked.texts.get("m")?.diagnostics.filter(({ level }) => level === "error")).toEqual([])
  const verdict = proofs.get("m")
  const [model] = project.models
  if (!model || !verdict) throw new Error("the model is not in ir")
  return { verdict, text: faultText(verdict, model.source.text, checked.texts.get("m")?.statement) }
}

/** The text of the construct at fault. */
function faultText(
  verdict: Incrementality,
  text: string,
  statement: Parameters<typeof walk>[0] | undefined,
): string {
  const origin = verdict.kind === "refused" ? verdict.origin : undefined
  let found = ""
  if (statement && origin)
    walk(
      statement,
      (node) =>
        void (node.id === origin.node && (found = text.slice(node.span.start, node.span.end))),
    )
  return found
}

describe("models that may not run by day", () => {
  test.each(REFUSED)("$name", ({ sql, at }) => {
    const { verdict, text } = analyzed(sql)
    expect(verdict.kind).toBe("refused")
    expect(text).toBe(at)
  })
})

describe("models that may", () => {
  test.each(Object.entries(ACCEPTED))("%s", (_, sql) => {
    const { verdict } = analyzed(sql)
    expect(verdict).toMatchObject({ kind: "incremental" })
  })
})
