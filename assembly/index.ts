// The exports of the module: everything the host calls. See README.md for the memory map.

import { reset as resetArena } from "./memory/arena";
import { clear } from "./egraph/egraph";
import { clearRules } from "./egraph/run";
import { prepareExtraction } from "./egraph/extract";

export { allocate, used } from "./memory/arena";
export {
  add,
  arityOf,
  childOf,
  classes,
  defineOp,
  find,
  firstArityOf,
  firstChildOf,
  isLive,
  liveNodes,
  makerOf,
  nextNode,
  opOf,
  rebuild,
  rows,
  scratch,
  union,
} from "./egraph/egraph";
export {
  defineRule,
  iterationsDone,
  logSize,
  logStart,
  ruleApplied,
  ruleMatches,
  run,
  switchRule,
} from "./egraph/run";
export { bestCosts, choices, extract, readPrices, rowPrices } from "./egraph/extract";
export { analyzeDays } from "./safety/days";

/** Empties the instance; the first call lays the regions out. */
export function reset(): void {
  clear();
  clearRules();
  prepareExtraction();
  resetArena();
}
