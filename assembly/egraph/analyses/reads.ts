// Which analyses read which: of the children of a row (`make`), and of the same class (`infer`).

import { Analysis, analysisAt, analysisCount, MOST_ANALYSES } from "../columns";

/** By analysis, of those that are on: which are to be asked, of the rows above, when it knows more. */
const ABOVE: usize = memory.data(4 * 16, 16);

const CONSTANTS: u32 = 1 << Analysis.Constants;
const BOOLEANS: u32 = 1 << Analysis.Booleans;
const INTERVAL: u32 = 1 << Analysis.Interval;
const NULLABILITY: u32 = 1 << Analysis.Nullability;
const TYPE: u32 = 1 << Analysis.Type;

export function bit(analysis: u32): u32 {
  return (<u32>1) << analysis;
}

/** Beside itself. */
function readsBelow(analysis: u32): u32 {
  if (analysis == Analysis.Booleans) return INTERVAL | NULLABILITY;
  if (analysis == Analysis.Cardinality) return CONSTANTS | BOOLEANS | NULLABILITY;
  return analysis == Analysis.Nullability ? CONSTANTS | INTERVAL : 0;
}

/** Of the same class. */
export function readsHere(analysis: u32): u32 {
  switch (analysis) {
    case Analysis.Constants:
      return INTERVAL | NULLABILITY;
    case Analysis.Interval:
      return CONSTANTS | TYPE | INTERVAL;
    case Analysis.Nullability:
      return CONSTANTS | BOOLEANS;
    case Analysis.Type:
      return CONSTANTS | BOOLEANS | INTERVAL;
    default:
      return 0;
  }
}

/** Another analysis is on. */
export function chooseReaders(): void {
  for (let read: u32 = 0; read < MOST_ANALYSES; read++) {
    let above: u32 = bit(read);
    for (let i: u32 = 0; i < analysisCount; i++) {
      const reader = analysisAt(i);
      if ((readsBelow(reader) & bit(read)) != 0) above |= bit(reader);
    }
    store<u32>(ABOVE + ((<usize>read) << 2), above);
  }
}

/** The analyses that read, of children, one of these. */
export function readersAbove(analyses: u32): u32 {
  let readers: u32 = 0;
  for (let read: u32 = 0; read < MOST_ANALYSES; read++)
    if ((analyses & bit(read)) != 0) readers |= load<u32>(ABOVE + ((<usize>read) << 2));
  return readers;
}
