import { isMap, parseDocument, YAMLMap } from "yaml"
import type { Model } from "../catalog/project.js"
import { show, type Column } from "../types/type.js"
import { sameName } from "../base/names.js"

/**
 * The text of the model's file with `contract: true` and these columns, with their types, in its header;
 * what else the header says of them stays. The other models of the file are left alone.
 */
export function withContract({ source, header, sql }: Model, columns: readonly Column[]): string {
  const { text } = source
  if (header) {
    const yaml = contractYaml(text.slice(header.start, header.end), columns)
    return text.slice(0, header.start) + yaml + text.slice(header.end)
  }
  const isSection = sql.start > 0
  const lead = isSection ? "\n" : ""
  const before = text.slice(0, sql.start)
  const query = text.slice(sql.start).replace(/^\s*\n/, "")
  const opening = isSection ? "" : "---\n"
  return `${before}${lead}${opening}${contractYaml("", columns)}---\n${query}`
}

function contractYaml(text: string, columns: readonly Column[]): string {
  const document = parseDocument(text)
  document.set("contract", true)
  const declared = document.get("columns")
  const known = isMap(declared) ? declared : undefined
  const entries = columns.map(({ name, type, nullable }) => {
    const found = known?.items.find((item) => sameName(String(item.key), name))
    const body = isMap(found?.value) ? found.value : document.createNode({})
    if (isMap(body)) {
      if (body.items.length === 0) body.flow = true
      body.set("type", show(type))
      if (nullable) body.delete("not_null")
      else body.set("not_null", true)
    }
    return document.createPair(found?.key ?? name, body)
  })
  const map = new YAMLMap<unknown, unknown>()
  for (const entry of entries) map.items.push(entry)
  document.set("columns", map)
  return document.toString({ lineWidth: 0 })
}
