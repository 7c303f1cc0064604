// The exports of the module: everything the host calls. See README.md for the memory map.

import { reset as resetArena } from "./memory/arena";
import { reserveApplications } from "./egraph/apply";
import { reserveCompiled } from "./egraph/compiled";
import { clear } from "./egraph/egraph";
import { prepareExtraction } from "./egraph/extract";
import { clearFacts } from "./egraph/facts";
import { clearFrozen, reserveFrozen } from "./egraph/frozen";
import { clearLog, reserveLog } from "./egraph/log";
import { clearMatches } from "./egraph/match";
import { clearExtraction } from "./extract";
import { capacityOfRows } from "./egraph/rows";
import { clearRuleTable } from "./egraph/rules";
import { clearRun } from "./egraph/run";
import { scheduleAll } from "./egraph/schedule";
import { clearSeen } from "./egraph/seen";

export { allocate, used } from "./memory/arena";
export {
  add,
  addedRow,
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
  addRow,
  applyMatch,
  compileRule,
  insert,
  insertInto,
  join,
  matched,
  stopped,
  taken,
} from "./egraph/compiled";
export { frozenRows, seek } from "./egraph/frozen";
export { slotMask, slotShift } from "./egraph/hashcons";
export { defineRule, ruleApplied, ruleMatches, switchRule } from "./egraph/rules";
export {
  budgetAt,
  goalsHold,
  isReached,
  iterationsDone,
  run,
  setGoals,
  switchCompiledOn,
} from "./egraph/run";
export { scheduleAll, scheduleBackoff } from "./egraph/schedule";
export { logSize, logStart, switchLogging } from "./egraph/log";
export { bestCosts, choices, extract, readPrices, rowPrices } from "./egraph/extract";
export {
  answerChoices,
  answerCosts,
  dagCost,
  extractDag,
  extractTrees,
  extractVariants,
  faultAt,
  greedyEnded,
  greedyStart,
  movesDone,
  newProblem,
  problemChildren,
  problemChildStarts,
  problemClasses,
  problemCosts,
  problemRoots,
  showVariant,
  treeCost,
  treeStart,
  variantCount,
} from "./extract";
export { switchFactsOn } from "./egraph/facts";
export { switchRoundsOn } from "./egraph/rounds";
export { hasContradiction } from "./egraph/analyses/contradiction";
export { regions } from "./egraph/regions";
export { analyzeDays } from "./safety/days";

/** Empties the instance; the first call lays the regions out, for `capacity` rows. */
export function reset(capacity: u32): void {
  const isNew = capacityOfRows() == 0;
  clear(capacity);
  if (isNew) {
    reserveFrozen(capacity);
    reserveLog(capacity);
    reserveApplications();
    reserveCompiled();
  }
  clearFrozen();
  clearLog();
  clearRuleTable();
  clearMatches();
  clearSeen();
  scheduleAll();
  clearRun();
  prepareExtraction();
  clearFacts();
  clearExtraction();
  resetArena();
}
