import { plural } from "../../base/plural.js"
import type { Project } from "../../catalog/project.js"
import type { NodeResult, RunNode } from "../../engine/run-plan.js"
import { State } from "../../record/index.js"
import { run, type RunCommand, type RunReport } from "../../run.js"
import type { Options } from "../options.js"
import type { Outcome } from "../outcome.js"
import { hasColor } from "../output.js"
import {
  backendOf,
  connectionFault,
  openChecked,
  type Opened,
  selectedNames,
  settingsOf,
  targetOf,
} from "./context.js"
import { checkRules } from "./offline.js"

/** `build`, `run`, `seed`, `test`. */
export async function build(command: RunCommand, options: Options): Promise<Outcome> {
  const opened = openChecked(options)
  return runSelected(
    command,
    options,
    opened,
    selectedNames(opened.project, opened.checked, options),
  )
}

/** What failed or was skipped in the last run; all of it, where that was killed. */
export async function retry(options: Options): Promise<Outcome> {
  const opened = openChecked(options)
  const { project, checked } = opened
  const [last] = new State(project.directory).runs()
  const selected = selectedNames(project, checked, options)
  if (last?.status === "presumed-failed") return runSelected("retry", options, opened, selected)
  const again = (last?.results ?? []).filter(
    ({ name, status }) =>
      selected.has(name) && (status === "error" || status === "fail" || status === "skipped"),
  )
  if (again.length === 0)
    return {
      fields: { results: [], optimizer: { ms: 0, applied: [] } },
      diagnostics: [],
      text: "Nothing to retry: the last run left nothing undone.",
      exit: 0,
    }
  return runSelected("retry", options, opened, new Set(again.map(({ name }) => name)))
}

async function runSelected(
  command: RunCommand,
  options: Options,
  { project, checked }: Opened,
  selected: ReadonlySet<string>,
): Promise<Outcome> {
  checkRules(options.without)
  const target = targetOf(project, options)
  const backend = await backendOf(target, project)
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort()
  process.once("SIGINT", onSignal)
  try {
    const report = await run(project, checked, {
      ...options,
      command,
      target,
      settings: settingsOf(project, target),
      backend,
      selected,
      start: options.start,
      end: options.end,
      signal: interrupt.signal,
      ...(options.json ? {} : { events: progress() }),
    })
    return outcomeOf(report, project, interrupt.signal.aborted)
  } catch (error) {
    throw connectionFault(error, target)
  } finally {
    process.off("SIGINT", onSignal)
  }
}

function outcomeOf(
  { results, diagnostics, optimizer }: RunReport,
  { texts, diagnostics: ofProject }: Project,
  interrupted: boolean,
): Outcome {
  const bad = results.some(
    ({ status }) => status === "error" || status === "fail" || status === "skipped",
  )
  const fromResults = results.flatMap(({ diagnostic, status }) =>
    diagnostic && status !== "skipped" ? [diagnostic] : [],
  )
  return {
    fields: { results, optimizer },
    // What keeps several nodes from running is one fault.
    diagnostics: [...new Set([...ofProject, ...diagnostics, ...fromResults])],
    text: summary(results),
    exit: interrupted ? 130 : bad ? 1 : 0,
    texts,
  }
}

function summary(results: readonly NodeResult[]): string {
  const count = (status: NodeResult["status"]) =>
    results.filter((result) => result.status === status).length
  const counts = [
    [count("success"), "succeeded"],
    [count("warn"), count("warn") === 1 ? "warning" : "warnings"],
    [count("fail"), "failed"],
    [count("error"), count("error") === 1 ? "error" : "errors"],
    [count("skipped"), "skipped"],
  ] as const
  const parts = counts.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : []))
  return parts.length === 0 ? "Nothing to run." : `Done: ${parts.join(", ")}.`
}

const MARKS = {
  success: "ok",
  warn: "warn",
  fail: "FAIL",
  error: "ERROR",
  skipped: "skip",
} as const

/** A line a node as it finishes, on standard error; on a terminal also what is running. */
function progress() {
  const isTerminal = hasColor(process.stderr)
  return {
    started: (node: RunNode) => {
      if (isTerminal) process.stderr.write(`\r\u001b[K… ${node.kind} ${node.name}`)
    },
    finished: (node: RunNode, result: NodeResult) => {
      if (isTerminal) process.stderr.write("\r\u001b[K")
      const windows = result.windows?.map(shownWindow).join("") ?? ""
      const rebuilt = result.rebuilt === undefined ? "" : ` in full: ${result.rebuilt}`
      process.stderr.write(
        `${MARKS[result.status].padEnd(5)} ${result.kind.padEnd(6)} ${node.name} (${result.ms} ms${rowsOf(result)})${windows}${rebuilt}\n`,
      )
    },
  }
}

function rowsOf({ kind, status, rows, windows, rebuilt }: NodeResult): string {
  const isLoaded = kind === "seed" && status === "success" && rows === undefined
  if (isLoaded || (windows?.length === 0 && rebuilt === undefined)) return ", up to date"
  return rows === undefined ? "" : `, ${plural(rows, "row")}`
}

/** Days, or times where the window does not begin and end with a day. */
function shownWindow({ start, end }: { readonly start: string; readonly end: string }): string {
  const isOfDays = [start, end].every((time) => /T00:00:00(\.0+)?Z$/.test(time))
  const shown = (time: string) => (isOfDays ? time.slice(0, 10) : time.slice(0, 16))
  return ` [${shown(start)}, ${shown(end)})`
}
