import { readSexps, RuleSyntaxError, termOf, type Sexp, type Term } from "./term.js"

/** One direction of a rule. */
export interface Rule {
  readonly name: string
  readonly left: Term
  readonly right: Term
  readonly guards: readonly Guard[]
  readonly ruleset: string
  /** The comment above it: why it is true. */
  readonly reason: string
  /**
   * A multi-pattern, instead of `left` and `right`: the first variable is any class, each later one is bound
   * before it; on the right a variable that is not bound is bound to its term, others are united with it.
   */
  readonly clauses?: { readonly left: readonly Clause[]; readonly right: readonly Clause[] }
  /** Another right side, where its condition holds. */
  readonly choice?: Choice
}

export type Clause = readonly [variable: string, term: Term]

/** `right` instead, with `fresh` a new leaf of the matched class, where the class `name` is free in `inside`. */
export interface Choice {
  readonly kind: "capture-avoiding"
  readonly name: string
  readonly inside: string
  readonly fresh: string
  readonly right: Term
}

export interface Guard {
  readonly name: string
  /** Variables `?x`, or rest variables `?xs...`. */
  readonly args: readonly string[]
  /** Instead of variables, where the guard makes terms. */
  readonly terms?: readonly Term[]
}

export interface RuleText {
  readonly rules: readonly Rule[]
  readonly operators: ReadonlyMap<string, "set" | "multiset">
  /** Declared pure functions, with how many arguments they take. */
  readonly functions: ReadonlyMap<string, number>
  readonly oneWay: ReadonlySet<string>
}

/** Reads the rule language; see rules/README.md. Throws RuleSyntaxError with the place. */
export function readRules(text: string): RuleText {
  const rules: Rule[] = []
  const operators = new Map<string, "set" | "multiset">()
  const functions = new Map<string, number>()
  const oneWay = new Set<string>()
  let ruleset = "main"
  for (const form of readSexps(text)) {
    const [head, ...rest] = form.kind === "list" ? form.items : []
    switch (head?.kind === "word" ? head.text : "") {
      case "ruleset":
        ruleset = wordOf(rest[0], form)
        if (rest[1]) {
          if (wordOf(rest[1], form) !== ":one-way")
            throw new RuleSyntaxError("`:one-way` is wanted", rest[1].start, rest[1].end)
          oneWay.add(ruleset)
        }
        break
      case "operator": {
        const kind = wordOf(rest[1], form)
        if (kind !== ":set" && kind !== ":multiset")
          throw new RuleSyntaxError("`:set` or `:multiset` is wanted", form.start, form.end)
        operators.set(wordOf(rest[0], form), kind === ":set" ? "set" : "multiset")
        break
      }
      case "function":
        functions.set(wordOf(rest[0], form), Number(wordOf(rest[1], form)))
        break
      case "rewrite":
        rules.push(ruleOf(form, rest, ruleset, reasonAbove(text, form.start)))
        break
      case "birewrite": {
        const rule = ruleOf(form, rest, ruleset, reasonAbove(text, form.start))
        rules.push(rule, { ...rule, left: rule.right, right: rule.left })
        break
      }
      default:
        throw new RuleSyntaxError(
          "one of ruleset, operator, function, rewrite, birewrite is wanted",
          form.start,
          form.end,
        )
    }
  }
  return { rules, operators, functions, oneWay }
}

function ruleOf(form: Sexp, parts: readonly Sexp[], ruleset: string, reason: string): Rule {
  const [name, left, right, when, ...guards] = parts
  if (!name || !left || !right)
    throw new RuleSyntaxError(
      "(rewrite NAME LEFT RIGHT [:when GUARD …]) is wanted",
      form.start,
      form.end,
    )
  if (when && wordOf(when, form) !== ":when")
    throw new RuleSyntaxError("`:when` is wanted", when.start, when.end)
  const rule = {
    name: wordOf(name, form),
    left: termOf(left),
    right: termOf(right),
    guards: guards.map(guardOf),
    ruleset,
    reason,
  }
  const known = new Set(variablesOf(rule.left))
  const unbound = [...variablesOf(rule.right), ...rule.guards.flatMap(({ args }) => args)].find(
    (variable) => !known.has(variable),
  )
  if (unbound !== undefined)
    throw new RuleSyntaxError(
      `${unbound} is not on the left side of ${rule.name}`,
      form.start,
      form.end,
    )
  return rule
}

function guardOf(sexp: Sexp): Guard {
  const { op, children } = termOf(sexp)
  return { name: op, args: children.map((child) => child.op) }
}

export function isVariable(op: string): boolean {
  return op.startsWith("?")
}

export function isRest(op: string): boolean {
  return op.startsWith("?") && op.endsWith("...")
}

/** Every variable of a pattern, each once, in the order of the text. */
export function variablesOf(term: Term): string[] {
  const own = isVariable(term.op) && term.children.length === 0 ? [term.op] : []
  return [...new Set([...own, ...term.children.flatMap(variablesOf)])]
}

/** The comment above a form, or above the lines that it stands together with. */
function reasonAbove(text: string, start: number): string {
  const lines = text.slice(0, start).split("\n").slice(0, -1)
  const isComment = () => lines.at(-1)?.trimStart().startsWith(";") === true
  while (!isComment() && lines.at(-1)?.trim()) lines.pop()
  const comment: string[] = []
  while (isComment()) comment.unshift(lines.pop()?.replace(/^\s*;+\s?/, "") ?? "")
  return comment.join(" ")
}

function wordOf(sexp: Sexp | undefined, form: Sexp): string {
  if (sexp?.kind === "word") return sexp.text
  throw new RuleSyntaxError("a word is wanted", sexp?.start ?? form.start, sexp?.end ?? form.end)
}
