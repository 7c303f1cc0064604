import { readdirSync } from "node:fs"
import { describe } from "vitest"
import { runCases } from "../typecheck/slt.js"

const folder = "tests/parse/cases"
for (const file of readdirSync(folder).sort())
  if (file.endsWith(".slt")) describe(file, () => runCases(`${folder}/${file}`))
