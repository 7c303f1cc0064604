import { EXACT_ROW_WITH, loadWord, REACH, SPREAD, type Layout } from "./engine.js"
import type { Body, Label, Local } from "./writer.js"

// What compiled rules look up in place: the leader of a class, and nodes in the hash-cons (assembly/egraph/hashcons.ts).

/** What leads the class of a row now. A row that is far from it stands right below it from then on. */
export function leaderOf(body: Body, layout: Layout, row: Local): Local {
  const [leader, above] = [body.local(), body.local()]
  loadWord(body, row, layout.LEADER)
  body.tee(leader).get(row).do("i32.ne")
  body.if(() =>
    body.block((done) => {
      loadWord(body, leader, layout.LEADER)
      body.tee(above).get(leader).do("i32.eq").brIf(done)
      body.loop((again) => {
        body.get(above).set(leader)
        loadWord(body, leader, layout.LEADER)
        body.tee(above).get(leader).do("i32.ne").brIf(again)
      })
      body.get(row).const(2).do("i32.shl").get(leader).store(layout.LEADER)
    }),
  )
  return leader
}

/** The row of a node over leaders, 0 if there is none. */
export function probe(
  body: Body,
  layout: Layout,
  op: number,
  a: Local,
  b: Local | undefined,
): { key: Local; row: Local } {
  const [key, row] = [body.local("i64"), body.local()]
  body.const(0).set(row)
  body.block((none) => lookFor(body, layout, { op, a, b }, { key, row }, none))
  // A crowded table shows nothing in place.
  body
    .const(0)
    .load(layout.home + 12)
    .do("i32.eqz")
  body.if(() => body.get(key).call(EXACT_ROW_WITH).set(row))
  return { key, row }
}

/** The row of a node over leaders; goes to `none` if it is not found in place. */
export function probeOr(
  body: Body,
  layout: Layout,
  op: number,
  a: Local,
  b: Local | undefined,
  none: Label,
): Local {
  const row = body.local()
  lookFor(body, layout, { op, a, b }, { key: body.local("i64"), row }, none)
  body.get(row).do("i32.eqz").brIf(none)
  return row
}

interface Node {
  readonly op: number
  readonly a: Local
  readonly b: Local | undefined
}

/** Sets the key of a node, then its row, unless it goes to `none`; 0 is no row, either. */
function lookFor(
  body: Body,
  layout: Layout,
  node: Node,
  { key, row }: { key: Local; row: Local },
  none: Label,
): void {
  const [tag, found] = [body.local("i64"), body.local("i64")]
  const [slot, home] = [body.local(), body.local()]
  const isOther = () => {
    body.load64(layout.SLOTS).get(tag).do("i64.xor").tee(found)
    body
      .const(0)
      .load64(layout.home + 24)
      .do("i64.gt_u")
  }
  putKey(body, node.op, node.a, node.b)
  body.tee(key).const64(SPREAD).do("i64.mul").tee(tag)
  body.const(0).load64(layout.home).do("i64.shr_u", "i32.wrap_i64").const(3).do("i32.shl")
  body.set(slot)
  body
    .get(tag)
    .const(0)
    .load64(layout.home + 16)
    .do("i64.shl")
    .set(tag)
  body.get(slot)
  isOther()
  body.if(() => {
    body.get(slot).set(home)
    body.loop((again) => {
      body.get(found).get(tag).do("i64.eq").brIf(none) // the slot is empty
      body
        .get(slot)
        .const(8)
        .do("i32.add")
        .const(0)
        .load(layout.home + 8)
      body.do("i32.and").tee(slot)
      isOther()
      body.brIf(again)
    })
    body.get(slot).get(home).do("i32.sub").const(0)
    body
      .load(layout.home + 8)
      .do("i32.and")
      .const(8 * REACH)
      .do("i32.ge_u")
      .brIf(none)
  })
  body.get(found).do("i32.wrap_i64").set(row)
}

/** Puts the key of a node on the stack. */
function putKey(body: Body, op: number, a: Local, b: Local | undefined): void {
  body.get(a).do("i64.extend_i32_u")
  if (b) body.get(b).do("i64.extend_i32_u").const64(23n).do("i64.shl", "i64.or")
  if (op !== 0) body.const64(BigInt(op) << 46n).do("i64.or")
}

/** Puts the offset in SLOTS of a node's first slot on the stack. */
export function putSlot(
  body: Body,
  layout: Layout,
  op: number,
  a: Local,
  b: Local | undefined,
): void {
  putKey(body, op, a, b)
  body.const64(SPREAD).do("i64.mul").const(0).load64(layout.home)
  body.do("i64.shr_u", "i32.wrap_i64").const(3).do("i32.shl")
}
