import { nearest } from "../../base/suggest.js"
import { Deployment } from "../../deployment.js"
import { integer, query, select, star, subquery } from "../../syntax/build.js"
import { show as showType } from "../../types/type.js"
import type { Options } from "../options.js"
import { UsageError, usage, type Outcome } from "../outcome.js"
import { table } from "../output.js"
import {
  backendOf,
  connectionFault,
  isError,
  openChecked,
  settingsOf,
  targetOf,
} from "./context.js"

const DEFAULT_LIMIT = 10

/** The first rows of a model, computed from what stands in the target. */
export async function show(options: Options, words: readonly string[]): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const [name] = words
  if (name === undefined)
    throw usage("bad-flag", { problem: "`smelt show` needs the name of a model" })
  const model = project.models.find(
    (candidate) => candidate.name.toLowerCase() === name.toLowerCase(),
  )
  if (!model) {
    const near = nearest(
      name,
      project.models.map((candidate) => candidate.name),
    )
    throw usage("unknown-ref", {
      name,
      hint: near === undefined ? "" : `; did you mean \`${near}\`?`,
    })
  }
  const target = targetOf(project, options)
  const backend = await backendOf(target)
  const compiled = new Deployment(project, checked, target, backend).asWritten(model)
  const text = checked.texts.get(model.name)
  if (!compiled || !text?.types)
    throw new UsageError((text?.diagnostics ?? []).filter(isError), project.texts)
  const limited = query(select({ items: [star()], from: [subquery(compiled.query, "model")] }), {
    limit: {
      id: 0,
      span: { start: 0, end: 0 },
      kind: "limit",
      count: integer(options.limit ?? DEFAULT_LIMIT),
      percent: false,
    },
  })
  try {
    const driver = await backend.open(settingsOf(project, target), project.directory, {
      threads: options.threads,
    })
    const connection = await driver.connect()
    const { rows } = await connection.query(
      new Deployment(project, checked, target, backend).print(limited),
    )
    connection.close()
    await driver.close()
    const columns = text.types.output.map((column) => ({ ...column, type: showType(column.type) }))
    const shown = table(
      columns.map((column) => column.name),
      rows.map((row) =>
        row.map((value) =>
          value === null
            ? "NULL"
            : typeof value === "object"
              ? JSON.stringify(value)
              : String(value),
        ),
      ),
    )
    return { fields: { columns, rows }, diagnostics: [], text: shown, exit: 0 }
  } catch (error) {
    throw connectionFault(error, target)
  }
}
