import type { Model, TestFile } from "../catalog/project.js"
import { isModel } from "../catalog/project.js"
import type { Checked } from "../session.js"
import type { Completions } from "./item.js"
import { completionsInQuery } from "./query.js"
import { completionsInAnnotation, completionsInHeader, completionsInYaml } from "./settings.js"

export type { CompletionItem, CompletionKind, Completions } from "./item.js"

/** What may be written at an offset of a file of the project. Never throws; nothing for a file that is none. */
export function completionsAt(file: string, offset: number, checked: Checked): Completions {
  const nothing = { start: offset, end: offset, isIncomplete: false, items: [] }
  const { project } = checked.session
  const texts: readonly (Model | TestFile)[] = [...project.models, ...project.testFiles]
  const own = texts.filter(({ source }) => source.file === file)
  const headed = own.find((one) => isModel(one) && one.header && isIn(one.header, offset))
  if (headed && isModel(headed) && headed.header)
    return completionsInHeader(headed, headed.header, offset, checked)
  const text = own.find(({ sql }) => isIn(sql, offset))
  if (text)
    return (
      completionsInAnnotation(text, offset, checked) ??
      completionsInQuery(text, offset, checked) ??
      nothing
    )
  const source = project.texts.get(file)
  return (source && completionsInYaml(file, source.text, offset, checked)) ?? nothing
}

function isIn({ start, end }: { readonly start: number; readonly end: number }, offset: number) {
  return start <= offset && offset <= end
}
