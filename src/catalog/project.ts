import type { Span } from "../base/span.js"
import type { SourceText } from "../base/span.js"
import type { Diagnostic } from "../diagnostics/diagnostic.js"
import type { LevelSetting } from "../diagnostics/sink.js"
import type { SqlType } from "../types/type.js"
import type { RelationKind } from "./relation.js"

/** A project as loaded from its files. Nothing of it is parsed SQL yet. */
export interface Project {
  /** Absolute path of the folder of smelt.yml. */
  readonly directory: string
  readonly name: string
  readonly targets: readonly Target[]
  readonly params: readonly Param[]
  readonly levels: Readonly<Record<string, LevelSetting>>
  /** In file order; names are unique over models and seeds. */
  readonly models: readonly Model[]
  readonly sources: readonly Source[]
  readonly seeds: readonly Seed[]
  readonly testFiles: readonly TestFile[]
  /** Every text that was read, by file name relative to the project. */
  readonly texts: ReadonlyMap<string, SourceText>
  /** Of smelt.yml and other YAML files: `fatal` ones, exit code 2. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface Target {
  readonly name: string
  readonly type: string
  /** The keys of smelt.yml, `${ENV}` still in place. */
  readonly settings: Readonly<Record<string, string | number | boolean>>
  /** The schema that models land in. */
  readonly schema: string
  readonly place: Place
}

/** A typed constant that a run may set: `smelt.param('since')`. */
export interface Param {
  readonly name: string
  readonly type: SqlType
  /** As a text, such as `2024-01-31`: the default, or what `--param` says. */
  readonly value: string
}

/** Where a thing is written. */
export interface Place {
  readonly file: string
  readonly span: Span
}

export type Materialization = "auto" | "view" | "table" | "incremental" | "ephemeral"
export type Grain = "hour" | "day" | "month"

export interface Model {
  readonly name: string
  readonly place: Place
  /** The whole file; `sql` is the stretch of it that is this model's SQL. */
  readonly source: SourceText
  readonly sql: Span
  readonly description?: string
  readonly tags: readonly string[]
  /** Only where header, execution file or `models:` name one. */
  readonly target?: { readonly name: string; readonly place: Place }
  /** Only where named; else the target's. */
  readonly schema?: string
  readonly materialization: Materialization
  readonly grain?: Grain
  readonly partitionBy?: { readonly column: string; readonly place: Place }
  readonly keys: readonly DeclaredKey[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly allowStar: boolean
  readonly columns: readonly DeclaredColumn[]
  readonly tests: readonly DataTest[]
  /** Those of its header. */
  readonly params: readonly Param[]
  /** Where its header says that `columns` is the whole of its schema. */
  readonly contract?: Place
  /** The YAML of its header. */
  readonly header?: Span
  /** Faults of the header: this model is `error`. Faults of the SQL come from later stages. */
  readonly diagnostics: readonly Diagnostic[]
}

export interface DeclaredColumn {
  readonly name: string
  readonly type?: SqlType
  readonly typePlace?: Place
  readonly notNull: boolean
  readonly notNullPlace?: Place
  readonly description?: string
  readonly place: Place
}

/** Columns that are declared to be unique together, and never NULL. */
export interface DeclaredKey {
  readonly columns: readonly string[]
  readonly place: Place
}

export interface ForeignKey {
  readonly columns: readonly string[]
  /** Name of a source, seed or model. */
  readonly references: string
  readonly to: readonly string[]
  /** Of the columns. */
  readonly place: Place
  readonly referencesPlace: Place
  readonly toPlace: Place
}

export interface Source {
  /** `raw.flights` */
  readonly name: string
  readonly place: Place
  /** Files as written (relative to the project, globs allowed), or a table of the target. */
  readonly files?: {
    readonly paths: readonly string[]
    readonly format: "parquet" | "csv" | "json"
  }
  readonly table?: string
  readonly tablePlace?: Place
  readonly columns: readonly DeclaredColumn[]
  readonly keys: readonly DeclaredKey[]
  readonly foreignKeys: readonly ForeignKey[]
  readonly eventTime?: string
  /** Microseconds; 0 where left out. */
  readonly lateness: number
  readonly changes?: "append" | "upsert" | "snapshot"
  readonly freshness?: { readonly warnAfter?: number; readonly errorAfter?: number }
  readonly tests: readonly DataTest[]
  readonly tags: readonly string[]
}

export interface Seed {
  readonly name: string
  /** Relative to the project. */
  readonly file: string
  readonly schema?: string
  readonly columns: readonly {
    readonly name: string
    readonly type: SqlType
    readonly nullable: boolean
  }[]
  /** What smelt.yml says of them. */
  readonly declared: readonly DeclaredColumn[]
  readonly rowCount: number
  /** Of the file's bytes and the column types. */
  readonly fingerprint: string
  readonly keys: readonly DeclaredKey[]
  readonly tests: readonly DataTest[]
  readonly tags: readonly string[]
  readonly description?: string
  readonly diagnostics: readonly Diagnostic[]
}

/** A test declared in YAML. `name` is unique in the project, e.g. `unique_orders_id`. */
export interface DataTest {
  readonly name: string
  /** What it is declared of. */
  readonly of: Owner
  readonly kind: DataTestKind
  readonly severity: "error" | "warn"
  /** SQL condition that restricts the rows tested. */
  readonly where?: { readonly text: string; readonly place: Place }
  readonly place: Place
}

/** A model, seed or source with declarations. */
export interface Owner {
  readonly name: string
  readonly kind: RelationKind
}

/** The tests that YAML declares, in the order in which commands name them. */
export function declaredTests({ models, seeds, sources }: Project): readonly DataTest[] {
  return [...models, ...seeds, ...sources].flatMap(({ tests }) => tests)
}

export type DataTestKind =
  /** `isKey`: rows with a NULL fail too. */
  | { readonly type: "unique"; readonly columns: readonly string[]; readonly isKey?: true }
  | { readonly type: "not_null"; readonly column: string }
  | {
      readonly type: "accepted_values"
      readonly column: string
      readonly values: readonly (string | number | boolean)[]
    }
  | {
      readonly type: "relationships"
      readonly column: string
      readonly to: string
      readonly toColumn: string
      /** Where `to` and `toColumn` are written. */
      readonly toPlace?: Place
      readonly columnPlace?: Place
    }

/** `tests/*.sql`: a query whose rows are failures. */
export interface TestFile {
  readonly name: string
  readonly source: SourceText
  readonly sql: Span
  readonly severity: "error" | "warn"
  readonly tags: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

export function isModel(text: Model | TestFile): text is Model {
  return "materialization" in text
}
