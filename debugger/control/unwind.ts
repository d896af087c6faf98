/** Thrown through the engine's calls when the world at hand is to be left: for another moment, or for good. */
import type { Moment } from './moment.ts';
import type { Position } from './stepping/position.ts';
import type { Move } from './waiter.ts';

export class Unwind extends Error {
  readonly move: Move;
  /** Where it was left. */
  readonly moment: Moment;
  readonly position: Position | null;

  constructor(move: Move, moment: Moment, position: Position | null) {
    super(`left at event ${moment.event}`);
    this.move = move;
    this.moment = moment;
    this.position = position;
  }
}
