import { readFileSync, readdirSync } from "node:fs"
import { dirname, join, normalize, relative } from "node:path"
import { describe, expect, test } from "vitest"

// Imports go down, never sideways: see docs of the layers in src/README.md.
const LAYERS: readonly (readonly string[])[] = [
  [
    "base",
    "diagnostics",
    "types",
    "functions",
    "syntax",
    "catalog",
    "ir",
    "facts",
    "engine",
    "egraph",
  ],
  [
    "project",
    "parse",
    "resolve",
    "metrics",
    "typecheck",
    "plan",
    "analyze",
    "optimize",
    "lower",
    "emit",
    "execute",
    "record",
    "backends",
  ],
  [
    "compile.ts",
    "check-alone.ts",
    "run.ts",
    "run-plan.ts",
    "deployment.ts",
    "declared-facts.ts",
    "derived-facts.ts",
    "null-traces.ts",
    "declaration-faults.ts",
    "refusal.ts",
    "session.ts",
    "planning.ts",
    "memo.ts",
    "interfaces.ts",
    "workspace.ts",
    "check-report.ts",
    "choose-plan.ts",
    "faults.ts",
    "probing.ts",
    "source-files.ts",
    "live-sources.ts",
    "stored-plan.ts",
    "offline.ts",
    "explaining.ts",
    "formatting.ts",
    "fixing.ts",
    "pipeline.ts",
    "check-query.ts",
    "lineage.ts",
    "completion",
  ],
  ["index.ts", "cli", "lsp"],
]
const ENGINES = ["duckdb", "postgres", "spark", "datafusion"]

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => join("src", file))

const imports = files.flatMap((file) =>
  specifiers(readFileSync(file, "utf8")).map((specifier) => ({ file, specifier })),
)

describe("the layers", () => {
  test("every file is in a room that the architecture names", () => {
    const rooms = new Set(LAYERS.flat())
    expect(files.filter((file) => !rooms.has(roomOf(file)))).toEqual([])
  })

  test("imports go down, and no stage imports another", () => {
    const breaches = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return false
      const from = roomOf(file)
      const to = roomOf(target(file, specifier))
      if (from === to || to === "assembly") return false
      const [fromLayer, toLayer] = [layerOf(from), layerOf(to)]
      return toLayer > fromLayer || (toLayer === fromLayer && fromLayer === 1)
    })
    expect(breaches).toEqual([])
  })

  test("assembly imports nothing of src", () => {
    const breaches = readdirSync("assembly", { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) =>
        specifiers(readFileSync(join("assembly", file), "utf8")).some((s) => s.includes("src/")),
      )
    expect(breaches).toEqual([])
  })

  test("WebAssembly is touched by one file", () => {
    const touching = files.filter((file) => /\bWebAssembly\b/.test(withoutComments(file)))
    expect(touching).toEqual(["src/egraph/wasm.ts"])
  })

  test("no engine is named outside its folder and the registry", () => {
    const breaches = imports.filter(({ file, specifier }) => {
      const names = ENGINES.some((engine) => specifier.includes(engine))
      return names && !file.startsWith("src/backends/")
    })
    expect(breaches).toEqual([])
  })

  test("only project, execute, record, the drivers, checkpoints and programs open files", () => {
    const allowed =
      /^src\/(project|execute|record|backends|cli|lsp)\/|^src\/(base\/package-files|egraph\/(wasm|checkpoint-file)|run)\.ts$/
    const breaches = imports.filter(
      ({ file, specifier }) => /^(node:)?fs(\/promises)?$/.test(specifier) && !allowed.test(file),
    )
    expect(breaches).toEqual([])
  })

  test("compile.ts is the pipeline, in its order, in under 60 lines", () => {
    const text = readFileSync("src/compile.ts", "utf8")
    expect(text.split("\n").length).toBeLessThan(60)
    const stages = [
      "parseModel",
      "resolve",
      "typecheck",
      "planModel",
      "analyze",
      "optimize",
      "emitQuery",
      "lower",
    ]
    const places = stages.map((stage) => text.search(new RegExp(`\\b${stage}\\w*\\(`)))
    expect(places.every((place) => place >= 0)).toBe(true)
    expect([...places].sort((a, b) => a - b)).toEqual(places)
  })
})

function specifiers(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map(
    (match) => match[1] ?? "",
  )
}

function withoutComments(file: string): string {
  return readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
}

function target(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier)).replace(/\.js$/, ".ts")
}

function roomOf(file: string): string {
  const parts = relative(".", file).split("/")
  return parts[0] === "src" ? (parts[1] ?? "") : (parts[0] ?? "")
}

function layerOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room))
}
