// The verbs of the e-graph as a host calls them: what they are given is looked at first. A call that is refused has
// changed nothing. What compiled rules call is not looked at: the engine wrote it itself.

import { mark, rewind as rewindUnchecked, startOfArena, tryAllocate } from "../memory/arena";
import { forgetShortage, isShort } from "../memory/blocks";
import {
  compileRule as compileUnchecked,
  isOpen,
  hasFreshCounts,
  interpretRule,
  setFreshCounts as countFresh,
  settle as settleUnchecked,
} from "../egraph/iteration";
import * as graph from "../egraph/egraph";
import { countOf } from "../egraph/analyses/cardinality";
import { rangeOf } from "../egraph/analyses/interval";
import {
  Analysis,
  analysisAt,
  analysisCount,
  describeOp as describeUnchecked,
  isOn,
} from "../egraph/columns";
import {
  assumeFact as assumeUnchecked,
  factIn as factUnchecked,
  isFact,
  isPayload,
  isValue,
  switchFactsOn as chooseFacts,
} from "../egraph/facts";
import { MAX_OPS } from "../egraph/hashcons";
import { extract as extractUnchecked } from "../egraph/extract";
import { forgetMakers, hasRoom, switchLogging as logUnions } from "../egraph/log";
import { EVERY_CLASS, rootOf } from "../egraph/match";
import { capacityOfRows } from "../egraph/rows";
import * as rules from "../egraph/rules";
import * as running from "../egraph/run";
import * as schedules from "../egraph/schedule";
import { forgetTime } from "../egraph/time";
import {
  areGoals,
  areGuards,
  isGoal,
  isLeftSide,
  isRight,
  MOST_VARIABLES,
  wrong,
} from "./patterns";
import { Fault } from "./fault";
import { isBusy, refuse, setBusy } from "./refusal";

const MOST_CHILDREN: u32 = 65535;
const MOST_ANALYSIS: u32 = Analysis.Cardinality;
const DONE: u32 = 0;

function isReady(): bool {
  return capacityOfRows() != 0;
}

function isRow(id: u32): bool {
  return id > 0 && id < graph.rows();
}

/** Why nothing may be changed now; `Fault.None` where it may. */
function hindrance(): Fault {
  if (!isReady()) return Fault.NotReady;
  return isBusy() ? Fault.Busy : Fault.None;
}

export function allocate(bytes: u32): u32 {
  if (!isReady()) return refuse(Fault.NotReady, 0);
  const block = tryAllocate(bytes);
  return block == 0 ? refuse(Fault.Memory, bytes) : <u32>block;
}

/** Blocks up to here are written by the host. */
export function advance(to: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (<usize>to > mark() && tryAllocate(<usize>to - mark()) == 0) return refuse(Fault.Memory, to);
  return DONE;
}

// ------------------------------------------------------------------------------------------- build

export function defineOp(order: u32, kind: u32, payload: u32): u32 {
  if (!isReady()) return refuse(Fault.NotReady, 0);
  if (graph.ops() >= MAX_OPS) return refuse(Fault.Full, graph.ops());
  if (order > <u32>graph.Order.Multiset) return refuse(Fault.Number, order);
  if (analysisCount == 0) return graph.defineOp(order, kind, payload);
  if (!isPayload(analysisAt(0), order, kind & 0x7fffffff, payload))
    return refuse(Fault.Address, payload);
  const op = graph.defineOp(order, kind, payload);
  if (isValue(analysisAt(0), kind & 0x7fffffff) && !graph.mayHave(op, 0)) unreachable();
  return op;
}

/** What the newest operator is to an analysis that is on and not the first. */
export function describeOp(op: u32, analysis: u32, kind: u32, payload: u32): u32 {
  if (!isReady()) return refuse(Fault.NotReady, 0);
  if (op + 1 != graph.ops()) return refuse(Fault.NoOperator, op);
  if (graph.earliestOf(op) != 0) return refuse(Fault.TooLate, op);
  if (analysis > MOST_ANALYSIS || !isOn(analysis) || analysis == analysisAt(0))
    return refuse(Fault.Number, analysis);
  if (!isPayload(analysis, graph.opOrder(op), kind, payload)) return refuse(Fault.Address, payload);
  if (isValue(analysis, kind) && !graph.mayHave(op, 0)) return refuse(Fault.Count, op);
  describeUnchecked(op, analysis, kind, payload);
  return DONE;
}

/** The class of a node whose children stand at `scratch`; 0 where the graph is full. */
export function add(op: u32, count: u32): u32 {
  if (op >= graph.ops()) return refuse(Fault.NoOperator, op);
  if (count > MOST_CHILDREN) return refuse(Fault.Count, count);
  const children = graph.scratch();
  for (let i: usize = 0; i < <usize>count; i++) {
    const child = load<u32>(children + (i << 2));
    if (!isRow(child)) return refuse(Fault.NoRow, child);
  }
  if (!graph.mayHave(op, count)) return refuse(Fault.Count, count);
  return graph.add(op, count);
}

/** 1 if two classes became one. */
export function unite(a: u32, b: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (!isRow(a)) return refuse(Fault.NoRow, a);
  if (!isRow(b)) return refuse(Fault.NoRow, b);
  if (!hasRoom()) return refuse(Fault.Full, 0);
  return graph.unite(a, b) ? 1 : 0;
}

/** Searches and extraction pass a row over from now on. 1 if they did not already. */
export function subsume(row: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (!isRow(row)) return refuse(Fault.NoRow, row);
  return graph.subsume(row) ? 1 : 0;
}

/** A fact of a class on the host's word, in the words of its analysis. */
export function assumeFact(analysis: u32, row: u32, word: u32): u32 {
  const why = hindranceToAssume(analysis, row);
  if (why != Fault.None) return refuse(why, row);
  if (analysis != Analysis.Nullability && analysis != Analysis.Type)
    return refuse(Fault.Number, analysis);
  if (word == 0 || !isFact(analysis, word)) return refuse(Fault.Number, word);
  return assumeUnchecked(analysis, row, word) ? DONE : refuse(Fault.Memory, row);
}

export function assumeRange(row: u32, low: f64, high: f64): u32 {
  const why = hindranceToAssume(Analysis.Interval, row);
  if (why != Fault.None) return refuse(why, row);
  const range = rangeOf(low, high);
  if (range == 0) return refuse(whyNoBlock(), row);
  return assumeUnchecked(Analysis.Interval, row, range) ? DONE : refuse(Fault.Memory, row);
}

/** How many rows a relation has, from and to. */
export function assumeCount(row: u32, low: f64, high: f64): u32 {
  const why = hindranceToAssume(Analysis.Cardinality, row);
  if (why != Fault.None) return refuse(why, row);
  const count = countOf(low, high);
  if (count == 0) return refuse(whyNoBlock(), row);
  return assumeUnchecked(Analysis.Cardinality, row, count) ? DONE : refuse(Fault.Memory, row);
}

/** Why there is no block of the words that the host gave. */
function whyNoBlock(): Fault {
  const why = isShort ? Fault.Memory : Fault.Number;
  forgetShortage();
  return why;
}

function hindranceToAssume(analysis: u32, row: u32): Fault {
  const why = hindrance();
  if (why != Fault.None) return why;
  if (analysis > MOST_ANALYSIS || !isOn(analysis)) return Fault.Number;
  if (!isRow(row)) return Fault.NoRow;
  return hasRoom() ? Fault.None : Fault.Full;
}

export function rebuild(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  setBusy(true);
  forgetTime();
  graph.limitBytes(u32.MAX_VALUE);
  graph.rebuild();
  setBusy(false);
  return DONE;
}

export function settle(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  setBusy(true);
  settleUnchecked();
  graph.limitBytes(u32.MAX_VALUE);
  setBusy(false);
  return DONE;
}

// -------------------------------------------------------------------------------------------- read

export function find(row: u32): u32 {
  return isRow(row) ? graph.find(row) : refuse(Fault.NoRow, row);
}

export function opOf(row: u32): u32 {
  return isRow(row) ? graph.opOf(row) : refuse(Fault.NoRow, row);
}

export function arityOf(row: u32): u32 {
  return isRow(row) ? graph.arityOf(row) : refuse(Fault.NoRow, row);
}

export function childOf(row: u32, i: u32): u32 {
  if (!isRow(row)) return refuse(Fault.NoRow, row);
  return i < graph.arityOf(row) ? graph.childOf(row, i) : refuse(Fault.Count, i);
}

export function firstArityOf(row: u32): u32 {
  return isRow(row) ? graph.firstArityOf(row) : refuse(Fault.NoRow, row);
}

export function firstChildOf(row: u32, i: u32): u32 {
  if (!isRow(row)) return refuse(Fault.NoRow, row);
  return i < graph.firstArityOf(row) ? graph.firstChildOf(row, i) : refuse(Fault.Count, i);
}

export function isSubsumed(row: u32): u32 {
  return isRow(row) ? <u32>graph.isSubsumed(row) : refuse(Fault.NoRow, row);
}

export function isLive(row: u32): u32 {
  return isRow(row) ? <u32>graph.isLive(row) : refuse(Fault.NoRow, row);
}

export function makerOf(row: u32): u32 {
  return isRow(row) ? graph.makerOf(row) : refuse(Fault.NoRow, row);
}

export function nextNode(row: u32): u32 {
  return isRow(row) ? graph.nextNode(row) : refuse(Fault.NoRow, row);
}

/** What an analysis knows of the class of a row, 0 for nothing. */
export function factIn(analysis: u32, row: u32): u32 {
  if (!isRow(row)) return refuse(Fault.NoRow, row);
  return analysis <= MOST_ANALYSIS ? factUnchecked(analysis, row) : refuse(Fault.Number, analysis);
}

export function extract(root: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (!isRow(root)) return refuse(Fault.NoRow, root);
  const bad = extractUnchecked(root);
  return bad == 0 ? DONE : refuse(Fault.Number, bad);
}

// ------------------------------------------------------------------------------------------- rules

export function defineRule(
  left: u32,
  right: u32,
  variables: u32,
  restsLow: u32,
  restsHigh: u32,
  guards: u32,
  ruleset: u32,
  subsumes: u32,
): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (rules.ruleCount >= rules.MAX_RULES) return refuse(Fault.Full, rules.ruleCount);
  if (variables > MOST_VARIABLES) return refuse(Fault.Count, variables);
  const rests = (<u64>restsLow) | ((<u64>restsHigh) << 32);
  if (
    !isLeftSide(left, variables, rests) ||
    !isRight(right, variables, rests) ||
    (guards != 0 && !areGuards(guards, variables, rests))
  )
    return refuse(Fault.Pattern, <u32>wrong);
  if (subsumes != 0 && rootOf(left) == EVERY_CLASS) return refuse(Fault.Pattern, left);
  const flag = subsumes != 0;
  const rule = rules.defineRule(left, right, variables, restsLow, restsHigh, guards, ruleset, flag);
  interpretRule(rule);
  return rule;
}

/**
 * A rule is searched for by functions that stand in `table`, instead of by its pattern; a call of what is none of them
 * traps.
 */
export function compileRule(rule: u32, search: u32, count: u32, root: u32, flags: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (rule >= rules.ruleCount) return refuse(Fault.NoRule, rule);
  if (root >= graph.ops() && root != EVERY_CLASS) return refuse(Fault.NoOperator, root);
  if (search == 0 || count == 0) return refuse(Fault.Number, 0);
  if (root == EVERY_CLASS && rules.isSubsuming(rule)) return refuse(Fault.Number, root);
  compileUnchecked(rule, search, count, root, flags);
  return DONE;
}

export function switchRule(rule: u32, on: u32): u32 {
  if (rule >= rules.ruleCount) return refuse(Fault.NoRule, rule);
  rules.switchRule(rule, on != 0);
  return DONE;
}

// --------------------------------------------------------------------------------------------- run

export function scheduleAll(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  schedules.scheduleAll();
  return DONE;
}

/** Where matches are counted that are fresh, compiled rules have functions for it: `setFreshCounts`. */
export function scheduleBackoff(kind: u32, matches: u32, length: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (kind == <u32>schedules.Backoff.None || kind > <u32>schedules.Backoff.Fresh)
    return refuse(Fault.Number, kind);
  schedules.scheduleBackoff(kind, matches, length);
  return DONE;
}

/** The steps stand at `scheduleAt`. */
export function scheduleSteps(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (!schedules.areSteps()) return refuse(Fault.Number, <u32>schedules.scheduleAt());
  schedules.scheduleSteps();
  return DONE;
}

/** The functions of all rules stand in `table` from there on; a call of what is none of them traps. */
export function setFreshCounts(first: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (first == 0) return refuse(Fault.Number, 0);
  countFresh(first);
  return DONE;
}

/** A limit ended the last run, and the next one is to go on as if it had not. */
export function hold(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  running.hold();
  return DONE;
}

// ------------------------------------------------------------------------------------ earlier states

/** Takes back the rows from one on: all that has happened since it was added is that others were. */
export function takeBack(from: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (from == 0 || from > graph.rows()) return refuse(Fault.NoRow, from);
  if (analysisCount > 0) return refuse(Fault.TooLate, from);
  graph.takeBack(from);
  return DONE;
}

/** Gives back what was allocated since. */
export function rewind(to: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (<usize>to > mark() || <usize>to < startOfArena()) return refuse(Fault.Address, to);
  rewindUnchecked(to);
  forgetMakers();
  return DONE;
}

export function setGoals(at: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (at != 0 && !areGoals(at)) return refuse(Fault.Pattern, <u32>wrong);
  running.setGoals(at);
  return DONE;
}

export function isReached(goal: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  return isGoal(goal) ? <u32>running.isReached(goal) : refuse(Fault.Pattern, <u32>wrong);
}

/** What ended the run: a Stop. */
export function run(): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (schedules.backoff == schedules.Backoff.Fresh && isCompiledAny() && !hasFreshCounts())
    return refuse(Fault.NotCompiled, 0);
  setBusy(true);
  const stop = running.run();
  setBusy(false);
  return stop;
}

function isCompiledAny(): bool {
  for (let rule: u32 = 0; rule < rules.ruleCount; rule++)
    if (load<u32>(rules.ruleAt(rule), rules.At.Search) != 0) return true;
  return false;
}

// ---------------------------------------------------------------------- before the first operator

function isBegun(): bool {
  return graph.ops() > 0 || rules.ruleCount > 0 || graph.rows() > 1;
}

export function switchFactsOn(analysis: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (isBegun()) return refuse(Fault.TooLate, 0);
  if (analysis == 0 || analysis > MOST_ANALYSIS || isOn(analysis))
    return refuse(Fault.Number, analysis);
  return chooseFacts(analysis) ? DONE : refuse(Fault.Full, analysis);
}

export function switchLogging(on: u32): u32 {
  const why = hindrance();
  if (why != Fault.None) return refuse(why, 0);
  if (graph.rows() > 1) return refuse(Fault.TooLate, 0);
  logUnions(on != 0);
  return DONE;
}
