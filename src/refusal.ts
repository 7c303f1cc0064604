import type { Span } from "./base/span.js"
import type { Model, Project } from "./catalog/project.js"
import type { Plans } from "./pipeline.js"
import { didYouMean, nearest } from "./base/suggest.js"
import type { Diagnostic, ReportedFix } from "./diagnostics/diagnostic.js"
import { Sink } from "./diagnostics/sink.js"
import type { Incrementality } from "./facts/incremental.js"
import type { Origin } from "./ir/nodes.js"
import { walk } from "./syntax/walk.js"
import type { Column } from "./types/type.js"
import type { Checked } from "./session.js"

/** Why a model may not run incrementally, at the construct at fault; undefined where it may. */
export function refusal(
  model: Model,
  { plans, proofs }: Plans,
  project: Project,
  checked: Checked,
): Diagnostic | undefined {
  const sink = new Sink(model.source, {}, project.texts)
  const header = model.partitionBy?.place.span ?? { start: model.sql.start, end: model.sql.start }
  const column = model.partitionBy?.column ?? ""
  const plan = plans.get(model.name)
  const verdict = proofs.get(model.name)
  if (!model.partitionBy)
    sink.report("incremental-without-clock", header, {
      model: model.name,
      problem: `no \`partition_by\` names its partition column; add \`partition_by: ${dateColumn(model, checked)}\` to its header`,
    })
  else if (plan?.kind === "as-written")
    sink.report(
      "not-incremental",
      spanOf({ model: model.name, node: plan.node }, checked) ?? header,
      { model: model.name, column, reason: `${plan.construct} cannot be analyzed yet` },
    )
  else if (verdict?.kind === "refused") return refused(model, verdict, header, project, checked)
  return sink.diagnostics[0]
}

/** A column that could be the partition. */
function dateColumn({ name }: Model, checked: Checked): string {
  const output = checked.texts.get(name)?.types?.output ?? []
  const isTime = ({ type }: Column) => type.kind === "scalar" && /^(DATE|TIMESTAMP)/.test(type.name)
  return output.find(isTime)?.name ?? "<date column>"
}

/** The construct may stand in the text of a model that this one reads. */
function refused(
  model: Model,
  { origin, reason, column }: Incrementality & { readonly kind: "refused" },
  header: Span,
  project: Project,
  checked: Checked,
): Diagnostic | undefined {
  const span = origin && spanOf(origin, checked)
  const other = span && project.models.find(({ name }) => name === origin.model)
  const sink = new Sink((other ?? model).source, {}, project.texts)
  const fixes = span ? [] : columnFix(model, checked)
  const hint = didYouMean(fixes[0]?.edits[0]?.text)
  const params = { model: model.name, column, reason: `${reason}${hint}` }
  sink.report("not-incremental", span ?? header, params, { fixes })
  return sink.diagnostics[0]
}

/** `partition_by` of a column that the model does not give. */
function columnFix({ name, partitionBy }: Model, checked: Checked): ReportedFix[] {
  const names = (checked.texts.get(name)?.types?.output ?? []).map((column) => column.name)
  const wanted = partitionBy?.column ?? ""
  if (!partitionBy || names.some((one) => one.toLowerCase() === wanted.toLowerCase())) return []
  const near = nearest(wanted, names)
  if (near === undefined) return []
  const edits = [{ span: partitionBy.place.span, text: near }]
  return [{ title: `change to \`${near}\``, kind: "changes-meaning", edits }]
}

export function spanOf({ model, node }: Origin, checked: Checked): Span | undefined {
  const statement = checked.texts.get(model)?.names?.statement
  let found: Span | undefined
  if (statement)
    walk(statement, (candidate) => {
      if (candidate.id === node) found = candidate.span
    })
  return found
}
