// The log: every union, in order, and why.
//
//   record, u32 words    ┌──────┬──────┬─────┬─────┬───┬────────┬───┬────────────┐
//   append-only          │ size │ rule │ lhs │ rhs │ r │ rows … │ w │ witnesses… │   lhs and rhs are rows
//                        └──────┴──────┴─────┴─────┴───┴────────┴───┴────────────┘
//   rule       a rule's number, 0xFFFFFFFF where two rows had come to have equal children, 0xFFFFFFFE where the
//              host said so
//   rows       that a rule's left side matched, outermost first
//   witnesses  numbers of the declared facts that its guards rest on
// Record offsets start at 4, so that 0 means the host.

import { reserve } from "../memory/regions";
import { witnessCount, witnesses } from "./explain";

/** What the log says of a union that no rule made: rows with equal children, or the host's word. */
export const CONGRUENCE: u32 = 0xffffffff;
export const GIVEN: u32 = 0xfffffffe;

const MAX_LOG_BYTES: usize = 1 << 27;
const LARGEST: usize = 1 << 16;

let log: usize = 0;
let logBytes: usize = 4;

export function clearLog(): void {
  if (log == 0) log = reserve(MAX_LOG_BYTES);
  logBytes = 4;
}

export function logStart(): usize {
  return log;
}

/** Bytes in use; also the offset of the next record. */
export function logSize(): usize {
  return logBytes;
}

/** False where the log has no room: then nothing may be united any more. */
export function hasRoom(): bool {
  return logBytes + 2 * LARGEST <= MAX_LOG_BYTES;
}

export function logUnion(why: u32, left: u32, right: u32): void {
  const at = log + logBytes;
  store<u32>(at, 24);
  store<u32>(at + 4, why);
  store<u32>(at + 8, left);
  store<u32>(at + 12, right);
  store<u32>(at + 16, 0);
  store<u32>(at + 20, 0);
  logBytes += 24;
}

/** A union that a rule makes: the rows it matched, and the witnesses of its guards. */
export function logApplication(rule: u32, left: u32, right: u32, rows: usize, rowCount: u32): void {
  const at = log + logBytes;
  store<u32>(at + 4, rule);
  store<u32>(at + 8, left);
  store<u32>(at + 12, right);
  store<u32>(at + 16, rowCount);
  memory.copy(at + 20, rows, (<usize>rowCount) << 2);
  const after = at + 20 + ((<usize>rowCount) << 2);
  const facts: usize = witnessCount();
  store<u32>(after, <u32>facts);
  memory.copy(after + 4, witnesses(), facts << 2);
  const size = after + 4 + (facts << 2) - at;
  store<u32>(at, <u32>size);
  logBytes += size;
}
