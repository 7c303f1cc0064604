import { at } from "../base/check.js"
import {
  ANALYSES,
  isNumber,
  numberText,
  OTHER,
  RELATIONAL,
  type OperatorWords,
} from "./analyses.js"
import { EGraphError } from "./errors.js"
import type { EGraphOptions } from "./options.js"
import type { RuleText } from "./rules.js"
import { writeBlock, writeDouble, type Instance } from "./wasm.js"

const ORDERS = { set: 1, multiset: 2 } as const
const MOST_OPERATORS = 1 << 18 // of assembly/egraph/hashcons.ts
/** Of an operator's kind: it is a leaf that is written as a number. */
const NUMBER = 1 << 31
/** For an arity in a snapshot. */
const UNORDERED = -1

/** Operators as a snapshot keeps them. */
export interface OperatorNames {
  readonly opNames: readonly string[]
  /** -1 where children have no order. */
  readonly opArities: readonly number[]
  readonly definedOps: number
}

/**
 * Numbers of the operators of one graph, which the engine gives in the order in which they first occur. One word
 * with several arities is several operators, unless it is unordered.
 */
export class Operators {
  /** Of those whose children have an order, by arity and name; of the others by name. */
  private readonly ordered: Map<string, number>[] = []
  private readonly unordered = new Map<string, number>()
  private readonly names: string[] = []
  /** Their arities by number; none if unordered. */
  private readonly arities: (number | undefined)[] = []
  /** Operators that the rules name: how many, and their numbers by arity and text. */
  private defined = 0
  private readonly ofRules: Map<string, number>[] = []
  private isDefining = true

  constructor(
    private readonly instance: () => Instance,
    private readonly text: RuleText,
    private readonly options: EGraphOptions,
  ) {}

  number(text: string, arity: number): number {
    const defined = this.ofRules[arity]?.get(text)
    if (defined !== undefined) return defined
    const name = arity === 0 ? this.leafName(text) : text
    const order = this.text.operators.get(name)
    const fixed = order ? undefined : arity
    const known = this.numbersOf(fixed).get(name)
    if (known !== undefined) return known
    const number = this.define(name, arity, order ? ORDERS[order] : 0)
    this.enter(number, name, fixed)
    if (this.isDefining && !order) this.keepForRules(text, arity, number)
    return number
  }

  private numbersOf(arity: number | undefined): Map<string, number> {
    return arity === undefined
      ? this.unordered
      : (this.ordered[arity] ??= new Map<string, number>())
  }

  private enter(number: number, name: string, arity: number | undefined): void {
    this.numbersOf(arity).set(name, number)
    this.names[number] = name
    this.arities[number] = arity
  }

  private define(name: string, arity: number, order: number): number {
    if (this.names.length >= MOST_OPERATORS)
      throw new EGraphError(
        "full",
        `the graph has ${MOST_OPERATORS} operators and no room for ${name}`,
      )
    const { exports } = this.instance()
    // An analysis may number other operators first.
    const words = this.describe(name, arity, order === 0)
    const [[, first] = [0, OTHER], ...others] = words
    const isNumeral = arity === 0 && isNumber(name) ? NUMBER : 0
    const number = exports.defineOp(
      order,
      first.kind | isNumeral,
      this.written(first.payload, first.value),
    )
    for (const [analysis, { kind, payload, value }] of others)
      if (kind !== 0) exports.describeOp(number, analysis, kind, this.written(payload, value))
    return number
  }

  private written(payload: readonly number[], value: number | undefined): number {
    if (value !== undefined) return writeDouble(this.instance(), value)
    return payload.length > 0 ? writeBlock(this.instance(), payload) : 0
  }

  private keepForRules(text: string, arity: number, number: number): void {
    const ofArity = (this.ofRules[arity] ??= new Map<string, number>())
    ofArity.set(text, number)
  }

  name(number: number): string {
    return at(this.names, number)
  }

  /** A leaf as the graph has it: equal numbers have one text where an analysis knows numbers. */
  leafName(text: string): string {
    const { analyses = [] } = this.options
    const isValue = analyses.some((name) => ANALYSES[name].hasNumbers) && isNumber(text)
    return isValue ? numberText(Number(text)) : text
  }

  /** What an operator is to the analyses, by their numbers. */
  private describe(
    name: string,
    arity: number,
    isOrdered: boolean,
  ): (readonly [number, OperatorWords])[] {
    const { analyses = [], describe } = this.options
    const relational = describe ? [[RELATIONAL, describe(name)] as const] : []
    const others = analyses.map((analysis) => {
      const { number, describe: words } = ANALYSES[analysis]
      // What is calculated has an order.
      if (!isOrdered) return [number, OTHER] as const
      return [number, words(name, arity, (op, count) => this.number(op, count))] as const
    })
    return [...relational, ...others]
  }

  /** The rules are defined: what comes now goes at `forget`. */
  endDefinitions(): void {
    this.isDefining = false
    this.defined = this.names.length
  }

  get count(): number {
    return this.names.length
  }

  /** Those of the rules stay, or as many as there were before. */
  forget(from = this.defined): void {
    for (let number = from; number < this.names.length; number++)
      this.numbersOf(this.arities[number]).delete(this.name(number))
    this.names.length = from
    this.arities.length = from
  }

  save(): OperatorNames {
    const opArities = this.arities.map((arity) => arity ?? UNORDERED)
    return { opNames: this.names, opArities, definedOps: this.defined }
  }

  /** Whether the engine has them as they are named, of a graph that came from elsewhere. */
  areDefined(): boolean {
    const { exports } = this.instance()
    if (exports.opCount.value !== this.names.length) return false
    return this.names.every((name, number) => {
      const definition = exports.definitionOf(number)
      const order = this.text.operators.get(name)
      if (order) return definition === ORDERS[order]
      const arity = this.arities[number]
      return definition === 0 || (arity !== undefined && definition === (arity + 1) << 2)
    })
  }

  restore({ opNames, opArities, definedOps }: OperatorNames): void {
    if (this.defined !== definedOps)
      throw new EGraphError(
        "bad-snapshot",
        "the snapshot was made by another version of the engine",
      )
    opNames.forEach((name, i) => {
      const arity = at(opArities, i)
      this.enter(i, name, arity === UNORDERED ? undefined : arity)
    })
  }
}
