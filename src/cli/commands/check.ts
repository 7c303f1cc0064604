import { plural } from "../../base/plural.js"
import { allDiagnostics, byPlace, checkedModel, type CheckedModel } from "../../check-report.js"
import type { Project } from "../../catalog/project.js"
import { checkAlone } from "../../check-alone.js"
import { check } from "../../compile.js"
import type { Diagnostic } from "../../diagnostics/diagnostic.js"
import { isSafe } from "../../fixing.js"
import type { Written } from "../fix-files.js"
import type { Options } from "../options.js"
import { usage, UsageError, type Outcome } from "../outcome.js"
import { inTarget } from "../in-target.js"
import { isError, openChecked, selectedNames } from "./context.js"

/**
 * All diagnostics, and what every model gives. Opens no engine, but with `--online`. With `--fix` it applies fixes
 * first, and says of what it wrote.
 */
export async function checkCommand(options: Options): Promise<Outcome> {
  if (options.unsafeFixes && !options.fix)
    throw usage("bad-flag", { problem: "--unsafe-fixes needs --fix" })
  if (!options.fix) return checkedOrNot(options)
  const { fixFiles } = await import("../fix-files.js")
  const written = await fixFiles(options)
  return withFixes(await checkedOrNot(options), written)
}

/** The project may have faults for which nothing of it is checked. */
async function checkedOrNot(options: Options): Promise<Outcome> {
  try {
    return await checked(options)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { diagnostics, texts } = error
    return {
      fields: { models: [] },
      diagnostics,
      ...(texts ? { texts } : {}),
      text: "",
      ...fixable(diagnostics, options),
      exit: 2,
    }
  }
}

async function checked(options: Options): Promise<Outcome> {
  const isAsked = options.select.length > 0 || options.exclude.length > 0
  const isBrief = !isAsked && !options.json && !options.online
  const { project, checked } = openChecked(options, (project) =>
    isBrief && !hasPlans(project) ? checkAlone(project) : check(project),
  )
  const names = selectedNames(project, checked, options)
  const models = project.models.filter(({ name }) => names.has(name))
  const described = () => models.map((model) => checkedModel(model, checked))
  const diagnostics = options.online
    ? [
        ...allDiagnostics(project, checked, { names, isMissing: () => false }),
        ...(await inTarget(options, project, (target) => target(project, checked, names))),
      ].sort(byPlace)
    : allDiagnostics(project, checked, { names })
  const failed = diagnostics.some(isError)
  const shown = isAsked ? described().map(asText) : []
  const text = [...shown, ...(failed ? [] : [`${plural(models.length, "model")} checked.`])]
  return {
    fields: {
      get models() {
        return described()
      },
    },
    diagnostics,
    texts: project.texts,
    text: text.join("\n\n"),
    ...fixable(diagnostics, options),
    exit: failed ? 1 : 0,
  }
}

/** Whether a check asks for plans: for what may run incrementally. */
function hasPlans({ models }: Project): boolean {
  return models.some(({ materialization }) => materialization === "incremental")
}

/** The outcome of a check after files were written. */
function withFixes(outcome: Outcome, { fixed, files, notWritten }: Written): Outcome {
  const lines = fixed.map(
    ({ file, start, code, title, kind }) =>
      `fixed ${file}:${start.line}:${start.column} ${code}: ${title}${kind === "equivalent" ? "" : ` (${kind})`}`,
  )
  const text = [lines.join("\n") || "Nothing to fix.", outcome.text].filter((part) => part !== "")
  // The models are described when the document is made: a getter stays one.
  const fields = Object.defineProperties(
    { fixed, files },
    Object.getOwnPropertyDescriptors(outcome.fields),
  )
  return {
    ...outcome,
    fields,
    diagnostics: [...outcome.diagnostics, ...notWritten],
    text: text.join("\n\n"),
    exit: outcome.exit === 0 && notWritten.length > 0 ? 1 : outcome.exit,
  }
}

/** How much of what is left `--fix` mends. */
function fixable(diagnostics: readonly Diagnostic[], options: Options): { remark?: string } {
  const having = diagnostics.filter(({ fixes }) => fixes.length > 0)
  const safe = having.filter(({ fixes }) => fixes.some(isSafe)).length
  const unsafe = having.length - safe
  const parts = [
    ...(safe > 0 && !options.fix ? [`--fix mends ${safe} of these`] : []),
    ...(unsafe > 0 && !options.unsafeFixes
      ? [
          `--fix --unsafe-fixes ${unsafe}${safe > 0 && !options.fix ? " more" : " of these"}, and changes the meaning`,
        ]
      : []),
  ]
  return parts.length === 0 ? {} : { remark: `${parts.join("; ")}.` }
}

/** A model's columns and keys, for people. */
function asText({ name, file, columns, keys }: CheckedModel): string {
  const width = Math.max(0, ...columns.map((column) => column.name.length))
  const lines = columns.map(
    (column) =>
      `  ${column.name.padEnd(width)}  ${column.type}${column.nullable ? "" : " NOT NULL"}`,
  )
  const unique = [...new Set(keys.map((key) => `  key (${key.join(", ")})`))]
  return [`${name} (${file})`, ...lines, ...unique].join("\n")
}
