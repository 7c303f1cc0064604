// Regions of fixed size, reserved once an instance and never moved. Linear memory costs nothing until it
// is touched, so they are laid out at their largest:
//
//   ┌─────────────┬────────┬────────┬─────┬────────┬──────────────┐
//   │ static data │ region │ region │  …  │ region │ arena (bump) │
//   └─────────────┴────────┴────────┴─────┴────────┴──────────────┘
//
// A region is cleared by its owner, as far as it was used.

import { allocate, seal } from "./arena";

/** Reserves `bytes` below the arena; only before the arena's first use. */
export function reserve(bytes: usize): usize {
  const region = allocate(bytes);
  seal();
  return region;
}
