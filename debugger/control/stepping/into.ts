/** A step into one call of several that a statement makes. It ends where that call begins or, when it is not made after all, where a step over would. */
import { functions } from '../debug_info.ts';
import { callIdentity, currentDepth } from '../probe.ts';
import type { Position } from './position.ts';
import { inStepsContext, stepEnds } from './step.ts';

export interface StepTarget {
  /** The function; '' where only the run will tell. */
  readonly name: string;
  /** The others that the statement calls by name: none of them is meant then. */
  readonly others: readonly string[];
  /** Which of the statement's calls of that name, from 1. */
  readonly nth: number;
}

export class Into {
  readonly #target: StepTarget;
  #left: number;
  #last: object | null = null;

  constructor(target: StepTarget) {
    this.#target = target;
    this.#left = target.nth;
  }

  /** Asked at each tick in the step's context. */
  ends(from: Position, at: Position): boolean {
    if (!inStepsContext(from, at) || at.level !== from.level || at.depth !== from.depth + 1)
      return stepEnds('over', from, at);
    return this.#isMeant(at) && this.#isNew() && --this.#left === 0;
  }

  #isMeant({ fn, tick }: Position): boolean {
    if (fn < 0 || tick !== functions[fn]!.firstTick) return false;
    const { name, others } = this.#target;
    return name === '' ? !others.includes(functions[fn]!.name) : functions[fn]!.name === name;
  }

  /** A loop may come by its first tick again. */
  #isNew(): boolean {
    const call = callIdentity(currentDepth());
    if (call === this.#last) return false;
    this.#last = call;
    return true;
  }
}
