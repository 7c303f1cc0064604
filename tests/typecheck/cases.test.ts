import { readdirSync } from "node:fs"
import { describe } from "vitest"
import { runCases } from "./slt.js"

const folder = "tests/typecheck/cases"
for (const file of readdirSync(folder).sort()) describe(file, () => runCases(`${folder}/${file}`))
