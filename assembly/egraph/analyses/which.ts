// Which analysis the graph carries, and which numbers say so to the host.

export const enum Analysis {
  None = 0,
  Relations = 1,
  Constants = 2,
  Booleans = 3,
  Lambda = 4,
}

export let analysis: u32 = 0;

export function choose(number: u32): void {
  analysis = number;
}
