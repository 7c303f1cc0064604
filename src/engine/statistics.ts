/** What is known of a stored relation's size without scanning it. */
export interface RelationStatistics {
  readonly rows: number
  readonly bytes?: number
  /** It is text (CSV, JSON) that every scan parses. */
  readonly isText?: boolean
  /** By column name. */
  readonly columns?: ReadonlyMap<string, ColumnStatistics>
}

export interface ColumnStatistics {
  readonly distinct?: number
  readonly nullFraction?: number
  /** As text of the type. */
  readonly min?: string
  readonly max?: string
  /** Of integers: every row is known to lie in these bounds. */
  readonly isBounded?: boolean
}

/** Statistics of all relations of a run, by relation name (models of earlier runs included). */
export interface Statistics {
  readonly origin: "measured" | "recorded" | "defaults"
  readonly relations: ReadonlyMap<string, RelationStatistics>
}

export const DEFAULT_ROWS = 100_000
