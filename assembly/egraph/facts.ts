// Which analysis the graph carries: facts of a class are an address in the arena, 0 for none.
// Records are immutable; `mergeFacts` gives one of its arguments where nothing is new.

export function makeFacts(_row: u32): u32 {
  return 0;
}

export function mergeFacts(a: u32, _b: u32): u32 {
  return a;
}

/** Whether a guard holds for these arguments: `count` classes at `args`. */
export function testGuard(_guard: u32, _args: usize, _count: u32): bool {
  return true;
}
