import type { Case, CaseRule, Expectation } from "../../src/egraph/cases.js"

/** What of an expectation is not left open. */
export function judged(expectation: Expectation): object {
  return Object.fromEntries(Object.entries(expectation).filter(([, value]) => value !== undefined))
}

/** Whether the interpreter must come to what compiled rules come to. */
export function isInterpretable({ scheduler }: Case, rules: readonly CaseRule[]): boolean {
  return (
    (scheduler.kind === "simple" || scheduler.kind === "sequence") &&
    rules.every(
      (rule) =>
        rule.kind === "rewrite" && rule.applier === undefined && !rule.left.op.startsWith("?"),
    )
  )
}
