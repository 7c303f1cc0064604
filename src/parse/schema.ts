import type { TypeName } from "../syntax/ast.js"
import type { ParseError } from "./cursor.js"
import { END, lex } from "./lexer.js"
import { QueryParser } from "./query.js"

/** A table as CREATE TABLE declares it. */
export interface TableSchema {
  readonly name: string
  readonly columns: readonly {
    readonly name: string
    readonly type: TypeName
    readonly notNull: boolean
  }[]
  /** PRIMARY KEY and UNIQUE; the columns of a primary key are also NOT NULL. */
  readonly keys: readonly (readonly string[])[]
}

/** The tables of a text of CREATE TABLE statements. Never throws. */
export function parseSchema(text: string): {
  tables: TableSchema[]
  errors: readonly ParseError[]
} {
  const parser = new SchemaParser(text, lex(text))
  return { tables: parser.tables(), errors: parser.errors }
}

class SchemaParser extends QueryParser {
  tables(): TableSchema[] {
    const tables: TableSchema[] = []
    while (this.kind !== END) {
      if (this.acceptOp(";")) continue
      const before = this.at
      if (this.expectWord("CREATE")) tables.push(this.definition())
      while (this.kind !== END && !this.isOp(";")) this.at++
      if (this.at === before) this.at++
    }
    return tables
  }

  private definition(): TableSchema {
    if (this.acceptWord("OR")) this.expectWord("REPLACE")
    this.expectWord("TABLE")
    if (this.acceptWord("IF")) {
      this.expectWord("NOT")
      this.expectWord("EXISTS")
    }
    const path = [this.anyName("a table").text]
    while (this.acceptOp(".")) path.push(this.anyName("a table").text)
    const columns: TableSchema["columns"][number][] = []
    const keys: string[][] = []
    const primary: string[] = []
    this.expectOp("(")
    this.commaList(() => {
      if (this.isConstraint()) return this.constraint(keys, primary)
      const name = this.anyName("a column").text
      const type = this.typeName()
      columns.push({ name, type, notNull: this.columnConstraints(name, keys, primary) })
    })
    this.close(")")
    const fixed = columns.map((column) => ({
      ...column,
      notNull: column.notNull || primary.includes(column.name),
    }))
    return { name: path.join("."), columns: fixed, keys }
  }

  private isConstraint(): boolean {
    const words = ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"] as const
    return words.some((word) => this.isWord(word))
  }

  private constraint(keys: string[][], primary: string[]): void {
    if (this.acceptWord("CONSTRAINT")) this.anyName("a constraint")
    const isPrimary = this.acceptWord("PRIMARY")
    if (isPrimary) this.expectWord("KEY")
    if (isPrimary || this.acceptWord("UNIQUE")) {
      const columns = this.columnList()
      keys.push(columns)
      if (isPrimary) primary.push(...columns)
    } else this.skipTo(")")
  }

  private columnConstraints(name: string, keys: string[][], primary: string[]): boolean {
    let notNull = false
    for (;;) {
      if (this.acceptWord("NOT")) {
        this.expectWord("NULL")
        notNull = true
      } else if (this.acceptWord("NULL")) continue
      else if (this.acceptWord("PRIMARY")) {
        this.expectWord("KEY")
        keys.push([name])
        primary.push(name)
      } else if (this.acceptWord("UNIQUE")) keys.push([name])
      else if (this.acceptWord("REFERENCES")) {
        this.anyName("a table")
        if (this.isOp("(")) this.columnList()
      } else return notNull
    }
  }

  private columnList(): string[] {
    this.expectOp("(")
    const names = this.commaList(() => this.anyName("a column").text)
    this.close(")")
    return names
  }
}
