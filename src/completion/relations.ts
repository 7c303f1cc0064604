import { isModel, type Model, type Param, type TestFile } from "../catalog/project.js"
import type { Scope } from "../resolve/index.js"
import type { Checked } from "../session.js"
import { call, name as nameNode, text } from "../syntax/build.js"
import { print } from "../syntax/print.js"
import { show } from "../types/type.js"
import { writtenName } from "./columns.js"
import type { Candidate } from "./item.js"

/** The CTEs that a table may be, the nearest first. */
export function ctesInSight({ ctes }: Scope): readonly Candidate[] {
  const found: Candidate[] = []
  for (let cte = ctes; cte; cte = cte.next)
    found.push({ label: writtenName(cte.name), kind: "cte", detail: cte.columns.join(", ") })
  return found
}

/** Models, seeds and sources, each as the call that reads it. */
export function relationCalls(of: Model | TestFile, checked: Checked): readonly Candidate[] {
  const calls = (candidates: readonly Candidate[], word: "ref" | "source") =>
    candidates.map((one) => ({ ...one, write: () => smeltCall(word, one.label) }))
  return [...calls(referable(of, checked), "ref"), ...calls(sources(checked), "source")]
}

function smeltCall(word: "ref" | "source", name: string): string {
  const path = ["smelt", word].map((part) => nameNode(part))
  return print({ ...call(word, text(name)), name: path })
}

/** What `smelt.ref` may name: seeds, and models that do not read this one. */
export function referable(of: Model | TestFile, checked: Checked): readonly Candidate[] {
  const { models, seeds } = checked.session.project
  const below = isModel(of) ? descendants(of.name, checked) : new Set<string>()
  return [
    ...models
      .filter(({ name }) => !below.has(name))
      .map((model): Candidate => ({
        label: model.name,
        kind: "model",
        ...(model.description === undefined ? {} : { detail: model.description }),
      })),
    ...seeds.map(({ name }): Candidate => ({ label: name, kind: "seed" })),
  ]
}

export function sources({ session }: Checked): readonly Candidate[] {
  return session.project.sources.map(({ name }) => ({ label: name, kind: "source" }))
}

/** A model with all that reads it, directly or not. */
function descendants(name: string, { dag }: Checked): ReadonlySet<string> {
  const found = new Set([name])
  for (const one of dag.order)
    if (dag.parents.get(one)?.some((parent) => found.has(parent)) === true) found.add(one)
  return found
}

export function params(found: readonly Param[]): readonly Candidate[] {
  return found.map(({ name, type, value }) => ({
    label: name,
    kind: "param",
    detail: `${show(type)}, ${value}`,
  }))
}
