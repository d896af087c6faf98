/** What an evaluation gives back: text, maybe something to open, maybe a place to go to. */
import type { Move } from '../waiter.ts';

export interface Answer {
  readonly text: string;
  readonly type: string;
  readonly value?: unknown;
  readonly expression?: string | null;
  readonly move?: Move;
}

export const textAnswer = (text: string): Answer => ({ text, type: '' });
