import { declaredTests } from "../../catalog/project.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { table } from "../output.js"
import { openChecked, selectedNames } from "./context.js"

interface Listed {
  readonly name: string
  readonly kind: "model" | "seed" | "source" | "test"
  readonly file: string
  readonly tags: readonly string[]
  readonly dependsOn: readonly string[]
}

/** Models, seeds, sources and tests, with what they depend on. */
export async function ls(options: Options): Promise<Outcome> {
  const { project, checked } = openChecked(options)
  const names = selectedNames(project, checked, options)
  const dependsOn = (name: string) =>
    checked.texts.get(name)?.names?.dependencies.map((dependency) => dependency.name) ?? []
  const all: Listed[] = [
    ...project.sources.map(({ name, place, tags }) => ({
      name,
      kind: "source" as const,
      file: place.file,
      tags,
      dependsOn: [],
    })),
    ...project.seeds.map(({ name, file, tags }) => ({
      name,
      kind: "seed" as const,
      file,
      tags,
      dependsOn: [],
    })),
    ...project.models.map(({ name, place, tags }) => ({
      name,
      kind: "model" as const,
      file: place.file,
      tags,
      dependsOn: dependsOn(name),
    })),
    ...declaredTests(project).map(({ name, place, of }) => ({
      name,
      kind: "test" as const,
      file: place.file,
      tags: [],
      dependsOn: [of.name],
    })),
    ...project.testFiles.map(({ name, source, tags }) => ({
      name,
      kind: "test" as const,
      file: source.file,
      tags,
      dependsOn: dependsOn(name),
    })),
  ]
  const nodes = all.filter(({ name }) => names.has(name))
  const text = table(
    ["kind", "name", "file"],
    nodes.map(({ kind, name, file }) => [kind, name, file]),
  )
  return { fields: { nodes }, diagnostics: [], text, exit: 0 }
}
