import { Application } from "./application.js"
import { Aside, maySetAside } from "./aside.js"
import { GLOBALS, IMPORTS, type CompilableRule, type Layout, type Names } from "./engine.js"
import { RuleBody } from "./search.js"
import { ModuleWriter } from "./writer.js"

export type { CompilableRule, Layout, Names } from "./engine.js"

// Rules as WebAssembly: plan.ts says what is looked for, search.ts writes the loops, application.ts what becomes of a
// match, right-side.ts what is made of it, aside.ts lets matches wait for the cache, writer.ts the bytes. What is not
// compiled is called: assembly/egraph/iteration.ts.

/** A module with `search0`, `count0`, `search1`, … of the rules in their order, and what they call. */
export function compileRules(
  rules: readonly CompilableRule[],
  layout: Layout,
  names: Names,
): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter(IMPORTS, GLOBALS)
  let next = IMPORTS.length + 2 * rules.length
  const applications = rules.map(
    (rule) => rule.right && new Application(rule, layout, names, rule.right, next++),
  )
  const asides = rules.map((rule, i) => {
    const application = applications[i]
    return application && maySetAside(rule) ? new Aside(layout, application, next++) : undefined
  })
  rules.forEach((rule, i) => {
    const ways = { application: applications[i], aside: asides[i] }
    const search = new RuleBody(rule, layout, names, "search", ways).encode()
    const count = new RuleBody(rule, layout, names, "count").encode()
    writer.add(`search${i}`, { params: ["i32", "i32", "i32", "i32"], results: ["i32"] }, search)
    writer.add(`count${i}`, { params: ["i32", "i32", "i32"], results: ["i32"] }, count)
  })
  applications.forEach((application, i) => {
    if (application) writer.add(`apply${i}`, application.signature, application.encode())
  })
  asides.forEach((aside, i) => {
    if (aside) writer.add(`aside${i}`, { params: ["i32"], results: ["i32"] }, aside.encode())
  })
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
