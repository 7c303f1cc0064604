// Writes WebAssembly modules (WebAssembly Core Specification 2.0, chapter 5).

export type ValueType = "i32" | "i64"

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e }
const VOID = 0x40

/** Instructions without immediates that rules are compiled to. */
const PLAIN = {
  select: 0x1b,
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_s": 0x48,
  "i32.lt_u": 0x49,
  "i32.gt_u": 0x4b,
  "i32.le_s": 0x4c,
  "i32.ge_s": 0x4e,
  "i32.ge_u": 0x4f,
  "i64.eqz": 0x50,
  "i64.eq": 0x51,
  "i64.ne": 0x52,
  "i64.gt_u": 0x56,
  "i32.add": 0x6a,
  "i32.sub": 0x6b,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i64.sub": 0x7d,
  "i64.mul": 0x7e,
  "i64.or": 0x84,
  "i64.xor": 0x85,
  "i64.shl": 0x86,
  "i64.shr_u": 0x88,
  "i32.wrap_i64": 0xa7,
  "i64.extend_i32_u": 0xad,
} as const

export type Plain = keyof typeof PLAIN

/** Where a `br` goes: the depth of the block that it leaves, or of the loop that it repeats. */
export interface Label {
  readonly depth: number
}

export interface Local {
  readonly index: number
}

export interface Signature {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** Bytes that are written one behind the other. */
class Bytes {
  private space = new Uint8Array(256)
  private length = 0

  get written(): Uint8Array<ArrayBuffer> {
    return this.space.subarray(0, this.length)
  }

  push(byte: number): this {
    this.makeRoom(1)
    this.space[this.length++] = byte
    return this
  }

  append(bytes: Uint8Array | readonly number[]): this {
    this.makeRoom(bytes.length)
    this.space.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  private makeRoom(count: number): void {
    if (this.length + count <= this.space.length) return
    const { written } = this
    this.space = new Uint8Array(2 * (this.length + count))
    this.space.set(written)
  }

  /** LEB128, as the next two. */
  unsigned(value: number): this {
    let rest = value >>> 0
    for (; rest > 0x7f; rest >>>= 7) this.push((rest & 0x7f) | 0x80)
    return this.push(rest)
  }

  signed(value: number): this {
    let rest = value | 0
    for (; rest < -0x40 || rest > 0x3f; rest >>= 7) this.push((rest & 0x7f) | 0x80)
    return this.push(rest & 0x7f)
  }

  signed64(value: bigint): this {
    let rest = BigInt.asIntN(64, value)
    for (; rest < -0x40n || rest > 0x3fn; rest >>= 7n) this.push(Number(rest & 0x7fn) | 0x80)
    return this.push(Number(rest & 0x7fn))
  }

  /** Bytes behind their number. */
  sized(bytes: Uint8Array): this {
    return this.unsigned(bytes.length).append(bytes)
  }

  text(value: string): this {
    return this.sized(new TextEncoder().encode(value))
  }
}

/** The body of a function: one method an instruction. Values are on WebAssembly's own stack. */
export class Body {
  private readonly bytes = new Bytes()
  private readonly locals: ValueType[] = []
  private depth = 0

  constructor(private readonly params: number) {}

  local(type: ValueType = "i32"): Local {
    this.locals.push(type)
    return { index: this.params + this.locals.length - 1 }
  }

  do(...names: readonly Plain[]): this {
    for (const name of names) this.bytes.push(PLAIN[name])
    return this
  }

  const(value: number): this {
    this.bytes.push(0x41).signed(value)
    return this
  }

  const64(value: bigint): this {
    this.bytes.push(0x42).signed64(value)
    return this
  }

  get({ index }: Local): this {
    this.bytes.push(0x20).unsigned(index)
    return this
  }

  set({ index }: Local): this {
    this.bytes.push(0x21).unsigned(index)
    return this
  }

  tee({ index }: Local): this {
    this.bytes.push(0x22).unsigned(index)
    return this
  }

  getGlobal(index: number): this {
    this.bytes.push(0x23).unsigned(index)
    return this
  }

  setGlobal(index: number): this {
    this.bytes.push(0x24).unsigned(index)
    return this
  }

  /** The word at the address on the stack plus `offset`. */
  load(offset: number): this {
    this.bytes.push(0x28).push(2).unsigned(offset)
    return this
  }

  /** Of 16 bits, not signed. */
  load16(offset: number): this {
    this.bytes.push(0x2f).push(1).unsigned(offset)
    return this
  }

  load64(offset: number): this {
    this.bytes.push(0x29).push(3).unsigned(offset)
    return this
  }

  store(offset: number): this {
    this.bytes.push(0x36).push(2).unsigned(offset)
    return this
  }

  call(index: number): this {
    this.bytes.push(0x10).unsigned(index)
    return this
  }

  return(): this {
    this.bytes.push(0x0f)
    return this
  }

  br(label: Label): this {
    this.bytes.push(0x0c).unsigned(this.depth - label.depth)
    return this
  }

  brIf(label: Label): this {
    this.bytes.push(0x0d).unsigned(this.depth - label.depth)
    return this
  }

  /** `br` to its label goes behind it. */
  block(inside: (label: Label) => void): this {
    return this.nest(0x02, inside)
  }

  /** `br` to its label begins it again. */
  loop(inside: (label: Label) => void): this {
    return this.nest(0x03, inside)
  }

  if(then: () => void, otherwise?: () => void): this {
    return this.nest(0x04, () => {
      then()
      if (!otherwise) return
      this.bytes.push(0x05)
      otherwise()
    })
  }

  private nest(opcode: number, inside: (label: Label) => void): this {
    this.bytes.push(opcode).push(VOID)
    this.depth++
    inside({ depth: this.depth })
    this.depth--
    this.bytes.push(0x0b)
    return this
  }

  /** As it stands in a module, behind its size. */
  encode(): Uint8Array<ArrayBuffer> {
    const { locals, bytes } = this
    const head = new Bytes().unsigned(locals.length)
    for (const type of locals) head.push(1).push(TYPES[type])
    const whole = head.append(bytes.written).push(0x0b)
    return new Bytes().sized(whole.written).written
  }
}

export interface Import {
  readonly name: string
  readonly signature: Signature
}

export interface ImportedGlobal {
  readonly name: string
  readonly type: ValueType
}

/** A module that imports memory, mutable globals and functions of `env`, and exports its own functions. */
export class ModuleWriter {
  private readonly functions: { readonly name: string; readonly signature: Signature }[] = []
  private readonly code = new Bytes()

  constructor(
    private readonly imports: readonly Import[],
    private readonly globals: readonly ImportedGlobal[],
  ) {}

  /** The body is done with. */
  add(name: string, signature: Signature, body: Body): void {
    this.functions.push({ name, signature })
    this.code.append(body.encode())
  }

  encode(): Uint8Array<ArrayBuffer> {
    const { imports, functions, globals } = this
    const types = new Bytes()
    for (const { signature } of [...imports, ...functions]) writeType(types, signature)
    const imported = new Bytes().text("env").text("memory").append([2, 0, 0])
    for (const { name, type } of globals)
      imported.text("env").text(name).append([3, TYPES[type], 1])
    imports.forEach(({ name }, i) => imported.text("env").text(name).push(0).unsigned(i))
    const [declared, exported] = [new Bytes(), new Bytes()]
    functions.forEach(({ name }, i) => {
      declared.unsigned(imports.length + i)
      exported
        .text(name)
        .push(0)
        .unsigned(imports.length + i)
    })
    const module = new Bytes().append([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
    writeSection(module, 1, imports.length + functions.length, types)
    writeSection(module, 2, 1 + globals.length + imports.length, imported)
    writeSection(module, 3, functions.length, declared)
    writeSection(module, 7, functions.length, exported)
    writeSection(module, 10, functions.length, this.code)
    return module.written
  }
}

function writeType(types: Bytes, { params, results }: Signature): void {
  types.push(0x60)
  for (const side of [params, results])
    types.unsigned(side.length).append(side.map((type) => TYPES[type]))
}

/** A section of so many items. */
function writeSection(module: Bytes, id: number, count: number, items: Bytes): void {
  const vector = new Bytes().unsigned(count).append(items.written)
  module.push(id).sized(vector.written)
}
