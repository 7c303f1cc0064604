import { FLAGS_OF, type FlagName, type Options } from "./options.js"
import type { Outcome } from "./outcome.js"

export interface CommandSpec {
  readonly name: string
  readonly description: string
  /** What its words are: any number of selectors, one name of this kind, or none. */
  readonly words: "selectors" | "model" | "column" | "folder" | undefined
  /** The options that it uses. */
  readonly flags: readonly FlagName[]
  /** The fields of its document where nothing could be done (exit 2). */
  readonly empty: Outcome["fields"]
  readonly run: (options: Options, words: readonly string[]) => Promise<Outcome>
}

const NO_RUN = { results: [], optimizer: { ms: 0, applied: [] } }

/** Every command, in the order in which help lists them. A command's file is loaded when it is run. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: "init",
    description: "a starter project that builds at once",
    words: "folder",
    flags: FLAGS_OF.init,
    empty: { files: [] },
    run: async (options, words) => (await import("./commands/init.js")).init(options, words),
  },
  {
    name: "build",
    description: "seed, run and test in dependency order",
    words: "selectors",
    flags: FLAGS_OF.run,
    empty: NO_RUN,
    run: async (options) => (await import("./commands/build.js")).build("build", options),
  },
  {
    name: "run",
    description: "run the models",
    words: "selectors",
    flags: FLAGS_OF.run,
    empty: NO_RUN,
    run: async (options) => (await import("./commands/build.js")).build("run", options),
  },
  {
    name: "seed",
    description: "load the seeds",
    words: "selectors",
    flags: FLAGS_OF.seeded,
    empty: NO_RUN,
    run: async (options) => (await import("./commands/build.js")).build("seed", options),
  },
  {
    name: "test",
    description: "run the data tests",
    words: "selectors",
    flags: FLAGS_OF.tested,
    empty: NO_RUN,
    run: async (options) => (await import("./commands/build.js")).build("test", options),
  },
  {
    name: "retry",
    description: "run what failed or was skipped last time",
    words: "selectors",
    flags: FLAGS_OF.run,
    empty: NO_RUN,
    run: async (options) => (await import("./commands/build.js")).retry(options),
  },
  {
    name: "compile",
    description: "the SQL of every model, without a connection",
    words: "selectors",
    flags: FLAGS_OF.planned,
    empty: { models: [], hidden: [] },
    run: async (options) => (await import("./commands/compile.js")).compileCommand(options),
  },
  {
    name: "check",
    description: "all diagnostics; with selectors also columns and keys of the models",
    words: "selectors",
    flags: FLAGS_OF.checked,
    empty: { models: [] },
    run: async (options) => (await import("./commands/check.js")).checkCommand(options),
  },
  {
    name: "fmt",
    description: "lay out the SQL of models and tests; --check only says what would change",
    words: "selectors",
    flags: FLAGS_OF.formatted,
    empty: { files: [] },
    run: async (options) => (await import("./commands/fmt.js")).fmt(options),
  },
  {
    name: "explain",
    description: "facts, plans and every rewrite of a model, with reasons",
    words: "model",
    flags: FLAGS_OF.explained,
    empty: {
      facts: [],
      userPlan: [],
      chosenPlan: [],
      steps: [],
      cost: { user: 0, chosen: 0, proven: false },
    },
    run: async (options, words) =>
      (await import("./commands/explain.js")).explainCommand(options, words),
  },
  {
    name: "show",
    description: "the first rows of a model, computed now from its query; of a seed, of its table",
    words: "model",
    flags: FLAGS_OF.shown,
    empty: { columns: [], rows: [] },
    run: async (options, words) => (await import("./commands/show.js")).show(options, words),
  },
  {
    name: "ls",
    description: "models, seeds, sources and tests",
    words: "selectors",
    flags: FLAGS_OF.selected,
    empty: { nodes: [] },
    run: async (options) => (await import("./commands/ls.js")).ls(options),
  },
  {
    name: "lineage",
    description: "where the columns of a model come from, through all models down to the sources",
    words: "column",
    flags: FLAGS_OF.shown.filter((flag) => flag !== "limit"),
    empty: { edges: [] },
    run: async (options, words) =>
      (await import("./commands/lineage.js")).lineageCommand(options, words),
  },
  {
    name: "contract",
    description: "the columns of models as contracts; --write puts them into their headers",
    words: "selectors",
    flags: FLAGS_OF.contract,
    empty: { models: [] },
    run: async (options) => (await import("./commands/contract.js")).contractCommand(options),
  },
  {
    name: "history",
    description: "earlier runs",
    words: undefined,
    flags: FLAGS_OF.listed,
    empty: { runs: [] },
    run: async (options) => (await import("./commands/history.js")).history(options),
  },
  {
    name: "debug",
    description: "targets, connections and versions",
    words: undefined,
    flags: FLAGS_OF.project,
    empty: { targets: [] },
    run: async (options) => (await import("./commands/debug.js")).debug(options),
  },
  {
    name: "clean",
    description: "remove .smelt/state and what half-finished runs left",
    words: undefined,
    flags: FLAGS_OF.project,
    empty: { files: [] },
    run: async (options) => (await import("./commands/clean.js")).clean(options),
  },
]

/** Commands of the language page that later versions bring. */
export const LATER = ["plan", "prove", "optimize", "deploy", "backfill", "docs", "lsp", "import"]
