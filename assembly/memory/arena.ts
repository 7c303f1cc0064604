// The one place that grows memory: a bump allocator over linear memory.
//
//   ┌──────────────┬──────────┬───────────────────────────────┬────────────┐
//   │ static data  │ regions  │ allocations, 16-byte aligned  │ untouched  │
//   └──────────────┴──────────┴───────────────────────────────┴────────────┘
//   0              __heap_base  start                         top
//
// Nothing is freed alone: `reset` gives back everything at once, and an instance of the module is used
// again. Blocks never move, so an address is a stable handle. Fresh blocks are zero.

const PAGE: usize = 65536;

let start: usize = 0;
let top: usize = 0;
let dirty: usize = 0; // memory above it has never been written

export function allocate(bytes: usize): usize {
  if (start == 0) {
    start = (__heap_base + 15) & ~15;
    top = start;
    dirty = start;
  }
  const block = top;
  top = (block + bytes + 15) & ~15;
  const needed = (top + PAGE - 1) / PAGE;
  const present: usize = memory.size();
  if (needed > present && memory.grow(<i32>(needed - present)) < 0) unreachable();
  if (block < dirty) memory.fill(block, 0, min(top, dirty) - block);
  if (top > dirty) dirty = top;
  return block;
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

/** Blocks up to here are written by the host. */
export function advance(to: usize): void {
  if (to > top) allocate(to - top);
}
