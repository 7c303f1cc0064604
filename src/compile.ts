import { analyze } from "./analyze/index.js"
import type { Project } from "./catalog/project.js"
import { declarationFaults, declarationsOf } from "./declaration-faults.js"
import { emitQuery } from "./emit/query.js"
import type { Incrementality } from "./facts/incremental.js"
import type { ModelPlan, Out } from "./ir/nodes.js"
import { lower } from "./lower/index.js"
import { parseModel } from "./parse/index.js"
import { asWritten, pipelineOf, plansOf, printed } from "./pipeline.js"
import type { Chosen, Compilation, Plans } from "./pipeline.js"
import { planModel } from "./plan/index.js"
import { buildDag } from "./resolve/dag.js"
import { bindParams, references, resolve } from "./resolve/index.js"
import { typecheck } from "./typecheck/index.js"
import type { PlanOptions } from "./planning.js"
import { Session, type Checked, type CheckText, type ParseText } from "./session.js"

// project → parse → resolve → typecheck → plan → analyze → optimize → lower → emit; run.ts executes and records.

/** All that can be known of a project without an engine: one text at a time, and the interfaces that it refers to. */
export function check(project: Project, session = new Session()): Checked {
  session.begin(project)
  for (const text of session.unparsed) session.parsed(text, parseText)
  const dag = session.ordered((nodes) => buildDag(nodes, project))
  for (const name of session.unchecked(dag)) session.checked(name, checkText)
  const faults = session.declared(declarationsOf(project), declarationFaults)
  return { session, dag, texts: session.texts, faults }
}

export const parseText: ParseText = (text, params, sink) => {
  const statement = bindParams(parseModel(text.source, text.sql, sink), params, sink)
  return { statement, references: references(statement) }
}
export const checkText: CheckText = (statement, context, sink) => {
  const names = resolve(statement, context, sink)
  return { names, types: typecheck(names, context, sink) }
}

/** Relational plans over the whole DAG, or of part of it; an incremental model's with its proof or refusal. */
export function plan({ session, dag }: Checked, { asStored, of }: PlanOptions = {}): Plans {
  const [plans, proofs] = [new Map<string, ModelPlan>(), new Map<string, Incrementality>()]
  for (const name of of ? dag.order.filter((name) => of.has(name)) : dag.order) {
    const planned = session.planning.planned(name, plans, asStored, (input) => planModel(input))
    const proof = planned && session.planning.analyzed(name, planned, (input) => analyze(input))
    if (proof) proofs.set(name, proof)
  }
  return { plans, proofs }
}

/** The SQL of the models that take part, by one plan for all of them; the others are read as they stand. */
export function compile(checked: Checked, on: Compilation): Plans & Chosen {
  const plans = plansOf(on, (asStored) => plan(checked, { asStored }))
  if (!on.optimizer) return { ...plans, ...asWritten(on) }
  const chosen = on.optimizer.optimize(pipelineOf(on, plans, on.optimizer))
  const { capabilities, emitTarget } = on.deployment
  const sql = (out: Out) => emitQuery(lower(out, capabilities), emitTarget)
  return { ...plans, ...printed(on, plans, chosen, sql) }
}
