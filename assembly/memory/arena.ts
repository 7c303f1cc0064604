// The one place that grows memory: a bump allocator over linear memory.
//
//   ┌──────────────┬──────────┬───────────────────────────────┬────────────┐
//   │ static data  │ regions  │ allocations, 16-byte aligned  │ untouched  │
//   └──────────────┴──────────┴───────────────────────────────┴────────────┘
//   0              __heap_base  start                         top
//
// Nothing is freed alone: `reset` gives back everything at once, and an instance of the module is used
// again. Blocks never move, so an address is a stable handle. Fresh blocks are zero.

const PAGE: u64 = 65536;
const MOST_PAGES: u32 = 65535; // so that addresses of ends fit, too
/** Memory grows in steps: each costs the host a garbage collection. */
const STEP: i32 = 64;

let start: usize = 0;
let top: usize = 0;
let dirty: usize = 0; // memory above it has never been written
let mostPages: u32 = MOST_PAGES;
/** Why the module trapped, if it did. */
export let isOutOfMemory: bool = false;

/** A block; a trap where there is no memory for it. */
export function allocate(bytes: usize): usize {
  const block = tryAllocate(bytes);
  if (block == 0) {
    isOutOfMemory = true;
    unreachable();
  }
  return block;
}

/** A block; 0 where there is no memory for it. */
export function tryAllocate(bytes: usize): usize {
  if (start == 0) {
    start = (__heap_base + 15) & ~15;
    top = start;
    dirty = start;
  }
  const block = top;
  if (!reaches(<u64>block + <u64>bytes + 15)) return 0;
  top = (block + bytes + 15) & ~15;
  if (block < dirty) memory.fill(block, 0, min(top, dirty) - block);
  if (top > dirty) dirty = top;
  return block;
}

/** Whether so many bytes can be allocated; memory is there for them then. */
export function hasMemoryFor(bytes: usize): bool {
  return reaches(<u64>top + <u64>bytes + 15);
}

function reaches(end: u64): bool {
  const present: i32 = memory.size();
  if (end <= <u64>present * PAGE) return true;
  const missing = <i64>((end + PAGE - 1) / PAGE) - present;
  const most = <i64>mostPages - present;
  if (missing > most) return false;
  if (missing < STEP && memory.grow(<i32>min<i64>(STEP, most)) >= 0) return true;
  return memory.grow(<i32>missing) >= 0;
}

/** Memory does not grow beyond this. */
export function limitMemory(pages: u32): void {
  mostPages = min(pages, MOST_PAGES);
}

/** Where memory ends at its largest. */
export function endOfMemory(): u64 {
  return <u64>mostPages * PAGE;
}

/** Whether these bytes were allocated. */
export function isAllocated(at: usize, bytes: u64): bool {
  return at >= start && <u64>at + bytes <= <u64>top;
}

/** What is allocated so far stays when the arena is reset. */
export function seal(): void {
  start = top;
  dirty = top;
}

/** Bytes in use. */
export function used(): usize {
  return top - start;
}

export function reset(): void {
  top = start;
}

/** Where the next block would go, for `rewind`. */
export function mark(): usize {
  return top;
}

/** Gives back what was allocated since a mark. */
export function rewind(to: usize): void {
  top = to;
}

/** Where blocks begin. */
export function startOfArena(): usize {
  return start;
}
