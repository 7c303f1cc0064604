// What the module imports; the name of this file is the name of the import module.

/** A pure function of `count` classes at `args`; 0xFFFFFFFF is "no". */
export declare function hostFunction(fn: u32, args: usize, count: u32): u32;

/** The clock, in milliseconds. */
export declare function now(): f64;
