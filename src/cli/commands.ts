import type { Options } from "./options.js"
import type { Outcome } from "./outcome.js"

export interface CommandSpec {
  readonly name: string
  readonly description: string
  /** What its words are: selectors, or a name such as `model`. */
  readonly words: string
  readonly run: (options: Options, words: readonly string[]) => Promise<Outcome>
}

/** Every command, in the order in which help lists them. A command's file is loaded when it is run. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    description: "a starter project that builds at once",
    words: "folder",
    run: async (options, words) => (await import("./commands/init.js")).init(options, words),
  },
  {
    name: "build",
    description: "seed, run and test in dependency order",
    words: "selectors",
    run: async (options) => (await import("./commands/build.js")).build("build", options),
  },
  {
    name: "run",
    description: "run the models",
    words: "selectors",
    run: async (options) => (await import("./commands/build.js")).build("run", options),
  },
  {
    name: "seed",
    description: "load the seeds",
    words: "selectors",
    run: async (options) => (await import("./commands/build.js")).build("seed", options),
  },
  {
    name: "test",
    description: "run the data tests",
    words: "selectors",
    run: async (options) => (await import("./commands/build.js")).build("test", options),
  },
  {
    name: "retry",
    description: "run what failed or was skipped last time",
    words: "selectors",
    run: async (options) => (await import("./commands/build.js")).retry(options),
  },
  {
    name: "compile",
    description: "the SQL of every model, without a connection",
    words: "selectors",
    run: async (options) => (await import("./commands/compile.js")).compileCommand(options),
  },
  {
    name: "check",
    description: "all diagnostics, columns and keys of every model",
    words: "selectors",
    run: async (options) => (await import("./commands/check.js")).checkCommand(options),
  },
  {
    name: "explain",
    description: "facts, plans and every rewrite of a model, with reasons",
    words: "model",
    run: async (options, words) =>
      (await import("./commands/explain.js")).explainCommand(options, words),
  },
  {
    name: "show",
    description: "the first rows of a model",
    words: "model",
    run: async (options, words) => (await import("./commands/show.js")).show(options, words),
  },
  {
    name: "ls",
    description: "models, seeds, sources and tests",
    words: "selectors",
    run: async (options) => (await import("./commands/ls.js")).ls(options),
  },
  {
    name: "history",
    description: "earlier runs",
    words: "selectors",
    run: async (options) => (await import("./commands/history.js")).history(options),
  },
  {
    name: "debug",
    description: "targets, connections and versions",
    words: "selectors",
    run: async (options) => (await import("./commands/debug.js")).debug(options),
  },
  {
    name: "clean",
    description: "remove .smelt/state and what half-finished runs left",
    words: "selectors",
    run: async (options) => (await import("./commands/clean.js")).clean(options),
  },
]

/** Commands of the language page that later versions bring. */
export const LATER = [
  "plan",
  "lineage",
  "prove",
  "optimize",
  "deploy",
  "backfill",
  "docs",
  "lsp",
  "import",
  "fmt",
  "contract",
]
