// Writes WebAssembly modules (WebAssembly Core Specification 2.0, chapter 5).

export type ValueType = "i32" | "i64"

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e }
const VOID = 0x40

/** Instructions without immediates that rules are compiled to. */
const PLAIN = {
  "i32.eqz": 0x45,
  "i32.eq": 0x46,
  "i32.ne": 0x47,
  "i32.lt_u": 0x49,
  "i32.gt_u": 0x4b,
  "i32.ge_u": 0x4f,
  "i64.eqz": 0x50,
  "i64.eq": 0x51,
  "i32.add": 0x6a,
  "i32.mul": 0x6c,
  "i32.and": 0x71,
  "i32.or": 0x72,
  "i32.shl": 0x74,
  "i64.mul": 0x7e,
  "i64.or": 0x84,
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

/** The body of a function: one method an instruction. Values are on WebAssembly's own stack. */
export class Body {
  private readonly bytes: number[] = []
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
    this.bytes.push(0x41, ...signed(BigInt(value | 0)))
    return this
  }

  const64(value: bigint): this {
    this.bytes.push(0x42, ...signed(BigInt.asIntN(64, value)))
    return this
  }

  get({ index }: Local): this {
    this.bytes.push(0x20, ...unsigned(index))
    return this
  }

  set({ index }: Local): this {
    this.bytes.push(0x21, ...unsigned(index))
    return this
  }

  tee({ index }: Local): this {
    this.bytes.push(0x22, ...unsigned(index))
    return this
  }

  getGlobal(index: number): this {
    this.bytes.push(0x23, ...unsigned(index))
    return this
  }

  setGlobal(index: number): this {
    this.bytes.push(0x24, ...unsigned(index))
    return this
  }

  /** The word at the address on the stack plus `offset`. */
  load(offset: number): this {
    this.bytes.push(0x28, 2, ...unsigned(offset))
    return this
  }

  load64(offset: number): this {
    this.bytes.push(0x29, 3, ...unsigned(offset))
    return this
  }

  store(offset: number): this {
    this.bytes.push(0x36, 2, ...unsigned(offset))
    return this
  }

  call(index: number): this {
    this.bytes.push(0x10, ...unsigned(index))
    return this
  }

  return(): this {
    this.bytes.push(0x0f)
    return this
  }

  br(label: Label): this {
    this.bytes.push(0x0c, ...unsigned(this.depth - label.depth))
    return this
  }

  brIf(label: Label): this {
    this.bytes.push(0x0d, ...unsigned(this.depth - label.depth))
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
    this.bytes.push(opcode, VOID)
    this.depth++
    inside({ depth: this.depth })
    this.depth--
    this.bytes.push(0x0b)
    return this
  }

  encode(): number[] {
    const locals = vector(this.locals.map((type) => [1, TYPES[type]]))
    return sized([...locals, ...this.bytes, 0x0b])
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
  private readonly functions: { name: string; signature: Signature; body: Body }[] = []

  constructor(
    private readonly imports: readonly Import[],
    private readonly globals: readonly ImportedGlobal[],
  ) {}

  add(name: string, signature: Signature, body: Body): void {
    this.functions.push({ name, signature, body })
  }

  encode(): Uint8Array<ArrayBuffer> {
    const { imports, functions } = this
    const types = [...imports, ...functions].map(({ signature: { params, results } }) => [
      0x60,
      ...vector(params.map((type) => [TYPES[type]])),
      ...vector(results.map((type) => [TYPES[type]])),
    ])
    const imported = [
      [...text("env"), ...text("memory"), 2, 0, 0],
      ...this.globals.map(({ name, type }) => [...text("env"), ...text(name), 3, TYPES[type], 1]),
      ...imports.map(({ name }, i) => [...text("env"), ...text(name), 0, ...unsigned(i)]),
    ]
    const exported = functions.map(({ name }, i) => [
      ...text(name),
      0,
      ...unsigned(imports.length + i),
    ])
    return new Uint8Array([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types),
      ...section(2, imported),
      ...section(
        3,
        functions.map((_, i) => unsigned(imports.length + i)),
      ),
      ...section(7, exported),
      ...section(
        10,
        functions.map(({ body }) => body.encode()),
      ),
    ])
  }
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id, ...sized(vector(items))]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes]
}

function text(value: string): number[] {
  return sized([...new TextEncoder().encode(value)])
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value >>> 0
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

function signed(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  while (true) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}
