import type { AnalysisName } from "../analyses.js"
import { isNumber, numberText } from "../analyses.js"

// What analyses make of an operator over leaves: assembly/egraph/analyses/ in words of terms.

/** A leaf's text, or undefined where nothing is known. */
type Value = string | undefined

/** Whether a leaf is a constant to an analysis. */
export function isConstant(analysis: AnalysisName, leaf: string): boolean {
  if (analysis === "constant-fold") return isNumber(leaf)
  return isTruth(leaf) || (analysis === "lambda" && isInteger(leaf))
}

/** What an operator comes to over known and unknown children. */
export function fold(analysis: AnalysisName, op: string, children: readonly Value[]): Value {
  if (analysis === "boolean-fold") return foldTruth(op, children)
  const [a, b] = children
  if (children.length !== 2 || a === undefined || b === undefined) return undefined
  return analysis === "lambda" ? foldLambda(op, a, b) : foldNumbers(op, Number(a), Number(b))
}

function foldNumbers(op: string, a: number, b: number): Value {
  const value = calculate(op, a, b)
  return Number.isFinite(value) ? numberText(value) : undefined
}

function calculate(op: string, a: number, b: number): number {
  if (op === "+") return a + b
  if (op === "-") return a - b
  if (op === "*") return a * b
  return op === "/" ? a / b : NaN
}

function foldLambda(op: string, a: string, b: string): Value {
  if (op === "=") return String(a === b)
  if (op !== "+" || !isInteger(a) || !isInteger(b)) return undefined
  const sum = Number(a) + Number(b)
  return isInteger(String(sum)) ? numberText(sum) : undefined
}

function foldTruth(op: string, children: readonly Value[]): Value {
  const [a, b] = children
  if (a === undefined) return undefined
  if (children.length === 1) return op === "~" ? String(a === "false") : undefined
  if (children.length !== 2) return undefined
  if (op === "&") return a === "false" ? "false" : b
  if (op === "|") return a === "true" ? "true" : b
  return op === "->" ? (a === "false" ? "true" : b) : undefined
}

function isTruth(leaf: string): boolean {
  return leaf === "true" || leaf === "false"
}

function isInteger(leaf: string): boolean {
  return /^-?\d+$/.test(leaf) && Number(leaf) === (Number(leaf) | 0)
}
