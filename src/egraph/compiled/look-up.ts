import { loadWord, SPREAD, type Layout } from "./engine.js"
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

/** The row of a node over leaders, and its class as it was entered; row 0 if there is none. */
export function probe(
  body: Body,
  layout: Layout,
  op: number,
  a: Local,
  b: Local | undefined,
): { key: Local; row: Local; cls: Local } {
  const [key, row, cls] = [body.local("i64"), body.local(), body.local()]
  body.const(0).set(row)
  body.block((none) => {
    const slot = slotWith(body, layout, key, { op, a, b }, none)
    body
      .get(slot)
      .load(layout.SLOTS + 8)
      .set(row)
    body
      .get(slot)
      .load(layout.SLOTS + 12)
      .set(cls)
  })
  return { key, row, cls }
}

/** The class of a node over leaders as it was entered; goes to `none` if there is no such node. */
export function probeClass(
  body: Body,
  layout: Layout,
  op: number,
  a: Local,
  b: Local | undefined,
  none: Label,
): Local {
  const cls = body.local()
  const slot = slotWith(body, layout, body.local("i64"), { op, a, b }, none)
  body
    .get(slot)
    .load(layout.SLOTS + 12)
    .set(cls)
  return cls
}

interface Node {
  readonly op: number
  readonly a: Local
  readonly b: Local | undefined
}

/** The offset in SLOTS of the slot of a node; its key is then known, too. */
function slotWith(body: Body, layout: Layout, key: Local, node: Node, none: Label): Local {
  const [slot, there] = [body.local(), body.local("i64")]
  putKey(body, node.op, node.a, node.b)
  body.tee(key)
  putHome(body, layout)
  body.const(4).do("i32.shl").tee(slot).load64(layout.SLOTS).tee(there).get(key).do("i64.ne")
  body.if(() =>
    body.loop((again) => {
      body.get(there).do("i64.eqz").brIf(none)
      body
        .get(slot)
        .const(16)
        .do("i32.add")
        .const(0)
        .load(layout.home + 8)
      body.do("i32.and").tee(slot)
      body.load64(layout.SLOTS).tee(there).get(key).do("i64.ne").brIf(again)
    }),
  )
  return slot
}

/** Puts the key of a node on the stack. */
function putKey(body: Body, op: number, a: Local, b: Local | undefined): void {
  body.get(a).do("i64.extend_i32_u")
  if (b) body.get(b).do("i64.extend_i32_u").const64(32n).do("i64.shl", "i64.or")
  const operator = (BigInt(op & 63) << 26n) | (BigInt(op >> 6) << 58n)
  if (operator !== 0n) body.const64(operator).do("i64.or")
}

/** The number of the slot that a key is looked for from. */
function putHome(body: Body, layout: Layout): void {
  body.const64(SPREAD).do("i64.mul").const(0).load64(layout.home)
  body.do("i64.shr_u", "i32.wrap_i64")
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
  putHome(body, layout)
  body.const(4).do("i32.shl")
}
