// The log: every union, in order, and why.
//
//   record, bytes   ┌──────────────────┬───┬───┬──────────────┬────────────┬─────────┬──────────────┬────────┐
//   append-only     │ rule 13 · more 1 │ n │ m │ w · clause   │ n matched… │ m made… │ w witnesses… │ left   │
//                   │ 2                │ 1 │ 1 │ 1 · 1 if more│ 3 each     │ 3 each  │ 4 each       │ 3      │
//                   └──────────────────┴───┴───┴──────────────┴────────────┴─────────┴──────────────┴────────┘
//   of two rows     │ why  13          │ left 3 │ right 3 │   where no rule was the cause
//   rule       a rule's number
//   why        0x1FFF where two rows had come to have equal children, 0x1FFE where the host said so, 0x1FFD where an
//              analysis did
//   matched    rows that a rule's left side matched, outermost first; what they are made equal to is `made`
//   made       rows of its right side, found or made, outermost first
//   witnesses  numbers of the declared facts that its guards rest on
//   clause     of a rule with clauses: which of its right side made this union, from 1 on; else 0, and there is no `left`
//   left       the oldest row of the class that the clause's variable stood for: the union's left end
// Record offsets start at 4, so that 0 means the host.
//
//   MAKER    u32 a row   the first record that speaks of it or a younger one: what made it, if a rule did. Read off the
//                        log, as far as it goes, once something asks for one

import { list, reserve } from "../memory/regions";
import { classCount } from "./egraph";
import { witnessCount, witnesses } from "./explain";
import { isFlagged, MADE, put, rowCount, word } from "./rows";
import { ruleCount } from "./rules";

export const CONGRUENCE: u32 = 0x1fff;
export const GIVEN: u32 = 0x1ffe;
export const FOLDED: u32 = 0x1ffd;
const MORE: u32 = 1 << 13;
/** Bytes of a row's number. */
const ROW: usize = 3;
const ROW_MASK: u32 = 0xffffff;
/** Bytes of a record that no rule is the cause of. */
export const PAIR: usize = 8;
const MOST: u32 = 255; // words of one kind in a record

let LOG: usize = 0;
let MAKER: usize = 0;
/** Rows before it have their maker. */
let makerRows: u32 = 1;
/** What the log says of makers was read up to here. */
let makersAt: usize = 4;
let capacity: usize = 0;
export let logBytes: usize = 4;
export let isLogging: bool = true;

export function reserveLog(rows: u32): void {
  capacity = (<usize>rows) << 6;
  LOG = reserve(capacity);
  MAKER = reserve((<usize>rows) << 2);
}

export function clearLog(): void {
  logBytes = 4;
  forgetMakers();
}

/** Without a log nothing can be explained. */
export function switchLogging(on: bool): void {
  isLogging = on;
}

export function logStart(): usize {
  return LOG;
}

/** Bytes in use; also the offset of the next record. */
export function logSize(): usize {
  return logBytes;
}

/**
 * False where the log has no room: then nothing may be added or united any more. What is kept free is for the record
 * at hand, and for the unions that a rebuild may make: no more than there are classes.
 */
export function hasRoom(): bool {
  return logBytes + 4096 + <usize>classCount * PAIR <= capacity;
}

/** A union that no rule made. */
export function logUnion(why: u32, left: u32, right: u32): void {
  if (!isLogging) return;
  const at = LOG + logBytes;
  store<u16>(at, <u16>why);
  store<u32>(at, left, 2);
  store<u32>(at, right, 2 + ROW); // its high byte is zero, and the next record's
  logBytes += PAIR;
}

/**
 * A union that a rule makes: `n` rows it matched and `m` that its right side is, at `matched` and `made`; where the
 * right side has clauses, which of them, from 1 on, and a row of the class that it is about.
 */
export function logApplication(
  rule: u32,
  matched: usize,
  n: u32,
  made: usize,
  m: u32,
  clause: u32 = 0,
  left: u32 = 0,
): void {
  if (!isLogging) return;
  const at = LOG + logBytes;
  const w = min<u32>(witnessCount(), MOST);
  const more = w != 0 || clause != 0;
  store<u32>(at, rule | (more ? MORE : 0) | (n << 16) | (m << 24));
  let end = at + 4;
  if (more) {
    store<u8>(end, <u8>w);
    store<u8>(end, <u8>clause, 1);
    end += 2;
  }
  end = appendRows(end, matched, n);
  end = appendRows(end, made, m);
  if (more) {
    memory.copy(end, witnesses(), (<usize>w) << 2);
    end += (<usize>w) << 2;
  }
  if (clause != 0) {
    store<u32>(end, left);
    end += ROW;
  }
  logBytes = end - LOG;
}

function appendRows(at: usize, rows: usize, count: u32): usize {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u32>(at, load<u32>(rows + (i << 2)));
    at += ROW;
  }
  return at;
}

// ----------------------------------------------------------------------------------------- reading

/** The record that says which rule made a row; 0 for the host, and where there is none. */
export function makerOf(row: u32): u32 {
  if (!isLogging || !isFlagged(row, MADE)) return 0;
  readMakers();
  return row < makerRows ? word(MAKER, row) : 0;
}

/** An application makes its rows, the top one last, and then its record. */
function readMakers(): void {
  while (makersAt < logBytes) {
    readRecord(LOG + makersAt);
    let youngest = hasLeft ? rowAt(recordEnd - ROW) : 0;
    for (let i: u32 = 0; i < recordCount; i++)
      youngest = max(youngest, rowAt(recordRows + <usize>i * ROW));
    for (; makerRows <= youngest; makerRows++) put(MAKER, makerRows, <u32>makersAt);
    makersAt = recordEnd - LOG;
  }
}

/** The log may be another: what was read off it is not kept. */
export function forgetMakers(): void {
  makerRows = 1;
  makersAt = 4;
}

export function bytesOfMakers(): usize {
  return (<usize>(makerRows - 1)) << 2;
}

/** Of the record that was read last: where its rows begin, how many they are, whether it ends with `left`, its end. */
let recordRows: usize = 0;
let recordCount: u32 = 0;
let hasLeft: bool = false;
let recordEnd: usize = 0;

function readRecord(at: usize): void {
  const head: u32 = load<u16>(at);
  const isPair = head < MORE && (head & (MORE - 1)) >= FOLDED;
  const more = !isPair && (head & MORE) != 0;
  const w: u32 = more ? load<u8>(at, 4) : 0;
  hasLeft = more && load<u8>(at, 5) != 0;
  recordCount = isPair ? 2 : <u32>load<u8>(at, 2) + <u32>load<u8>(at, 3);
  recordRows = at + (isPair ? 2 : more ? 6 : 4);
  recordEnd = recordRows + <usize>recordCount * ROW + ((<usize>w) << 2) + (hasLeft ? ROW : 0);
}

function rowAt(at: usize): u32 {
  return load<u32>(at) & ROW_MASK;
}

export function isLogInRange(): bool {
  return logBytes >= 4 && logBytes <= capacity;
}

/** Whether records follow one another to the end, of rules and rows that there are. */
export function isLogWhole(): bool {
  const end = LOG + logBytes;
  let at = LOG + 4;
  while (at < end) {
    if (at + PAIR > end || !isHead(at)) return false;
    readRecord(at);
    if (recordEnd > end) return false;
    for (let i: u32 = 0; i < recordCount; i++)
      if (!isRow(recordRows + <usize>i * ROW)) return false;
    if (hasLeft && !isRow(recordEnd - ROW)) return false;
    at = recordEnd;
  }
  return true;
}

/** Of two rows, or of a rule that there is and rows of both sides. */
function isHead(at: usize): bool {
  const head: u32 = load<u16>(at);
  const rule = head & (MORE - 1);
  if (head < MORE && rule >= FOLDED) return true;
  return rule < ruleCount && load<u8>(at, 2) != 0 && load<u8>(at, 3) != 0;
}

function isRow(at: usize): bool {
  const row = rowAt(at);
  return row != 0 && row < rowCount;
}

export function listLog(): void {
  list(LOG, logBytes);
}
