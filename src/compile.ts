import { analyze } from "./analyze/index.js"
import type { Project } from "./catalog/project.js"
import type { Incrementality } from "./facts/incremental.js"
import type { ModelPlan } from "./ir/nodes.js"
import { parseModel } from "./parse/index.js"
import { planModel } from "./plan/index.js"
import { buildDag } from "./resolve/dag.js"
import { references, resolve } from "./resolve/index.js"
import { typecheck } from "./typecheck/index.js"
import { Session, type Checked } from "./workspace.js"

// The pipeline, for a whole project:
//
//   project → parse → resolve → typecheck → plan → analyze → optimize → lower → emit
//
// Up to typecheck a stage looks at one text and at the interfaces of what it refers to; from plan on
// at the whole DAG. `run.ts` goes on with execute and record.

/** All that can be known of a project without an engine. */
export function check(project: Project, session = new Session(project)): Checked {
  for (const text of [...project.models, ...project.testFiles])
    session.parsed(text, (sink) => {
      const statement = parseModel(text.source, text.sql, sink)
      return { statement, references: statement ? references(statement) : [] }
    })
  const dag = buildDag(session.dagNodes(), project)
  for (const name of dag.order)
    session.checked(name, (statement, context, sink) => {
      const names = resolve(statement, context, sink)
      return { names, types: typecheck(statement, names, context, sink) }
    })
  return { session, dag, texts: session.texts }
}

/** The relational plans of the models without errors, by name; an incremental one with its proof or refusal. */
export function plan({ session, dag }: Checked): Plans {
  const plans = new Map<string, ModelPlan>()
  const proofs = new Map<string, Incrementality>()
  for (const name of dag.order) {
    const input = session.planInput(name, plans)
    if (!input) continue
    const planned = planModel(input)
    plans.set(name, planned)
    const question = session.analyzeInput(name, planned)
    if (question) proofs.set(name, analyze(question))
  }
  return { plans, proofs }
}

export interface Plans {
  readonly plans: ReadonlyMap<string, ModelPlan>
  readonly proofs: ReadonlyMap<string, Incrementality>
}
