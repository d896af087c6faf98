/** A node of the Variables view that is no value of the kernel's: it gathers others, made when it is opened. */
import type { Child } from './children.ts';

export interface Group {
  readonly group: true;
  readonly summary: string;
  /** null: nothing to open. */
  readonly children: (() => Child[]) | null;
}

export function group(summary: string, children: () => Child[]): Group {
  return { group: true, summary, children };
}

/** A line of text among values. */
export function leaf(summary: string): Group {
  return { group: true, summary, children: null };
}

export function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && (value as { group?: unknown }).group === true;
}
