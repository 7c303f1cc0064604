/** t and u have keys, v has none, and z values that are equal and look different; f refers to both, perhaps not to t. */
export const TABLES = `
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER NOT NULL, s VARCHAR);
CREATE TABLE u (id INTEGER PRIMARY KEY, a INTEGER, c INTEGER);
CREATE TABLE v (a INTEGER, d INTEGER, s VARCHAR);
CREATE TABLE z (k DOUBLE, x INTEGER);
CREATE TABLE f (t_id INTEGER REFERENCES t (id), u_id INTEGER NOT NULL REFERENCES u (id), x INTEGER);`

/** Rows that refer to rows of the same table. */
export const TREE = `
CREATE TABLE v (a INTEGER, d INTEGER);
CREATE TABLE r (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES r (id), x INTEGER);`

/** So few values that draws have few outcomes; in r there is one. */
export const FEW = `
CREATE TABLE p (x BOOLEAN PRIMARY KEY);
CREATE TABLE q (y BOOLEAN PRIMARY KEY);
CREATE TABLE w (z BOOLEAN PRIMARY KEY);
CREATE TABLE n (k BOOLEAN NOT NULL);
CREATE TABLE r (one UTINYINT NOT NULL);`
