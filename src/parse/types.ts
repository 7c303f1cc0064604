import type { Name, TypeName } from "../syntax/ast.js"
import { Cursor } from "./cursor.js"
import { NUMBER, WORD } from "./lexer.js"
import type { Word } from "./words.js"

/** Type names: `DECIMAL(12, 2)`, `TIMESTAMP WITH TIME ZONE`, `STRUCT(a INTEGER)[]`. */
export class TypeParser extends Cursor {
  protected typeName(): TypeName {
    const start = this.start
    if (!this.isAnyName()) {
      this.expected("a type")
      return this.makeType("", [], [], 0, start)
    }
    const name = this.typeWords()
    const nested = name === "STRUCT" || name === "ROW" || name === "MAP" || name === "UNION"
    const fields = nested && this.isOp("(") ? this.typeFields(name) : []
    const args = !nested && this.isOp("(") ? this.typeArguments() : []
    const zone = this.timeZone()
    return this.makeType(name + zone, args, fields, this.dimensions(), start)
  }

  private typeWords(): string {
    const first = this.takeName()
    const upper = first.text.toUpperCase()
    if (first.quoted) return first.text
    if (upper === "DOUBLE" && this.acceptWord("PRECISION")) return "DOUBLE PRECISION"
    if (upper === "CHARACTER" && this.acceptWord("VARYING")) return "CHARACTER VARYING"
    if (upper === "BIT" && this.acceptWord("VARYING")) return "BIT VARYING"
    let name = upper
    while (this.isOp(".") && this.kindAt(1) === WORD) {
      this.at++
      name += `.${this.takeName().text.toUpperCase()}`
    }
    return name
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

  private typeArguments(): number[] {
    this.at++
    const args: number[] = []
    while (this.kind === NUMBER) {
      args.push(Number(this.value()))
      this.at++
      if (!this.acceptOp(",")) break
    }
    this.close(")")
    return args
  }

  private typeFields(name: string): { name?: Name; type: TypeName }[] {
    this.at++
    const fields = this.commaList(() => {
      if (name === "MAP") return { type: this.typeName() }
      return { name: this.anyName("a field"), type: this.typeName() }
    })
    this.close(")")
    return fields
  }

  private dimensions(): number {
    let dimensions = 0
    while (this.isOp("[")) {
      this.at++
      if (this.kind === NUMBER) this.at++
      this.close("]")
      dimensions++
    }
    return dimensions
  }

  private makeType(
    name: string,
    args: readonly number[],
    fields: TypeName["fields"],
    dimensions: number,
    start: number,
  ): TypeName {
    return {
      kind: "type-name",
      id: this.id(),
      span: this.span(start),
      name,
      args,
      fields,
      dimensions,
    }
  }
}
