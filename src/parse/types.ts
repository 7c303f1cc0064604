import type { Expr, Name, TypeName } from "../syntax/ast.js"
import { typeNames } from "../types/type-name.js"
import { Cursor } from "./cursor.js"
import { NUMBER, WORD } from "./lexer.js"
import { UNIT_NAMES, type Spelling, type Word } from "./words.js"

/** Types of SQL that take no path: all others may be a schema's own. */
const NESTED: ReadonlySet<string> = new Set(["STRUCT", "ROW", "MAP", "UNION"])

/** Type names: `DECIMAL(12, 2)`, `TIMESTAMP WITH TIME ZONE`, `STRUCT(a INTEGER)[]`. */
export abstract class TypeParser extends Cursor {
  protected abstract expr(): Expr

  protected typeName(): TypeName {
    return this.deeper(
      () => this.wholeType(),
      () => this.makeType(this.start, "", {}),
    )
  }

  private wholeType(): TypeName {
    const start = this.start
    this.acceptWord("SETOF")
    if (!this.isAnyName() || this.isReservedType()) {
      this.expected("a type")
      return this.makeType(start, "", {})
    }
    const path: Name[] = []
    const name = this.typeWords(path)
    if (NESTED.has(name)) return this.makeType(start, name, { fields: this.typeFields(name) })
    const modifiers = this.isOp("(") ? this.typeArguments() : []
    const zone = this.timeZone()
    if (name === "INTERVAL") this.intervalFields()
    return this.makeType(start, name + zone, {
      modifiers,
      ...(path.length > 1 || isOwn(name) || path.some(isSpelled) ? { path } : {}),
    })
  }

  /** Words that no type begins with: `CAST(a AS FROM)`. */
  private isReservedType(): boolean {
    const word: Spelling = this.text
    return word !== "" && word !== "UNION" && !this.isName() && word !== "ARRAY"
  }

  private typeWords(path: Name[]): string {
    const first = this.takeName()
    path.push(first)
    const upper = first.text.toUpperCase()
    if (!first.quoted) {
      if (upper === "DOUBLE" && this.acceptWord("PRECISION")) return "DOUBLE PRECISION"
      if (upper === "NATIONAL") {
        if (!this.acceptWord("CHAR")) this.expectWord("CHARACTER")
        return this.acceptWord("VARYING") ? "CHARACTER VARYING" : "CHARACTER"
      }
      const varies = upper === "CHARACTER" || upper === "CHAR" || upper === "NCHAR"
      if (varies && this.acceptWord("VARYING")) return "CHARACTER VARYING"
      if (upper === "NCHAR") return "CHARACTER"
      if (upper === "BIT" && this.acceptWord("VARYING")) return "BIT VARYING"
    }
    while (this.isOp(".") && this.kindAt(1) >= WORD) {
      this.at++
      path.push(this.anyName("a type"))
    }
    return path.map((one) => one.text.toUpperCase()).join(".")
  }

  private timeZone(): string {
    const zoned = (word: Word) =>
      this.isWord(word) && this.isWordAt(1, "TIME") && this.isWordAt(2, "ZONE")
    for (const word of ["WITH", "WITHOUT"] as const)
      if (zoned(word)) {
        this.at += 3
        return ` ${word} TIME ZONE`
      }
    return ""
  }

  /** `INTERVAL YEAR TO MONTH`: what an interval is made of changes nothing. */
  private intervalFields(): void {
    if (!this.isOneOfAt(0, UNIT_NAMES)) return
    this.at++
    if (this.isWord("TO") && this.isOneOfAt(1, UNIT_NAMES)) this.at += 2
  }

  private typeArguments(): Expr[] {
    this.at++
    const args = this.isOp(")") ? [] : this.commaList(() => this.expr())
    this.close(")")
    return args
  }

  private typeFields(name: string): { name?: Name; type: TypeName }[] {
    if (!this.expectOp("(")) return []
    const fields = this.strictList(() => {
      if (name === "MAP") return { type: this.typeName() }
      return { name: this.name("a field"), type: this.typeName() }
    })
    this.close(")")
    return fields
  }

  /** The sizes in the brackets after a type; undefined where there is none. */
  private brackets(): (number | undefined)[] {
    const sizes: (number | undefined)[] = []
    if (this.isWord("ARRAY")) {
      this.at++
      if (!this.isOp("[")) return [undefined]
    }
    while (this.isOp("[")) {
      this.at++
      sizes.push(this.kind === NUMBER ? Number(this.value()) : undefined)
      if (this.kind === NUMBER) this.at++
      this.close("]")
    }
    return sizes
  }

  private makeType(
    start: number,
    name: string,
    {
      modifiers = [],
      fields = [],
      path,
    }: {
      readonly modifiers?: readonly Expr[]
      readonly fields?: TypeName["fields"]
      readonly path?: readonly Name[]
    },
  ): TypeName {
    const sizes = this.brackets()
    const args: number[] = []
    for (const one of modifiers)
      if (one.kind === "literal" && one.type === "integer") args.push(Number(one.value))
    return {
      kind: "type-name",
      id: this.id(),
      span: this.span(start),
      name,
      path,
      args,
      modifiers: args.length === modifiers.length ? undefined : modifiers,
      fields,
      dimensions: sizes.length,
      sizes: sizes.some((size) => size !== undefined) ? sizes : undefined,
    }
  }
}

/** Whether a name in quotes could not stand without them. */
function isSpelled({ text, quoted }: Name): boolean {
  return quoted && !/^[a-z]+$/i.test(text)
}

/** Whether a type of this name is none that SQL itself has, so that its spelling counts. */
function isOwn(name: string): boolean {
  return !KNOWN.has(name) && !NESTED.has(name) && !/^(CHARACTER|BIT)( |$)/.test(name)
}

/** JSON is a type of an extension, whose name DuckDB keeps as it was written. */
const KNOWN: ReadonlySet<string> = new Set(typeNames().filter((name) => name !== "JSON"))
