// Arrays of this folder: an address in linear memory and an index. Nothing checks bounds here; what the
// host wrote is checked once, in problem.ts.

import { allocate } from "../memory/arena";

/** Addresses end at 4 GiB; the rest is left to small blocks. */
const END: f64 = 4294967296 - 67108864;

/** Bytes that can still be taken. */
export function roomLeft(): f64 {
  return END - <f64>allocate(0);
}

export function newWords(count: u32): usize {
  return allocate((<usize>count) << 2);
}

export function newDoubles(count: u32): usize {
  return allocate((<usize>count) << 3);
}

export function newBytes(count: u32): usize {
  return allocate(count);
}

export function word(at: usize, i: u32): u32 {
  return load<u32>(at + ((<usize>i) << 2));
}

export function setWord(at: usize, i: u32, value: u32): void {
  store<u32>(at + ((<usize>i) << 2), value);
}

export function double(at: usize, i: u32): f64 {
  return load<f64>(at + ((<usize>i) << 3));
}

export function setDouble(at: usize, i: u32, value: f64): void {
  store<f64>(at + ((<usize>i) << 3), value);
}

export function byte(at: usize, i: u32): u32 {
  return load<u8>(at + i);
}

export function setByte(at: usize, i: u32, value: u32): void {
  store<u8>(at + i, <u8>value);
}

export function fillWords(at: usize, count: u32, value: u32): void {
  for (let i: u32 = 0; i < count; i++) setWord(at, i, value);
}

export function clearWords(at: usize, count: u32): void {
  memory.fill(at, 0, (<usize>count) << 2);
}

/** Turns the counts in at[1 … n] into the ends of runs: the running sum, with at[0] = 0. */
export function sumUp(at: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) setWord(at, i + 1, word(at, i + 1) + word(at, i));
}
