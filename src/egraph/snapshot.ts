import { At } from "../../assembly/egraph/rule-words.js"
import { EGraphError } from "./errors.js"
import { memoryOf, type Counter, type Exports, type Instance } from "./wasm.js"

// A snapshot: the used parts of an instance's memory and its counters, behind a header that says how to define the
// same rules in another instance. The layout of the bytes:
//
//   ┌──────────────┬────────────────┬─────────────┬─────────┬───────┐
//   │ "smeltEG7" 8 │ length, sum 4  │ header JSON │ zeros   │ parts │   parts as they lie in memory, each 8-aligned
//   └──────────────┴────────────────┴─────────────┴─────────┴───────┘
// The header has a sum of the parts. What is read from elsewhere is looked at once more, as a graph: `verify` of the
// engine.

const MAGIC = "smeltEG7"
const HEAD = 16
const NO_SUM = "0".repeat(16)
const PIECE = 1 << 18
/** Words of a rule that stay as they were defined. */
const DEFINED = [
  ...[At.Left, At.Right, At.Variables, At.RestsLow, At.RestsHigh, At.Guards],
  ...[At.Search, At.Count, At.Root, At.Flags, At.Ruleset, At.Subsumes],
]

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
    "fruits",
  ],
  ...["newest", "classCount", "congruentRows", "dirtyCount", "factClock", "lastRow", "liveCount"],
  ...[
    "opCount",
    "staleCount",
    "unionClock",
    "unions",
    "countedRows",
    "frozenClasses",
    "frozenRows",
    "frozenUnions",
    "liveRows",
  ],
  ...[
    "slotMask",
    "slotReach",
    "slotShift",
    "slotsMost",
    "slotsUsed",
    "logBytes",
    "cellCount",
    "linked",
  ],
  ...[
    "clock",
    "deadCount",
    "hasRings",
    "kidCount",
    "pairCount",
    "rowCount",
    "ternaryCount",
    "tripleCount",
    "iterations",
    "rowsBefore",
  ],
  ...["atMatch", "atSteps", "isHeld", "atStep", "backoff", "banLength", "hasSteps", "matchLimit"],
  ...["counted", "isCounting", "isFreezing", "isSettling", "isClimbing", "scanAt", "scans"],
  ...["isRetrying", "retryAt", "areFactsCut", "laterCount", "remakeAt"],
  ...["refreshAt", "refreshLast", "refreshWanted"],
  ...["freezeAt", "freezePlace", "freezeRows", "freezeStep", "freezeUnions"],
] as const

type Part = readonly [address: number, bytes: number]

interface Header {
  readonly scalars: Readonly<Record<string, string>>
  readonly parts: readonly Part[]
  readonly arena: number
  /** Of the parts, in hexadecimal. */
  readonly sum: string
  readonly about: unknown
}

/** The state of an instance; `about` is what its user needs to define the same rules again. */
export function writeSnapshot(instance: Instance, about: unknown): Uint8Array<ArrayBuffer> {
  const { exports } = instance
  const parts = partsOf(instance)
  const counters = readScalars(exports)
  const scalars = Object.fromEntries(SCALARS.map((name) => [name, String(counters[name])]))
  const arena = exports.mark() >>> 0
  const head = (sum: string) =>
    new TextEncoder().encode(JSON.stringify({ scalars, parts, arena, sum, about }))
  const begin = aligned(HEAD + head(NO_SUM).length)
  const bytes = new Uint8Array(parts.reduce((size, [, length]) => size + aligned(length), begin))
  exports.startSum()
  let to = begin
  for (const part of parts) {
    eachPiece(part, (address, length, offset) => {
      exports.addToSum(address, length)
      bytes.set(new Uint8Array(exports.memory.buffer, address, length), to + offset)
    })
    to += aligned(part[1])
  }
  const header = head(sumOf(exports))
  bytes.set(new TextEncoder().encode(MAGIC))
  const view = new DataView(bytes.buffer)
  view.setUint32(8, header.length, true)
  view.setUint32(12, headerSum(header), true)
  bytes.set(header, HEAD)
  return bytes
}

/** What of memory is in use. */
function partsOf(instance: Instance): Part[] {
  const at = instance.exports.listParts() >>> 2
  const memory = memoryOf(instance)
  return Array.from({ length: instance.exports.listLength() }, (_, i) => [
    memory[at + 2 * i] ?? 0,
    memory[at + 2 * i + 1] ?? 0,
  ])
}

/** What a snapshot says of its user. */
export function aboutOf(bytes: Uint8Array): unknown {
  return readHeader(bytes).header.about
}

/**
 * Puts the state into an instance in which the same rules are defined. Where the bytes do not make a graph of these
 * rules it says so, and the instance is to be thrown away.
 */
export function readSnapshot(instance: Instance, bytes: Uint8Array): void {
  const { exports } = instance
  const { header, begin } = readHeader(bytes)
  if (Number(header.scalars.opCount) < exports.opCount.value) throw bad("operators are missing")
  const [end, ops] = [exports.mark() >>> 0, exports.opCount.value as number]
  const definitions = definitionsOf(instance, end, ops)
  exports.advance(header.arena)
  for (const name of SCALARS) {
    const target = scalar(exports, name)
    const value = header.scalars[name] ?? "0"
    target.value = typeof target.value === "bigint" ? BigInt(value) : Number(value)
  }
  if (exports.areCountersInRange() === 0) throw bad("it counts more than there can be")
  copyParts(instance, header.parts, bytes, begin)
  if (sumOf(exports) !== header.sum) throw bad("its bytes are not those that were written")
  if (String(partsOf(instance)) !== String(header.parts))
    throw bad("its parts are not those of a graph")
  if (!definitionsOf(instance, end, ops).every((word, i) => word === definitions[i]))
    throw bad("its rules are not those that it says")
  const law = exports.verify()
  if (law !== 0)
    throw bad(`it breaks law ${law} of assembly/egraph/verify.ts at ${exports.brokenAt() >>> 0}`)
}

function copyParts(
  { exports }: Instance,
  parts: readonly Part[],
  bytes: Uint8Array,
  begin: number,
): void {
  const end = exports.mark() >>> 0
  exports.startSum()
  let from = begin
  for (const part of parts) {
    const [start, size] = part
    if (start + size > end) throw bad("a part of it lies outside of memory")
    eachPiece(part, (address, length, offset) => {
      const piece = bytes.subarray(from + offset, from + offset + length)
      new Uint8Array(exports.memory.buffer, address, length).set(piece)
      exports.addToSum(address, length)
    })
    from += aligned(size)
  }
}

/** Pieces that fit a cache: what is summed there is copied from there. */
function eachPiece(
  [address, bytes]: Part,
  take: (address: number, length: number, offset: number) => void,
): void {
  for (let offset = 0; offset < bytes; offset += PIECE)
    take(address + offset, Math.min(PIECE, bytes - offset), offset)
}

/** Rules, their operators, and what was allocated for them up to `end`: words that a graph never changes. */
function definitionsOf(instance: Instance, end: number, ops: number): number[] {
  const { exports } = instance
  const memory = memoryOf(instance)
  const blocks = memory.subarray(exports.startOfArena() >>> 2, end >>> 2)
  const first = exports.rulesAt()
  const rules = Array.from({ length: exports.ruleCount.value as number }, (_, rule) =>
    DEFINED.map((offset) => memory[(first + rule * At.End + offset) >>> 2] ?? 0),
  )
  const operators = Array.from({ length: ops }, (_, op) => exports.definitionOf(op))
  return [...blocks, ...rules.flat(), ...operators]
}

function sumOf(exports: Exports): string {
  return BigInt.asUintN(64, exports.sum()).toString(16).padStart(NO_SUM.length, "0")
}

/** FNV-1a (Fowler, Noll, Vo 1991). */
function headerSum(header: Uint8Array): number {
  return header.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5) >>> 0
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
    throw bad(`they do not begin with ${MAGIC}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const length = view.getUint32(8, true)
  if (HEAD + length > bytes.length) throw bad("they are cut off")
  if (headerSum(bytes.subarray(HEAD, HEAD + length)) !== view.getUint32(12, true))
    throw bad("their header is not what was written")
  const header = parsed(text(HEAD, HEAD + length))
  if (!isHeader(header)) throw bad("their header is none")
  const begin = aligned(HEAD + length)
  checkLength(header, begin, bytes)
  return { header, begin }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isHeader(header: unknown): header is Header {
  if (typeof header !== "object" || header === null) return false
  const { scalars, parts, arena, sum, about } = header as Readonly<Record<string, unknown>>
  return (
    isRecord(scalars) &&
    SCALARS.every((name) => isDigits(scalars[name])) &&
    Array.isArray(parts) &&
    parts.every((part) => Array.isArray(part) && part.length === 2 && part.every(isWord)) &&
    isWord(arena) &&
    typeof sum === "string" &&
    isRecord(about)
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}

/** What a counter says, as text. */
function isDigits(value: unknown): boolean {
  return typeof value === "string" && /^-?\d{1,20}$/.test(value)
}

function isWord(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32
}

/** The parts fill the bytes, and what lies between them is empty. */
function checkLength({ parts }: Header, begin: number, bytes: Uint8Array): void {
  let at = begin
  const gaps = [[HEAD + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true), begin]]
  for (const [, length] of parts) {
    gaps.push([at + length, at + aligned(length)])
    at += aligned(length)
  }
  if (at > bytes.length) throw bad("they are cut off")
  if (at < bytes.length) throw bad("there are more of them than were written")
  for (const [from, to] of gaps)
    if (bytes.subarray(from, to).some((byte) => byte !== 0))
      throw bad("there is something between their parts")
}

function bad(why: string): EGraphError {
  return new EGraphError("bad-snapshot", `these are not the bytes of a snapshot: ${why}`)
}

function scalar(exports: Exports, name: (typeof SCALARS)[number]): Counter {
  return (exports as unknown as Record<string, Counter>)[name] as Counter
}

function aligned(bytes: number): number {
  return (bytes + 7) & ~7
}
