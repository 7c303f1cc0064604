import type { SqlType } from "../types/type.js"
import { MONOTONE } from "./monotone.js"
import { match, signature, type Match, type ResultRule, type Signature } from "./signature.js"

export type FunctionKind = "scalar" | "aggregate" | "window" | "table"

/**
 * When the result is NULL.
 * - `strict`: only where an argument is (aggregates: or no row of the group has one)
 * - `never-null`: never
 * - `nullable`: also for arguments that are not
 * - a function of "may argument i be NULL"
 */
export type NullBehavior =
  "strict" | "never-null" | "nullable" | ((nullable: readonly boolean[]) => boolean)

/** How an aggregate of a whole follows from those of its parts. */
export type Algebra =
  "sum" | "count" | "min" | "max" | "bool" | "bit" | "avg" | "holistic" | "order-dependent"

export interface FunctionInfo {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly kind: FunctionKind
  readonly signatures: readonly Signature[]
  readonly nulls: NullBehavior
  /** The same arguments give the same result, in every row and run. */
  readonly deterministic: boolean
  /** Where it is not: the result is still one throughout a statement, as the time and the user are. */
  readonly isStable: boolean
  /** Some arguments of the right types raise an error, so it may not run on rows that a filter removes. */
  readonly mayRaise: boolean
  readonly algebra?: Algebra
  /** The number of the argument whose order the result keeps: larger values give no smaller ones. */
  readonly monotone?: number
  /** Aggregates: repeated rows do not change the result. */
  readonly duplicateInsensitive?: boolean
  /** Table functions: the names of the columns that they give. */
  readonly columns?: readonly string[]
  /** Its type for arguments of these types; undefined where it does not take them. */
  resultType(args: readonly SqlType[]): SqlType | undefined
  /** Whether arguments i and j are values of one kind, such as those of greatest(). */
  alike(i: number, j: number): boolean
  /** The nearest signature, with what each argument becomes. */
  match(args: readonly SqlType[]): Match | undefined
}

export interface Traits {
  readonly kind?: FunctionKind
  readonly aliases?: readonly string[]
  readonly nulls?: NullBehavior
  readonly deterministic?: boolean
  readonly isStable?: boolean
  readonly mayRaise?: boolean
  readonly algebra?: Algebra
  readonly duplicateInsensitive?: boolean
  readonly columns?: readonly string[]
  /** Gives the result of all signatures, from the types that the arguments become. */
  readonly result?: ResultRule
}

/** A line of a table: name, signatures separated by `|`, and what departs from the usual. */
export type Entry = readonly [name: string, signatures: string, traits?: Traits]

export function functionOf([name, text, traits = {}]: Entry): FunctionInfo {
  const { result, ...rest } = traits
  const signatures = text.split(" | ").map((one) => signature(one.trim(), result))
  const monotone = MONOTONE.get(name)
  const best = (args: readonly SqlType[]) => nearestMatch(signatures, args)
  return {
    kind: "scalar",
    nulls: "strict",
    deterministic: true,
    isStable: false,
    mayRaise: false,
    ...rest,
    ...(monotone === undefined ? {} : { monotone }),
    name,
    signatures,
    alike: (i, j) => signatures.some((one) => isVariable(one, i) && isVariable(one, j)),
    match: best,
    resultType: (args) => best(args)?.type,
  }
}

function isVariable({ params }: Signature, index: number): boolean {
  return params[Math.min(index, params.length - 1)]?.pattern.kind === "variable"
}

function nearestMatch(
  signatures: readonly Signature[],
  args: readonly SqlType[],
): Match | undefined {
  let best: Match | undefined
  for (const one of signatures) {
    const found = match(one, args)
    if (found && (!best || found.cost < best.cost)) best = found
    if (best?.cost === 0) break
  }
  return best
}
