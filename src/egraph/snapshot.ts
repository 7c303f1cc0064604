import { EGraphError } from "./errors.js"
import { memoryOf, type Counter, type Exports, type Instance } from "./wasm.js"

// A snapshot: the used parts of an instance's memory and its counters, behind a header that says how to define the
// same rules in another instance. The layout of the bytes:
//
//   ┌──────────────┬────────────────┬─────────────┬─────────┬───────┐
//   │ "smeltEG1" 8 │ length u32, –  │ header JSON │ padding │ parts │   parts as they lie in memory, each 8-aligned
//   └──────────────┴────────────────┴─────────────┴─────────┴───────┘

const MAGIC = "smeltEG1"
const HEAD = 16

/** Counters of assembly/snapshot.ts, by the names of their exports. */
const SCALARS = [
  ...[
    "blocksUsed",
    "isContradictory",
    "isNamed",
    "atRoot",
    "atRule",
    "changed",
    "isOpen",
    "isSearching",
    "matched",
  ],
  ...["newest", "classCount", "congruentRows", "dirtyCount", "factClock", "lastRow", "liveCount"],
  ...["opCount", "staleCount", "unionClock", "unions", "frozenRows", "frozenUnions", "liveRows"],
  ...["slotMask", "slotShift", "slotsMost", "slotsUsed", "logBytes", "cellCount", "linked"],
  ...["clock", "deadCount", "kidCount", "rowCount", "iterations", "rowsBefore"],
  ...[
    "isAllTouched",
    "newsCount",
    "round",
    "seenUsed",
    "isHeld",
    "atStep",
    "backoff",
    "banLength",
    "hasSteps",
    "matchLimit",
  ],
  ...["counted", "isCounting", "isFreezing", "isSettling", "isClimbing", "scanAt", "scans"],
  ...["freezeAt", "freezePlace", "freezeRows", "freezeStep", "freezeUnions"],
] as const

interface Header {
  readonly scalars: Readonly<Record<string, string>>
  readonly parts: readonly (readonly [address: number, bytes: number])[]
  readonly arena: number
  readonly about: unknown
}

/** The state of an instance; `about` is what its user needs to define the same rules again. */
export function writeSnapshot(instance: Instance, about: unknown): Uint8Array<ArrayBuffer> {
  const { exports } = instance
  const at = exports.listParts() >>> 2
  const memory = memoryOf(instance)
  const parts = Array.from({ length: exports.listLength() }, (_, i) => [
    memory[at + 2 * i] ?? 0,
    memory[at + 2 * i + 1] ?? 0,
  ])
  const counters = readScalars(exports)
  const scalars = Object.fromEntries(SCALARS.map((name) => [name, String(counters[name])]))
  const arena = exports.mark() >>> 0
  const header = new TextEncoder().encode(JSON.stringify({ scalars, parts, arena, about }))
  const begin = aligned(HEAD + header.length)
  const bytes = new Uint8Array(
    parts.reduce((size, [, length = 0]) => size + aligned(length), begin),
  )
  bytes.set(new TextEncoder().encode(MAGIC))
  new DataView(bytes.buffer).setUint32(8, header.length, true)
  bytes.set(header, HEAD)
  let to = begin
  for (const [address = 0, length = 0] of parts) {
    bytes.set(new Uint8Array(exports.memory.buffer, address, length), to)
    to += aligned(length)
  }
  return bytes
}

/** What a snapshot says of its user. */
export function aboutOf(bytes: Uint8Array): unknown {
  return readHeader(bytes).header.about
}

/** Puts the state into an instance in which the same rules are defined. */
export function readSnapshot(instance: Instance, bytes: Uint8Array): void {
  const { exports } = instance
  const { header, begin } = readHeader(bytes)
  exports.advance(header.arena)
  let from = begin
  for (const [address, length] of header.parts) {
    if (from + length > bytes.length) throw bad("the snapshot is cut off")
    new Uint8Array(exports.memory.buffer, address, length).set(bytes.subarray(from, from + length))
    from += aligned(length)
  }
  for (const name of SCALARS) {
    const target = scalar(exports, name)
    const value = header.scalars[name] ?? "0"
    target.value = typeof target.value === "bigint" ? BigInt(value) : Number(value)
  }
}

/** The counters of an instance, and where its arena ends. */
export type Scalars = Readonly<Record<(typeof SCALARS)[number], number | bigint>> & {
  readonly mark: number
}

export function readScalars(exports: Exports): Scalars {
  const scalars = Object.fromEntries(
    SCALARS.map((name) => [name, scalar(exports, name).value as number | bigint]),
  )
  return { ...scalars, mark: exports.mark() >>> 0 } as Scalars
}

export function writeScalars(exports: Exports, scalars: Scalars): void {
  for (const name of SCALARS) scalar(exports, name).value = scalars[name]
}

function readHeader(bytes: Uint8Array): { header: Header; begin: number } {
  const text = (from: number, to: number) => new TextDecoder().decode(bytes.subarray(from, to))
  if (bytes.length < HEAD || text(0, MAGIC.length) !== MAGIC)
    throw bad(`these are not the bytes of a snapshot: they do not begin with ${MAGIC}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true)
  if (HEAD + length > bytes.length) throw bad("the snapshot is cut off")
  return { header: JSON.parse(text(HEAD, HEAD + length)) as Header, begin: aligned(HEAD + length) }
}

function bad(message: string): EGraphError {
  return new EGraphError("bad-snapshot", message)
}

function scalar(exports: Exports, name: (typeof SCALARS)[number]): Counter {
  return (exports as unknown as Record<string, Counter>)[name] as Counter
}

function aligned(bytes: number): number {
  return (bytes + 7) & ~7
}
