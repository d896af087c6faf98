/** What an expression leads to: a value, how to show it, and a complaint where there is none. */
import type { Format } from '../../inspect/format/field.ts';

export interface Found {
  readonly value: unknown;
  readonly format?: Format | undefined;
}

/** An expression that has no value, told in words a user understands. Not a defect of ours. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
