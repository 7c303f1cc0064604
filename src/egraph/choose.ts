import type { ClassId, Choice } from "./options.js"
import { doubles, words, type Exports } from "./wasm.js"

// The engine's own extraction of trees, over prices that the host sets once for many choices.

const READ = 0xffffffff

/** What it needs of a graph. */
interface Rows {
  find(cls: ClassId): ClassId
  isLive(row: number): boolean
}

/** The price of every row itself. Stays until rows are added. */
export function setPrices(wasm: Exports, graph: Rows, price: (row: number) => number): void {
  const prices = doubles(wasm, wasm.rowPrices(), wasm.rows())
  for (let row = 1; row < prices.length; row++)
    prices[row] = graph.isLive(row) ? price(row) : Infinity
  doubles(wasm, wasm.readPrices(), wasm.rows()).fill(Infinity)
}

/** The cheapest row of every class below `root`; a class of `reads` may be read at a price instead. */
export function choose(
  wasm: Exports,
  graph: Rows,
  root: ClassId,
  reads: ReadonlyMap<ClassId, number>,
): Choice {
  const prices = doubles(wasm, wasm.readPrices(), wasm.rows())
  for (const [cls, price] of reads) prices[graph.find(cls)] = price
  wasm.extract(root)
  for (const cls of reads.keys()) prices[graph.find(cls)] = Infinity
  const choices = words(wasm, wasm.choices(), wasm.rows())
  const costs = doubles(wasm, wasm.bestCosts(), wasm.rows())
  return {
    choice: (cls) => {
      const row = choices[graph.find(cls)] ?? 0
      return row === 0 || row === READ ? undefined : row
    },
    isRead: (cls) => choices[graph.find(cls)] === READ,
    best: (cls) => costs[graph.find(cls)] ?? Infinity,
  }
}
