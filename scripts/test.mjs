// Builds, fetches what the tests read (TPC data come with two Python wheels), runs every test, and
// closes with a line that counts them. Arguments go to vitest: `npm test -- tests/parse`.
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"

const report = ".cache/tests.json"
mkdirSync(".cache", { recursive: true })

run("npm", ["run", "--silent", "build"])
run("node", ["scripts/fetch-tpc.mjs"], { mayFail: process.env.SMELT_REQUIRE_TPC !== "1" })
const status = run(
  "npx",
  [
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { mayFail: true },
)
const counts = JSON.parse(readFileSync(report, "utf8"))
console.log(
  `${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped`,
)
process.exit(status)

function run(command, args, { mayFail = false } = {}) {
  const status = spawnSync(command, args, { stdio: "inherit" }).status ?? 1
  if (status !== 0 && !mayFail) process.exit(status)
  return status
}
