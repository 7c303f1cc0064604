import { expect, test } from "vitest"
import { SourceText, span } from "../../src/base/span.js"
import { render } from "../../src/diagnostics/render.js"
import { toSarif } from "../../src/diagnostics/sarif.js"
import { Sink } from "../../src/diagnostics/sink.js"

const text = new SourceText("models/report.sql", "SELECT\n\tsum(amuont) AS total\nFROM orders\n")

function unknownColumn() {
  const sink = new Sink(text)
  const at = span(12, 18)
  sink.report(
    "unknown-column",
    at,
    { name: "amuont", where: " in orders", hint: "; did you mean `amount`?" },
    {
      notes: [{ message: "orders has amount, customer", span: span(34, 40) }],
      fixes: [
        { title: "change to `amount`", kind: "equivalent", edits: [{ span: at, text: "amount" }] },
      ],
    },
  )
  return sink
}

test("the caret stands under the span, after tabs too", () => {
  const [diagnostic] = unknownColumn().diagnostics
  expect(
    diagnostic && render(diagnostic, { texts: new Map([[text.file, text]]), color: false }),
  ).toBe(
    [
      "error[unknown-column]: no column `amuont` in orders; did you mean `amount`?",
      "  --> models/report.sql:2:6",
      "  |",
      "2 | \tsum(amuont) AS total",
      "  | \t    ^^^^^^",
      "  note: orders has amount, customer",
      "  --> models/report.sql:3:6",
      "  |",
      "3 | FROM orders",
      "  |      ^^^^^^",
      "  fix: change to `amount`",
    ].join("\n"),
  )
})

test("one diagnostic per code and place", () => {
  const sink = unknownColumn()
  sink.report("unknown-column", span(12, 18), { name: "amuont", where: "", hint: "" })
  expect(sink.diagnostics).toHaveLength(1)
})

test("a level of smelt.yml switches an adjustable code off, never a fixed one", () => {
  const sink = new Sink(text, { "comma-join": "off", "unknown-column": "off" })
  sink.report("comma-join", span(0, 1), { instead: "CROSS JOIN" })
  sink.report("unknown-column", span(0, 1), { name: "a", where: "", hint: "" })
  expect(sink.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(["unknown-column"])
})

test("SARIF carries the place and the fix", () => {
  const log = JSON.stringify(toSarif(unknownColumn().diagnostics, "0.0.0"))
  expect(log).toContain('"startLine":2,"startColumn":6')
  expect(log).toContain('"insertedContent":{"text":"amount"}')
})

test("SARIF: the edits of a fix are one change of their file, whose name is a URI", () => {
  const own = new SourceText("models/a report.sql", text.text)
  const sink = new Sink(own)
  const edits = [12, 18].map((at) => ({ span: span(at, at), text: "'" }))
  const fix = { title: "write 'amuont'", kind: "changes-meaning", edits } as const
  sink.report("unknown-column", span(12, 18), { name: "x", where: "", hint: "" }, { fixes: [fix] })
  const { runs } = toSarif(sink.diagnostics, "0.0.0") as {
    runs: { results: { fixes: { artifactChanges: unknown[] }[] }[] }[]
  }
  const changes = runs[0]?.results[0]?.fixes[0]?.artifactChanges ?? []
  expect(changes).toMatchObject([
    { artifactLocation: { uri: "models/a%20report.sql" }, replacements: [{}, {}] },
  ])
})
