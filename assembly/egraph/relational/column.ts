// The column of the relational analysis.

import { Analysis, kindOf, knownOf, payloadOf } from "../columns";

export function dataOf(cls: u32): u32 {
  return knownOf(Analysis.Relations, cls);
}

export function opKind(op: u32): u32 {
  return kindOf(Analysis.Relations, op);
}

export function opPayload(op: u32): u32 {
  return payloadOf(Analysis.Relations, op);
}
