// Which analysis the graph carries: facts of a class are an address in the arena, 0 for none.
// Records are immutable; `mergeFacts` gives one of its arguments where nothing is new.
//
// There is one, the relational analysis. A graph that does not ask for it carries no facts.

import * as relational from "./relational";

let isOn: bool = false;

/** Forgets all facts. */
export function clearFacts(): void {
  isOn = false;
  relational.clearFacts();
}

/** From now on facts are kept. Called before the first node is added. */
export function switchFactsOn(): void {
  isOn = true;
}

export function isFactsOn(): bool {
  return isOn;
}

/** An analysis acts on a class whose facts are new: adds what they say to it. */
export function modify(cls: u32): void {}

export function makeFacts(row: u32): u32 {
  return isOn ? relational.makeFacts(row) : 0;
}

export function mergeFacts(a: u32, b: u32): u32 {
  return a == b ? a : relational.mergeFacts(a, b);
}

/** Whether a guard holds for these arguments: `count` classes at `args`. */
export function testGuard(guard: u32, args: usize, count: u32): bool {
  return relational.testGuard(guard, args, count);
}
