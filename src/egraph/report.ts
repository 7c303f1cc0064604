import type { RuleReport, RunReport, StopReason } from "./options.js"

/** What a run comes to. Its `rules` are made when they are asked for: a run may be shorter than that takes. */
export class Report implements RunReport {
  constructor(
    readonly stop: StopReason,
    readonly iterations: number,
    readonly nodes: number,
    readonly classes: number,
    readonly contradiction: boolean,
    private readonly readRules: () => readonly RuleReport[],
  ) {}

  get rules(): readonly RuleReport[] {
    return this.readRules()
  }

  /** All that it says, as an object without a getter. */
  toJSON(): RunReport {
    const { stop, iterations, nodes, classes, rules, contradiction } = this
    return { stop, iterations, nodes, classes, rules, contradiction }
  }

  /** What Node prints of it. */
  [Symbol.for("nodejs.util.inspect.custom")](): RunReport {
    return this.toJSON()
  }
}
