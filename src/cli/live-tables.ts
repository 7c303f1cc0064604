import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { backends } from "../backends/index.js"
import { EngineError } from "../engine/driver.js"
import type { CarriedProject, LiveTables } from "../project/index.js"
import { show } from "../types/type.js"

/**
 * The columns of the tables that sources are, as they are in the target; none where its database is not there or
 * cannot be opened. Reads only.
 */
export async function liveTables(
  { targets, target, tables }: CarriedProject,
  folder: string,
): Promise<LiveTables> {
  const found = new Map<string, LiveTables extends ReadonlyMap<string, infer T> ? T : never>()
  const settings = targets[target]
  const backend = await backends.get(settings?.type ?? "")?.()
  const database = settings?.database?.replace(
    /\$\{(\w+)\}/g,
    (whole, name: string) => process.env[name] ?? whole,
  )
  if (!settings || !backend || database === undefined || tables.length === 0) return found
  if (!existsSync(resolve(folder, database))) return found
  try {
    const driver = await backend.open({ ...settings, database }, folder, {
      threads: 1,
      readOnly: true,
    })
    try {
      for (const name of new Set(tables)) {
        const table = await driver.table(name.split("."))
        if (!table) continue
        const columns = table.columns.map(({ name: column, type, nullable }) => {
          const known = backend.parseType(type)
          const text = known.kind === "unknown" ? undefined : show(known)
          return { name: column, type: text, nullable: nullable || table.isView }
        })
        found.set(name, columns)
      }
    } finally {
      await driver.close()
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
  }
  return found
}
