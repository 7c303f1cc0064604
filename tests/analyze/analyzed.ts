import type { Grain } from "../../src/catalog/project.js"
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js"
import type { Incrementality } from "../../src/facts/incremental.js"
import type { Out } from "../../src/ir/nodes.js"
import { refusal } from "../../src/refusal.js"
import { planned } from "../planned.js"
import { projectFolder } from "../project.js"
import { SOURCES } from "./cases.js"

const LEVELS =
  "order-without-limit not-in-nullable union-by-position unnamed-column implicit-coercion"
const CONFIG = `name: test
targets: { dev: { type: duckdb } }
levels: { ${LEVELS.split(" ")
  .map((code) => `${code}: off`)
  .join(", ")} }
`
const RHYTHMS: Readonly<Record<Grain, string>> = { hour: "hourly", day: "daily", month: "monthly" }

/** A model that runs by `grain`, its partition column named `day`. */
export function incremental(sql: string, grain: Grain): string {
  return `---\nmaterialize: ${RHYTHMS[grain]}\npartition_by: day\n---\n${sql}`
}

export interface Analyzed {
  readonly errors: readonly Diagnostic[]
  readonly verdict: Incrementality | undefined
  readonly refusal: Diagnostic | undefined
  /** The text that the refusal points at. */
  readonly text: string
  readonly out: Out | undefined
}

/** What the analysis says of model `m` in a project of these files. */
export function analyzed(files: Readonly<Record<string, string>>): Analyzed {
  const { project, checked, ...plans } = planned(
    projectFolder({ "smelt.yml": CONFIG, "sources/raw.yml": SOURCES, ...files }),
  )
  const errors = [...checked.texts.values()].flatMap(({ diagnostics }) =>
    diagnostics.filter(({ level }) => level === "error"),
  )
  const model = project.models.find(({ name }) => name === "m")
  if (!model) throw new Error("no model m")
  const found = errors.length === 0 ? refusal(model, plans, project, checked) : undefined
  const source = found && project.texts.get(found.file)
  const plan = plans.plans.get("m")
  return {
    errors,
    verdict: plans.proofs.get("m"),
    refusal: found,
    text: found && source ? source.slice({ start: found.start.offset, end: found.end.offset }) : "",
    out: plan?.kind === "planned" ? plan.out : undefined,
  }
}
