// What a checked verb answers where it does not do what it is asked: REFUSED, and then `refusal` says why.

import { Fault } from "./fault";

/** No row, count or address is this. */
export const REFUSED: u32 = 0xffffffff;

let reason: u32 = Fault.None;
let word: u32 = 0;

export function refuse(why: Fault, what: u32): u32 {
  reason = why;
  word = what;
  return REFUSED;
}

/** Why the last call that was refused was: a Fault. Asked once. */
export function refusal(): u32 {
  const why = reason;
  reason = Fault.None;
  return why;
}

/** The argument, or address, that it complains of. */
export function refusedWord(): u32 {
  return word;
}

let busy: bool = false;

export function isBusy(): bool {
  return busy;
}

export function setBusy(on: bool): void {
  busy = on;
}
