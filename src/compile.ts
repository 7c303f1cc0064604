import { analyze } from "./analyze/index.js"
import type { Project } from "./catalog/project.js"
import { declarationFaults } from "./declaration-faults.js"
import { emitQuery } from "./emit/query.js"
import type { Incrementality } from "./facts/incremental.js"
import type { ModelPlan, Out } from "./ir/nodes.js"
import { lower } from "./lower/index.js"
import { optimize } from "./optimize/index.js"
import { parseModel } from "./parse/index.js"
import { asWritten, pipelineOf, plansOf, printed } from "./pipeline.js"
import type { Chosen, Compilation, Plans } from "./pipeline.js"
import { planModel } from "./plan/index.js"
import { buildDag } from "./resolve/dag.js"
import { bindParams, references, resolve } from "./resolve/index.js"
import { typecheck } from "./typecheck/index.js"
import { Session, type Checked } from "./workspace.js"

// project → parse → resolve → typecheck → plan → analyze → optimize → lower → emit; run.ts executes and records.

/** All that can be known of a project without an engine: one text at a time, and the interfaces that it refers to. */
export function check(project: Project, session = new Session(project)): Checked {
  for (const text of [...project.models, ...project.testFiles])
    session.parsed(text, (params, sink) => {
      const statement = bindParams(parseModel(text.source, text.sql, sink), params, sink)
      return { statement, references: references(statement) }
    })
  const dag = buildDag(session.dagNodes(), project)
  for (const name of dag.order)
    session.checked(name, (statement, context, sink) => {
      const names = resolve(statement, context, sink)
      return { names, types: typecheck(names, context, sink) }
    })
  const faults = session.declared(declarationFaults(project, session.relation))
  return { session, dag, texts: session.texts, faults }
}

/** Relational plans over the whole DAG; an incremental model's with its proof or refusal. */
export function plan({ session, dag }: Checked, asStored: ReadonlySet<string> = new Set()): Plans {
  const [plans, proofs] = [new Map<string, ModelPlan>(), new Map<string, Incrementality>()]
  for (const name of dag.order) {
    const input = session.planInput(name, plans, asStored)
    const planned = input && planModel(input)
    if (planned) plans.set(name, session.withOwnBody(planned, plans))
    const question = planned && session.analyzeInput(name, planned)
    if (question) proofs.set(name, analyze(question))
  }
  return { plans, proofs }
}

/** The SQL of the models that take part, by one plan for all of them; the others are read as they stand. */
export function compile(checked: Checked, on: Compilation): Plans & Chosen {
  const plans = plansOf(on, (asStored) => plan(checked, asStored))
  if (!on.optimizer) return { ...plans, ...asWritten(on) }
  const chosen = optimize(pipelineOf(on, plans, on.optimizer))
  const { capabilities, emitTarget } = on.deployment
  const sql = (out: Out) => emitQuery(lower(out, capabilities), emitTarget)
  return { ...plans, ...printed(on, plans, chosen, sql) }
}
