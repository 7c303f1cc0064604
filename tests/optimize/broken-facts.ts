// Small projects whose plans rest on a declared fact, with data that break it and data that do not.

export interface BrokenFact {
  /** As `smelt` says it. */
  readonly fact: string
  /** The rule that rests on it. */
  readonly rule: string
  /** A part of the line where it is declared. */
  readonly declared: string
  /** What the message says of the data. */
  readonly says: readonly string[]
  /** Rows that break it. */
  readonly shown: readonly string[]
  readonly files: Readonly<Record<string, string>>
  /** A file as it should be. */
  readonly mended: readonly [file: string, text: string]
}

const AIRPORTS = "iata,city\nORD,Chicago\nLAX,Los Angeles\nBOS,Boston\n"
const FLIGHTS = "origin,delay\nORD,10\nORD,\nLAX,5\nBOS,7\nBOS,9\n"
const WITHOUT_NULL = FLIGHTS.replace("ORD,\n", "ORD,0\n")

const COLUMNS = `    columns: { origin: { type: VARCHAR }, delay: { type: INTEGER } }
`
const SOURCE_OF_AIRPORTS = `  raw.airports:
    path: data/airports.csv
    key: [iata]
    columns: { iata: { type: VARCHAR }, city: { type: VARCHAR } }
`

const ENRICHED = `---
materialization: view
---
SELECT f.origin, f.delay, a.city
FROM smelt.source('raw.flights') AS f
LEFT JOIN smelt.source('raw.airports') AS a ON a.iata = f.origin
`
const INNER = ENRICHED.replace("LEFT JOIN", "JOIN")

const DELAYS = `---
materialization: table
---
SELECT e.origin, count(*) AS flights, sum(e.delay) AS delay
FROM smelt.ref('enriched') AS e
GROUP BY e.origin
`
const COUNTS = DELAYS.replace("count(*)", "count(e.delay)")

export const BROKEN: Readonly<Record<string, BrokenFact>> = {
  "a key that two airports have": {
    fact: "raw.airports(iata) is a key",
    rule: "left-unused-agg",
    declared: "    key: [iata]",
    says: ["iata ORD stands in 2 rows"],
    shown: ["(ORD, 2)"],
    files: {
      "sources/raw.yml": `sources:
  raw.flights:
    path: data/flights.csv
${COLUMNS}${SOURCE_OF_AIRPORTS}`,
      "models/enriched.sql": ENRICHED,
      "models/delays.sql": DELAYS,
      "data/flights.csv": FLIGHTS,
      "data/airports.csv": `${AIRPORTS}ORD,Orchard Place\n`,
    },
    mended: ["data/airports.csv", AIRPORTS],
  },
  "a reference to no airport": {
    fact: "raw.flights(origin) references raw.airports(iata)",
    rule: "join-by-foreign-key-agg",
    declared: "      - { columns: [origin]",
    says: [
      "2 rows lead nowhere, such as origin XXX, delay 3",
      "2 rows lead nowhere, such as origin YYY, delay 4",
    ],
    shown: ["(XXX, 3)", "(YYY, 4)"],
    files: {
      "sources/raw.yml": `sources:
  raw.flights:
    path: data/flights.csv
    foreign_keys:
      - { columns: [origin], references: raw.airports, to: [iata] }
${COLUMNS}${SOURCE_OF_AIRPORTS}`,
      "models/enriched.sql": INNER,
      "models/delays.sql": DELAYS,
      "data/flights.csv": `${FLIGHTS}XXX,3\nYYY,4\n`,
      "data/airports.csv": AIRPORTS,
    },
    mended: ["data/flights.csv", FLIGHTS],
  },
  "a NULL where there is none": {
    fact: "raw.flights.delay is not NULL",
    rule: "count-not-null",
    declared: "    columns: { origin",
    says: ["1 row is, such as origin ORD"],
    shown: ["(ORD, NULL)"],
    files: {
      "sources/raw.yml": `sources:
  raw.flights:
    path: data/flights.csv
${COLUMNS.replace("INTEGER }", "INTEGER, not_null: true }")}`,
      "models/enriched.sql": `---
materialization: view
---
SELECT f.origin, f.delay FROM smelt.source('raw.flights') AS f
`,
      "models/delays.sql": COUNTS,
      "data/flights.csv": FLIGHTS,
    },
    mended: ["data/flights.csv", WITHOUT_NULL],
  },
}
