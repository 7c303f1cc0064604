import { plural } from "../base/plural.js"

/**
 * Every message that smelt can give: one line a code. `{name}` is a parameter; its value is typed by
 * the message's text; `{count|row}` is `1 row` or `2 rows`. Wording: what was found and what was needed, no "you"; the way out stands in
 * the message, a note or a fix.
 *
 * They stand in the order in which they are looked for: what is wrong further up hides what is further down.
 *
 * `error!` levels cannot be changed in smelt.yml; the codes of the strictness table can (`error`,
 * `warn`, `off`).
 */
export const CATALOG = {
  // -- project
  "config-missing": ["error!", "no smelt.yml in {folder} or above it; `smelt init` makes {what}"],
  "yaml-syntax": ["error!", "{problem}"],
  "unknown-key": ["error!", "unknown key `{key}` in {where}{hint}"],
  "bad-value": ["error!", "`{key}` needs {wanted}, found {found}{hint}"],
  "missing-key": ["error!", "{where} needs `{key}`"],
  "duplicate-name": ["error!", "{kind} `{name}` is defined twice"],
  "duplicate-key": ["error!", "`{key}` is given twice: {how}"],
  "not-read": ["warn", "{file} is not read; {hint}"],
  "matches-nothing": ["warn", "`{key}` in {where} matches nothing; {hint}"],
  "env-unset": ["error!", "environment variable {name} is not set; target `{target}` needs it"],
  "unknown-target": ["error!", "no target `{name}` in smelt.yml{hint}"],
  "unknown-selector": ["error!", "selector `{selector}` matches nothing{hint}"],
  "unknown-rule": ["error!", "no rule `{name}`{hint}"],
  "bad-flag": ["error!", "{problem}"],
  "not-yet": ["error!", "{what} is not supported by this version{hint}"],
  "source-file-missing": ["error!", "source `{source}`: no file matches {path}"],
  "source-table-missing": [
    "error!",
    "source `{source}`: target `{target}` has no table {table}{hint}",
  ],
  "seed-unreadable": ["error!", "seed `{seed}`: {problem}"],
  "not-carried": ["warn", "{what} is not carried over: {hint}"],
  jinja: ["error!", "Jinja is not part of a smelt model: write {instead}"],
  // -- parse
  syntax: ["error!", "{problem}"],
  "nested-too-deeply": ["error!", "nested too deeply (more than {limit} levels)"],
  // -- resolve
  "unknown-ref": ["error!", "no {what} `{name}`{hint}"],
  "unknown-source": ["error!", "no source `{name}`{hint}"],
  "unknown-table": ["error!", "no table `{name}` in scope{hint}"],
  "unknown-alias": ["error!", "no table or alias `{name}` in FROM{hint}"],
  "unknown-column": ["error!", "no column `{name}`{where}{hint}"],
  "unknown-function": ["error!", "no function `{name}`{hint}"],
  "unknown-param": ["error!", "no param `{name}`{hint}"],
  "unknown-window": ["error!", "no window `{name}`{hint}"],
  "unknown-argument": ["error!", "`{call}` has no argument `{name}`{hint}"],
  "duplicate-alias": ["error!", "`{name}` names two tables of this FROM"],
  "duplicate-column": ["error!", "`{name}` names two columns of this model"],
  "dynamic-pivot": [
    "error!",
    "the columns of this PIVOT depend on the rows of {column}; list the values in IN, or declare its type as ENUM",
  ],
  "column-count": ["error!", "{what}: {found|column}, {wanted} wanted"],
  cycle: ["error!", "models depend on each other in a cycle: {path}"],
  "upstream-error": ["error!", "`{name}` has errors, so this model is not checked"],
  "ambiguous-column": ["error", "`{name}` could be {candidates}"],
  "select-star": [
    "error",
    "SELECT * in a model's output hides its columns; `allow_star: true` in the header permits it",
  ],
  "comma-join": ["error", "comma join; write {instead}"],
  "unnamed-column": ["warn", "output column {position} has no name"],
  "order-without-limit": ["warn", "ORDER BY without LIMIT has no effect {where}"],
  "union-by-position": [
    "error",
    "{op} by position with different {difference}: {left} and {right}",
  ],
  // -- typecheck
  contract: ["error!", "the contract {problem}"],
  "types-disagree": ["error!", "{what} needs {wanted} here, found {found}"],
  "no-such-signature": ["error!", "`{name}` does not take ({found}); it takes {wanted}"],
  "type-not-known": ["warn", "the type of `{name}` of ({found}) is not known; CAST says it"],
  "aggregate-misplaced": ["error!", "aggregate `{name}` cannot stand in {where}{hint}"],
  "window-misplaced": ["error!", "window function `{name}` cannot stand in {where}{hint}"],
  "unknown-date-part": ["error!", "no date part `{name}`{hint}"],
  "bad-literal": ["error!", "`{text}` is no {type}{hint}"],
  "unknown-type": ["error!", "no type `{name}`{hint}"],
  "not-grouped": ["error", "`{name}` is neither grouped nor aggregated"],
  "null-comparison": ["error", "comparison with NULL by `{op}` is never true"],
  "implicit-coercion": ["error", "{op} mixes {left} and {right}"],
  "mixed-timestamps": ["error", "{op} mixes {left} and {right}; only one has a time zone"],
  "integer-division": ["error", "`/` on two integers ({left} and {right}) gives DOUBLE"],
  "not-in-nullable": ["error", "NOT IN over {what} returns no rows{when}"],
  "nullable-output": ["error", "`{name}` may be NULL, but {why}"],
  // -- analyze
  "not-incremental": ["error!", "`{model}` cannot run incrementally by `{column}`: {reason}"],
  "incremental-without-clock": ["error!", "`{model}` is incremental but {problem}"],
  // -- optimize, lower, emit
  "unsupported-in-plan": [
    "note",
    "the optimizer does not know {construct} yet; the model runs as written",
  ],
  "optimizer-budget": ["note", "the optimizer stopped at its {limit}; {consequence}"],
  "optimizer-contradiction": [
    "warn",
    "the rules contradicted each other ({what}); the plan as written runs",
  ],
  "fact-broken": ["warn", "declared fact does not hold: {fact}, but {found}{consequence}"],
  // -- execute
  "connection-failed": ["error!", "target `{target}`: {problem}"],
  "database-locked": [
    "error!",
    "database {database} is locked by another process ({holder}); wait for it or stop it",
  ],
  "not-written": ["error!", "{file} is as it was: {problem}"],
  "disk-full": ["error!", "no space left while writing {what}"],
  "not-built": ["error!", "{what} in target `{target}`; {hint}"],
  "query-failed": ["error!", "`{name}` failed in {engine}: {problem}"],
  "upstream-failed": ["error!", "`{name}` failed or was skipped"],
  "test-failed": ["error", "test `{name}` failed: {count|row}"],
  interrupted: ["error!", "interrupted; what was running was rolled back"],
  "type-drift": [
    "warn",
    "source `{source}` column `{column}` is declared {declared}, the {kind} has {found}",
  ],
  "null-drift": [
    "warn",
    "source `{source}` column `{column}` is declared NOT NULL, the table lets it be NULL",
  ],
  // -- ours
  bug: ["error!", "smelt has a bug: {problem}"],
} as const satisfies Record<
  string,
  readonly [level: "error!" | "error" | "warn" | "note", text: string]
>

export type Code = keyof typeof CATALOG

type ParamsOf<Text extends string> = Text extends `${string}{${infer Param}}${infer Rest}`
  ? NameOf<Param> | ParamsOf<Rest>
  : never

type NameOf<Param extends string> = Param extends `${infer Name}|${string}` ? Name : Param

/** The parameters that a code's text names. */
export type Params<C extends Code> = {
  readonly [Name in ParamsOf<(typeof CATALOG)[C][1]>]: string | number
}

export function isCode(code: string): code is Code {
  return code in CATALOG
}

const RANKS: ReadonlyMap<string, number> = new Map(Object.keys(CATALOG).map((code, i) => [code, i]))

/** The place of a code in the order in which faults are looked for. */
export function rankOf(code: string): number {
  return RANKS.get(code) ?? RANKS.size
}

export function adjustableCodes(): string[] {
  return Object.keys(CATALOG).filter(isAdjustable)
}

/** Codes whose level smelt.yml may change. */
export function isAdjustable(code: string): code is Code {
  return (
    code in CATALOG && CATALOG[code as Code][0] !== "error!" && CATALOG[code as Code][0] !== "note"
  )
}

export function message<C extends Code>(code: C, params: Params<C>): string {
  const values = params as Readonly<Record<string, string | number>>
  return CATALOG[code][1].replace(/\{(\w+)(?:\|(\w+))?\}/g, (_, name: string, noun?: string) => {
    const value = values[name] ?? ""
    return noun === undefined ? String(value) : plural(Number(value), noun)
  })
}
