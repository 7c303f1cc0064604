import { createHash } from "node:crypto"
import { declaredTests } from "./catalog/project.js"
import type {
  DataTest,
  Model,
  Place,
  Project,
  Seed,
  Source,
  Target,
  TestFile,
} from "./catalog/project.js"
import type { RelationKind } from "./catalog/relation.js"
import type { Checked, CheckedText } from "./session.js"
import type { Diagnostic } from "./diagnostics/diagnostic.js"
import { emitBounds, emitDataTest, emitFingerprint } from "./emit/data-tests.js"
import type { Incrementality, InputWindow } from "./facts/incremental.js"
import { some } from "./base/check.js"
import { emitUserQuery } from "./emit/user-query.js"
import type { EmitTarget } from "./emit/target.js"
import type { Capabilities } from "./engine/dialect.js"
import type { Backend, Driver } from "./engine/driver.js"
import { compiledFile, OWN_PREFIX, OWN_SCHEMA } from "./engine/run-plan.js"
import type {
  IncrementalInput,
  FaultyNode,
  IncrementalRun,
  SeedNode,
  TablePath,
  TestNode,
} from "./engine/run-plan.js"
import { parseExpression } from "./parse/index.js"
import { Sink } from "./diagnostics/sink.js"
import { drawsAnew } from "./syntax/draws.js"
import type { Query, TableRef } from "./syntax/ast.js"
import { query, select, star, subquery, table } from "./syntax/build.js"
import { print } from "./syntax/print.js"
import { sameName } from "./base/names.js"

/** A model as it will run in a target. */
export interface CompiledModel {
  readonly name: string
  readonly materialization: "table" | "view" | "incremental" | "ephemeral"
  readonly path: TablePath
  readonly sql: string
  readonly query: Query
  /** Other models and seeds that its SQL reads, ephemeral ones replaced by what they read. */
  readonly reads: readonly string[]
  /** Of these, what must stand where it does not take part: not the views whose texts stand in the SQL. */
  readonly needs: readonly string[]
}

/** A test as it will run, or what keeps it from running. */
export interface PlannedTest {
  readonly node: TestNode | FaultyNode
  /** What it is declared of; none for a file. */
  readonly model: string | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** What a project is in one target: where its relations lie and how they are read. */
export class Deployment {
  readonly emitTarget: EmitTarget
  /** By name in lower case; of two of one name the first. */
  private readonly models: ReadonlyMap<string, Model>
  private readonly drawn = new Map<string, boolean>()
  private readonly compiled = new Map<string, CompiledModel>()
  private readonly inlined = new Map<string, CompiledModel>()

  constructor(
    readonly project: Project,
    readonly checked: Checked,
    readonly target: Target,
    readonly backend: Backend,
    /** Names that take part in the run; undefined: all. */
    private readonly selected?: ReadonlySet<string>,
  ) {
    this.models = new Map(
      project.models.toReversed().map((model) => [model.name.toLowerCase(), model]),
    )
    this.emitTarget = {
      dialect: backend.dialect,
      capabilities: backend.capabilities,
      table: this.table,
    }
  }

  get capabilities(): Capabilities {
    return this.backend.capabilities
  }

  readonly table = (name: string, kind: RelationKind): TableRef => {
    if (kind === "source") {
      const source = this.project.sources.find((candidate) => sameName(candidate.name, name))
      return source ? this.backend.sourceTable(source, this.project.directory) : table([name])
    }
    if (name.startsWith(OWN_PREFIX)) return table([OWN_SCHEMA, name])
    const seed = this.project.seeds.find((candidate) => sameName(candidate.name, name))
    if (seed) return table([seed.schema ?? this.target.schema, seed.name])
    const model = this.model(name)
    if (model && this.materializationOf(model) === "ephemeral") {
      const compiled = this.byReference(model)
      if (compiled) return subquery(compiled.query)
    }
    const path = model ? this.pathOf(model) : { schema: this.target.schema, name }
    return table([path.schema, path.name])
  }

  /** A name that may be of anything is of a model or seed first. */
  private kindOf(name: string): RelationKind {
    const isSource = this.project.sources.some((source) => sameName(source.name, name))
    const isSeed = this.project.seeds.some((seed) => sameName(seed.name, name))
    return isSource && !isSeed && !this.model(name) ? "source" : "model"
  }

  model(name: string): Model | undefined {
    return this.models.get(name.toLowerCase())
  }

  pathOf(model: Model): TablePath {
    return { schema: model.schema ?? this.target.schema, name: model.name }
  }

  /**
   * The user's plan: `auto` is a table where nothing consumes it, else a view. Of a sample without a seed it
   * is a table, so that all who read the model read the same draw.
   */
  materializationOf(model: Model): CompiledModel["materialization"] {
    if (model.materialization !== "auto") return model.materialization
    const consumers = (this.checked.dag.children.get(model.name) ?? []).filter(
      (name) => this.model(name) !== undefined,
    )
    return consumers.length === 0 || this.isDrawn(model) ? "table" : "view"
  }

  private isDrawn({ name }: Model): boolean {
    const known = this.drawn.get(name)
    if (known !== undefined) return known
    const statement = this.checked.texts.get(name)?.names?.statement
    const draws = statement !== undefined && drawsAnew(statement)
    this.drawn.set(name, draws)
    return draws
  }

  /** The user's own tree in the target's SQL; undefined where the model has errors. */
  asWritten(model: Model): CompiledModel | undefined {
    const isIncremental = model.materialization === "incremental"
    return isIncremental && this.isOverAbsentView(model)
      ? this.throughViews(model)
      : this.byReference(model)
  }

  /** Reads other models where they lie. */
  private byReference(model: Model): CompiledModel | undefined {
    const known = this.compiled.get(model.name)
    if (known) return known
    const compiled = this.written(model, this.table)
    if (compiled) this.compiled.set(model.name, compiled)
    return compiled
  }

  /**
   * An incremental model is proven on what the texts of the views above it say, whether they take part or
   * not. So it computes just that: a view that stands in the target may say something else.
   */
  private throughViews(model: Model): CompiledModel | undefined {
    const known = this.inlined.get(model.name)
    if (known) return known
    const above = new Map<string, CompiledModel>()
    const compiled = this.written(model, (name, kind) => {
      const read = kind === "model" ? this.model(name) : undefined
      const found = read && this.isAbsentView(read) ? this.throughViews(read) : undefined
      if (found) above.set(found.name, found)
      return found ? subquery(found.query) : this.table(name, kind)
    })
    if (!compiled) return undefined
    const reads = [
      ...new Set([...compiled.reads, ...[...above.values()].flatMap((view) => view.reads)]),
    ]
    const isInside = (model: Model | undefined) => model !== undefined && this.isAbsentView(model)
    const needs = reads.filter((name) => !isInside(this.model(name)))
    const whole = { ...compiled, reads, needs }
    this.inlined.set(model.name, whole)
    return whole
  }

  private written(model: Model, table: EmitTarget["table"]): CompiledModel | undefined {
    const text = this.checked.texts.get(model.name)
    if (!text || text.failed || !text.statement || !text.names || !text.types) return undefined
    const target = { ...this.emitTarget, table }
    const tree = emitUserQuery(text.names, text.types, target)
    const reads = this.readsOf(text)
    return {
      name: model.name,
      materialization: this.materializationOf(model),
      path: this.pathOf(model),
      query: tree,
      sql: this.print(tree),
      reads,
      needs: reads,
    }
  }

  /** The texts that the SQL of a model or test is made of: its own, and those that stand in it. */
  textsIn(name: string): CheckedText[] {
    const isThrough = this.model(name)?.materialization === "incremental"
    const names = new Set([name])
    for (const each of names)
      for (const parent of this.checked.dag.parents.get(each) ?? []) {
        const model = this.model(parent)
        const isEphemeral = model && this.materializationOf(model) === "ephemeral"
        if (isEphemeral || (model && isThrough && this.isAbsentView(model))) names.add(parent)
      }
    return [...names].flatMap((each) => this.checked.texts.get(each) ?? [])
  }

  /** It is a view that does not take part, or is computed from one; a table that does not take part stands. */
  private isAbsentView(model: Model): boolean {
    if (model.materialization === "incremental") return false
    const isAbsent = this.selected?.has(model.name) === false
    switch (this.materializationOf(model)) {
      case "view":
        return isAbsent || this.isOverAbsentView(model)
      case "table":
        return !isAbsent && this.isOverAbsentView(model)
      default:
        return this.isOverAbsentView(model)
    }
  }

  /**
   * What has to be made before these are read. A view's rows are made when it is read: of one that does not
   * take part that is also what it reads.
   */
  madeBefore(names: readonly string[]): string[] {
    const found = new Set(names)
    for (const name of found)
      if (this.isReadThrough(name))
        for (const parent of this.checked.dag.parents.get(name) ?? []) found.add(parent)
    return [...found]
  }

  private isReadThrough(name: string): boolean {
    const model = this.selected?.has(name) === false ? this.model(name) : undefined
    return model !== undefined && isPassing(this.materializationOf(model))
  }

  private isOverAbsentView({ name }: Model): boolean {
    if (!this.selected) return false
    const parents = this.checked.dag.parents.get(name) ?? []
    return parents.some((parent) => {
      const model = this.model(parent)
      return model !== undefined && this.isAbsentView(model)
    })
  }

  /**
   * Changes where what a model computes does: with its own SQL, or that of a model that it reads. An
   * incremental model is an input like a source, whose rows tell.
   */
  definition(model: Model): string {
    const above = new Set([model.name])
    for (const name of above) {
      const parent = this.model(name)
      const isInput = name !== model.name && parent?.materialization === "incremental"
      if (!isInput) for (const next of this.checked.dag.parents.get(name) ?? []) above.add(next)
    }
    const texts = [...above].flatMap((name) => {
      const found = this.model(name)
      return found ? [`${name}\n${this.byReference(found)?.sql ?? ""}`] : []
    })
    return definitionOf(texts.sort().join("\n\n"))
  }

  print(tree: Query): string {
    return print(tree, { dialect: this.backend.dialect })
  }

  /** Models and seeds, ephemeral ones replaced by what they read. */
  private readsOf({ names }: CheckedText): string[] {
    const found = (names?.dependencies ?? []).flatMap(({ kind, name }) => {
      if (kind === "source") return []
      const model = this.model(name)
      if (!model) return [name]
      return this.materializationOf(model) === "ephemeral"
        ? (this.byReference(model)?.reads ?? [model.name])
        : [model.name]
    })
    return [...new Set(found)]
  }

  /** The models and seeds that a declared test reads. */
  needsOfTest({ of, kind }: DataTest): string[] {
    const to = kind.type === "relationships" ? [kind.to] : []
    return [
      ...(of.kind === "source" ? [] : [of.name]),
      ...to.filter((name) => this.kindOf(name) !== "source"),
    ]
  }

  /** What the SQL of a model or test reads. */
  needsOf(name: string): readonly string[] {
    const model = this.model(name)
    const text = this.checked.texts.get(name)
    if (model) return this.asWritten(model)?.needs ?? []
    return text ? this.readsOf(text) : []
  }

  /** Where a seed or model lies; undefined for what is no table. */
  pathOfRelation(name: string): TablePath | undefined {
    const seed = this.project.seeds.find((candidate) => sameName(candidate.name, name))
    if (seed) return { schema: seed.schema ?? this.target.schema, name: seed.name }
    const model = this.model(name)
    return model && this.materializationOf(model) !== "ephemeral" ? this.pathOf(model) : undefined
  }

  /** A seed's file as a source: how its rows are read. */
  seedSource(seed: Seed): Source {
    const place = { file: seed.file, span: { start: 0, end: 0 } }
    return {
      name: seed.name,
      place,
      files: { paths: [seed.file], format: "csv" },
      columns: seed.columns.map((column) => ({ ...column, notNull: !column.nullable, place })),
      keys: [],
      foreignKeys: [],
      lateness: 0,
      tests: [],
      tags: [],
    }
  }

  seedNode(seed: Seed): SeedNode {
    const source = this.seedSource(seed)
    const rows = query(
      select({ items: [star()], from: [this.backend.sourceTable(source, this.project.directory)] }),
    )
    return {
      key: seedKey(seed.name),
      kind: "seed",
      name: seed.name,
      dependsOn: [],
      path: { schema: seed.schema ?? this.target.schema, name: seed.name },
      sql: this.print(rows),
      fingerprint: seed.fingerprint,
    }
  }

  /** What an incremental run of `model` must know of its inputs; fingerprints of sources are asked of the target. */
  async incrementalRun(
    model: Model,
    proof: Incrementality & { readonly kind: "incremental" },
    driver: Driver,
  ): Promise<IncrementalRun> {
    const column = this.checked.texts
      .get(model.name)
      ?.types?.output.find(({ name }) => sameName(name, proof.column))
    const inputs = await Promise.all(
      proof.inputs.map((window) => this.incrementalInput(window, driver)),
    )
    return {
      proof,
      column: proof.column,
      columnType: some(column, "the partition column").type,
      grain: model.grain ?? "day",
      inputs,
    }
  }

  private async incrementalInput(window: InputWindow, driver: Driver): Promise<IncrementalInput> {
    const source = this.project.sources.find(({ name }) => sameName(name, window.input))
    const seed = this.project.seeds.find(({ name }) => sameName(name, window.input))
    const kind = source ? "source" : "model"
    const from = this.table(window.input, kind)
    const fingerprint = source
      ? { value: await driver.fingerprint(source) }
      : seed
        ? { value: seed.fingerprint }
        : { sql: this.print(emitFingerprint(from)) }
    return {
      name: window.input,
      fingerprint,
      ...(window.clock === undefined
        ? {}
        : { boundsSql: this.print(emitBounds(from, window.clock)) }),
      ...(source?.changes === "append" ? { lateness: source.lateness } : {}),
    }
  }

  /** Tests declared in YAML and files under tests/, with what they read; those with faults do not run. */
  tests(faults: ReadonlyMap<string, Diagnostic>): PlannedTest[] {
    return [
      ...declaredTests(this.project).map((test) => this.declaredTest(test, faults.get(test.name))),
      ...this.project.testFiles.flatMap((file) => this.fileTest(file, faults.get(file.name)) ?? []),
    ]
  }

  private declaredTest(test: DataTest, found: Diagnostic | undefined): PlannedTest {
    const { name, of, severity } = test
    const { where, diagnostics } = this.whereOf(test)
    const fault = diagnostics[0] ?? found
    const model = of.kind === "source" ? undefined : of.name
    if (fault) return { node: this.faultyTest(name, fault), model, diagnostics }
    const tree = emitDataTest(
      test,
      (read, given) => this.table(read, given ?? this.kindOf(read)),
      where,
    )
    const node = this.testNode(name, tree, this.needsOfTest(test), severity, test.place)
    return { node, model, diagnostics }
  }

  private fileTest(
    { name, severity, source }: TestFile,
    found: Diagnostic | undefined,
  ): PlannedTest | undefined {
    const text = this.checked.texts.get(name)
    const { diagnostics = [] } = text ?? {}
    const fault = diagnostics.find(({ level }) => level === "error") ?? found
    if (fault) return { node: this.faultyTest(name, fault), model: undefined, diagnostics }
    if (!text?.statement || !text.names || !text.types) return undefined
    const tree = emitUserQuery(text.names, text.types, this.emitTarget)
    const place = { file: source.file, span: text.statement.span }
    const node = this.testNode(name, tree, this.readsOf(text), severity, place)
    return { node, model: undefined, diagnostics }
  }

  private testNode(
    name: string,
    tree: Query,
    reads: readonly string[],
    severity: "error" | "warn",
    { file: origin, span }: Place,
  ): TestNode {
    const text = this.project.texts.get(origin)
    const dependsOn = this.keysBefore(reads)
    const file = compiledFile({ kind: "test", name })
    return {
      key: testKey(name),
      kind: "test",
      name,
      dependsOn,
      sql: this.print(tree),
      severity,
      file,
      ...(text
        ? {
            origin: {
              file: origin,
              start: text.position(span.start),
              end: text.position(span.end),
            },
          }
        : {}),
    }
  }

  private whereOf(test: DataTest): {
    where: ReturnType<typeof parseExpression>
    diagnostics: readonly Diagnostic[]
  } {
    const text = test.where && this.project.texts.get(test.where.place.file)
    if (!test.where || !text) return { where: undefined, diagnostics: [] }
    const sink = new Sink(text)
    const raw = text.slice(test.where.place.span)
    const quoted = raw.startsWith('"') || raw.startsWith("'") ? 1 : 0
    const { start, end } = test.where.place.span
    const where = parseExpression(text, { start: start + quoted, end: end - quoted }, sink)
    return { where, diagnostics: sink.diagnostics }
  }

  /** Keys of what has to succeed before these are read. */
  keysBefore(names: readonly string[]): string[] {
    return this.madeBefore(names).map((name) => this.keyOf(name))
  }

  keyOf(name: string): string {
    if (name.startsWith(OWN_PREFIX)) return `hidden ${name}`
    return this.project.seeds.some((seed) => sameName(seed.name, name))
      ? seedKey(name)
      : modelKey(this.model(name)?.name ?? name)
  }

  faultyModel(name: string, diagnostic: Diagnostic): FaultyNode {
    return { key: modelKey(name), of: "model", ...this.faulty(name, diagnostic) }
  }

  faultySeed(name: string, diagnostic: Diagnostic): FaultyNode {
    return { key: seedKey(name), of: "seed", ...this.faulty(name, diagnostic) }
  }

  private faultyTest(name: string, diagnostic: Diagnostic): FaultyNode {
    return { key: testKey(name), of: "test", ...this.faulty(name, diagnostic) }
  }

  /** What does not run. Where the fault is upstream it is skipped with its parents. */
  private faulty(name: string, diagnostic: Diagnostic): Omit<FaultyNode, "key" | "of"> {
    const isUpstream = diagnostic.code === "upstream-error"
    const parents = isUpstream ? (this.checked.dag.parents.get(name) ?? []) : []
    const dependsOn = this.keysBefore(parents)
    return { kind: "faulty", name, dependsOn, diagnostic }
  }
}

function isPassing(materialization: CompiledModel["materialization"]): boolean {
  return materialization === "view" || materialization === "ephemeral"
}

export function modelKey(name: string): string {
  return `model ${name}`
}

export function seedKey(name: string): string {
  return `seed ${name}`
}

function testKey(name: string): string {
  return `test ${name}`
}

/** Changes where the SQL does. */
export function definitionOf(sql: string): string {
  return createHash("sha256").update(sql).digest("hex").slice(0, 32)
}
