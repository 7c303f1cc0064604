import type { AnalysisName } from "../../../src/egraph/cases.js"

export type Constant = number | boolean

/** What an analysis says of one node, from what is known of its children. */
export interface Analysis {
  /** The text under which a leaf is kept. */
  leaf(text: string): string
  constant(op: string, children: readonly (Constant | undefined)[]): Constant | undefined
  /** Operators that bind or name a variable are looked at, all others have no free variables. */
  readonly hasFreeVariables: boolean
  /** Whether a class with a constant loses every node but its leaves. */
  readonly prunes: boolean
}

const NONE: Analysis = {
  leaf: (text) => text,
  constant: () => undefined,
  hasFreeVariables: false,
  prunes: false,
}

const ANALYSES: Readonly<Record<AnalysisName, Analysis>> = {
  "constant-fold": { ...NONE, leaf: numberText, constant: foldNumbers, prunes: true },
  "boolean-fold": { ...NONE, constant: foldBooleans },
  lambda: { ...NONE, constant: foldLambda, hasFreeVariables: true },
  interval: NONE,
  nullability: NONE,
  type: NONE,
  cardinality: NONE,
}

/** Several at once: what one of them says. Ranges, nullness and types are in facts.ts. */
export function allOf(names: readonly AnalysisName[]): Analysis {
  const all = names.map((name) => ANALYSES[name])
  return {
    leaf: (text) => all.reduce((leaf, each) => each.leaf(leaf), text),
    constant: (op, children) => {
      for (const each of all) {
        const constant = each.constant(op, children)
        if (constant !== undefined) return constant
      }
      return undefined
    },
    hasFreeVariables: all.some(({ hasFreeVariables }) => hasFreeVariables),
    prunes: all.some(({ prunes }) => prunes),
  }
}

/** The number that a leaf's text is, if it is one. */
export function numberOf(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  return finite(Number(text))
}

/** The leaf of a constant. */
export function textOf(constant: Constant): string {
  return String(constant)
}

function numberText(text: string): string {
  const value = numberOf(text)
  return value === undefined ? text : textOf(value)
}

/** Without the sign of zero; nothing where there is no finite value. */
function finite(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined
  return value === 0 ? 0 : value
}

function foldNumbers(
  op: string,
  children: readonly (Constant | undefined)[],
): Constant | undefined {
  if (children.length === 0) return numberOf(op)
  const [a, b] = children
  if (children.length !== 2 || typeof a !== "number" || typeof b !== "number") return undefined
  switch (op) {
    case "+":
      return finite(a + b)
    case "-":
      return finite(a - b)
    case "*":
      return finite(a * b)
    case "/":
      return b === 0 ? undefined : finite(a / b)
    default:
      return undefined
  }
}

const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
])

/** The value of the first operand that decides alone, and what is then the result. */
const DECIDES: Readonly<Record<string, { first: boolean; result: boolean }>> = {
  "&": { first: false, result: false },
  "|": { first: true, result: true },
  "->": { first: false, result: true },
}

function foldBooleans(
  op: string,
  children: readonly (Constant | undefined)[],
): Constant | undefined {
  const [a, b] = children
  if (children.length === 0) return TRUTH.get(op)
  if (typeof a !== "boolean") return undefined
  if (children.length === 1) return op === "~" ? !a : undefined
  const rule = DECIDES[op]
  if (!rule || children.length !== 2) return undefined
  if (a === rule.first) return rule.result
  return typeof b === "boolean" ? b : undefined
}

function foldLambda(op: string, children: readonly (Constant | undefined)[]): Constant | undefined {
  const [a, b] = children
  if (children.length === 0) return TRUTH.get(op) ?? int32Of(op)
  if (children.length !== 2 || a === undefined || b === undefined) return undefined
  if (op === "=") return a === b
  if (op === "+" && typeof a === "number" && typeof b === "number") return int32(a + b)
  return undefined
}

function int32Of(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? int32(Number(text)) : undefined
}

function int32(value: number): number | undefined {
  return value === (value | 0) ? value | 0 : undefined
}
