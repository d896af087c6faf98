/** C's `void *`: memory that belongs to whoever put it there (a driver, a layer, a discipline), of a shape that only they know. */
// biome-ignore lint/suspicious/noExplicitAny: whoever reads it says what it is, as in C
export type void_p = any;
