import type { Project } from "./catalog/project.js"
import { checkText, parseText } from "./compile.js"
import { declarationFaults, declarationsOf } from "./declaration-faults.js"
import { buildDag } from "./resolve/dag.js"
import { Session, type Checked } from "./session.js"

/**
 * As `check`, where no stage follows: a text is parsed when the order of the project comes to it, then checked, and its
 * trees, names and types are forgotten, which a large project's memory is mostly made of.
 */
export function checkAlone(project: Project): Checked {
  const session = new Session({ keepsTrees: false })
  session.begin(project)
  const nodes = session.nodes(parseText)
  const dag = buildDag(nodes, project, (name) => session.checked(name, checkText))
  const faults = session.declared(declarationsOf(project), declarationFaults)
  return { session, dag, texts: session.texts, faults }
}
