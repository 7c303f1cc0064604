// The exports of the module: everything the host calls. See README.md for the memory map.

import { mark, reset as resetArena, rewind } from "./memory/arena";
import { reserveApplications } from "./egraph/apply";
import { reserveCompiled } from "./egraph/compiled";
import { clear, clearFrom, ops } from "./egraph/egraph";
import { prepareExtraction } from "./egraph/extract";
import { clearFacts, restartFacts } from "./egraph/facts";
import { clearFrozen, reserveFrozen } from "./egraph/frozen";
import { clearLog, reserveLog } from "./egraph/log";
import { clearMatches } from "./egraph/match";
import { clearExtraction } from "./extract";
import { capacityOfRows } from "./egraph/rows";
import { clearRuleTable, restartRules } from "./egraph/rules";
import { clearRun, restartRun } from "./egraph/run";
import { scheduleAll } from "./egraph/schedule";
import { clearSeen } from "./egraph/seen";
import { reserveStatistics } from "./egraph/statistics";

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
  addExact,
  addRow,
  applyMatch,
  compileRule,
  insert,
  insertInto,
  isAllowed,
  join,
  matched,
  settle,
  stopped,
  taken,
} from "./egraph/compiled";
export { seek } from "./egraph/frozen";
export { defineRule, switchRule } from "./egraph/rules";
export { budgetAt, isReached, iterationsDone, run, setGoals, switchCompiledOn } from "./egraph/run";
export { scheduleAll, scheduleBackoff } from "./egraph/schedule";
export { statisticsAt } from "./egraph/statistics";
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
export { switchRounds } from "./egraph/rounds";
export { hasContradiction } from "./egraph/analyses/contradiction";
export { regions } from "./egraph/regions";
export * from "./snapshot";
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
    reserveStatistics();
  }
  clearGraph();
  clearRuleTable();
  scheduleAll();
  clearRun();
  prepareExtraction();
  clearExtraction();
  clearFacts();
  resetArena();
}

let markedArena: usize = 0;
let markedOps: u32 = 0;

/** What is defined by now stays when the graph is emptied by `restart`. */
export function keepDefinitions(): void {
  markedArena = mark();
  markedOps = ops();
}

/** Empties the graph; rules, their operators and how they run stay. */
export function restart(): void {
  clearFrom(markedOps);
  clearGraph();
  restartRules();
  restartRun();
  clearExtraction();
  restartFacts();
  rewind(markedArena);
}

function clearGraph(): void {
  clearFrozen();
  clearLog();
  clearMatches();
  clearSeen();
}
