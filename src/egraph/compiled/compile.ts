import { applyAside, maySetAside } from "./aside.js"
import { GLOBALS, IMPORTS, type CompilableRule, type Layout, type Names } from "./engine.js"
import { RuleBody } from "./search.js"
import { ModuleWriter } from "./writer.js"

export type { CompilableRule, Layout, Names } from "./engine.js"

// Rules as WebAssembly: plan.ts says what is looked for, search.ts writes the loops, right-side.ts what is made of a
// match, aside.ts lets matches wait for the cache, writer.ts the bytes. What is not inlined is called: assembly/egraph/compiled.ts.

/** A module with `search0`, `count0`, `search1`, … of the rules in their order. */
export function compileRules(
  rules: readonly CompilableRule[],
  layout: Layout,
  names: Names,
): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter(IMPORTS, GLOBALS)
  const first = IMPORTS.length + 2 * rules.length
  const aside = rules.filter(maySetAside)
  rules.forEach((rule, i) => {
    const place = aside.indexOf(rule)
    const apply = place < 0 ? undefined : first + place
    const search = new RuleBody(rule, layout, names, "search", apply).encode()
    const count = new RuleBody(rule, layout, names, "count").encode()
    writer.add(`search${i}`, { params: ["i32", "i32", "i32", "i32"], results: ["i32"] }, search)
    writer.add(`count${i}`, { params: ["i32", "i32", "i32"], results: ["i32"] }, count)
  })
  for (const rule of aside)
    writer.add(
      `aside${rule.number}`,
      { params: ["i32"], results: ["i32"] },
      applyAside(rule, layout, names),
    )
  return writer.encode()
}

/** A module with `countFresh0`, `countFresh1`, …: what a search would find, without applying it. */
export function compileFreshCounts(
  rules: readonly CompilableRule[],
  layout: Layout,
  names: Names,
): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter(IMPORTS, GLOBALS)
  const signature = { params: ["i32", "i32", "i32", "i32", "i32"], results: ["i32"] } as const
  rules.forEach((rule, i) =>
    writer.add(
      `countFresh${i}`,
      signature,
      new RuleBody(rule, layout, names, "countFresh").encode(),
    ),
  )
  return writer.encode()
}
