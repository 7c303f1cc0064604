import { readScalars, writeScalars, type Scalars } from "./snapshot.js"
import { memoryOf, type Exports, type Instance } from "./wasm.js"

// Earlier states of a graph, to go back to. What was only added since is taken back row by row; before anything
// else changes, what it may change is copied. So a `push` costs nothing by itself, and a `pop` after a few `add`
// costs them.

/** What is about to happen: more than adding, or a run. */
export type Change = "union" | "run"

interface Save {
  /** Counters at the `push`. */
  readonly scalars: Scalars
  readonly counts: Counts
  /** What of memory was copied since, and the counters then: rows may have been added before. */
  parts?: Copy
  atParts?: Scalars
  ofRuns?: Copy
}

/** Of lists that the host has, which only grow. */
export interface Counts {
  readonly operators: number
  readonly assumed: number
}

interface Copy {
  readonly places: readonly (readonly [address: number, bytes: number])[]
  readonly bytes: Uint8Array
}

export class Saves {
  private readonly saves: Save[] = []
  /** Memory of copies that are no longer needed, which is faster to write to than new memory. */
  private readonly spare: Uint8Array[] = []

  /** `isPlain`: adding changes nothing but what it adds. */
  constructor(
    private readonly instance: () => Instance,
    private readonly isPlain: boolean,
  ) {}

  get depth(): number {
    return this.saves.length
  }

  push(counts: Counts): void {
    this.saves.push({ scalars: readScalars(this.wasm), counts })
  }

  forget(): void {
    this.saves.length = 0
    this.spare.length = 0
  }

  /** Before a node is added. */
  beforeAdd(): void {
    const { slotsUsed, slotsMost } = this.wasm
    if (this.saves.length === 0) return
    // A table that grows is written anew.
    if (!this.isPlain || slotsUsed.value >= slotsMost.value) this.before("union")
  }

  before(change: Change): void {
    const last = this.saves.at(-1)
    if (!last) return
    if (!last.parts) {
      last.atParts = readScalars(this.wasm)
      last.parts = this.copy(this.wasm.listChanging())
    }
    if (change === "run") last.ofRuns ??= this.copy(this.wasm.listOfRuns())
  }

  /** Puts the graph back; gives what was counted at the `push`. Undefined if there was none. */
  pop(): Counts | undefined {
    const save = this.saves.pop()
    if (!save) return undefined
    const { wasm } = this
    if (save.parts && save.atParts) {
      this.putBack(save.parts)
      writeScalars(wasm, save.atParts)
    }
    if (save.ofRuns) this.putBack(save.ofRuns)
    // What was added before the copy, or at all, where there is none.
    if (wasm.rows() > save.scalars.rowCount) wasm.takeBack(Number(save.scalars.rowCount))
    writeScalars(wasm, save.scalars)
    wasm.rewind(save.scalars.mark)
    return save.counts
  }

  private get wasm(): Exports {
    return this.instance().exports
  }

  private copy(list: number): Copy {
    const at = list >>> 2
    const memory = memoryOf(this.instance())
    const places = Array.from(
      { length: this.wasm.listLength() },
      (_, i) => [memory[at + 2 * i] ?? 0, memory[at + 2 * i + 1] ?? 0] as const,
    )
    const length = places.reduce((sum, [, bytes]) => sum + bytes, 0)
    const known = this.spare.findIndex((bytes) => bytes.length >= length)
    const [reused] = known < 0 ? [] : this.spare.splice(known, 1)
    const bytes = reused ?? new Uint8Array(length)
    let to = 0
    for (const [address, size] of places) {
      bytes.set(new Uint8Array(memory.buffer, address, size), to)
      to += size
    }
    return { places, bytes }
  }

  private putBack({ places, bytes }: Copy): void {
    const { buffer } = memoryOf(this.instance())
    let from = 0
    for (const [address, size] of places) {
      new Uint8Array(buffer, address, size).set(bytes.subarray(from, from + size))
      from += size
    }
    this.spare.push(bytes)
  }
}
