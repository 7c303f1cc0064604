// Matches of interpreted rules that a guard refused. No search finds one again before something at or below its rows has
// changed, and then in the next round; but a rule that comes earlier in a round may change what the guard asks. So they
// are kept, in the layout of the waiting matches of compiled.ts, and tried again when it is the rule's turn.
//
//   At.Waiting   the matches at rows that were not touched since the rule was last searched for
//   At.Vacant    blocks of others, to be used again

import { allocate } from "../memory/arena";
import { isTouched } from "./rounds";
import { headOf, UNSEARCHED } from "./rows";
import { At, ruleAt } from "./rules";

const HEAD: usize = 12;

/** Keeps a copy of a match. */
export function keepRefused(match: usize): void {
  const rule = ruleAt(load<u32>(match, 4));
  const size = <usize>load<u32>(match);
  let block: usize = load<u32>(rule, At.Vacant);
  if (block != 0 && <usize>load<u32>(block + HEAD) == size)
    store<u32>(rule, load<u32>(block), At.Vacant);
  else block = allocate(size + HEAD);
  store<u32>(block, load<u32>(rule, At.Waiting));
  store<u64>(block, 0, 4);
  memory.copy(block + HEAD, match, size);
  store<u32>(rule, <u32>block, At.Waiting);
}

/** Where the first of a rule's kept matches is linked; 0 ends. */
export function refusedOf(rule: u32): usize {
  return ruleAt(rule) + At.Waiting;
}

/** The match that is linked at a place. */
export function matchAt(link: usize): usize {
  return <usize>load<u32>(link) + HEAD;
}

/** The place behind it. */
export function nextLink(link: usize): usize {
  return load<u32>(link);
}

/** The match that is linked at a place is no longer kept: another one is linked there, or none. */
export function dropAt(link: usize, rule: u32): void {
  const block: usize = load<u32>(link);
  store<u32>(link, load<u32>(block));
  store<u32>(block, load<u32>(ruleAt(rule), At.Vacant));
  store<u32>(ruleAt(rule), <u32>block, At.Vacant);
}

/** Drops the matches that a search finds again, `depth` levels down at rows touched since a round, or no search any more. */
export function dropFound(rule: u32, depth: u32, since: u32): void {
  let link = refusedOf(rule);
  while (load<u32>(link) != 0) {
    const match = matchAt(link);
    if (isTouched(load<u32>(match, 16), depth, since) || isPassedOver(match)) dropAt(link, rule);
    else link = nextLink(link);
  }
}

function isPassedOver(match: usize): bool {
  const count = load<u32>(match, 8);
  for (let i: usize = 0; i < <usize>count; i++)
    if ((headOf(load<u32>(match + (i << 2), 16)) & UNSEARCHED) != 0) return true;
  return false;
}
