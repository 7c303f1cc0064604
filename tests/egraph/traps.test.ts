import { describe, expect, test } from "vitest"
import { EGraph, EGraphError } from "../../src/egraph/index.js"
import { acquire, doubles, memoryOf, release, words, type Instance } from "../../src/egraph/wasm.js"

// What the engine refuses, and what becomes of an instance in which it trapped, or which has no more memory.

const ROWS = 1 << 9
const PAGE = 65_536

function faultOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof EGraphError) return error.fault
    throw error
  }
  return "none"
}

function block({ exports }: Instance, values: readonly number[]): number {
  const at = exports.allocate(values.length * 4)
  words(exports, at, values.length).set(values)
  return at
}

function withoutLimits({ exports }: Instance): void {
  doubles(exports, exports.budgetAt(), 1)[0] = Infinity
  words(exports, exports.budgetAt() + 8, 4).fill(2 ** 31)
  doubles(exports, exports.budgetAt() + 32, 1)[0] = Infinity // when to pause
}

/** Memory may not grow any more. */
function limitHere({ exports }: Instance): void {
  exports.limitMemory(exports.memory.buffer.byteLength / PAGE)
}

describe("a call that is refused says why, and changes nothing", () => {
  const instance = acquire(ROWS)
  const { exports } = instance
  const leaf = exports.defineOp(0, 0, 0)
  const row = exports.add(leaf, 0)
  const looped = block(instance, [1, 0, 0, 1, 0])
  memoryOf(instance)[(looped >>> 2) + 4] = looped
  const variable = block(instance, [0, 0, 0, 0])
  const cases: readonly [string, () => unknown, RegExp][] = [
    ["a row that there is not", () => exports.unite(row, 9), /refused unite: 9 is no row/],
    ["a row of −1", () => exports.unite(-1, row), /4294967295 is no row/],
    ["an operator that there is not", () => exports.add(5, 0), /5 is no operator/],
    ["more children than can be", () => exports.add(leaf, 65_536), /65536 is not among/],
    ["another number of children", () => exports.add(leaf, 1), /refused add/],
    [
      "a pattern in itself",
      () => exports.defineRule(looped, variable, 1, 0, 0, 0, 0, 0),
      /no pattern/,
    ],
    ["a rule at no address", () => exports.defineRule(2 ** 31, 0, 1, 0, 0, 0, 0, 0), /no pattern/],
    ["a rule that there is not", () => exports.switchRule(3, 0), /3 is no rule/],
    ["facts, once there are nodes", () => exports.switchFactsOn(2), /begun already/],
    ["more memory than 4 GiB", () => [1, 2].map(() => exports.allocate(2 ** 31)), /no more memory/],
    ["more analyses than columns", () => exports.reset(ROWS, 1), /1 is not among/],
    ["a fact of an analysis that is off", () => exports.assumeFact(6, row, 1), /assumeFact/],
    ["a range of no number", () => exports.assumeRange(row, 2, 1), /assumeRange/],
    ["another number of rows", () => exports.reset(2 * ROWS, 0), /1024 is not among/],
  ]
  test.each(cases)("%s", (_, call, message) => {
    expect(call).toThrow(EGraphError)
    expect(call).toThrow(message)
    expect([exports.verify(), exports.rows(), exports.opCount.value]).toEqual([0, row + 1, 1])
  })
})

// Found by hostile sequences: a plan of the last problem was written over what stood in its place.
test("a new problem has no plan of the last one", () => {
  const instance = acquire(ROWS)
  const { exports } = instance
  const begin = () => {
    exports.newProblem(1, 0, 1, 1)
    doubles(exports, exports.problemCosts(), 1)[0] = 1
    words(exports, exports.problemChildStarts(), 2).set([0, 0])
    words(exports, exports.problemClasses(), 1)[0] = 0
    words(exports, exports.problemRoots(), 1)[0] = 0
  }
  begin()
  expect(exports.extractVariants(1, 1, 9, Infinity, 1)).toBe(0)
  expect(exports.showVariant(0)).toBe(0)
  begin()
  expect(() => exports.showVariant(0)).toThrow(/refused showVariant/)
  exports.extractVariants(1, 1, 9, Infinity, 1)
  release(instance)
  acquire(ROWS)
  expect(() => exports.showVariant(0)).toThrow(/refused showVariant/)
})

describe("an instance in which the engine trapped", () => {
  test("refuses every call, and is not used again", () => {
    const instance = acquire(ROWS)
    const { exports } = instance
    const op = exports.defineOp(0, 0, 0)
    const leaf = block(instance, [1, op, 0, 0])
    exports.defineRule(leaf, leaf, 0, 0, 0, 0, 0, 0)
    exports.compileRule(0, 99, 99, op, 0) // no function stands there
    exports.add(op, 0)
    withoutLimits(instance)
    expect(faultOf(() => exports.run())).toBe("trap")
    expect(faultOf(() => instance.exports.rows())).toBe("broken")
    release(instance)
    expect(acquire(ROWS) === instance).toBe(false)
  })

  test("breaks its graph, and others go on", () => {
    const graph = EGraph.createSync({
      rules: "(function deep 1) (rewrite grow (f ?a) (deep ?a))",
      functions: {
        deep: () => {
          throw new RangeError("Maximum call stack size exceeded")
        },
      },
    })
    const other = EGraph.createSync({ rules: "(rewrite swap (f ?a ?b) (f ?b ?a))" })
    graph.add("(f x)")
    other.add("(f x y)")
    expect(faultOf(() => graph.run())).toBe("trap")
    expect(faultOf(() => graph.nodes)).toBe("broken")
    graph.dispose()
    expect(other.run()).toMatchObject({ stop: "saturated", nodes: 4 })
    other.dispose()
  })
})

describe("where memory may not grow", () => {
  test("a block is refused, and the instance goes on", () => {
    const instance = acquire(ROWS)
    limitHere(instance)
    const { exports } = instance
    expect(faultOf(() => exports.allocate(2 ** 30))).toBe("memory")
    const op = exports.defineOp(0, 0, 0)
    expect(exports.add(op, 0)).toBe(1)
    expect(exports.verify()).toBe(0)
  })

  test("a run stops before what it applies could trap", () => {
    const instance = acquire(ROWS)
    limitHere(instance)
    const { exports } = instance
    const op = exports.defineOp(0, 0, 0)
    const over = exports.defineOp(0, 0, 0)
    const variable = block(instance, [0, 0, 0, 0])
    const node = block(instance, [1, over, 0, 1, variable])
    exports.defineRule(node, block(instance, [1, over, 0, 1, node]), 1, 0, 0, 0, 0, 0)
    words(exports, exports.scratch(), 1)[0] = exports.add(op, 0)
    exports.add(over, 1)
    while (faultOf(() => exports.allocate(PAGE)) === "none");
    withoutLimits(instance)
    expect(exports.run()).toBe(3)
    expect(exports.verify()).toBe(0)
  })
})
