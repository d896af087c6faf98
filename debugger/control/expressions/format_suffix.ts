/** `skb->protocol,x`: how a value is to be shown, behind the expression, with gdb's letters. No expression has a comma outside of brackets. */
import type { Format } from '../../inspect/format/field.ts';

export const FORMAT_SUFFIXES: Readonly<Record<string, { readonly format: Format; readonly doc: string }>> = {
  x: { format: 'hex', doc: 'in hexadecimal' },
  d: { format: 'number', doc: 'in decimal' },
  b: { format: 'binary', doc: 'in binary' },
};

const SUFFIX = new RegExp(`^([\\s\\S]*\\S)\\s*,\\s*([${Object.keys(FORMAT_SUFFIXES).join('')}])\\s*$`);

export interface Formatted {
  /** What stands before the comma. */
  readonly text: string;
  /** undefined: the value's own. */
  readonly format: Format | undefined;
}

export function cutFormat(text: string): Formatted {
  const match = SUFFIX.exec(text);
  return match === null ? { text, format: undefined } : { text: match[1]!, format: FORMAT_SUFFIXES[match[2]!]!.format };
}
