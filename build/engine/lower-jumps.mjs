/** Jumps within a step function: `$l` holds the label where its switch goes next. */

/** @returns a label of this function that no yield has */
export const newLabel = (lowering) => ++lowering.labels;

/** A statement that goes to a label, from inside any loop or switch of the function. */
export const jump = (label) => `{ $l = ${label}; continue $j; }`;
