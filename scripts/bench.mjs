// Runs every benchmark of benches/, each in a process of its own, but those that are said to be apart. A
// benchmark that falls below its floor exits 1, and so does this.
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"

const APART = ["egraph.bench.mjs"] // takes minutes and builds Rust: only by name

run("npm", ["run", "--silent", "build"])
run("node", ["scripts/fetch-tpc.mjs"])
if (!existsSync("benches/node_modules")) run("npm", ["ci", "--prefix", "benches"])

const wanted = process.argv.slice(2)
const benches = readdirSync("benches")
  .filter((file) => file.endsWith(".bench.mjs"))
  .filter((file) =>
    wanted.length === 0 ? !APART.includes(file) : wanted.some((name) => file.startsWith(name)),
  )
let failed = 0
for (const file of benches) {
  console.log(`\n== ${file.replace(".bench.mjs", "")}`)
  if (spawnSync("node", [`benches/${file}`], { stdio: "inherit" }).status !== 0) failed++
}
console.log(`\n${benches.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

function run(command, args) {
  const status = spawnSync(command, args, { stdio: "inherit" }).status ?? 1
  if (status !== 0) process.exit(status)
}
