// A plan: a node for every class that the roots use, kept so that one choice is changed, priced, and taken
// back in time that depends on what the change touches. Search strategies are in local.ts.
//
//   CHOICE  u32 × c   node of a class; of a class that is not used, the node that it would begin with
//   USES    u32 × c   chosen nodes (as often as they have it) and roots that have the class as a child
//   RANK    f64 × c   whole numbers: a class that is used ranks above the children of its node
//   OPEN    u32 × c   the classes that are used and have an alternative, in any order
//   PLACE   u32 × c   index in OPEN + 1; 0 where it is not there
//   MARK    u32 × c   what the present change knows of an unused class: 2s + 1 on the path, 2s done
//   PATH    u32 × 2c  the path: node, next child
//   NEW     u32 × c   unused classes that the present change needs, children first
//   SUSPECTS  u32 × c   used classes that it needs and that may use the changed class
//   BOUND   f64 × c   what a class must come to rank below (`lower`)
//   LOG     16 bytes a record, to take changes back: what u32, class u32, before f64
//
// A change of class k from node a to node b: find what b needs that is not used yet (NEW), add its uses,
// check that none of what b needs uses k (only what ranks above k can),
// drop the uses of a and of what only a needed, and bring the ranks in order.

import { byte, clearWords, double, newDoubles, newWords, setDouble, setWord, word } from "./arrays";
import { clearHeap, heapSize, pop, push } from "./heap";
import { c, child, childAt, dominated, nodeAt, NONE, owner, root, rootCount } from "./problem";
import { bannedNodes, treeCosts } from "./tree";

const STEP: f64 = 1048576; // between ranks of a new plan, so that most changes find room
const LOOK: u32 = 64; // nodes of an unused class that are looked at

const CHOSE: u32 = 0; // before: the choice of a class that was not used
const CHANGED: u32 = 1; // before: the choice of a class that was used
const RANKED: u32 = 2; // before: the rank

let CHOICE: usize = 0;
let USES: usize = 0;
let RANK: usize = 0;
let OPEN: usize = 0;
let PLACE: usize = 0;
let MARK: usize = 0;
let PATH: usize = 0;
let NEW: usize = 0;
let SUSPECTS: usize = 0;
let BOUND: usize = 0;
let LOG: usize = 0;
let logRoom: u32 = 0;
let logged: u32 = 0;
let opened: u32 = 0;
let fresh: u32 = 0;
let suspects: u32 = 0;
let stamp: u32 = 0;
let prices: usize = 0;
let avoided: u32 = NONE;

/** The price of the plan, each class once; drifts by rounding until `recount`. */
export let total: f64 = 0;
/** Grows with everything that is touched. */
export let effort: i64 = 0;

export function newPlan(): void {
  CHOICE = newWords(c);
  USES = newWords(c);
  RANK = newDoubles(c);
  OPEN = newWords(c);
  PLACE = newWords(c);
  MARK = newWords(c);
  PATH = newWords(2 * c);
  NEW = newWords(c);
  SUSPECTS = newWords(c);
  BOUND = newDoubles(c);
  logRoom = 8 * c + 4096;
  LOG = newDoubles(2 * logRoom);
  stamp = 0;
}

export function choices(): usize {
  return CHOICE;
}

export function openCount(): u32 {
  return opened;
}

export function openClass(i: u32): u32 {
  return word(OPEN, i);
}

export function choiceOf(cls: u32): u32 {
  return word(CHOICE, cls);
}

export function isUsed(cls: u32): bool {
  return word(USES, cls) != 0;
}

/** Whether a used class is computed by the node. */
export function isChosen(node: u32): bool {
  const cls = word(owner, node);
  return word(USES, cls) != 0 && word(CHOICE, cls) == node;
}

export function mayChoose(node: u32): bool {
  return byte(dominated, node) == 0 && byte(bannedNodes(), node) == 0;
}

/** Whether the node has the class as a child. */
export function needs(node: u32, cls: u32): bool {
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    if (word(child, k) == cls) return true;
  return false;
}

/** From here on no change may use the class; NONE for any. */
export function avoid(cls: u32): void {
  avoided = cls;
}

/**
 * Begins with choices that do not need themselves: `order` has the classes that they use, children first.
 * Classes without a choice get one of `others`.
 */
export function begin(from: usize, others: usize, order: usize, used: u32, prices_: usize): void {
  prices = prices_;
  avoided = NONE;
  logged = 0;
  opened = 0;
  clearWords(USES, c);
  clearWords(PLACE, c);
  for (let cls: u32 = 0; cls < c; cls++) {
    const chosen = word(from, cls);
    setWord(CHOICE, cls, chosen == NONE ? word(others, cls) : chosen);
  }
  for (let i: u32 = 0; i < rootCount; i++) setWord(USES, word(root, i), 1);
  for (let i = used; i > 0; i--) {
    const cls = word(order, i - 1);
    addUses(word(CHOICE, cls));
    open(cls);
  }
  for (let i: u32 = 0; i < used; i++) {
    const cls = word(order, i);
    setDouble(RANK, cls, aboveChildren(word(CHOICE, cls), STEP));
  }
  recount();
}

/** The price of the plan, added up anew. */
export function recount(): f64 {
  total = 0;
  for (let cls: u32 = 0; cls < c; cls++)
    if (word(USES, cls) != 0) total += double(prices, word(CHOICE, cls));
  return total;
}

/** The changes so far cannot be taken back any more. */
export function settle(): void {
  logged = 0;
}

/** Where `takeBack` can come back to. */
export function mark(): u32 {
  return logged;
}

// --------------------------------------------------------------------------------------- one change

/**
 * Computes a used class by another of its nodes. False, and nothing has changed, if the node needs the class, or if
 * the plan becomes dearer by more than `limit`.
 */
export function change(cls: u32, node: u32, limit: f64): bool {
  effort += 8;
  const before = word(CHOICE, cls);
  const totalBefore = total;
  const from = logged;
  if (logged + mostRecords() > logRoom || !explore(cls, node)) return fail(from, totalBefore);
  let added = double(prices, node) - double(prices, before);
  for (let i: u32 = 0; i < fresh; i++) added += double(prices, word(CHOICE, word(NEW, i)));
  if (added > limit && !releases(before)) return fail(from, totalBefore);
  if (suspects > 0 && leadsTo(cls)) return fail(from, totalBefore);
  for (let i: u32 = 0; i < fresh; i++) addUses(word(CHOICE, word(NEW, i)));
  addUses(node);
  for (let i: u32 = 0; i < fresh; i++) open(word(NEW, i));
  total += added;
  setWord(CHOICE, cls, node);
  dropUses(before);
  log(CHANGED, cls, before);
  if (total - totalBefore > limit) return fail(from, totalBefore);
  rank(cls, node);
  return true;
}

/** Records that one change can need: for every class a choice, a first rank, and a lower one. */
function mostRecords(): u32 {
  return 3 * c + 1;
}

function fail(to: u32, totalBefore: f64): bool {
  takeBack(to, totalBefore);
  return false;
}

/** Undoes changes down to a mark; `totalBefore` is what the plan cost there. */
export function takeBack(to: u32, totalBefore: f64): void {
  while (logged > to) {
    logged--;
    const at = LOG + ((<usize>logged) << 4);
    const what = load<u32>(at);
    const cls = load<u32>(at, 4);
    const before = load<f64>(at, 8);
    if (what == RANKED) setDouble(RANK, cls, before);
    else if (what == CHOSE) setWord(CHOICE, cls, <u32>before);
    else {
      const node = word(CHOICE, cls);
      setWord(CHOICE, cls, <u32>before);
      restoreUses(<u32>before);
      dropUses(node);
    }
  }
  total = totalBefore;
}

function log(what: u32, cls: u32, before: f64): void {
  const at = LOG + ((<usize>logged) << 4);
  logged++;
  store<u32>(at, what);
  store<u32>(at, cls, 4);
  store<f64>(at, before, 8);
}

/** Whether something may fall away with the node; it may use a class several times. */
function releases(node: u32): bool {
  const arity = word(childAt, node + 1) - word(childAt, node);
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    if (word(USES, word(child, k)) <= arity) return true;
  return false;
}

// ------------------------------------------------------------------------------------ what it needs

/** Chooses nodes for the unused classes below `node`, into NEW; false if one of them needs itself or `cls`. */
function explore(cls: u32, node: u32): bool {
  newMarks();
  fresh = 0;
  suspects = 0;
  const rankAbove = double(RANK, cls);
  let depth: u32 = 1;
  setWord(PATH, 0, node);
  setWord(PATH, 1, word(childAt, node));
  while (depth > 0) {
    const top = word(PATH, 2 * depth - 2);
    const next = word(PATH, 2 * depth - 1);
    if (next == word(childAt, top + 1)) {
      depth--;
      if (depth == 0) break;
      setWord(MARK, word(owner, top), 2 * stamp);
      setWord(NEW, fresh++, word(owner, top));
      continue;
    }
    setWord(PATH, 2 * depth - 1, next + 1);
    const below = word(child, next);
    effort++;
    if (below == cls || below == avoided) return false;
    const mark = word(MARK, below);
    if (mark == 2 * stamp) continue;
    if (word(USES, below) != 0) {
      if (double(RANK, below) < rankAbove) continue;
      setWord(MARK, below, 2 * stamp);
      setWord(SUSPECTS, suspects++, below);
      continue;
    }
    if (mark == 2 * stamp + 1) return false;
    setWord(MARK, below, 2 * stamp + 1);
    const chosen = pick(below, cls);
    if (chosen == NONE) return false;
    setWord(PATH, 2 * depth, chosen);
    setWord(PATH, 2 * depth + 1, word(childAt, chosen));
    depth++;
  }
  return true;
}

/**
 * The node that an unused class is computed by: the cheapest where what is used is free and the rest costs
 * its tree; the one that it has, if none is known to work.
 */
function pick(cls: u32, above: u32): u32 {
  const from = word(nodeAt, cls);
  const to = word(nodeAt, cls + 1);
  const had = word(CHOICE, cls);
  if (to == from + 1) return had;
  let best = had;
  let bestCost = had == NONE ? Infinity : estimate(had, above, Infinity);
  const end = min(to, from + LOOK);
  for (let node = from; node < end; node++) {
    if (node == had || !mayChoose(node)) continue;
    const cost = estimate(node, above, bestCost);
    if (!(cost < bestCost)) continue;
    best = node;
    bestCost = cost;
  }
  if (best != had) {
    log(CHOSE, cls, had);
    setWord(CHOICE, cls, best);
  }
  return best;
}

/** What a node of a used class would add, roughly; infinity if it may lead back or costs no less than `limit`. */
export function priceOf(node: u32, limit: f64): f64 {
  newMarks();
  return estimate(node, word(owner, node), limit);
}

function newMarks(): void {
  stamp++;
  if (stamp < 1 << 30) return;
  clearWords(MARK, c);
  stamp = 1;
}

/** Infinity if the node may lead to `above` or costs no less than `limit`. */
function estimate(node: u32, above: u32, limit: f64): f64 {
  let sum = double(prices, node);
  const end = word(childAt, node + 1);
  const ceiling = double(RANK, above);
  const costs = treeCosts();
  for (let k = word(childAt, node); k < end && sum < limit; k++) {
    const below = word(child, k);
    effort++;
    if (below == above || below == avoided) return Infinity;
    if (word(USES, below) != 0) {
      if (double(RANK, below) >= ceiling) return Infinity;
    } else {
      const mark = word(MARK, below);
      if (mark == 2 * stamp + 1) return Infinity;
      if (mark != 2 * stamp) sum += double(costs, below);
    }
  }
  return sum < limit ? sum : Infinity;
}

// ---------------------------------------------------------------------------------------------- uses

function addUses(node: u32): void {
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++) {
    const below = word(child, k);
    setWord(USES, below, word(USES, below) + 1);
    effort++;
  }
}

/** Drops the uses of a node, and of the nodes that nothing uses any more. */
function dropUses(node: u32): void {
  let depth: u32 = 1;
  setWord(PATH, 0, node);
  while (depth > 0) {
    const top = word(PATH, --depth);
    for (let k = word(childAt, top); k < word(childAt, top + 1); k++) {
      const below = word(child, k);
      const uses = word(USES, below) - 1;
      setWord(USES, below, uses);
      effort++;
      if (uses > 0) continue;
      close(below);
      total -= double(prices, word(CHOICE, below));
      setWord(PATH, depth++, word(CHOICE, below));
    }
  }
}

/** The inverse of `dropUses`: classes come back with the choices that they had. */
function restoreUses(node: u32): void {
  let depth: u32 = 1;
  setWord(PATH, 0, node);
  while (depth > 0) {
    const top = word(PATH, --depth);
    for (let k = word(childAt, top); k < word(childAt, top + 1); k++) {
      const below = word(child, k);
      const uses = word(USES, below);
      setWord(USES, below, uses + 1);
      effort++;
      if (uses > 0) continue;
      open(below);
      setWord(PATH, depth++, word(CHOICE, below));
    }
  }
}

function open(cls: u32): void {
  if (word(nodeAt, cls + 1) - word(nodeAt, cls) < 2) return;
  setWord(OPEN, opened++, cls);
  setWord(PLACE, cls, opened);
}

function close(cls: u32): void {
  const place = word(PLACE, cls);
  if (place == 0) return;
  const last = word(OPEN, --opened);
  setWord(OPEN, place - 1, last);
  setWord(PLACE, last, place);
  setWord(PLACE, cls, 0);
}

// --------------------------------------------------------------------------------------------- ranks

/** Whether a suspect uses the class, over classes that rank above it. */
function leadsTo(cls: u32): bool {
  const rankOfIt = double(RANK, cls);
  let depth: u32 = 0;
  for (let i: u32 = 0; i < suspects; i++) setWord(PATH, depth++, word(SUSPECTS, i));
  while (depth > 0) {
    const node = word(CHOICE, word(PATH, --depth));
    for (let k = word(childAt, node); k < word(childAt, node + 1); k++) {
      const below = word(child, k);
      effort++;
      if (below == cls) return true;
      if (double(RANK, below) < rankOfIt || word(MARK, below) == 2 * stamp) continue;
      setWord(MARK, below, 2 * stamp);
      setWord(PATH, depth++, below);
    }
  }
  return false;
}

/** Ranks what a change added, and puts what is below `node` under `cls`. */
function rank(cls: u32, node: u32): void {
  for (let i: u32 = 0; i < fresh; i++) {
    const added = word(NEW, i);
    setRank(added, aboveChildren(word(CHOICE, added), 1));
  }
  clearHeap();
  newMarks();
  lowerChildren(node, double(RANK, cls));
  while (heapSize() > 0) {
    const moved = pop();
    effort += 8;
    setRank(moved, double(BOUND, moved) - 1);
    lowerChildren(word(CHOICE, moved), double(RANK, moved));
  }
}

function setRank(cls: u32, to: f64): void {
  log(RANKED, cls, double(RANK, cls));
  setDouble(RANK, cls, to);
}

function aboveChildren(node: u32, by: f64): f64 {
  let highest: f64 = 0;
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++)
    highest = max(highest, double(RANK, word(child, k)));
  return highest + by;
}

/**
 * Queues the children that do not rank below `bound`. The heap gives the highest old rank first, and old ranks
 * fall along every edge but the new ones: each class is lowered once.
 */
function lowerChildren(node: u32, bound: f64): void {
  for (let k = word(childAt, node); k < word(childAt, node + 1); k++) {
    const below = word(child, k);
    effort++;
    if (double(RANK, below) < bound) continue;
    if (word(MARK, below) == 2 * stamp) {
      setDouble(BOUND, below, min(double(BOUND, below), bound));
    } else {
      setWord(MARK, below, 2 * stamp);
      setDouble(BOUND, below, bound);
      push(-double(RANK, below), below);
    }
  }
}
