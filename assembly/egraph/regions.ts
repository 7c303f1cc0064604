// Where the regions lie that compiled rules read: addresses, the same in every instance of one capacity.

import { allocate } from "../memory/arena";
import { CLASS, CLOCKS, CLS, RECORDS, ROOTS } from "./frozen";
import { HOME, LEAF, SLOTS } from "./hashcons";
import { KIDS, LEADER, NODE } from "./rows";

/** u32 words: NODE, LEADER, SLOTS, LEAF, CLASS, RECORDS, ROOTS, CLS, CLOCKS, KIDS, HOME. */
export function regions(): usize {
  const words = allocate(44);
  store<u32>(words, <u32>NODE);
  store<u32>(words, <u32>LEADER, 4);
  store<u32>(words, <u32>SLOTS, 8);
  store<u32>(words, <u32>LEAF, 12);
  store<u32>(words, <u32>CLASS, 16);
  store<u32>(words, <u32>RECORDS, 20);
  store<u32>(words, <u32>ROOTS, 24);
  store<u32>(words, <u32>CLS, 28);
  store<u32>(words, <u32>CLOCKS, 32);
  store<u32>(words, <u32>KIDS, 36);
  store<u32>(words, <u32>HOME, 40);
  return words;
}
