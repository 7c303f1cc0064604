import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

/** A project folder of its own with these files; `smelt.yml` with a DuckDB target where none is given. */
export function projectFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "smelt-test-"))
  const all = { "smelt.yml": SMELT_YML, ...files }
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  return folder
}

const SMELT_YML = `name: test
targets:
  dev: { type: duckdb, database: target/dev.duckdb, schema: main }
`
