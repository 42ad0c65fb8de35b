// How far figures that should be equal may lie apart. One double operation is off by at most a part in 9 x 10^15.

/**
 * Rounding of a few dozen operations, with room to spare: a bound lowered by this share, or a product smaller by more
 * than it, stays on its side whatever the order of the operations.
 */
export const roundingShare = 1e-12;

/** Rounding of sums of many thousand terms in another order than the model's: figures this close are the same. */
export const agreement = 1e-9;
