import { some } from "../../base/check.js"
import type { Fit, Time } from "./fit.js"

// Free names of the lambda calculus, as assembly/egraph/analyses/lambda.ts has them, on rows.

/** What an operator does to names: its first child is a name that it mentions, or binds in its last child. */
function kindOf(row: number, { rows }: Time): "name" | "let" | "binder" | "other" {
  const key = `${rows.op(row)}/${rows.children(row).length}`
  return KINDS[key] ?? "other"
}

const KINDS: Readonly<Record<string, "name" | "let" | "binder">> = {
  "var/1": "name",
  "let/3": "let",
  "lam/2": "binder",
  "fix/2": "binder",
}

/** Rows of the names that are free in a row as it was written, of each name one. */
export function namesFreeIn(row: number, time: Time): ReadonlySet<number> {
  const known = new Map<number, ReadonlySet<number>>()
  const visit = (at: number): ReadonlySet<number> => {
    const found = known.get(at) ?? free(at)
    known.set(at, found)
    return found
  }
  const free = (at: number): ReadonlySet<number> => {
    const kids = time.rows.children(at)
    const [first = 0, second = 0, third = 0] = kids
    const without = (inner: number) =>
      [...visit(inner)].filter((name) => time.rows.term(name) !== time.rows.term(first))
    const kind = kindOf(at, time)
    if (kind === "name") return new Set([first])
    if (kind === "binder") return new Set(without(second))
    if (kind === "let") return new Set([...without(third), ...visit(second)])
    return new Set(kids.flatMap((kid) => [...visit(kid)]))
  }
  return visit(row)
}

/** A name equal to `name`, and a term equal to `inside` in which it is not free. Undefined where there is none. */
export function notFreeIn(
  name: number,
  inside: number,
  time: Time,
): { readonly name: number; readonly inside: Fit } | undefined {
  const { forest, before } = time
  const isName = (row: number) => forest.areEqual(row, name, before)
  if (![...namesFreeIn(inside, time)].some(isName))
    return { name, inside: { from: inside, row: inside } }
  const own = oldest(name, time)
  const found = new Search(isName, time).without(inside)
  return found && { name: own, inside: found }
}

function oldest(row: number, { forest, before }: Time): number {
  return Math.min(...forest.classOf(row, before))
}

/** Looks for a term without a name among all terms of the classes below one. */
class Search {
  /** For a class the row, of the first found, that shows it. */
  private readonly shown = new Map<number, number>()
  private readonly classes = new Map<number, readonly number[]>()

  constructor(
    private readonly isName: (row: number) => boolean,
    private readonly time: Time,
  ) {}

  without(row: number): Fit | undefined {
    this.gather(row)
    for (let before = -1; before !== this.shown.size && !this.isShown(row);) {
      before = this.shown.size
      const round = [...this.classes].flatMap(([cls, rows]): [number, number][] => {
        const witness = this.shown.has(cls) ? undefined : rows.find((each) => this.lacks(each))
        return witness === undefined ? [] : [[cls, witness]]
      })
      // Only what was shown in earlier rounds counts, so that witnesses do not rest on themselves.
      for (const [cls, witness] of round) this.shown.set(cls, witness)
    }
    return this.isShown(row) ? this.fit(row) : undefined
  }

  private gather(start: number): void {
    const { forest, before, rows } = this.time
    const open = [start]
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      const cls = forest.rootOf(row, before)
      if (this.classes.has(cls)) continue
      const members = [...forest.classOf(row, before)]
      this.classes.set(cls, members)
      open.push(...members.flatMap((member) => rows.children(member)))
    }
  }

  private isShown(row: number): boolean {
    return this.shown.has(this.time.forest.rootOf(row, this.time.before))
  }

  private lacks(row: number): boolean {
    return this.parts(row).every((child) => this.isShown(child)) && !this.isMention(row)
  }

  private isMention(row: number): boolean {
    return kindOf(row, this.time) === "name" && this.isName(this.child(row, 0))
  }

  /** The children that a row lacks the name by. */
  private parts(row: number): readonly number[] {
    const kids = this.time.rows.children(row)
    const kind = kindOf(row, this.time)
    if (kind === "name") return []
    if (kind === "other") return kids
    const binds = this.isName(this.child(row, 0))
    if (kind === "binder") return binds ? [] : kids.slice(1)
    return binds ? kids.slice(1, 2) : kids.slice(1)
  }

  private child(row: number, i: number): number {
    return some(this.time.rows.children(row)[i], "a child")
  }

  private fit(from: number): Fit {
    const { forest, before, rows } = this.time
    const row = some(this.shown.get(forest.rootOf(from, before)), "a witness")
    const parts = new Set(this.parts(row))
    const isNamed = kindOf(row, this.time) !== "other"
    const children = rows.children(row).map((child, i): Fit => {
      if (isNamed && i === 0) return { from: child, row: oldest(child, this.time) }
      return parts.has(child) ? this.fit(child) : { from: child, row: child }
    })
    return { from, row, children }
  }
}
