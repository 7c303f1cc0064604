import { fields, filled, like, list, maybe, oneOf, type Shape } from "./shape.js"

// The documents that the commands promise to the programs of other people: fields may be added, never
// renamed or dropped.

const position = fields({ offset: "number", line: "number", column: "number" })

export const diagnostic = fields({
  code: like(/^[a-z]+(-[a-z]+)*$/),
  level: oneOf("error", "warn", "note"),
  message: like(/./),
  file: "string",
  start: position,
  end: position,
  notes: list(
    fields({
      message: like(/./),
      file: maybe("string"),
      start: maybe(position),
      end: maybe(position),
    }),
  ),
  fixes: list(
    fields({
      title: like(/./),
      kind: oneOf("equivalent", "if-declared", "changes-meaning"),
      edits: filled(fields({ file: "string", start: position, end: position, text: "string" })),
    }),
  ),
})

/** A type as smelt writes it; UNKNOWN stands in models with errors only. */
const type = like(
  /^(UNKNOWN|(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))|BOOLEAN|DECIMAL\(\d+,\d+\)|FLOAT|DOUBLE|VARCHAR|BLOB|DATE|TIME|TIMESTAMP|TIMESTAMPTZ|INTERVAL|UUID|JSON|ENUM\(.*\)|STRUCT\(.*\)|MAP\(.*\))(\[\])*$/,
)
const column = fields({ name: like(/./), type, nullable: "boolean" })
const planned = filled(
  fields({
    name: "string",
    materialization: oneOf("view", "table", "incremental", "ephemeral"),
    sql: like(/SELECT/),
  }),
)
const fact = fields({
  fact: like(/./),
  status: oneOf("proven", "tested", "trusted"),
  from: maybe("string"),
  restsOn: maybe(filled("string")),
})

export const result = fields({
  name: like(/./),
  kind: oneOf("model", "seed", "test", "hidden"),
  status: oneOf("success", "fail", "warn", "error", "skipped"),
  rows: maybe("number"),
  ms: "number",
  windows: maybe(list(fields({ start: "time", end: "time" }))),
  failures: maybe(
    fields({
      count: "number",
      columns: filled("string"),
      rows: filled(filled("any")),
      file: like(/\.sql$/),
    }),
  ),
  diagnostic: maybe(diagnostic),
})
const optimizer = fields({ ms: "number", applied: list("string"), fallback: maybe("string") })
const run = { results: list(result), optimizer }

/** The fields of each command's document, where it could do what it was asked. */
export const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  init: { files: filled("string") },
  check: {
    models: list(
      fields({
        name: "string",
        file: like(/\.sql$/),
        columns: list(column),
        keys: list(filled("string")),
      }),
    ),
    // With --fix.
    fixed: maybe(
      list(
        fields({
          code: "string",
          level: oneOf("error", "warn", "note"),
          message: like(/./),
          title: like(/./),
          kind: oneOf("equivalent", "if-declared", "changes-meaning"),
          file: like(/./),
          start: position,
        }),
      ),
    ),
    files: maybe(list("string")),
  },
  compile: {
    models: list(
      fields({
        name: "string",
        target: "string",
        materialization: oneOf("view", "table", "incremental", "ephemeral"),
        sql: like(/SELECT/),
        optimizedSql: like(/SELECT/),
        fallback: maybe("string"),
      }),
    ),
    hidden: list(fields({ name: "string", sql: like(/SELECT/), usedBy: filled("string") })),
  },
  build: run,
  run,
  seed: run,
  test: run,
  retry: run,
  show: { columns: filled(column), rows: list(filled("any")) },
  history: {
    runs: list(
      fields({
        id: "string",
        command: oneOf("build", "run", "seed", "test", "retry"),
        started: "time",
        ended: maybe("time"),
        status: oneOf("success", "fail", "presumed-failed"),
        results: list(result),
      }),
    ),
  },
  debug: {
    targets: list(
      fields({
        name: "string",
        type: "string",
        ok: "boolean",
        version: "string",
        reason: maybe("string"),
      }),
    ),
  },
  ls: {
    nodes: list(
      fields({
        name: "string",
        kind: oneOf("model", "seed", "source", "test"),
        file: "string",
        tags: list("string"),
        dependsOn: list("string"),
      }),
    ),
  },
  explain: {
    facts: list(fact),
    userPlan: planned,
    chosenPlan: planned,
    steps: list(fields({ rule: "string", reason: like(/./), facts: list(fact) })),
    cost: fields({ user: "number", chosen: "number", proven: "boolean" }),
  },
  contract: {
    models: list(
      fields({
        name: "string",
        file: like(/\.sql$/),
        written: "boolean",
        columns: filled(column),
      }),
    ),
  },
  lineage: {
    edges: filled(
      fields({
        from: fields({ node: "string", column: "string" }),
        to: fields({ node: "string", column: "string" }),
        kind: oneOf("value", "filter", "group", "join", "order"),
      }),
    ),
  },
  clean: { files: list("string") },
}

/** The same fields where nothing could be done: lists may be empty. */
const NOTHING: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  init: { files: list("any") },
  show: { columns: list("any"), rows: list("any") },
  lineage: { edges: list("any") },
  explain: {
    ...DOCUMENTS.explain,
    userPlan: list("any"),
    chosenPlan: list("any"),
  },
}

/** The whole document of a command; `done`: it could do what it was asked. */
export function documentOf(command: string, done = true): Shape {
  const own = (done ? undefined : NOTHING[command]) ?? DOCUMENTS[command] ?? {}
  return fields({
    command: oneOf(command),
    ok: "boolean",
    diagnostics: list(diagnostic),
    ...own,
  })
}
