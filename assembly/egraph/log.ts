// The log: every union, in order, and why.
//
//   record, u32 words   ┌──────────────────┬─────────────────────────────┬────────────┬─────────┬──────────────┬──────┐
//   append-only         │ rule 24 · n 8    │ m 8 · w 8 · clause 8 · –    │ n matched… │ m made… │ w witnesses… │ left │
//                       └──────────────────┴─────────────────────────────┴────────────┴─────────┴──────────────┴──────┘
//   rule       a rule's number, 0xFFFFFF where two rows had come to have equal children, 0xFFFFFE where the host
//              said so, 0xFFFFFD where an analysis did
//   matched    rows that a rule's left side matched, outermost first; what they are made equal to is `made`
//   made       rows of its right side, found or made, outermost first
//   witnesses  numbers of the declared facts that its guards rest on
//   clause     of a rule with clauses: which of its right side made this union, from 1 on; else 0, and there is no `left`
//   left       the oldest row of the class that the clause's variable stood for: the union's left end
// Record offsets start at 4, so that 0 means the host.

import { list, reserve } from "../memory/regions";
import { classCount } from "./egraph";
import { witnessCount, witnesses } from "./explain";
import { rowCount } from "./rows";
import { ruleCount } from "./rules";

export const CONGRUENCE: u32 = 0xffffff;
export const GIVEN: u32 = 0xfffffe;
export const FOLDED: u32 = 0xfffffd;
const MOST: u32 = 255; // words of one kind in a record

let LOG: usize = 0;
let capacity: usize = 0;
export let logBytes: usize = 4;
export let isLogging: bool = true;

export function reserveLog(rows: u32): void {
  capacity = (<usize>rows) << 6;
  LOG = reserve(capacity);
}

export function clearLog(): void {
  logBytes = 4;
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
  return logBytes + 4096 + ((<usize>classCount) << 4) <= capacity;
}

/** A union that no rule made. */
export function logUnion(why: u32, left: u32, right: u32): void {
  if (!isLogging) return;
  const at = LOG + logBytes;
  store<u32>(at, why | (1 << 24));
  store<u32>(at, 1, 4);
  store<u32>(at, left, 8);
  store<u32>(at, right, 12);
  logBytes += 16;
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
  store<u32>(at, rule | (n << 24));
  store<u32>(at, m | (w << 8) | (clause << 16), 4);
  let end = append(at + 8, matched, n);
  end = append(end, made, m);
  end = append(end, witnesses(), w);
  if (clause != 0) {
    store<u32>(end, left);
    end += 4;
  }
  logBytes = end - LOG;
}

function append(at: usize, words: usize, count: u32): usize {
  for (let i: usize = 0; i < <usize>count; i++)
    store<u32>(at + (i << 2), load<u32>(words + (i << 2)));
  return at + ((<usize>count) << 2);
}

export function isLogInRange(): bool {
  return logBytes >= 4 && logBytes <= capacity && (logBytes & 3) == 0;
}

/** Whether records follow one another to the end, of rules and rows that there are. */
export function isLogWhole(): bool {
  const end = LOG + logBytes;
  let at = LOG + 4;
  while (at < end) {
    if (at + 8 > end) return false;
    const first = load<u32>(at);
    const rule = first & 0xffffff;
    const n = first >> 24;
    const m = load<u32>(at, 4) & 0xff;
    const w = (load<u32>(at, 4) >> 8) & 0xff;
    const clause = (load<u32>(at, 4) >> 16) & 0xff;
    const words = at + 8;
    at = words + ((<usize>(n + m + w + <u32>(clause != 0))) << 2);
    if (at > end || n == 0 || m == 0 || (rule >= ruleCount && rule < FOLDED)) return false;
    for (let i: u32 = 0; i < n + m; i++) {
      const row = load<u32>(words + ((<usize>i) << 2));
      if (row == 0 || row >= rowCount) return false;
    }
    if (clause != 0 && (load<u32>(at - 4) == 0 || load<u32>(at - 4) >= rowCount)) return false;
  }
  return true;
}

export function listLog(): void {
  list(LOG, logBytes);
}
