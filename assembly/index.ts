// The exports of the module: everything the host calls. See README.md for the memory map.

import { reset as resetArena } from "./memory/arena";
import { clear } from "./egraph/egraph";
import { clearRules } from "./egraph/run";
import { prepareExtraction } from "./egraph/extract";
import { clearFacts } from "./egraph/facts";
import { switchRoundsOn } from "./egraph/rounds";

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
  unite,
} from "./egraph/egraph";
export {
  defineRule,
  iterationsDone,
  ruleApplied,
  ruleMatches,
  run,
  switchRule,
} from "./egraph/run";
export { logSize, logStart } from "./egraph/log";
export { bestCosts, choices, extract, readPrices, rowPrices } from "./egraph/extract";
export { switchFactsOn } from "./egraph/facts";
export { hasContradiction } from "./egraph/relational";
export { analyzeDays } from "./safety/days";

/** Empties the instance; the first call lays the regions out. */
export function reset(): void {
  clear(1 << 20);
  clearRules();
  prepareExtraction();
  clearFacts();
  switchRoundsOn();
  resetArena();
}
