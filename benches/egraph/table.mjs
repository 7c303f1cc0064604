// How the races print.

/** Prints the head of a table, of which each column is as wide as its head or its `width`; gives a function that prints a row. */
export function startTable(title, heads) {
  const columns = heads.map((head) => (typeof head === "string" ? { head, width: 0 } : head))
  const print = (first, cells) =>
    console.log(first.padEnd(26) + cells.map((text, i) => text.padStart(widths[i])).join(""))
  const widths = columns.map(({ head, width }) => Math.max(head.length, width) + 2)
  console.log()
  print(
    title,
    columns.map(({ head }) => head),
  )
  return print
}

/** Three digits that count, and all of a large number. */
export function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

export const TIMES_WIDTH = 18

/** The least of some times and their median. */
export function showTimes({ least, median }) {
  return `${digits(least)} (${digits(median)})`
}
