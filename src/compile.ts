import type { Project } from "./catalog/project.js"
import { parseModel } from "./parse/index.js"
import { buildDag, type Dag } from "./resolve/dag.js"
import { references, resolve } from "./resolve/index.js"
import { typecheck } from "./typecheck/index.js"
import { modelRelation, Session, type CheckedText } from "./workspace.js"

/** All that can be known of a project without an engine. */
export interface Checked {
  readonly session: Session
  readonly dag: Dag
  /** Models and test files, by name. */
  readonly texts: ReadonlyMap<string, CheckedText>
}

// The pipeline, for a whole project:
//
//   project → parse → resolve → typecheck → plan → analyze → optimize → lower → emit
//
// Up to typecheck a stage looks at one text and at the interfaces of what it refers to.

export function check(project: Project, session = new Session(project)): Checked {
  const all = [...project.models, ...project.testFiles].map((text) => {
    const sink = session.sink(text)
    const statement = parseModel(text.source, text.sql, sink)
    return { text, sink, statement, refs: statement ? references(statement) : [] }
  })
  const byName = new Map(all.map((entry) => [entry.text.name, entry]))
  const nodes = all.map(({ text, refs }) => ({
    name: text.name,
    file: text.source.file,
    edges: refs
      .filter(({ kind }) => kind !== "source")
      .map(({ name, span }) => ({ to: name, span })),
  }))
  const dag = buildDag(nodes, project)
  const texts = new Map<string, CheckedText>()
  for (const name of dag.order) {
    const entry = byName.get(name)
    if (!entry) continue
    const { text, sink, statement } = entry
    const isTest = !("materialization" in text)
    const context = {
      name,
      allowStar: isTest || text.allowStar,
      isTest,
      ...(isTest ? {} : { materialization: text.materialization, model: text }),
      relation: session.relation,
      relationNames: session.relationNames,
    }
    const names = statement && resolve(statement, context, sink)
    const types = statement && names && typecheck(statement, names, context, sink)
    const failed = sink.hasErrors || !types
    if (!isTest) session.learn(modelRelation(text, failed ? undefined : types))
    texts.set(name, {
      text,
      diagnostics: sink.diagnostics,
      failed,
      ...(statement && names && types ? { statement, names, types } : {}),
    })
  }
  return { session, dag, texts }
}
