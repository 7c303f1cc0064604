// Puts the program of the command line and all that it imports into one file, and beside it what V8 compiled
// of it in a check of the sample project.
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { build } from "rolldown"
import { BUNDLE, CODE_CACHE, loadBundle } from "../dist/src/cli/bundle.js"

const BUNDLED = ["commander", "yaml"] // their licences want to be kept with their code

/** Parts of Node that few commands use, and that take milliseconds to load: loaded when something of them is asked for. */
const LATER = /^node:(crypto|child_process)$/

const { output } = await build({
  input: "dist/src/cli/program.js",
  platform: "node",
  external: ["@duckdb/node-api"],
  plugins: [{ name: "later", resolveId: laterId, load: laterModule }],
  output: { format: "cjs", codeSplitting: false, comments: false },
  logLevel: "warn",
  write: false,
})
writeFileSync(BUNDLE, wrapped(output[0].code))
for (const file of readdirSync("dist")) if (file.endsWith(".cache")) rmSync(`dist/${file}`)
writeFileSync(CODE_CACHE, await compiled())
chmodSync("dist/src/cli/main.js", 0o755)

function laterId(id, importer) {
  if (!LATER.test(id)) return null
  return importer === later(id) ? { id, external: true } : later(id)
}

/** A module with the names of Node's own, which asks that one for them. */
async function laterModule(id) {
  const [node] = LATER.exec(id.slice(later("").length)) ?? []
  if (node === undefined) return null
  const names = Object.keys(await import(node)).filter((name) => name !== "default")
  const getters = names.map((name) => `get ${name}() { return require("${node}").${name} }`)
  return `module.exports = { ${getters.join(", ")} }`
}

function later(id) {
  return `\0later:${id}`
}

/** The function of a CommonJS module, as its loader calls it. */
function wrapped(code) {
  const licences = BUNDLED.map(licence).join("\n")
  return `${licences}\n(function (exports, require, module, __filename) {\n${inAscii(code)}\n})\n`
}

/** V8 keeps a text of one byte a character as it is read; a character beyond that would double it. */
function inAscii(code) {
  return code.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
}

function licence(name) {
  return `/*! ${name}\n${readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim()}\n*/`
}

async function compiled() {
  const { program, script } = loadBundle()
  const { write } = process.stdout
  process.stdout.write = () => true
  try {
    if ((await program.main(["check"], "0")) !== 0) throw new Error("the sample project has faults")
  } finally {
    process.stdout.write = write
  }
  return script.createCachedData()
}
