import { sameName } from "../base/names.js"
import type { ColumnTarget, Names } from "../catalog/names.js"
import type { TypeOf, Types } from "../catalog/types.js"
import type { Scope, Table } from "../resolve/index.js"
import { fromColumn, outward, type Frame } from "../typecheck/index.js"
import { column } from "../syntax/build.js"
import { print } from "../syntax/print.js"
import { show, type SqlType } from "../types/type.js"
import type { Candidate } from "./item.js"

/** What the stages found around a caret. */
export interface Sight {
  readonly scope: Scope
  readonly frame: Frame | undefined
  readonly names: Names
  readonly types: Types
}

/** A name as it is written, quoted where it must be. */
export function writtenName(...parts: readonly string[]): string {
  return print(column(...parts))
}

/**
 * The columns in sight, the nearest select's first: each by its name alone, or, where that of another table is the
 * same, with its table's.
 */
export function columnsInSight(sight: Sight): readonly Candidate[] {
  const found: Candidate[] = []
  const hidden = new Set<string>()
  let depth = 0
  for (let at: Scope | undefined = sight.scope; at; at = at.parent) {
    const level = levelOf(at, depth++, sight)
    for (const one of level) if (!hidden.has(keyOf(one))) found.push(one)
    for (const one of level) hidden.add(keyOf(one))
  }
  return found
}

function keyOf({ label }: Candidate): string {
  return label.toLowerCase()
}

function levelOf(scope: Scope, depth: number, sight: Sight): readonly Candidate[] {
  const lambdas = scope.lambdas.map((name) => variable(name, sight))
  const columns = columnsOf(scope, depth, sight)
  const aliases = aliasesOf(scope, depth, sight)
  return scope.aliases?.order === "first"
    ? [...lambdas, ...aliases, ...columns]
    : [...lambdas, ...columns, ...aliases]
}

function variable(name: string, { frame }: Sight): Candidate {
  return {
    label: writtenName(name),
    kind: "variable",
    ...detailOf(frame?.lambdas.get(name.toLowerCase())),
  }
}

function columnsOf(
  { shape: { columns } }: Scope,
  depth: number,
  sight: Sight,
): readonly Candidate[] {
  const count = new Map<string, number>()
  for (const { name } of columns) {
    const key = name.toLowerCase()
    count.set(key, (count.get(key) ?? 0) + 1)
  }
  return columns.map(({ name, target, table }) => {
    const isShared = (count.get(name.toLowerCase()) ?? 0) > 1 && table.alias !== ""
    const label = isShared ? writtenName(table.alias, name) : writtenName(name)
    return {
      label,
      kind: "column",
      ...(label === name ? {} : { filterText: name }),
      ...detailOf(typeAt(target, depth, sight)),
      ...(table.alias === "" ? {} : { description: table.relation?.name ?? table.alias }),
    }
  })
}

/** Names of the select list. */
function aliasesOf({ aliases }: Scope, depth: number, sight: Sight): readonly Candidate[] {
  if (!aliases) return []
  const { outputs, columnNames } = sight.names
  const names = outputs.get(aliases.select)?.map(({ name }) => name)
  const written = names ?? columnNames.get(aliases.select) ?? []
  return [...aliases.names.values()].flatMap((output) => {
    const name = written[output] ?? ""
    if (name === "" || !isNamed(aliases.select, output, sight)) return []
    const target = { kind: "alias", select: aliases.select, output, depth: 0 } as const
    const type = typeAt(target, depth, sight)
    const description = "select list"
    return [{ label: writtenName(name), kind: "column" as const, ...detailOf(type), description }]
  })
}

/** An expression without a name is called by its text, which nobody writes. */
function isNamed(select: number, output: number, { names }: Sight): boolean {
  const found = names.outputs.get(select)?.[output]
  return found?.kind !== "expr" || found.named
}

function detailOf(type: TypeOf | undefined): Pick<Candidate, "detail"> {
  if (!type || type.type.kind === "unknown") return {}
  return { detail: `${show(type.type)}${type.nullable ? "" : " NOT NULL"}` }
}

/** The type of a column of the scope that is `depth` further out. */
function typeAt(target: ColumnTarget, depth: number, sight: Sight): TypeOf | undefined {
  const frame = sight.frame && outward(sight.frame, depth)
  if (target.kind !== "alias") return frame && fromColumn(target, frame)
  const output = sight.names.outputs.get(target.select)?.[target.output]
  if (output?.kind === "expr") return sight.types.exprs.get(output.expr.id)
  if (output) return frame && fromColumn(output.target, frame)
  return sight.types.columns.get(target.select)?.[target.output]
}

// ------------------------------------------------------------------------------------ behind a dot

/** What follows `qualifier.`: the columns of a table, or the fields of a column. */
export function columnsOfQualifier(
  qualifier: readonly string[],
  sight: Sight,
): readonly Candidate[] {
  let depth = 0
  for (let scope: Scope | undefined = sight.scope; scope; scope = scope.parent) {
    const found = inScope(qualifier, scope, depth++, sight)
    if (found) return found
  }
  return []
}

function inScope(
  qualifier: readonly string[],
  scope: Scope,
  depth: number,
  sight: Sight,
): readonly Candidate[] | undefined {
  const [first = "", second, ...rest] = qualifier
  const { tables, columns } = scope.shape
  const named = tables.filter(({ alias }) => sameName(alias, first))
  if (named.length > 0 && second === undefined)
    return named.flatMap((table) => columnsOfTable(table, depth, sight))
  const inSchema = tables.filter(
    ({ schema, alias }) => schema === first && second !== undefined && sameName(alias, second),
  )
  if (inSchema.length > 0 && rest.length === 0)
    return inSchema.flatMap((table) => columnsOfTable(table, depth, sight))
  for (const table of named) {
    const column = table.columns.findIndex((name) => sameName(name, second ?? ""))
    if (column < 0) continue
    const target = { kind: "binding", table: table.id, column, depth: 0 } as const
    return fieldsOf(typeAt(target, depth, sight)?.type, rest)
  }
  if (scope.lambdas.some((name) => sameName(name, first)))
    return fieldsOf(sight.frame?.lambdas.get(first.toLowerCase())?.type, qualifier.slice(1))
  const own = columns.find(({ name }) => sameName(name, first))
  return own && fieldsOf(typeAt(own.target, depth, sight)?.type, qualifier.slice(1))
}

function columnsOfTable(table: Table, depth: number, sight: Sight): readonly Candidate[] {
  return table.columns.map((name, column) => {
    const target = { kind: "binding", table: table.id, column, depth: 0 } as const
    const description = table.relation?.name ?? table.alias
    const type = detailOf(typeAt(target, depth, sight))
    return { label: writtenName(name), kind: "column", ...type, description }
  })
}

/** The fields of a STRUCT, or of the fields of it that the path goes through. */
export function fieldsOf(
  type: SqlType | undefined,
  through: readonly string[],
): readonly Candidate[] {
  if (type?.kind !== "struct") return []
  const [first, ...rest] = through
  if (first !== undefined)
    return fieldsOf(type.fields.find(({ name }) => sameName(name, first))?.type, rest)
  return type.fields.map((field) => ({
    label: writtenName(field.name),
    kind: "field",
    detail: show(field.type),
  }))
}

/** The columns that USING may name: those of both sides of a join. */
export function commonColumns(
  right: ReadonlySet<number>,
  { scope: { shape } }: Sight,
): readonly Candidate[] {
  const isRight = ({ table }: { readonly table: Table }) => right.has(table.id)
  const others = shape.columns.filter(isRight)
  return shape.columns
    .filter((one) => !isRight(one) && others.some(({ name }) => sameName(name, one.name)))
    .map(({ name, table }) => ({
      label: writtenName(name),
      kind: "column",
      description: table.relation?.name ?? table.alias,
    }))
}

/** The names that qualify columns here. */
export function tablesInSight({ scope }: Sight): readonly Candidate[] {
  const found: Candidate[] = []
  for (let at: Scope | undefined = scope; at; at = at.parent)
    for (const { alias, relation } of at.shape.tables)
      if (alias !== "")
        found.push({
          label: writtenName(alias),
          kind: "alias",
          ...(relation ? { detail: relation.name } : {}),
        })
  return found
}
