// The exports of the module: everything the host calls. See README.md for the memory map.

export { allocate, reset, used } from "./memory/arena";
export { analyzeDays } from "./safety/days";
