import { packageTexts } from "../base/package-files.js"
import { readRules, type Rule, type RuleText } from "../egraph/index.js"

/** The rules of the package: those of scalars run to normal form, the others saturate. */
export interface RuleSet {
  /** Rules that saturate, with the operators and functions of all files. */
  readonly relational: RuleText
  /** One-way rules, in the order of the files and of their lines. */
  readonly scalar: readonly Rule[]
  /** Every rule's name, as `--without` takes it. */
  readonly names: readonly string[]
  /** Why each rule is true, by its name. */
  readonly reasons: ReadonlyMap<string, string>
}

let loaded: RuleText | undefined
/** The set of rules that was asked for last: a graph of the same text need not compile it again. */
let last: { readonly without: string; readonly rules: RuleSet } | undefined

/** Reads all rule files of the package, without the rules that are named. */
export function loadRules(without: readonly string[] = []): RuleSet {
  const key = without.join("\n")
  if (last?.without !== key) last = { without: key, rules: readSet(without) }
  return last.rules
}

function readSet(without: readonly string[]): RuleSet {
  const text = (loaded ??= readRules(packageTexts("rules", ".rules").join("\n\n")))
  const off = new Set(without)
  const on = text.rules.filter(({ name }) => !off.has(name))
  return {
    relational: { ...text, rules: on.filter(({ ruleset }) => !text.oneWay.has(ruleset)) },
    scalar: on.filter(({ ruleset }) => text.oneWay.has(ruleset)),
    names: [...new Set(text.rules.map(({ name }) => name))],
    reasons: new Map(text.rules.map(({ name, reason }) => [name, reason])),
  }
}
