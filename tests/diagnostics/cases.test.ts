import { readdirSync } from "node:fs"
import { describe } from "vitest"
import { runSuite } from "./suite.js"

const folder = "tests/diagnostics/cases"
for (const file of readdirSync(folder).sort()) describe(file, () => runSuite(`${folder}/${file}`))
