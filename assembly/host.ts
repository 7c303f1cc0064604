// What the module imports; the name of this file is the name of the import module.

/** A pure function of `count` classes at `args`; 0xFFFFFFFF is "no". */
export declare function hostFunction(fn: u32, args: usize, count: u32): u32;

/** The clock, in milliseconds. */
export declare function now(): f64;

/** The operator of the leaf that is a number's shortest text. */
export declare function numberLeaf(value: f64): u32;

/** The operator of a leaf that is named after a class and stands nowhere else. */
export declare function freshName(cls: u32): u32;
