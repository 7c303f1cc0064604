import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join, relative } from "node:path"
import type { NodeResult } from "../engine/run-plan.js"
import type { ColumnStatistics, RelationStatistics } from "../engine/statistics.js"

const FOLDER = join(".smelt", "state")

export interface RunRecord {
  readonly id: string
  readonly command: string
  readonly started: string
  readonly ended?: string
  readonly status: "success" | "fail" | "presumed-failed"
  readonly results: readonly NodeResult[]
}

/** The answer of a probe of a declared fact, for one state of the data. */
export interface ProbeAnswer {
  readonly holds: boolean
  readonly count: number
}

/** What smelt keeps beside a project between runs. All of it can be deleted without losing correctness. */
export class State {
  private readonly folder: string

  constructor(private readonly directory: string) {
    this.folder = join(directory, FOLDER)
  }

  /** Writes that a run began; a start without an end is a run presumed failed. */
  begin(command: string): string {
    const id = `${new Date().toISOString().replace(/[:.]/g, "-")}-${process.pid}`
    this.append({ event: "start", id, command, time: new Date().toISOString(), pid: process.pid })
    return id
  }

  end(id: string, status: "success" | "fail", results: readonly NodeResult[]): void {
    this.append({ event: "end", id, time: new Date().toISOString(), status, results })
  }

  /** Earlier runs, the latest first. A torn last line, from a killed process, is passed over. */
  runs(): RunRecord[] {
    const runs = new Map<string, RunRecord>()
    for (const entry of this.entries()) {
      const { event, id, time } = entry
      if (event === "start")
        runs.set(id, {
          id,
          command: entry.command,
          started: time,
          status: "presumed-failed",
          results: [],
        })
      const started = runs.get(id)
      if (event === "end" && started)
        runs.set(id, { ...started, ended: time, status: entry.status, results: entry.results })
    }
    return [...runs.values()].reverse()
  }

  statistics(): Map<string, RelationStatistics> {
    const found = this.read<Record<string, StoredStatistics>>("statistics.json") ?? {}
    return new Map(
      Object.entries(found).map(([name, { columns, ...rest }]) => [
        name,
        columns ? { ...rest, columns: new Map(Object.entries(columns)) } : rest,
      ]),
    )
  }

  rememberStatistics(found: ReadonlyMap<string, RelationStatistics>): void {
    const all = [...this.statistics(), ...found].map(([name, { columns, ...rest }]) => [
      name,
      columns ? { ...rest, columns: Object.fromEntries(columns) } : rest,
    ])
    this.write("statistics.json", Object.fromEntries(all))
  }

  probe(fact: string, fingerprint: string): ProbeAnswer | undefined {
    return this.read<Record<string, ProbeAnswer>>("probes.json")?.[`${fact} @ ${fingerprint}`]
  }

  rememberProbe(fact: string, fingerprint: string, answer: ProbeAnswer): void {
    const probes = this.read<Record<string, ProbeAnswer>>("probes.json") ?? {}
    this.write("probes.json", { ...probes, [`${fact} @ ${fingerprint}`]: answer })
  }

  /** The plans that builds of a target ran, the last one first, for `explain`. */
  plans<T>(target: string): readonly T[] {
    const found = this.read<Record<string, readonly T[]>>("plans.json")?.[target]
    return Array.isArray(found) ? found : []
  }

  rememberPlans(target: string, plans: readonly unknown[]): void {
    this.write("plans.json", {
      ...this.read<Record<string, unknown>>("plans.json"),
      [target]: plans,
    })
  }

  /** Removes all of it; gives what was removed, relative to the project. */
  clear(): string[] {
    if (!existsSync(this.folder)) return []
    rmSync(this.folder, { recursive: true })
    return [relative(this.directory, this.folder)]
  }

  private append(entry: object): void {
    mkdirSync(this.folder, { recursive: true })
    appendFileSync(join(this.folder, "runs.jsonl"), `${JSON.stringify(entry)}\n`)
  }

  private entries(): LogEntry[] {
    const path = join(this.folder, "runs.jsonl")
    if (!existsSync(path)) return []
    return readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line) => {
        try {
          return line === "" ? [] : [JSON.parse(line) as LogEntry]
        } catch {
          return []
        }
      })
  }

  private read<T>(file: string): T | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, file), "utf8")) as T
    } catch {
      return undefined
    }
  }

  /** Another process sees the old file or the new one, never half of it. */
  private write(file: string, value: unknown): void {
    mkdirSync(this.folder, { recursive: true })
    const path = join(this.folder, file)
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(value))
    renameSync(`${path}.${process.pid}`, path)
  }
}

type StoredStatistics = Omit<RelationStatistics, "columns"> & {
  readonly columns?: Readonly<Record<string, ColumnStatistics>>
}

type LogEntry =
  | {
      readonly event: "start"
      readonly id: string
      readonly time: string
      readonly command: string
    }
  | {
      readonly event: "end"
      readonly id: string
      readonly time: string
      readonly status: "success" | "fail"
      readonly results: readonly NodeResult[]
    }
