// A binary heap of (key, id), the smallest key first and among equal keys the smallest id. One of them
// serves the whole folder: no two of its users run at the same time.
//
//   KEY  f64 × capacity   ┐ the heap: children of i are 2i + 1 and 2i + 2
//   ID   u32 × capacity   ┘

import { double, newDoubles, newWords, setDouble, setWord, word } from "./arrays";

let KEY: usize = 0;
let ID: usize = 0;
let size: u32 = 0;

export function newHeap(capacity: u32): void {
  KEY = newDoubles(capacity);
  ID = newWords(capacity);
  size = 0;
}

export function clearHeap(): void {
  size = 0;
}

export function heapSize(): u32 {
  return size;
}

/** The key of the next `pop`. */
export function topKey(): f64 {
  return double(KEY, 0);
}

export function push(key: f64, id: u32): void {
  let i = size++;
  while (i > 0) {
    const above = (i - 1) >> 1;
    if (!before(key, id, above)) break;
    move(above, i);
    i = above;
  }
  put(i, key, id);
}

export function pop(): u32 {
  const first = word(ID, 0);
  size--;
  if (size > 0) sink(double(KEY, size), word(ID, size));
  return first;
}

/** Puts an entry where it belongs on the path of smallest children down from the top. */
function sink(key: f64, id: u32): void {
  let i: u32 = 0;
  while (true) {
    let below: u32 = 2 * i + 1;
    if (below >= size) break;
    if (below + 1 < size && before(double(KEY, below + 1), word(ID, below + 1), below)) below++;
    if (before(key, id, below)) break;
    move(below, i);
    i = below;
  }
  put(i, key, id);
}

function before(key: f64, id: u32, i: u32): bool {
  const other = double(KEY, i);
  return key < other || (key == other && id < word(ID, i));
}

function move(from: u32, to: u32): void {
  put(to, double(KEY, from), word(ID, from));
}

function put(i: u32, key: f64, id: u32): void {
  setDouble(KEY, i, key);
  setWord(ID, i, id);
}
