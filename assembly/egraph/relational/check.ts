// Whether words are facts of relations and scalars: those of a snapshot may be any.

import { check, isBlock, isBlockOf, isSet, sizeOf, wasChecked, wordAt } from "../../memory/blocks";
import { MAX_DEPENDENCIES, MAX_ENTRIES, MAX_KEYS } from "./lists";
import { RECORD_WORDS, RELATION, SCALAR, UNKNOWN } from "./records";

// What blocks are looked at as, beside sets: see `check`.
const AS_RECORD: u32 = 2;
const AS_PAIRS_OF_SETS: u32 = 3;
const AS_NOT_NULLS: u32 = 4;
const AS_DEPENDENCIES: u32 = 5;

/** Whether a word can be a fact: a record as records.ts draws it. */
export function isRecord(word: u32): bool {
  if (word == 0 || wasChecked(word, AS_RECORD)) return true;
  if (!isBlockOf(word, RECORD_WORDS)) return false;
  const kind = wordAt(word, 0);
  const holds = kind == RELATION ? isOfRelation(word) : isOfScalar(word, kind);
  return holds && check(word, AS_RECORD);
}

function isOfScalar(word: u32, kind: u32): bool {
  if (kind != SCALAR && kind != UNKNOWN) return false;
  return (
    isSet(wordAt(word, 1)) &&
    isSet(wordAt(word, 3)) &&
    isSet(wordAt(word, 4)) &&
    isSet(wordAt(word, 5)) &&
    isSet(wordAt(word, 8))
  );
}

function isOfRelation(word: u32): bool {
  return (
    isSet(wordAt(word, 1)) &&
    isSet(wordAt(word, 2)) &&
    isSet(wordAt(word, 4)) &&
    isSet(wordAt(word, 5)) &&
    isList(wordAt(word, 6), AS_NOT_NULLS, 2, <u32>MAX_ENTRIES, 1) &&
    isList(wordAt(word, 7), AS_PAIRS_OF_SETS, 2, MAX_KEYS, 0) &&
    isList(wordAt(word, 8), AS_DEPENDENCIES, 3, MAX_DEPENDENCIES, 0)
  );
}

/** Whether a block is a list of entries of so many words, which are sets from one of them on. */
function isList(block: u32, as: u32, words: u32, most: u32, firstSet: u32): bool {
  if (block == 0 || wasChecked(block, as)) return true;
  if (!isBlock(block)) return false;
  const size = sizeOf(block);
  if (size % words != 0 || size / words > most) return false;
  for (let i: u32 = 0; i < size; i++)
    if (i % words >= firstSet && !isSet(wordAt(block, i))) return false;
  return check(block, as);
}
