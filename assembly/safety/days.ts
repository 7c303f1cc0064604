// Which columns of a plan carry the day of its inputs.
//
// One pass, children before parents, over a plan in u32 words:
//
//   ┌────────┬─────────────┬─────────────┬───────┬───────┬───────────┐
//   │ header │ nodes       │ expressions │ lists │ marks │ day sets  │
//   │ 5      │ 10 a node   │ 3 each      │       │ 1 a   │ w a node  │
//   └────────┴─────────────┴─────────────┴───────┴───────┴───────────┘
//                                                 └ the answer ──────┘
//
// Nodes are in post-order; lists hold children (1 word), definitions and equalities (2 words),
// subqueries (1 word). A day set is a bit a column, w = ceil(columns / 32) words.
//
// Invariant of a node that depends on a clock: in every row all columns of its day set lie in one
// partition d of the grain, and the rows of partition d are a function of the rows of partition d of
// every input with a clock (and of the inputs without one, whole). A node that depends on no clock has
// an empty set: its rows are the same for every partition.
//
// This is the case [0, 0] of the sensitivity intervals that the full analysis will carry: the day set
// becomes one cell {lo, hi, ordinal lo, ordinal hi} a column and leaf, at the same place.

import {
  SafetyAnswer,
  SafetyExpr,
  SafetyExprWord,
  SafetyFault,
  SafetyHeader,
  SafetyNode,
  SafetyOp,
  SafetyUnit,
} from "./wire";

let nodes: usize = 0; // address of the first node
let exprs: usize = 0;
let lists: usize = 0;
let marks: usize = 0; // a word a node: 1 = depends on a clock
let sets: usize = 0;
let setWords: u32 = 0;
let grain: u32 = 0;

let fault: u32 = 0;
let faultNode: u32 = 0;

/**
 * Analyzes the plan at `plan` (its lists end at `listsEnd`); writes the answer at `answer`, which has
 * room for `answerWords` words.
 */
export function analyzeDays(plan: usize, answer: usize): void {
  const nodeCount = word(plan, SafetyHeader.Nodes);
  const exprCount = word(plan, SafetyHeader.Exprs);
  setWords = (word(plan, SafetyHeader.Columns) + 31) >> 5;
  grain = word(plan, SafetyHeader.Grain);
  nodes = plan + ((<usize>SafetyHeader.Words) << 2);
  exprs = nodes + ((<usize>nodeCount * SafetyNode.Words) << 2);
  lists = exprs + ((<usize>exprCount * SafetyExprWord.Words) << 2);
  marks = answer + ((<usize>SafetyAnswer.Words) << 2);
  sets = marks + ((<usize>nodeCount) << 2);
  fault = SafetyFault.None;
  faultNode = 0;

  memory.fill(marks, 0, ((<usize>nodeCount) << 2) + ((<usize>nodeCount * setWords) << 2));
  for (let node: u32 = 0; node < nodeCount && fault == SafetyFault.None; node++) visit(node);
  if (fault == SafetyFault.None && nodeCount > 0) {
    const root = nodeCount - 1;
    if (isDated(root) && !carriesDay(root, word(plan, SafetyHeader.Output))) {
      refuse(SafetyFault.Output, root);
    }
  }
  store<u32>(answer + ((<usize>SafetyAnswer.Fault) << 2), fault);
  store<u32>(answer + ((<usize>SafetyAnswer.Node) << 2), faultNode);
}

function visit(node: u32): void {
  if (readsClockInSubquery(node)) return refuse(SafetyFault.Subquery, node);
  switch (field(node, SafetyNode.Op)) {
    case SafetyOp.Scan:
      return scan(node);
    case SafetyOp.Values:
      return;
    case SafetyOp.Pass:
      return pass(node);
    case SafetyOp.Join:
      return join(node);
    case SafetyOp.Left:
    case SafetyOp.Semi:
      return preserve(node);
    case SafetyOp.Full:
      if (anyDated(node)) refuse(SafetyFault.Full, node);
      return;
    case SafetyOp.Group:
      return keyed(node, SafetyFault.Group);
    case SafetyOp.Distinct:
      return keyed(node, SafetyFault.Distinct);
    case SafetyOp.Rename:
      return keyed(node, SafetyFault.Output);
    case SafetyOp.Window:
      return partitioned(node);
    case SafetyOp.Set:
      return compared(node);
    default:
      if (anyDated(node)) refuse(SafetyFault.Limit, node);
  }
}

/** A clock is the day of its own row. */
function scan(node: u32): void {
  const clock = field(node, SafetyNode.Clock);
  if (clock == 0) return;
  date(node);
  put(node, clock - 1);
}

/** Each row is one row of the input, or none. */
function pass(node: u32): void {
  const input = child(node, 0);
  if (!isDated(input)) return;
  date(node);
  copySet(node, input);
  defineDays(node, input);
}

/**
 * Rows of several inputs meet. The days of two inputs with clocks must be equated, directly or through
 * a chain of equalities; an undated column that equals a day is that day.
 */
function join(node: u32): void {
  const count = field(node, SafetyNode.Children);
  let dated: u32 = 0;
  let first: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const input = child(node, i);
    if (!isDated(input)) continue;
    if (dated++ == 0) first = input;
  }
  if (dated == 0) return;
  date(node);
  copySet(node, first);
  // Closure over the equalities: an input joins when one of its day columns equals a column of the set.
  let joined: u32 = 1;
  let grown = true;
  while (grown) {
    grown = spreadEqualities(node);
    for (let i: u32 = 0; i < count; i++) {
      const input = child(node, i);
      if (!isDated(input) || subset(input, node) || !meets(input, node)) continue;
      addSet(node, input);
      grown = true;
    }
  }
  for (let i: u32 = 0; i < count; i++) {
    const input = child(node, i);
    if (isDated(input) && input != first && meets(input, node)) joined++;
  }
  if (joined < dated) refuse(SafetyFault.Join, node);
}

/**
 * Left, semi and anti join: rows of the first input, kept whether or not a row of the second matches.
 * Non-match depends on the same equality as match does.
 */
function preserve(node: u32): void {
  const left = child(node, 0);
  const right = child(node, 1);
  if (isDated(left)) {
    date(node);
    copySet(node, left);
  }
  if (!isDated(right)) return;
  const wasDated = isDated(left);
  date(node);
  const count = field(node, SafetyNode.Pairs);
  for (let i: u32 = 0; i < count; i++) {
    const a = pair(node, i, 0);
    const b = pair(node, i, 1);
    if (carriesDay(right, b) && equates(node, left, wasDated, a)) return;
    if (carriesDay(right, a) && equates(node, left, wasDated, b)) return;
  }
  refuse(wasDated ? SafetyFault.Join : SafetyFault.Padded, node);
}

/**
 * True if `expr` of the preserved side ties its rows to one partition. A side without a clock takes its
 * day from this one equality: two of them need not agree on an unmatched row.
 */
function equates(node: u32, left: u32, wasDated: bool, expr: u32): bool {
  if (wasDated) return carriesDay(left, expr);
  if (!isColumn(expr)) return false;
  put(node, columnOf(expr));
  return true;
}

/** Rows meet only within equal keys: one of the keys must be the day. Only the definitions are shown. */
function keyed(node: u32, otherwise: SafetyFault): void {
  const input = child(node, 0);
  if (!isDated(input)) return;
  date(node);
  defineDays(node, input);
  if (isEmpty(node)) refuse(otherwise, node);
}

/** A window function reads the rows of its partition: the day must be among the partition's keys. */
function partitioned(node: u32): void {
  const input = child(node, 0);
  if (!isDated(input)) return;
  date(node);
  copySet(node, input);
  const count = field(node, SafetyNode.Defs);
  for (let i: u32 = 0; i < count; i++) if (carriesDay(input, definition(node, i, 1))) return;
  refuse(SafetyFault.Window, node);
}

/**
 * Set operations compare whole rows, so they factor by any column; that column must be the day in every
 * branch with a clock. With an undated branch two such columns need not agree on a day: one is kept.
 */
function compared(node: u32): void {
  const branches = field(node, SafetyNode.Children);
  if (!anyDated(node)) return;
  date(node);
  let undated = false;
  for (let b: u32 = 0; b < branches; b++) if (!isDated(child(node, b))) undated = true;
  const width = field(node, SafetyNode.Defs) / max<u32>(branches, 1);
  for (let i: u32 = 0; i < width; i++) {
    let all = true;
    for (let b: u32 = 0; b < branches; b++) {
      const branch = child(node, b);
      if (isDated(branch) && !carriesDay(branch, definition(node, b * width + i, 1))) all = false;
    }
    if (!all) continue;
    put(node, definition(node, i, 0));
    if (undated) return;
  }
  if (isEmpty(node)) refuse(SafetyFault.Set, node);
}

function readsClockInSubquery(node: u32): bool {
  const count = field(node, SafetyNode.Subs);
  const start = field(node, SafetyNode.Sub);
  for (let i: u32 = 0; i < count; i++) if (isDated(listed(start + i))) return true;
  return false;
}

/** Puts the definitions of `node` that are days of `input` into its set. */
function defineDays(node: u32, input: u32): void {
  const count = field(node, SafetyNode.Defs);
  for (let i: u32 = 0; i < count; i++) {
    if (carriesDay(input, definition(node, i, 1))) put(node, definition(node, i, 0));
  }
}

/** Columns equal to a day are days; true if the set grew. */
function spreadEqualities(node: u32): bool {
  const count = field(node, SafetyNode.Pairs);
  let grown = false;
  for (let i: u32 = 0; i < count; i++) {
    const a = pair(node, i, 0);
    const b = pair(node, i, 1);
    if (carriesDay(node, a)) grown = putUnder(node, b) || grown;
    if (carriesDay(node, b)) grown = putUnder(node, a) || grown;
  }
  return grown;
}

/** `expr` is known to lie in the day; so does the column below it, if its value keeps the day. */
function putUnder(node: u32, expr: u32): bool {
  let at = expr;
  while (keepsPartition(at)) at = exprField(at, SafetyExprWord.A);
  if (!isColumn(at) || has(node, columnOf(at))) return false;
  put(node, columnOf(at));
  return true;
}

/** True if the value of `expr` lies in the same partition as a day column of `node`. */
function carriesDay(node: u32, expr: u32): bool {
  let at = expr;
  while (keepsPartition(at)) at = exprField(at, SafetyExprWord.A);
  return isColumn(at) && has(node, columnOf(at));
}

/** True if `expr` lies in the same partition of the grain as its argument. */
function keepsPartition(expr: u32): bool {
  switch (exprField(expr, SafetyExprWord.Op)) {
    case SafetyExpr.Truncate:
      return refinesGrain(exprField(expr, SafetyExprWord.B));
    case SafetyExpr.CastDate:
      return grain != SafetyUnit.Hour;
    case SafetyExpr.SameInstant:
      return true;
    default:
      return false;
  }
}

/** Weeks straddle months, so a week refines no grain that is not itself a week. */
function refinesGrain(unit: u32): bool {
  return unit != SafetyUnit.Week && unit <= grain;
}

// ------------------------------------------------------------------------------- words and sets

function word(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

function field(node: u32, index: u32): u32 {
  return word(nodes, node * SafetyNode.Words + index);
}

function exprField(expr: u32, index: u32): u32 {
  return word(exprs, expr * SafetyExprWord.Words + index);
}

function listed(index: u32): u32 {
  return word(lists, index);
}

function child(node: u32, i: u32): u32 {
  return listed(field(node, SafetyNode.Child) + i);
}

function definition(node: u32, i: u32, side: u32): u32 {
  return listed(field(node, SafetyNode.Def) + (i << 1) + side);
}

function pair(node: u32, i: u32, side: u32): u32 {
  return listed(field(node, SafetyNode.Pair) + (i << 1) + side);
}

function isColumn(expr: u32): bool {
  return exprField(expr, SafetyExprWord.Op) == SafetyExpr.Column;
}

function columnOf(expr: u32): u32 {
  return exprField(expr, SafetyExprWord.A);
}

function isDated(node: u32): bool {
  return word(marks, node) != 0;
}

function date(node: u32): void {
  store<u32>(marks + ((<usize>node) << 2), 1);
}

function anyDated(node: u32): bool {
  const count = field(node, SafetyNode.Children);
  for (let i: u32 = 0; i < count; i++) if (isDated(child(node, i))) return true;
  return false;
}

function setOf(node: u32): usize {
  return sets + ((<usize>node * setWords) << 2);
}

function has(node: u32, column: u32): bool {
  return ((load<u32>(setOf(node) + ((<usize>(column >> 5)) << 2)) >> (column & 31)) & 1) != 0;
}

function put(node: u32, column: u32): void {
  const at = setOf(node) + ((<usize>(column >> 5)) << 2);
  store<u32>(at, load<u32>(at) | (1 << (column & 31)));
}

function copySet(to: u32, from: u32): void {
  memory.copy(setOf(to), setOf(from), (<usize>setWords) << 2);
}

function addSet(to: u32, from: u32): void {
  for (let i: u32 = 0; i < setWords; i++) {
    const at = setOf(to) + ((<usize>i) << 2);
    store<u32>(at, load<u32>(at) | word(setOf(from), i));
  }
}

function isEmpty(node: u32): bool {
  for (let i: u32 = 0; i < setWords; i++) if (word(setOf(node), i) != 0) return false;
  return true;
}

function meets(a: u32, b: u32): bool {
  for (let i: u32 = 0; i < setWords; i++)
    if ((word(setOf(a), i) & word(setOf(b), i)) != 0) return true;
  return false;
}

function subset(a: u32, b: u32): bool {
  for (let i: u32 = 0; i < setWords; i++)
    if ((word(setOf(a), i) & ~word(setOf(b), i)) != 0) return false;
  return true;
}

/** Keeps the first fault: children come before parents, so it is the innermost. */
function refuse(reason: SafetyFault, node: u32): void {
  if (fault != SafetyFault.None) return;
  fault = reason;
  faultNode = node;
}
