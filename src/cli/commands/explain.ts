import { explainModel, type Explanation } from "../../explaining.js"
import type { NullTrace } from "../../null-traces.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { namedAmong } from "./context.js"
import { offline } from "./offline.js"

/** What is known of a model, the plan as written and the plan that runs, with every rewrite between them. */
export async function explainCommand(options: Options, words: readonly string[]): Promise<Outcome> {
  const context = await offline(options)
  const name = namedAmong(context.project.models, words[0] ?? "")
  const explanation = explainModel(name, context)
  return {
    fields: { ...explanation },
    diagnostics: [],
    text: textOf(explanation),
    exit: context.checked.texts.get(name)?.failed ? 1 : 0,
  }
}

function textOf({
  facts,
  userPlan,
  chosenPlan,
  steps,
  cost,
  whyNullable,
  origin,
}: Explanation): string {
  const plan = (parts: Explanation["userPlan"]) =>
    parts
      .map(({ name, materialization, sql }) => `-- ${name} (${materialization})\n${sql};`)
      .join("\n\n")
  const times = cost.chosen > 0 ? (cost.user / cost.chosen).toFixed(1) : "1.0"
  const ratio =
    times === "1.0" ? "" : ` (estimated cost of the whole pipeline: ${times} times less)`
  const proof = cost.proven ? ", proven the cheapest of the plans found" : ""
  return [
    `Facts`,
    ...facts.map(
      ({ fact, status, restsOn }) =>
        `  ${status.padEnd(7)}  ${fact}${restsOn ? `, if ${restsOn.join(" and ")}` : ""}`,
    ),
    ``,
    ...(whyNullable.length === 0
      ? []
      : [`Columns that may be NULL`, ...whyNullable.map(traced), ``]),
    `As written`,
    plan(userPlan),
    ``,
    `As it runs: ${origin}${ratio}${proof}`,
    plan(chosenPlan),
    ``,
    `Rewrites`,
    ...(steps.length === 0 ? ["  none"] : []),
    ...steps.flatMap(({ rule, reason, facts: used }) => [
      `  ${rule}: ${reason}`,
      ...used.map(({ fact, status }) => `    ${status}: ${fact}`),
    ]),
  ].join("\n")
}

/** `city: the LEFT JOIN gives NULL … (models/a.sql:3:5), …` */
function traced({ column, steps }: NullTrace): string {
  const way = steps.map(
    ({ message, file, start }) => `${message} (${file}:${start.line}:${start.column})`,
  )
  return `  ${column}: ${way.join("; ")}`
}
