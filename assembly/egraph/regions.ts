// Where the regions lie that compiled rules read: addresses, the same in every instance of one capacity.

import { allocate } from "../memory/arena";
import { CLASS, CLS, JOINED, RECORDS, ROOTS } from "./frozen";
import { HOME, LEAF, SLOTS } from "./hashcons";
import { KIDS, LEADER, NODE, STAMP } from "./rows";

/** u32 words: NODE, LEADER, STAMP, SLOTS, LEAF, CLASS, RECORDS, ROOTS, CLS, JOINED, KIDS, HOME. */
export function regions(): usize {
  const words = allocate(48);
  store<u32>(words, <u32>NODE);
  store<u32>(words, <u32>LEADER, 4);
  store<u32>(words, <u32>STAMP, 8);
  store<u32>(words, <u32>SLOTS, 12);
  store<u32>(words, <u32>LEAF, 16);
  store<u32>(words, <u32>CLASS, 20);
  store<u32>(words, <u32>RECORDS, 24);
  store<u32>(words, <u32>ROOTS, 28);
  store<u32>(words, <u32>CLS, 32);
  store<u32>(words, <u32>JOINED, 36);
  store<u32>(words, <u32>KIDS, 40);
  store<u32>(words, <u32>HOME, 44);
  return words;
}
