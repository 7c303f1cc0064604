// Rules as the host defines them.
//
//   rule, u32 words   ┌─────┬─────┬──────┬──────────┬──────────┬────────┬────┬────────┬───────┬──────┬───────┐
//   at RULES + 80 r   │ lhs │ rhs │ vars │ rests lo │ rests hi │ guards │ on │ search │ count │ root │ flags │
//                     ├─────┴─┬───┴──────┴─┬───────┬┴────────┬─┴───────┬┴────────┬┴────────┴───────┴──────┴───────┘
//                     │ times │ bannedUntil│ since │ waiting │ resting │ ruleset │ fruitful │ subsumes │ – │   see
//                     └───────┴────────────┴───────┴─────────┴─────────┴─────────┴──────────┴──────────┴───┘   schedule.ts,
//   subsumes          1: the row at the top of a match is subsumed once the match is applied                   iteration.ts
//   guards            ┌───┬───────┬──────┬────────────┬───┐
//   at an address     │ n │ guard │ argc │ variable … │ … │   bit 31 of a variable: a rest, all of it
//                     └───┴───────┴──────┴────────────┴───┘

import { list, reserve } from "../memory/regions";
import { At } from "./rule-words";

export { At } from "./rule-words";

export const MAX_RULES: u32 = 4096;
const RULE_BYTES: usize = <usize>At.End;

let RULES: usize = 0;
export let ruleCount: u32 = 0;
/** Whether one of them has guards. */
export let hasGuards: bool = false;

export function clearRuleTable(): void {
  if (RULES == 0) RULES = reserve(<usize>MAX_RULES * RULE_BYTES);
  ruleCount = 0;
  hasGuards = false;
}

/** What was searched and applied is forgotten, the first `count` rules are not. */
export function restartRules(count: u32): void {
  ruleCount = count;
  for (let rule: u32 = 0; rule < ruleCount; rule++) forgetTurns(ruleAt(rule));
}

function forgetTurns(at: usize): void {
  memory.fill(at + At.Times, 0, At.Ruleset - At.Times);
  store<u32>(at, 0, At.Fruitful);
}

export function defineRule(
  lhs: usize,
  rhs: usize,
  vars: u32,
  restsLow: u32,
  restsHigh: u32,
  guards: usize,
  ruleset: u32,
  subsumes: bool,
): u32 {
  const at = ruleAt(ruleCount);
  memory.fill(at, 0, RULE_BYTES);
  store<u32>(at, <u32>lhs, At.Left);
  store<u32>(at, <u32>rhs, At.Right);
  store<u32>(at, vars, At.Variables);
  store<u32>(at, restsLow, At.RestsLow);
  store<u32>(at, restsHigh, At.RestsHigh);
  store<u32>(at, <u32>guards, At.Guards);
  store<u32>(at, ruleset, At.Ruleset);
  store<u32>(at, <u32>subsumes, At.Subsumes);
  store<u32>(at, 1, At.On);
  if (guards != 0) hasGuards = true;
  return ruleCount++;
}

export function ruleAt(rule: u32): usize {
  return RULES + <usize>rule * RULE_BYTES;
}

export function switchRule(rule: u32, on: bool): void {
  store<u32>(ruleAt(rule), on ? 1 : 0, At.On);
}

export function isOn(rule: u32): bool {
  return load<u32>(ruleAt(rule), At.On) != 0;
}

export function isSubsuming(rule: u32): bool {
  return load<u32>(ruleAt(rule), At.Subsumes) != 0;
}

/** Which variables of a rule are rests, as bits. */
export function restsOf(rule: u32): u64 {
  return load<u64>(ruleAt(rule), At.RestsLow);
}

/** Whether a guard of a rule stands at an address. */
export function isGuardOf(rule: u32, guard: u32): bool {
  const guards: usize = load<u32>(ruleAt(rule), At.Guards);
  if (guards == 0) return false;
  let at = guards + 4;
  for (let i = load<u32>(guards); i > 0; i--) {
    if (at == <usize>guard) return true;
    at += 8 + ((<usize>load<u32>(at, 4)) << 2);
  }
  return false;
}

export function listRules(): void {
  list(RULES, <usize>ruleCount * RULE_BYTES);
}
