// The analysis of days (safety/days.ts) as a host calls it: whether the words at `plan` are a plan.

import { isAllocated } from "../memory/arena";
import { analyzeDays as analyze } from "../safety/days";
import { SafetyAnswer, SafetyExpr, SafetyExprWord, SafetyHeader, SafetyNode } from "../safety/wire";
import { Fault } from "./fault";
import { isBusy, refuse } from "./refusal";

const HEADER: u64 = <u64>SafetyHeader.Words;
const NODE: u64 = <u64>SafetyNode.Words;
const EXPR: u64 = <u64>SafetyExprWord.Words;

let nodes: usize = 0;
let exprs: usize = 0;
let lists: usize = 0;
let nodeCount: u32 = 0;
let exprCount: u32 = 0;
let columns: u32 = 0;
let listed: u64 = 0; // words of lists

/** Analyzes a plan of `planWords` words; the answer has `answerWords`. */
export function analyzeDays(plan: u32, planWords: u32, answer: u32, answerWords: u32): u32 {
  if (isBusy()) return refuse(Fault.Busy, 0);
  if (!areWords(plan, planWords)) return refuse(Fault.Address, plan);
  if (!areWords(answer, answerWords)) return refuse(Fault.Address, answer);
  if (!isPlan(plan, planWords)) return refuse(Fault.Pattern, plan);
  const sets = <u64>nodeCount * ((<u64>columns + 31) >> 5);
  if (<u64>SafetyAnswer.Words + <u64>nodeCount + sets > <u64>answerWords)
    return refuse(Fault.Count, answerWords);
  analyze(plan, answer);
  return 0;
}

function areWords(at: usize, count: u64): bool {
  return (at & 3) == 0 && isAllocated(at, count << 2);
}

function word(base: usize, index: u32): u32 {
  return load<u32>(base + ((<usize>index) << 2));
}

function isPlan(plan: usize, words: u64): bool {
  if (words < HEADER) return false;
  nodeCount = word(plan, SafetyHeader.Nodes);
  exprCount = word(plan, SafetyHeader.Exprs);
  columns = word(plan, SafetyHeader.Columns);
  const fixed = HEADER + NODE * <u64>nodeCount + EXPR * <u64>exprCount;
  if (fixed > words) return false;
  listed = words - fixed;
  nodes = plan + ((<usize>HEADER) << 2);
  exprs = nodes + ((<usize>NODE * <usize>nodeCount) << 2);
  lists = exprs + ((<usize>EXPR * <usize>exprCount) << 2);
  for (let expr: u32 = 0; expr < exprCount; expr++) if (!isExpr(expr)) return false;
  for (let node: u32 = 0; node < nodeCount; node++) if (!isNode(node)) return false;
  return nodeCount == 0 || word(plan, SafetyHeader.Output) < exprCount;
}

/** Expressions speak of columns, and of earlier expressions. */
function isExpr(expr: u32): bool {
  const at = exprs + ((<usize>EXPR * <usize>expr) << 2);
  const op = word(at, SafetyExprWord.Op);
  const a = word(at, SafetyExprWord.A);
  if (op == <u32>SafetyExpr.Column) return a < columns;
  return op >= <u32>SafetyExpr.Other || a < expr;
}

function isNode(node: u32): bool {
  const at = nodes + ((<usize>NODE * <usize>node) << 2);
  return (
    isList(at, SafetyNode.Child, 1, node, node) &&
    isList(at, SafetyNode.Def, 2, columns, exprCount) &&
    isList(at, SafetyNode.Pair, 2, exprCount, exprCount) &&
    isList(at, SafetyNode.Sub, 1, node, node) &&
    word(at, SafetyNode.Clock) <= columns
  );
}

/** Whether a list lies among the lists, with words below `first`, or in pairs below `first` and `second`. */
function isList(node: usize, field: u32, step: u32, first: u32, second: u32): bool {
  const start = word(node, field);
  const count = <u64>word(node, field + 1) * <u64>step;
  if (<u64>start + count > listed) return false;
  for (let i: u32 = 0; i < <u32>count; i++)
    if (word(lists, start + i) >= (step == 2 && (i & 1) == 1 ? second : first)) return false;
  return true;
}
