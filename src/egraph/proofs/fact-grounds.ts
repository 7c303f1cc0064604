import { some } from "../../base/check.js"
import type { Assumption, Facts } from "../facts.js"
import type { Term } from "../term.js"
import type { Pair, Resting, Ways } from "./evidence.js"
import type { Assumed, FactEvent } from "./history.js"
import type { FactGround } from "./reasons.js"
import type { Rows } from "./rows.js"
import type { Derived, Fact } from "./transfer.js"

// What a fact of a row rests on, from how its class came to know it.

const TYPES = ["integer", "fraction", "boolean", "text"] as const

/** A fact as the host reads it. */
export function shownFact(analysis: Derived, fact: Fact): Facts[Derived] {
  if (analysis === "nullability") return fact === 1 ? "not-null" : "null"
  if (analysis === "type") return TYPES.filter((_, i) => ((fact as number) & (1 << i)) !== 0)
  return fact as Facts[Derived]
}

/** What was assumed, fact by fact. */
export function assumedFacts(all: readonly (readonly [row: number, facts: Assumption])[]): Assumed {
  return all.flatMap(([row, { interval, nullability, type, cardinality }]) => [
    ...(interval ? [[row, "interval", [interval[0] + 0, interval[1] + 0]] as const] : []),
    ...(cardinality ? [[row, "cardinality", cardinality] as const] : []),
    ...(nullability ? [[row, "nullability", nullability === "null" ? 2 : 1] as const] : []),
    ...(type
      ? [[row, "type", type.reduce((bits, each) => bits | (1 << TYPES.indexOf(each)), 0)] as const]
      : []),
  ])
}

/** A fact of a row's term, by an event of its class. */
export function factOf(row: number, event: FactEvent, rows: Rows): Resting<FactGround> {
  const needs: Pair[] = []
  gather(row, event, rows, needs, new Map())
  return { needs, build: (ways) => new Builder(rows, ways).ground(row, event) }
}

function gather(
  row: number,
  event: FactEvent,
  rows: Rows,
  needs: Pair[],
  seen: Map<FactEvent, Set<number>>,
): void {
  const known = seen.get(event) ?? new Set()
  seen.set(event, known)
  if (known.has(row)) return
  known.add(row)
  const { by } = event
  if ("row" in by && by.row !== row) {
    needs.push([row, by.row])
    gather(by.row, event, rows, needs, seen)
  } else if (by.kind === "made")
    rows
      .children(row)
      .forEach((child, i) => by.of[i]?.forEach((each) => gather(child, each, rows, needs, seen)))
  else if (by.kind === "inferred") for (const each of by.from) gather(row, each, rows, needs, seen)
  else if (by.kind === "both") for (const each of by.events) gather(row, each, rows, needs, seen)
}

class Builder {
  private readonly built = new Map<FactEvent, Map<number, FactGround>>()

  constructor(
    private readonly rows: Rows,
    private readonly ways: Ways,
  ) {}

  ground(row: number, event: FactEvent): FactGround {
    const ofEvent = this.built.get(event) ?? new Map<number, FactGround>()
    this.built.set(event, ofEvent)
    const known = ofEvent.get(row)
    if (known) return known
    const { analysis, fact } = event
    const shown = some(shownFact(analysis, fact), "a fact")
    const ground = { analysis, term: this.term(row), fact: shown, by: this.by(row, event) }
    ofEvent.set(row, ground)
    return ground
  }

  private term(row: number): Term {
    return this.rows.term(row)
  }

  private by(row: number, event: FactEvent): FactGround["by"] {
    const { by } = event
    if ("row" in by && by.row !== row)
      return {
        kind: "equal",
        proof: this.ways.between(row, by.row),
        fact: this.ground(by.row, event),
      }
    switch (by.kind) {
      case "assumed":
        return { kind: "assumed" }
      case "made":
        return {
          kind: "made",
          children: this.rows
            .children(row)
            .map((child, i) => (by.of[i] ?? []).map((each) => this.ground(child, each))),
        }
      case "inferred":
        return { kind: "inferred", from: by.from.map((each) => this.ground(row, each)) }
      case "both":
        return { kind: "both", facts: by.events.map((each) => this.ground(row, each)) }
    }
  }
}
