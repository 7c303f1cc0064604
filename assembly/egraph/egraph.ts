// The e-graph: nodes, classes, the hash-cons, unions and their repair (egg: Willsey et al., POPL 2021).
//
//   a row is a node; its number is also that of the class it was born in
//
//   region      word a row           content
//   OP          u32                  operator
//   AT          u32                  where its children begin in KIDS and in FIRST
//   LEN         u32                  how many they are now
//   FIRST_LEN   u32                  how many it was made with
//   LEADER      u32                  union-find parent
//   MEMBER      u32                  next row of the same class, a ring
//   PARENTS     u32                  last cell of the class's ring of parents, 0 for none
//   DATA        u32                  the class's facts: an address in the arena, 0 for none
//   MAKER       u32                  the log record that made the row, 0 for the host
//   CHANGED     u32                  the clock of facts when the class's last changed
//   TOUCHED     u32                  the round in which something at or below the row last changed, and how far below
//   CARRIED     u32                  the same of a class whose change was carried up
//   FLAGS       u8                   DEAD: congruent to an older row
//   OP_NEXT     u32                  next row with the same operator, 0 ends
//
//   KIDS   u32 a child               children as they are now (class leaders after rebuild)
//   FIRST  u32 a child               children as they were written: classes are rows, so terms
//   CELLS  2 u32 a child             (row, next cell): who has this class as a child
//   NEWS   u32                       classes that changed since the round began: new rows, unions, facts
//   SLOTS  u32                       hash table of rows, open addressing; 0 is empty
//
// Row 0 is never used, so that 0 can mean none. Everything is in the order of arrays: no result depends
// on addresses or hashes.

import { reserve } from "../memory/regions";
import { makeFacts, mergeFacts } from "./facts";
import { logUnion } from "./log";

export const MAX_ROWS: u32 = 1 << 20;
const MAX_KIDS: u32 = 1 << 23;
const MAX_OPS: u32 = 1 << 18;
const MAX_NEWS: u32 = 1 << 22;
const DEAD: u8 = 1;
/** What the log says of a union that no rule made: rows with equal children, or the host's word. */
const CONGRUENCE: u32 = 0xffffffff;
const GIVEN: u32 = 0xfffffffe;

/** What an operator's children are. */
export const enum Order {
  Fixed = 0,
  Set = 1,
  Multiset = 2,
}

let OP: usize = 0;
let AT: usize = 0;
let LEN: usize = 0;
let FIRST_LEN: usize = 0;
let LEADER: usize = 0;
let MEMBER: usize = 0;
let PARENTS: usize = 0;
let DATA: usize = 0;
let MAKER: usize = 0;
let CHANGED: usize = 0;
let TOUCHED: usize = 0;
let CARRIED: usize = 0;
let NEWS: usize = 0;
let FLAGS: usize = 0;
let OP_NEXT: usize = 0;
let KIDS: usize = 0;
let FIRST: usize = 0;
let CELLS: usize = 0;
let SLOTS: usize = 0;
let OP_HEAD: usize = 0;
let OP_ORDER: usize = 0;
let OP_KIND: usize = 0;
let OP_PAYLOAD: usize = 0;
let DIRTY: usize = 0; // classes whose parents must be looked at again
let STALE: usize = 0; // classes whose facts changed
let SCRATCH: usize = 0; // children of the node that is being made
let WRITTEN: usize = 0; // the same before they became classes
let UNLOGGED: usize = 0; // pairs of a dead row and what it is equal to

let rowCount: u32 = 1;
let kidCount: u32 = 0;
let cellCount: u32 = 1;
let slotMask: u32 = 0;
let slotsUsed: u32 = 0;
let dirtyCount: u32 = 0;
let staleCount: u32 = 0;
let liveCount: u32 = 0;
let classCount: u32 = 0;
let opCount: u32 = 0;
let maker: u32 = 0;
let lastRow: u32 = 0;
let factClock: u32 = 1;
let unloggedCount: u32 = 0;
let newsCount: u32 = 0;
let round: u32 = 1;
let isAllTouched: bool = true;

/** Reserves the regions at first use, and empties the graph. */
export function clear(): void {
  if (OP == 0) reserveAll();
  memory.fill(OP_HEAD, 0, (<usize>opCount) << 2);
  memory.fill(FLAGS, 0, rowCount);
  slotMask = 255;
  memory.fill(SLOTS, 0, 256 << 2);
  rowCount = 1;
  kidCount = 0;
  cellCount = 1;
  slotsUsed = 0;
  dirtyCount = 0;
  staleCount = 0;
  liveCount = 0;
  classCount = 0;
  opCount = 0;
  maker = 0;
  factClock = 1;
  unloggedCount = 0;
  newsCount = 0;
  round = 1;
  isAllTouched = true;
}

function reserveAll(): void {
  const perRow: usize = (<usize>MAX_ROWS) << 2;
  OP = reserve(perRow);
  AT = reserve(perRow);
  LEN = reserve(perRow);
  FIRST_LEN = reserve(perRow);
  LEADER = reserve(perRow);
  MEMBER = reserve(perRow);
  PARENTS = reserve(perRow);
  DATA = reserve(perRow);
  MAKER = reserve(perRow);
  CHANGED = reserve(perRow);
  TOUCHED = reserve(perRow);
  CARRIED = reserve(perRow);
  NEWS = reserve((<usize>MAX_NEWS) << 2);
  FLAGS = reserve(MAX_ROWS);
  OP_NEXT = reserve(perRow);
  KIDS = reserve((<usize>MAX_KIDS) << 2);
  FIRST = reserve((<usize>MAX_KIDS) << 2);
  CELLS = reserve((<usize>MAX_KIDS) << 3);
  SLOTS = reserve((<usize>MAX_ROWS) << 3);
  OP_HEAD = reserve((<usize>MAX_OPS) << 2);
  OP_ORDER = reserve((<usize>MAX_OPS) << 2);
  OP_KIND = reserve((<usize>MAX_OPS) << 2);
  OP_PAYLOAD = reserve((<usize>MAX_OPS) << 2);
  DIRTY = reserve(perRow);
  STALE = reserve(perRow);
  SCRATCH = reserve(1 << 20);
  WRITTEN = reserve(1 << 20);
  UNLOGGED = reserve(1 << 12);
}

// ------------------------------------------------------------------------------------ operators

/** Declares the next operator: how its children are ordered, and two words for the analysis. */
export function defineOp(order: u32, kind: u32, payload: u32): u32 {
  const op = opCount++;
  store<u32>(OP_HEAD + ((<usize>op) << 2), 0);
  store<u32>(OP_ORDER + ((<usize>op) << 2), order);
  store<u32>(OP_KIND + ((<usize>op) << 2), kind);
  store<u32>(OP_PAYLOAD + ((<usize>op) << 2), payload);
  return op;
}

export function opKind(op: u32): u32 {
  return word(OP_KIND, op);
}

export function opPayload(op: u32): u32 {
  return word(OP_PAYLOAD, op);
}

export function opOrder(op: u32): u32 {
  return word(OP_ORDER, op);
}

// ---------------------------------------------------------------------------------------- reading

export function rows(): u32 {
  return rowCount;
}

export function liveNodes(): u32 {
  return liveCount;
}

export function classes(): u32 {
  return classCount;
}

export function bytesUsed(): u32 {
  return rowCount * 41 + kidCount * 16 + ((slotMask + 1) << 2);
}

export function opOf(row: u32): u32 {
  return word(OP, row);
}

export function arityOf(row: u32): u32 {
  return word(LEN, row);
}

/** Child `i` as a class leader. */
export function childOf(row: u32, i: u32): u32 {
  return find(word(KIDS, word(AT, row) + i));
}

export function firstArityOf(row: u32): u32 {
  return word(FIRST_LEN, row);
}

/** Child `i` as it was first written: a row, itself as it was written where children have an order. */
export function firstChildOf(row: u32, i: u32): u32 {
  return word(FIRST, word(AT, row) + i);
}

export function isLive(row: u32): bool {
  return (load<u8>(FLAGS + row) & DEAD) == 0;
}

export function makerOf(row: u32): u32 {
  return word(MAKER, row);
}

export function dataOf(cls: u32): u32 {
  return word(DATA, cls);
}

/** A row of the class: where the ring of its rows begins. */
export function firstNode(cls: u32): u32 {
  return find(cls);
}

/** The next row of the class of `row`, a ring; dead rows are in it. */
export function nextNode(row: u32): u32 {
  return word(MEMBER, row);
}

/** The newest row with this operator; 0 if there is none. */
export function newestOf(op: u32): u32 {
  return word(OP_HEAD, op);
}

/** The row with the same operator made before; 0 ends. */
export function olderOf(row: u32): u32 {
  return word(OP_NEXT, row);
}

/** The leader of a class, with path halving. */
export function find(row: u32): u32 {
  let at = row;
  let up = word(LEADER, at);
  while (up != at) {
    const over = word(LEADER, up);
    store<u32>(LEADER + ((<usize>at) << 2), over);
    at = over;
    up = word(LEADER, at);
  }
  return at;
}

// ---------------------------------------------------------------------------------------- adding

/** Rows made from now on say that this log record made them. */
export function setMaker(record: u32): void {
  maker = record;
}

/** Where the host, and the matcher, write the children of the next node. */
export function scratch(): usize {
  return SCRATCH;
}

/**
 * The class of the node with `len` children at SCRATCH, made if it is new. 0 where a region is full.
 */
export function add(op: u32, len: u32): u32 {
  memory.copy(WRITTEN, SCRATCH, (<usize>len) << 2);
  const count = order(op, SCRATCH, len);
  const found = lookup(op, SCRATCH, count);
  if (found != 0) {
    lastRow = found;
    return find(found);
  }
  if (rowCount >= MAX_ROWS || kidCount + len >= MAX_KIDS) return 0;

  const row = rowCount++;
  lastRow = row;
  // Without an order the sorted classes: equal lists are then written alike.
  fillRow(row, op, word(OP_ORDER, op) == Order.Fixed ? WRITTEN : SCRATCH, count);
  put(LEADER, row, row);
  put(MEMBER, row, row);
  put(OP_NEXT, row, word(OP_HEAD, op));
  put(OP_HEAD, op, row);
  for (let i: u32 = 0; i < count; i++) addParent(load<u32>(SCRATCH + ((<usize>i) << 2)), row);
  insert(row);
  liveCount++;
  classCount++;
  store<u32>(DATA + ((<usize>row) << 2), makeFacts(row));
  put(CHANGED, row, factClock);
  put(TOUCHED, row, stamp(round + 1, 0));
  put(CARRIED, row, 0);
  tell(row);
  return row;
}

/** Writes a row's own words; its children are at SCRATCH, and at `written` as they were given. */
function fillRow(row: u32, op: u32, written: usize, count: u32): void {
  const bytes: usize = (<usize>count) << 2;
  put(OP, row, op);
  put(AT, row, kidCount);
  put(LEN, row, count);
  put(FIRST_LEN, row, count);
  put(PARENTS, row, 0);
  put(MAKER, row, maker);
  memory.copy(KIDS + ((<usize>kidCount) << 2), SCRATCH, bytes);
  memory.copy(FIRST + ((<usize>kidCount) << 2), written, bytes);
  kidCount += count;
}

/**
 * The node with `len` children at SCRATCH, which is in the graph, as it is written there: the row itself, or a
 * row that is dead from the start and only says, with the log, what was written.
 */
export function writtenRow(op: u32, len: u32): u32 {
  memory.copy(WRITTEN, SCRATCH, (<usize>len) << 2);
  const count = order(op, SCRATCH, len);
  const found = lookup(op, SCRATCH, count);
  const written = word(OP_ORDER, op) == Order.Fixed ? WRITTEN : SCRATCH;
  if (found == 0 || isWritten(found, written, count)) return found;
  if (rowCount >= MAX_ROWS || kidCount + len >= MAX_KIDS) return found;

  const row = rowCount++;
  fillRow(row, op, written, count);
  store<u8>(FLAGS + row, DEAD);
  put(UNLOGGED, 2 * unloggedCount, row);
  put(UNLOGGED, 2 * unloggedCount++ + 1, found);
  put(LEADER, row, find(found));
  put(MEMBER, row, word(MEMBER, found));
  put(MEMBER, found, row);
  put(OP_NEXT, row, 0);
  put(DATA, row, 0);
  return row;
}

/** Says in the log what the rows that are dead from the start are equal to. */
export function logWrittenRows(): void {
  for (let i: u32 = 0; i < unloggedCount; i++)
    logUnion(CONGRUENCE, word(UNLOGGED, 2 * i), word(UNLOGGED, 2 * i + 1));
  unloggedCount = 0;
}

/** Whether a row was first written over these children. */
function isWritten(row: u32, children: usize, count: u32): bool {
  if (word(FIRST_LEN, row) != count) return false;
  return memory.compare(FIRST + ((<usize>word(AT, row)) << 2), children, (<usize>count) << 2) == 0;
}

/** The row that the last call of `add` made or found. */
export function addedRow(): u32 {
  return lastRow;
}

/** Canonical children, sorted where order does not count, without repeats in a set; gives their number. */
function order(op: u32, kids: usize, len: u32): u32 {
  for (let i: u32 = 0; i < len; i++) {
    const at = kids + ((<usize>i) << 2);
    store<u32>(at, find(load<u32>(at)));
  }
  const kind = word(OP_ORDER, op);
  if (kind == Order.Fixed) return len;
  sort(kids, len);
  return kind == Order.Set ? unique(kids, len) : len;
}

/** Insertion sort: children are few and mostly sorted already. */
function sort(kids: usize, len: u32): void {
  for (let i: u32 = 1; i < len; i++) {
    const value = load<u32>(kids + ((<usize>i) << 2));
    let j = i;
    while (j > 0 && load<u32>(kids + ((<usize>(j - 1)) << 2)) > value) {
      store<u32>(kids + ((<usize>j) << 2), load<u32>(kids + ((<usize>(j - 1)) << 2)));
      j--;
    }
    store<u32>(kids + ((<usize>j) << 2), value);
  }
}

function unique(kids: usize, len: u32): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const value = load<u32>(kids + ((<usize>i) << 2));
    if (kept > 0 && load<u32>(kids + ((<usize>(kept - 1)) << 2)) == value) continue;
    store<u32>(kids + ((<usize>kept) << 2), value);
    kept++;
  }
  return kept;
}

function addParent(cls: u32, row: u32): void {
  const cell = cellCount++;
  const at = CELLS + ((<usize>cell) << 3);
  store<u32>(at, row);
  const last = word(PARENTS, cls);
  if (last == 0) store<u32>(at + 4, cell);
  else {
    const lastAt = CELLS + ((<usize>last) << 3);
    store<u32>(at + 4, load<u32>(lastAt + 4));
    store<u32>(lastAt + 4, cell);
  }
  store<u32>(PARENTS + ((<usize>cls) << 2), cell);
}

// ------------------------------------------------------------------------------------- hash-cons

function hash(op: u32, kids: usize, len: u32): u32 {
  let h: u32 = op * 0x9e3779b1;
  for (let i: u32 = 0; i < len; i++)
    h = rotl(h ^ load<u32>(kids + ((<usize>i) << 2)), 5) * 0x9e3779b1;
  return h ^ (h >> 15); // fold the high bits down: the mask keeps only the low ones
}

/** The live row with this operator and these canonical children; 0 if there is none. */
export function lookup(op: u32, kids: usize, len: u32): u32 {
  let i = hash(op, kids, len);
  while (true) {
    const row = word(SLOTS, i & slotMask);
    if (row == 0) return 0;
    if (isLive(row) && same(row, op, kids, len)) return row;
    i++;
  }
}

function same(row: u32, op: u32, kids: usize, len: u32): bool {
  if (word(OP, row) != op || word(LEN, row) != len) return false;
  return memory.compare(KIDS + ((<usize>word(AT, row)) << 2), kids, (<usize>len) << 2) == 0;
}

/** A row whose children change gets a new slot; the old one stays behind until the table grows. */
function insert(row: u32): void {
  if ((slotsUsed + 1) << 1 > slotMask) grow();
  let i = hash(word(OP, row), KIDS + ((<usize>word(AT, row)) << 2), word(LEN, row));
  while (word(SLOTS, i & slotMask) != 0) i++;
  store<u32>(SLOTS + ((<usize>(i & slotMask)) << 2), row);
  slotsUsed++;
}

function grow(): void {
  if (slotMask < MAX_ROWS - 1) slotMask = (slotMask << 1) | 1;
  memory.fill(SLOTS, 0, (<usize>(slotMask + 1)) << 2);
  slotsUsed = 0;
  for (let row: u32 = 1; row < rowCount; row++) {
    if (!isLive(row)) continue;
    let i = hash(word(OP, row), KIDS + ((<usize>word(AT, row)) << 2), word(LEN, row));
    while (word(SLOTS, i & slotMask) != 0) i++;
    store<u32>(SLOTS + ((<usize>(i & slotMask)) << 2), row);
    slotsUsed++;
  }
}

// -------------------------------------------------------------------------- unions and their repair

/** Makes two classes one; the older stays the leader. False if they were one already. */
export function union(a: u32, b: u32): bool {
  let keep = find(a);
  let lose = find(b);
  if (keep == lose) return false;
  if (lose < keep) {
    const swap = keep;
    keep = lose;
    lose = swap;
  }
  store<u32>(LEADER + ((<usize>lose) << 2), keep);
  swapWords(MEMBER + ((<usize>keep) << 2), MEMBER + ((<usize>lose) << 2));
  joinParents(keep, lose);
  classCount--;
  put(DIRTY, dirtyCount++, keep);
  tell(keep);
  const merged = mergeFacts(dataOf(keep), dataOf(lose));
  if (merged != dataOf(keep) || merged != dataOf(lose)) {
    learn(keep, merged);
  }
  return true;
}

/** A class's facts change: what stands above it must look again. */
function learn(cls: u32, facts: u32): void {
  put(DATA, cls, facts);
  put(CHANGED, cls, ++factClock);
  put(STALE, staleCount++, cls);
  tell(cls);
}

/** Ticks whenever the facts of a class change. */
export function clockOfFacts(): u32 {
  return factClock;
}

/** When the facts of a class last changed. */
export function changedAt(cls: u32): u32 {
  return word(CHANGED, cls);
}

function joinParents(keep: u32, lose: u32): void {
  const a = word(PARENTS, keep);
  const b = word(PARENTS, lose);
  if (a == 0) store<u32>(PARENTS + ((<usize>keep) << 2), b);
  else if (b != 0) swapWords(CELLS + ((<usize>a) << 3) + 4, CELLS + ((<usize>b) << 3) + 4);
}

function swapWords(a: usize, b: usize): void {
  const value = load<u32>(a);
  store<u32>(a, load<u32>(b));
  store<u32>(b, value);
}

/** A union on the host's word. */
export function unite(a: u32, b: u32): bool {
  if (find(a) == find(b)) return false;
  logUnion(GIVEN, a, b);
  return union(a, b);
}

/** Restores congruence and brings the facts to their fixpoint. */
export function rebuild(): void {
  while (dirtyCount > 0 || staleCount > 0) {
    while (dirtyCount > 0) repair(find(word(DIRTY, --dirtyCount)));
    while (staleCount > 0 && dirtyCount == 0) refresh(find(word(STALE, --staleCount)));
  }
}

function repair(cls: u32): void {
  const last = word(PARENTS, cls);
  if (last == 0) return;
  let cell = last;
  do {
    const at = CELLS + ((<usize>cell) << 3);
    repairRow(load<u32>(at));
    cell = load<u32>(at + 4);
  } while (cell != last);
}

/** Brings the children of a row up to date; a row that became equal to another dies for it. */
function repairRow(row: u32): void {
  if (!isLive(row)) return;
  const kids = KIDS + ((<usize>word(AT, row)) << 2);
  const len = word(LEN, row);
  let changed = false;
  for (let i: u32 = 0; i < len; i++) {
    const child = load<u32>(kids + ((<usize>i) << 2));
    if (find(child) != child) changed = true;
  }
  if (!changed) return;
  const count = order(word(OP, row), kids, len);
  store<u32>(LEN + ((<usize>row) << 2), count);
  const other = lookupOther(row, kids, count);
  if (other != 0) {
    const older = min(row, other);
    const younger = max(row, other);
    store<u8>(FLAGS + younger, load<u8>(FLAGS + younger) | DEAD);
    liveCount--;
    if (older == row) insert(row);
    if (find(row) != find(other)) logUnion(CONGRUENCE, row, other);
    union(row, other);
    return;
  }
  insert(row);
  const cls = find(row);
  const facts = mergeFacts(dataOf(cls), makeFacts(row));
  if (facts != dataOf(cls)) {
    learn(cls, facts);
  }
}

function lookupOther(row: u32, kids: usize, len: u32): u32 {
  const op = word(OP, row);
  let i = hash(op, kids, len);
  while (true) {
    const found = word(SLOTS, i & slotMask);
    if (found == 0) return 0;
    if (found != row && isLive(found) && same(found, op, kids, len)) return found;
    i++;
  }
}

/** Facts of what stands above a class whose own changed. */
function refresh(cls: u32): void {
  const last = word(PARENTS, cls);
  if (last == 0) return;
  let cell = last;
  do {
    const at = CELLS + ((<usize>cell) << 3);
    const row = load<u32>(at);
    if (isLive(row)) {
      const owner = find(row);
      const facts = mergeFacts(dataOf(owner), makeFacts(row));
      if (facts != dataOf(owner)) {
        learn(owner, facts);
      }
    }
    cell = load<u32>(at + 4);
  } while (cell != last);
}

// ------------------------------------------------------------------------------------------- rounds

/** A class has changed in a way that a pattern could see. */
function tell(cls: u32): void {
  if (newsCount == MAX_NEWS) isAllTouched = true;
  else put(NEWS, newsCount++, cls);
}

/** The next round looks at all rows. */
export function touchAll(): void {
  isAllTouched = true;
}

/**
 * Begins a round: touches the rows above what changed in the last one, up to `levels`. A pattern that looks no
 * further down than the change would match all others as before. New rows are touched already.
 */
export function beginRound(levels: u32): void {
  round++;
  const count = newsCount;
  newsCount = 0;
  if (isAllTouched)
    for (let row: u32 = 1; row < rowCount; row++) put(TOUCHED, row, stamp(round, 0));
  else for (let i: u32 = 0; i < count; i++) carryUp(find(word(NEWS, i)), 1, levels);
  isAllTouched = false;
}

/** Later rounds have larger stamps, and in one round smaller distances. */
function stamp(at: u32, distance: u32): u32 {
  return (at << 4) | (15 - min(distance, 15));
}

function carryUp(cls: u32, distance: u32, levels: u32): void {
  const now = stamp(round, distance);
  if (word(CARRIED, cls) >= now) return;
  put(CARRIED, cls, now);
  const last = word(PARENTS, cls);
  if (last == 0 || distance > levels) return;
  let cell = last;
  do {
    const at = CELLS + ((<usize>cell) << 3);
    const row = load<u32>(at);
    if (word(TOUCHED, row) < now) put(TOUCHED, row, now);
    carryUp(find(row), distance + 1, levels);
    cell = load<u32>(at + 4);
  } while (cell != last);
}

/** Whether something changed at a row or up to `levels` below it. */
export function isTouched(row: u32, levels: u32): bool {
  return word(TOUCHED, row) >= stamp(round, levels);
}

function word(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

function put(base: usize, index: u32, value: u32): void {
  store<u32>(base + ((<usize>index) << 2), value);
}
