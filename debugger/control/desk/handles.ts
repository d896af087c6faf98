/**
 * Numbers for what can be opened in the Variables view. The same thing at the next stop gets the same number, so that what a
 * person has opened stays open; things are the same when they have the same name within the same parent.
 */

import type { Format } from '../../inspect/format/field.ts';

export interface Node {
  /** Its way from the scope on, unique. */
  readonly key: string;
  readonly value: unknown;
  /** The expression that leads to it; null where none does. */
  readonly expression: string | null;
  /** How integers below it are shown that have no format of their own. */
  readonly integers?: Format | undefined;
}

export class Handles {
  #next = 1;
  #numbers = new Map<string, number>();
  #before = new Map<string, number>();
  #nodes = new Map<number, Node>();

  /** A new stop: what is not met again by the stop after is forgotten. */
  startStop(): void {
    this.#before = new Map([...this.#before, ...this.#numbers].slice(-5000));
    this.#numbers = new Map();
    this.#nodes = new Map();
  }

  numberOf(node: Node): number {
    const number = this.#numbers.get(node.key) ?? this.#before.get(node.key) ?? this.#next++;
    this.#numbers.set(node.key, number);
    this.#nodes.set(number, node);
    return number;
  }

  node(number: number): Node | undefined {
    return this.#nodes.get(number);
  }
}
