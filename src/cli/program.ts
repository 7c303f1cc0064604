import { Command, CommanderError, Option } from "commander"
import { Bug } from "../base/check.js"
import { nearest } from "../base/suggest.js"
import { COMMANDS, LATER, type CommandSpec } from "./commands.js"
import { FLAGS, readOptions, type Flag, type FlagName, type RawOptions } from "./options.js"
import { UsageError, placeless, usage, type Outcome } from "./outcome.js"
import { printOutcome } from "./output.js"

/** Runs one command line and gives its exit code. */
export async function main(args: readonly string[], version: string): Promise<number> {
  const format = { json: args.includes("--json"), sarif: args.includes("--sarif") }
  const given = args.find((arg) => !arg.startsWith("-")) ?? ""
  let command = given
  let outcome: Outcome | undefined
  const program = declare(version, async (spec, words, raw) => {
    command = spec.name
    const options = readOptions(raw, spec.words === "selectors" ? words : [])
    outcome = await spec.run(options, isOfOne(spec) ? oneModel(spec, words, raw) : words)
  })
  try {
    if (args.length === 0) program.outputHelp()
    else await program.parseAsync(args, { from: "user" })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const fields = COMMANDS.find(({ name }) => name === command)?.empty ?? {}
    outcome = failure(error, command, fields)
  }
  if (!outcome) return 0
  printOutcome(command, version, outcome, format)
  return outcome.exit
}

type Act = (spec: CommandSpec, words: readonly string[], raw: RawOptions) => Promise<void>

function declare(version: string, act: Act): Command {
  const program = new Command("smelt")
    .description("Plain SQL models, understood: typed, proven, optimized as one pipeline, run.")
    .version(version, "-V, --version")
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
  for (const spec of COMMANDS) {
    const command = program
      .command(spec.name)
      .description(spec.description)
      .exitOverride()
      .configureOutput({ writeErr: () => {}, outputError: () => {} })
      .action(() => act(spec, command.args, command.opts<RawOptions>()))
    if (spec.words)
      command.argument(spec.words === "selectors" ? "[selectors...]" : `[${spec.words}]`)
    for (const option of optionsOf(spec)) command.addOption(option)
  }
  for (const name of LATER) {
    program
      .command(name, { hidden: true })
      .allowUnknownOption()
      .argument("[words...]")
      .action(() => {
        throw usage("not-yet", { what: `\`smelt ${name}\``, hint: "" })
      })
  }
  return program
}

function isOfOne({ words }: CommandSpec): boolean {
  return words === "model" || words === "column"
}

/** The model that a command is about, as a word or, as dbt users write it, by `--select`. */
function oneModel(
  { name, words: kind }: CommandSpec,
  words: readonly string[],
  { select = [] }: RawOptions,
): readonly string[] {
  const named = [...words, ...select]
  if (named.length === 1) return named
  const what = kind === "column" ? "model or MODEL.COLUMN" : "model"
  const problem = named.length === 0 ? `needs the name of a ${what}` : `takes one ${what}`
  throw usage("bad-flag", { problem: `\`smelt ${name}\` ${problem}` })
}

/** The options of a command; one that only says how a run goes is accepted by the others, and not listed. */
function optionsOf({ flags }: CommandSpec): Option[] {
  return (Object.keys(FLAGS) as FlagName[]).flatMap((name) => {
    const flag: Flag = FLAGS[name]
    const isUsed = flags.includes(name)
    if (!isUsed && flag.isOfRuns !== true) return []
    const option = new Option(flag.flags, flag.text).hideHelp(!isUsed)
    const many = (value: string, previous: readonly string[] = []) => [...previous, value]
    return [flag.isList ? option.argParser(many) : option]
  })
}

/** Whatever was thrown, as an outcome; a fault that is ours says so. No stack traces. */
function failure(error: unknown, given: string, fields: Outcome["fields"]): Outcome {
  if (error instanceof UsageError)
    return {
      fields,
      diagnostics: error.diagnostics,
      text: "",
      exit: 2,
      ...(error.texts ? { texts: error.texts } : {}),
    }
  const diagnostic =
    error instanceof CommanderError
      ? usageOf(error, given)
      : placeless("bug", { problem: describe(error) })
  return {
    fields,
    diagnostics: [diagnostic],
    text: "",
    exit: error instanceof CommanderError ? 2 : 1,
  }
}

function usageOf(error: CommanderError, given: string) {
  const problem = error.message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.+?)\?\)/, "; did you mean `$1`?")
  const option = /unknown option '(.+?)'/.exec(problem)?.[1]
  const users = option === undefined ? [] : usersOf(option)
  if (option !== undefined && users.length > 0) {
    const isCommand = COMMANDS.some(({ name }) => name === given)
    const problem = isCommand
      ? `\`smelt ${given}\` does not use ${option}; ${users.join(", ")} do`
      : `${option} stands after the command that it is for: ${users.join(", ")}`
    return placeless("bad-flag", { problem })
  }
  const elsewhere = option === undefined ? undefined : OF_OTHER_TOOLS[option]
  if (elsewhere !== undefined)
    return placeless("bad-flag", { problem: `unknown option \`${option}\`; ${elsewhere}` })
  const unknown = /unknown command '(.+?)'/.exec(problem)?.[1]
  if (unknown === undefined) return placeless("bad-flag", { problem })
  const near = nearest(unknown, [...COMMANDS.map((spec) => spec.name), ...LATER])
  const hint = near === undefined ? "`smelt --help` lists them" : `did you mean \`${near}\`?`
  return placeless("bad-flag", { problem: `no command \`${unknown}\`; ${hint}` })
}

/** Options that hands know from dbt and SQLMesh, and what does the same here. */
const OF_OTHER_TOOLS: Readonly<Record<string, string>> = {
  "-m": "models are chosen with `--select`",
  "--model": "models are chosen with `--select`",
  "--models": "models are chosen with `--select`",
  "--select-model": "models are chosen with `--select`",
  "--vars": "a parameter is given with `--param name=value`",
  "--profile": "targets stand in smelt.yml, and one is chosen with `--target`",
  "--profiles-dir": "targets stand in smelt.yml, and one is chosen with `--target`",
  "-t": "a target is chosen with `--target`",
  "-f": "everything is written anew with `--full-refresh`",
  "-x": "it stops at the first failure with `--fail-fast`",
}

/** The commands that use an option. */
function usersOf(option: string): string[] {
  const isMeant = (name: FlagName) => FLAGS[name].flags.split(/[, ]+/).includes(option)
  return COMMANDS.filter(({ flags }) => flags.some(isMeant)).map(({ name }) => name)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (process.env.SMELT_DEBUG) return error.stack ?? error.message
  return `${error instanceof Bug ? "" : `${error.name}: `}${error.message} (SMELT_DEBUG=1 shows where)`
}
