import type { LineageKind, ModelLineage, Origin } from "../catalog/lineage.js"
import type { ColumnTarget, Names, OutputColumn } from "../catalog/names.js"
import type {
  Call,
  Expr,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SetOperation,
  TableRef,
  WindowSpec,
} from "../syntax/ast.js"
import { groupedExprs, operands } from "../syntax/operands.js"

/** Origins by their text, so that a set of them has each once. */
type Origins = ReadonlyMap<string, Origin>

/** What the columns of a query come from, and what all of its rows rest on. */
interface Traced {
  readonly columns: readonly Origins[]
  readonly rows: Origins
}

const NONE: Origins = new Map()
const NOTHING: Traced = { columns: [], rows: NONE }

/**
 * Traces every output column of a model to columns of the relations that it reads: through CTEs,
 * subqueries, set operations, stars and windows. What filters, joins, groups or orders the rows bears
 * on all columns of the query. One walk over the tree; a recursive query is walked until nothing is new.
 */
export function lineage(names: Names): ModelLineage {
  const { columns, rows } = new Tracer(names).query(names.statement)
  return columns.map((column) => [...union(column, rows).values()])
}

class Tracer {
  private readonly queries = new Map<number, Traced>()
  /** Recursive queries under way. */
  private readonly open = new Map<number, Traced>()
  private readonly windows = new Map<string, WindowSpec>()

  constructor(private readonly names: Names) {}

  query(query: Query): Traced {
    const known = this.queries.get(query.id) ?? this.open.get(query.id)
    if (known) return known
    const traced = this.recursive(query) ?? this.whole(query, this.body(query.body))
    this.queries.set(query.id, traced)
    return traced
  }

  /** ORDER BY decides which rows there are where LIMIT cuts them. */
  private whole(query: Query, { columns, rows }: Traced): Traced {
    const keys = query.orderBy.map(({ expr }) => this.orderKey(expr, columns))
    return { columns, rows: union(rows, as("order", union(...keys))) }
  }

  private orderKey(expr: Expr, columns: readonly Origins[]): Origins {
    const output = this.names.outputRefs.get(expr.id)
    return (output === undefined ? undefined : columns[output]) ?? this.expr(expr)
  }

  private recursive(query: Query): Traced | undefined {
    const { body } = query
    if (body.kind !== "set-operation" || !this.isRecursive(query)) return undefined
    let traced = this.body(body.left)
    for (;;) {
      this.open.set(query.id, traced)
      // What was traced inside rests on what was known of this query then.
      this.queries.clear()
      const next = this.whole(query, this.setOperation(body, traced, this.body(body.right)))
      const isStable = size(next) === size(traced)
      traced = next
      if (isStable) break
    }
    this.open.delete(query.id)
    return traced
  }

  private isRecursive(query: Query): boolean {
    for (const binding of this.names.bindings.values())
      if (binding.kind === "cte" && binding.query === query && binding.recursive) return true
    return false
  }

  private body(body: QueryBody): Traced {
    switch (body.kind) {
      case "select":
        return this.select(body)
      case "query":
        return this.query(body)
      case "set-operation":
        return this.setOperation(body, this.body(body.left), this.body(body.right))
      case "values": {
        const width = body.rows[0]?.length ?? 0
        const cell = (i: number) => body.rows.flatMap((row) => row[i] ?? [])
        const columns = Array.from({ length: width }, (_, i) => this.exprs(cell(i)))
        return { columns, rows: NONE }
      }
      case "show":
      case "pivot-query":
      case "unpivot-query":
        return NOTHING
    }
  }

  /** EXCEPT and INTERSECT give rows of the left side; without ALL every column tells rows apart. */
  private setOperation(body: SetOperation, left: Traced, right: Traced): Traced {
    const named = (id: number) =>
      (this.names.columnNames.get(id) ?? []).map((name) => name.toLowerCase())
    const other = (i: number): Origins => {
      if (!body.byName) return right.columns[i] ?? NONE
      const at = named(body.right.id).indexOf(named(body.id)[i] ?? "")
      return right.columns[at] ?? NONE
    }
    const own = (i: number): Origins => {
      if (!body.byName) return left.columns[i] ?? NONE
      return left.columns[named(body.left.id).indexOf(named(body.id)[i] ?? "")] ?? NONE
    }
    const width = Math.max(named(body.id).length, left.columns.length)
    const indexes = Array.from({ length: width }, (_, i) => i)
    const isUnion = body.op === "UNION"
    const columns = indexes.map((i) => (isUnion ? union(own(i), other(i)) : own(i)))
    const apart = body.all ? NONE : as("group", union(...columns))
    const compared = isUnion ? NONE : as("filter", union(...right.columns))
    return { columns, rows: union(left.rows, right.rows, apart, compared) }
  }

  private select(select: Select): Traced {
    for (const { name, window } of select.windows) this.windows.set(name.text.toLowerCase(), window)
    const from = union(...select.from.map((item) => this.table(item)))
    const filters = [select.where, select.having, select.qualify].flatMap((one) => one ?? [])
    const outputs = this.names.outputs.get(select.id) ?? []
    const columns = outputs.map((output) => this.output(output))
    const apart = select.distinct === true ? columns : []
    const on = typeof select.distinct === "boolean" ? [] : select.distinct
    const rows = union(
      from,
      ...outputs.map((output) => this.repeated(output)),
      as("filter", this.exprs(filters)),
      as("group", union(this.groups(select, columns), ...apart)),
      as("group", union(...on.map((expr) => this.orderKey(expr, columns)))),
    )
    return { columns, rows }
  }

  private groups({ id, groupBy }: Select, columns: readonly Origins[]): Origins {
    const all = groupBy?.all ? (this.names.groupAll.get(id) ?? []) : []
    const keys = groupBy ? groupedExprs(groupBy) : []
    return union(
      ...all.map((output) => columns[output] ?? NONE),
      ...keys.map((expr) => this.orderKey(expr, columns)),
    )
  }

  private output(output: OutputColumn): Origins {
    return output.kind === "expr" ? this.expr(output.expr) : this.target(output.target)
  }

  // --------------------------------------------------------------------------------------- FROM

  /** What the rows of a table of FROM rest on. */
  private table(ref: TableRef): Origins {
    if (ref.kind === "join") {
      const using = (this.names.using.get(ref.id) ?? []).flatMap(({ left, right }) => [left, right])
      const merged = union(...using.map((target) => this.target(target)))
      const on = ref.on ? this.expr(ref.on) : NONE
      return union(this.table(ref.left), this.table(ref.right), as("join", union(on, merged)))
    }
    const binding = this.names.bindings.get(ref.id)
    switch (binding?.kind) {
      case "relation":
        return binding.filter ? as("filter", this.expr(binding.filter)) : NONE
      case "cte":
      case "subquery":
        return this.query(binding.query).rows
      case "table-function":
        return as("join", this.exprs(binding.call.args.map(({ value }) => value)))
      default:
        return NONE
    }
  }

  /** `unnest` in a select list repeats the row as often as its list is long. */
  private repeated(output: OutputColumn): Origins {
    const lists = output.kind === "expr" ? unnested(output.expr) : []
    return as("join", this.exprs(lists))
  }

  private target(target: ColumnTarget | undefined): Origins {
    switch (target?.kind) {
      case "binding":
        return this.bound(target.table, target.column)
      case "using": {
        const merged = this.names.using.get(target.join)?.[target.index]
        return union(this.target(merged?.left), this.target(merged?.right))
      }
      case "alias": {
        const output = this.names.outputs.get(target.select)?.[target.output]
        return output ? this.output(output) : NONE
      }
      default:
        return NONE
    }
  }

  private bound(table: number, column: number): Origins {
    const binding = this.names.bindings.get(table)
    switch (binding?.kind) {
      case "relation": {
        const name = binding.own[column] ?? ""
        return of({ relation: binding.name, column: name, kind: "value" })
      }
      case "cte":
      case "subquery":
        return this.query(binding.query).columns[column] ?? NONE
      case "values":
        return this.exprs(binding.rows.flatMap((row) => row[column] ?? []))
      case "table-function":
        return this.exprs(binding.call.args.map(({ value }) => value))
      default:
        return NONE
    }
  }

  // -------------------------------------------------------------------------------- expressions

  private exprs(list: readonly Expr[]): Origins {
    return union(...list.map((expr) => this.expr(expr)))
  }

  private expr(expr: Expr): Origins {
    switch (expr.kind) {
      case "column-ref":
        return this.target(this.names.columns.get(expr.id))
      case "call":
        return this.call(expr)
      case "scalar-subquery": {
        const { columns, rows } = this.query(expr.query)
        return union(columns[0] ?? NONE, rows)
      }
      case "exists":
        return this.query(expr.query).rows
      case "in-query":
      case "quantified": {
        const { columns, rows } = this.query(expr.query)
        return union(this.expr(expr.operand), ...columns, rows)
      }
      default:
        return this.exprs(operands(expr))
    }
  }

  private call(call: Call): Origins {
    const { over } = call
    const spec = over?.kind === "name" ? this.windows.get(over.text.toLowerCase()) : over
    return union(
      this.exprs(call.args.map(({ value }) => value)),
      as("order", this.ordered([...call.orderBy, ...call.withinGroup])),
      call.filter ? as("filter", this.expr(call.filter)) : NONE,
      spec ? this.window(spec) : NONE,
    )
  }

  private window(spec: WindowSpec): Origins {
    const base = spec.base ? this.windows.get(spec.base.text.toLowerCase()) : undefined
    return union(
      base ? this.window(base) : NONE,
      as("group", this.exprs(spec.partitionBy)),
      as("order", this.ordered(spec.orderBy)),
    )
  }

  private ordered(items: readonly OrderItem[]): Origins {
    return this.exprs(items.map(({ expr }) => expr))
  }
}

function unnested(expr: Expr): readonly Expr[] {
  const isUnnest = expr.kind === "call" && expr.name.at(-1)?.text.toLowerCase() === "unnest"
  return isUnnest ? operands(expr) : operands(expr).flatMap(unnested)
}

// ----------------------------------------------------------------------------------- sets of origins

function of(origin: Origin): Origins {
  return new Map([[`${origin.kind} ${origin.relation} ${origin.column.toLowerCase()}`, origin]])
}

function union(...sets: readonly Origins[]): Origins {
  const filled = sets.filter((set) => set.size > 0)
  const [first, second] = filled
  if (!second) return first ?? NONE
  return new Map(filled.flatMap((set) => [...set]))
}

/** What bore on a value there bears on the rows here; what was of another kind stays so. */
function as(kind: LineageKind, origins: Origins): Origins {
  return union(
    ...[...origins.values()].map((origin) =>
      of(origin.kind === "value" ? { ...origin, kind } : origin),
    ),
  )
}

function size({ columns, rows }: Traced): number {
  return rows.size + columns.reduce((sum, column) => sum + column.size, 0)
}
