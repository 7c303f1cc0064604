// The exports of the module: everything the host calls. See README.md for the memory map.

import { Fault } from "./abi/fault";
import { isBusy, refuse } from "./abi/refusal";
import { mark, reset as resetArena, rewind } from "./memory/arena";
import { reserveApplications } from "./egraph/apply";
import { forgetFreshCounts, reserveCompiled, setAllAside } from "./egraph/iteration";
import { clear, clearFrom, ops } from "./egraph/egraph";
import { prepareExtraction } from "./egraph/extract";
import { moreColumns, MOST_ANALYSES, reserveMoreColumns } from "./egraph/columns";
import { clearFacts, restartFacts } from "./egraph/facts";
import { clearFrozen, reserveFrozen } from "./egraph/frozen";
import { clearLog, reserveLog } from "./egraph/log";
import { reserveMatches } from "./egraph/match";
import { clearExtraction } from "./extract";
import { capacityOfRows } from "./egraph/rows";
import { clearRuleTable, restartRules, ruleCount } from "./egraph/rules";
import { clearRun } from "./egraph/run";
import { reserveSchedule, scheduleAll as scheduleAllRules } from "./egraph/schedule";
import { reserveStatistics } from "./egraph/statistics";

// What compiled rules call is not checked.
export {
  addExact,
  addRow,
  applyMatch,
  aside,
  insert,
  insertInto,
  isAllowed,
  join,
  matched,
  setAllAside,
  stopped,
  subsumeRow,
  mustStop,
  taken,
  way,
} from "./egraph/iteration";
export { seek } from "./egraph/frozen";
export { exactRowWith } from "./egraph/hashcons";

export {
  add,
  allocate,
  arityOf,
  childOf,
  compileRule,
  defineOp,
  defineRule,
  extract,
  find,
  firstArityOf,
  firstChildOf,
  isLive,
  isReached,
  isSubsumed,
  makerOf,
  nextNode,
  opOf,
  rebuild,
  hold,
  run,
  scheduleAll,
  scheduleBackoff,
  scheduleSteps,
  setFreshCounts,
  setGoals,
  settle,
  subsume,
  assumeCount,
  assumeFact,
  assumeRange,
  describeOp,
  factIn,
  switchFactsOn,
  switchLogging,
  switchRule,
  unite,
} from "./abi/graph";
export {
  extractDag,
  extractTrees,
  extractVariants,
  newProblem,
  showVariant,
} from "./abi/extraction";
export { analyzeDays } from "./abi/safety";
export { refusal, refusedWord } from "./abi/refusal";
export { isOutOfMemory, limitMemory, used } from "./memory/arena";
export { bytesUsed, classes, definitionOf, liveNodes, rows, scratch } from "./egraph/egraph";
export { budgetAt, iterationsDone } from "./egraph/run";
export { scheduleAt } from "./egraph/schedule";
export { statisticsAt } from "./egraph/statistics";
export { logSize, logStart } from "./egraph/log";
export { bestCosts, choices, readPrices, rowPrices } from "./egraph/extract";
export {
  answerChoices,
  answerCosts,
  dagCost,
  faultAt,
  greedyEnded,
  greedyStart,
  isProven,
  leastCost,
  movesDone,
  problemChildren,
  problemChildStarts,
  problemClasses,
  problemCosts,
  problemRoots,
  treeCost,
  treeStart,
  variantCount,
} from "./extract";
export { contradictionAt, hasContradiction } from "./egraph/analyses/contradiction";
export { regions } from "./egraph/regions";
export { areCountersInRange, brokenAt, verify } from "./egraph/verify";
export * from "./snapshot";

const FEWEST_ROWS: u32 = 1 << 8;
const MOST_ROWS: u32 = 1 << 23;
const DONE: u32 = 0;

/**
 * Empties the instance; the first call lays the regions out, for `capacity` rows and for `more` analyses than one,
 * which it keeps.
 */
export function reset(capacity: u32, more: u32): u32 {
  if (isBusy()) return refuse(Fault.Busy, 0);
  const isNew = capacityOfRows() == 0;
  if (isNew ? capacity < FEWEST_ROWS || capacity > MOST_ROWS : capacity != capacityOfRows())
    return refuse(Fault.Count, capacity);
  if (isNew ? more >= MOST_ANALYSES : more != moreColumns) return refuse(Fault.Count, more);
  clear(capacity);
  if (isNew) {
    reserveFrozen(capacity);
    reserveLog(capacity);
    reserveApplications();
    reserveCompiled();
    reserveMatches();
    reserveStatistics();
    reserveSchedule();
  }
  clearGraph();
  clearRuleTable();
  scheduleAllRules();
  forgetFreshCounts();
  setAllAside(false);
  clearRun();
  prepareExtraction();
  clearExtraction();
  clearFacts();
  if (isNew) reserveMoreColumns(more);
  resetArena();
  return keepDefinitions();
}

let markedArena: usize = 0;
let markedOps: u32 = 0;
let markedRules: u32 = 0;

/** What is defined by now stays when the graph is emptied by `restart`. */
export function keepDefinitions(): u32 {
  if (capacityOfRows() == 0) return refuse(Fault.NotReady, 0);
  if (isBusy()) return refuse(Fault.Busy, 0);
  markedArena = mark();
  markedOps = ops();
  markedRules = ruleCount;
  return DONE;
}

/** Empties the graph; rules, their operators and how they run stay. */
export function restart(): u32 {
  if (capacityOfRows() == 0) return refuse(Fault.NotReady, 0);
  if (isBusy()) return refuse(Fault.Busy, 0);
  clearFrom(markedOps);
  clearGraph();
  restartRules(markedRules);
  clearRun();
  clearExtraction();
  restartFacts();
  rewind(markedArena);
  return DONE;
}

function clearGraph(): void {
  clearFrozen();
  clearLog();
}
