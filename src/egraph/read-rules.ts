import { didYouMean, nearest } from "../base/suggest.js"
import { EQUAL_AFTER_ADDING } from "./guards.js"
import { faultIn } from "./check-rules.js"
import {
  isVariable,
  type Choice,
  type Clause,
  type Guard,
  type Rule,
  type RuleText,
} from "./rules.js"
import { leaf, placed, placeIn, readSexps, RuleSyntaxError, termOf, type Sexp } from "./term.js"

/** What was read so far. */
interface Reading {
  readonly text: string
  readonly rules: Rule[]
  readonly operators: Map<string, "set" | "multiset">
  readonly functions: Map<string, number>
  readonly oneWay: Set<string>
  ruleset: string
}

type Parts = readonly Sexp[]

/** Reads the rule language; see rules/README.md. Throws RuleSyntaxError with the place. */
export function readRules(text: string): RuleText {
  return placed(text, () => {
    const reading: Reading = {
      text,
      rules: [],
      operators: new Map(),
      functions: new Map(),
      oneWay: new Set(),
      ruleset: "main",
    }
    for (const form of readSexps(text)) readForm(form, reading)
    const { rules, operators, functions, oneWay } = reading
    return { rules, operators, functions, oneWay }
  })
}

function readForm(form: Sexp, reading: Reading): void {
  const [head, ...parts] = form.kind === "list" ? form.items : []
  if (head?.kind !== "word")
    return fault(form, `a form is wanted, (${[...FORMS.keys()].join(" …), (")} …)`)
  const known = FORMS.get(head.text)
  if (!known) {
    const near = didYouMean(nearest(head.text, FORMS.keys()))
    return fault(
      head,
      `one of ${[...FORMS.keys()].join(", ")} is wanted, found ${head.text}${near}`,
    )
  }
  known.read(parts, form, reading, known.usage)
}

interface Form {
  readonly usage: string
  read(parts: Parts, form: Sexp, reading: Reading, usage: string): void
}

const WHEN = "[:when GUARD …])"
const SUBSUME_WHEN = `[:subsume] ${WHEN}`

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["ruleset", { usage: "(ruleset NAME [:one-way])", read: readRuleset }],
  ["operator", { usage: "(operator NAME :set) or (operator NAME :multiset)", read: readOperator }],
  ["function", { usage: "(function NAME ARITY)", read: readFunction }],
  [
    "rewrite",
    {
      usage: `(rewrite NAME LEFT RIGHT [:if (capture-avoiding ?name ?inside ?fresh) RIGHT] ${SUBSUME_WHEN}`,
      read: readRewrite,
    },
  ],
  ["birewrite", { usage: `(birewrite NAME LEFT RIGHT ${WHEN}`, read: readBirewrite }],
  ["rule", { usage: `(rule NAME ((?v TERM) …) ((?v TERM) …) ${SUBSUME_WHEN}`, read: readRule }],
])

function readRuleset(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, oneWay, more] = parts
  if (!name || more) return fault(more ?? form, `${usage} is wanted`)
  reading.ruleset = wordOf(name, "the name of a ruleset")
  if (oneWay && !isWord(oneWay, ":one-way"))
    return fault(oneWay, "`:one-way`, or nothing, is wanted")
  if (oneWay) reading.oneWay.add(reading.ruleset)
}

function readOperator(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, kind, more] = parts
  if (!name || !kind || more) return fault(more ?? form, `${usage} is wanted`)
  if (isWord(kind, ":set")) reading.operators.set(wordOf(name, "an operator"), "set")
  else if (isWord(kind, ":multiset")) reading.operators.set(wordOf(name, "an operator"), "multiset")
  else return fault(kind, "`:set` or `:multiset` is wanted")
}

function readFunction(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, arity, more] = parts
  if (!name || !arity || more) return fault(more ?? form, `${usage} is wanted`)
  const count = wordOf(arity, "a number of arguments")
  if (!/^\d+$/.test(count)) return fault(arity, `a number of arguments is wanted, found ${count}`)
  reading.functions.set(wordOf(name, "a function"), Number(count))
}

// ------------------------------------------------------------------------------------------ rules

function readRewrite(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, left, right, ...options] = parts
  if (!name || !left || !right) return fault(form, `${usage} is wanted`)
  const { before, guards, subsume } = guardsOf(options)
  const sides = { left: termOf(left), right: termOf(right) }
  const common = { ...begun(name, form, reading), guards, ...sides, ...subsume }
  const [word, condition, otherRight, more] = before
  if (!word) return keep(common, form, reading)
  if (!isWord(word, ":if"))
    return fault(word, "`:if`, `:subsume` or `:when`, or the end of the rule, is wanted")
  if (!condition || !otherRight || more) return fault(more ?? word, `${usage} is wanted`)
  keep({ ...common, choice: choiceOf(condition, otherRight) }, form, reading)
}

function readBirewrite(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, left, right, ...options] = parts
  if (!name || !left || !right) return fault(form, `${usage} is wanted`)
  const { before, guards, subsume } = guardsOf(options)
  const [unknown] = before
  if (unknown) return fault(unknown, "`:when`, or the end of the rule, is wanted")
  if (subsume)
    return fault(form, "a birewrite with `:subsume` would subsume both sides; a rewrite is wanted")
  const rule = { ...begun(name, form, reading), guards, left: termOf(left), right: termOf(right) }
  keep(rule, form, reading)
  reading.rules.push(sound({ ...rule, left: rule.right, right: rule.left }, form))
}

function readRule(parts: Parts, form: Sexp, reading: Reading, usage: string): void {
  const [name, left, right, ...options] = parts
  if (!name || !left || !right) return fault(form, `${usage} is wanted`)
  const { before, guards, subsume } = guardsOf(options)
  const [unknown] = before
  if (unknown) return fault(unknown, "`:subsume` or `:when`, or the end of the rule, is wanted")
  const clauses = { left: clausesOf(left), right: clausesOf(right) }
  const common = { ...begun(name, form, reading), guards, left: leaf(""), right: leaf("") }
  keep({ ...common, clauses, ...subsume }, form, reading)
}

function begun(name: Sexp, form: Sexp, { ruleset, text }: Reading) {
  const { line } = placeIn(text, form.start)
  return {
    name: wordOf(name, "the name of a rule"),
    ruleset,
    reason: reasonAbove(text, form.start),
    line,
  }
}

/** Adds a rule, whose name must be its own. */
function keep(rule: Rule, form: Sexp, { rules, oneWay }: Reading): void {
  if (rule.subsume && oneWay.has(rule.ruleset))
    fault(form, `${rule.name}: a one-way rule replaces what it matches; no \`:subsume\` is wanted`)
  const other = rules.find(({ name }) => name === rule.name)
  if (other)
    fault(form, `${rule.name} is the name of a rule in line ${other.line}; another is wanted`)
  rules.push(sound(rule, form))
}

function sound(rule: Rule, form: Sexp): Rule {
  const found = faultIn(rule)
  return found === undefined ? rule : fault(form, `${rule.name}: ${found}`)
}

/** What ends a rule, and what stands before that. */
interface Ending {
  readonly before: Parts
  readonly guards: readonly Guard[]
  readonly subsume?: { readonly subsume: true }
}

function guardsOf(options: Parts): Ending {
  const when = options.findIndex((option) => isWord(option, ":when"))
  const before = when < 0 ? options : options.slice(0, when)
  const [at, ...guards] = when < 0 ? [] : options.slice(when)
  if (at && guards.length === 0) return fault(at, "a guard is wanted after `:when`")
  const isSubsuming = isWord(before.at(-1), ":subsume")
  return {
    before: isSubsuming ? before.slice(0, -1) : before,
    guards: guards.map(guardOf),
    ...(isSubsuming && { subsume: { subsume: true } as const }),
  }
}

function guardOf(sexp: Sexp): Guard {
  const usage = "a guard (NAME ?variable …) is wanted"
  const [head, ...args] = sexp.kind === "list" ? sexp.items : []
  if (!head) return fault(sexp, usage)
  const name = wordOf(head, "the name of a guard")
  if (name === EQUAL_AFTER_ADDING) return { name, args: [], terms: args.map(termOf) }
  return { name, args: args.map(variableOf) }
}

function choiceOf(sexp: Sexp, right: Sexp): Choice {
  const usage = "(capture-avoiding ?name ?inside ?fresh) is wanted"
  const [head, name, inside, fresh, more] = sexp.kind === "list" ? sexp.items : []
  if (!head || !isWord(head, "capture-avoiding") || !name || !inside || !fresh || more)
    return fault(sexp, usage)
  return {
    kind: "capture-avoiding",
    name: variableOf(name),
    inside: variableOf(inside),
    fresh: variableOf(fresh),
    right: termOf(right),
  }
}

function clausesOf(sexp: Sexp): Clause[] {
  if (sexp.kind === "word" || sexp.items.length === 0)
    return fault(sexp, "clauses ((?variable TERM) …) are wanted")
  return sexp.items.map((clause) => {
    const [variable, term, more] = clause.kind === "list" ? clause.items : []
    if (!variable || !term || more) return fault(clause, "a clause (?variable TERM) is wanted")
    return [variableOf(variable), termOf(term)]
  })
}

// ------------------------------------------------------------------------------------------ words

function variableOf(sexp: Sexp): string {
  if (sexp.kind === "word" && isVariable(sexp.text)) return sexp.text
  return fault(sexp, "a variable, ?x, is wanted")
}

function wordOf(sexp: Sexp, what: string): string {
  return sexp.kind === "word" ? sexp.text : fault(sexp, `${what} is wanted`)
}

function isWord(sexp: Sexp | undefined, text: string): boolean {
  return sexp?.kind === "word" && sexp.text === text
}

function fault({ start, end }: Sexp, message: string): never {
  throw new RuleSyntaxError(message, start, end)
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
