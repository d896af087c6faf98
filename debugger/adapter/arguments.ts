/** Reads the arguments of requests. Clients differ and fuzzers lie: what has the wrong type is refused by name, not believed. */
import { Problem, PROBLEMS } from './problem.ts';

type Bag = Readonly<Record<string, unknown>>;

const refuse = (name: string, wanted: string, value: unknown): Problem =>
  new Problem(
    PROBLEMS.badArguments,
    `${name} must be ${wanted}, not ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`,
  );

export function bag(value: unknown): Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : {};
}

export function numberOf(of: Bag, name: string): number;
export function numberOf<T>(of: Bag, name: string, otherwise: T): number | T;
export function numberOf(of: Bag, name: string, ...otherwise: unknown[]): unknown {
  const value = of[name];
  if (value === undefined && otherwise.length > 0) return otherwise[0];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(name, 'a number', value);
  return Math.trunc(value);
}

export function stringOf(of: Bag, name: string): string;
export function stringOf<T>(of: Bag, name: string, otherwise: T): string | T;
export function stringOf(of: Bag, name: string, ...otherwise: unknown[]): unknown {
  const value = of[name];
  if (value === undefined && otherwise.length > 0) return otherwise[0];
  if (typeof value !== 'string') throw refuse(name, 'a string', value);
  return value;
}

export function flagOf(of: Bag, name: string): boolean {
  return of[name] === true;
}

/** A missing list is an empty one. */
export function listOf(of: Bag, name: string): Bag[] {
  const value = of[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refuse(name, 'a list', value);
  return value.map(bag);
}

/** The same for texts. */
export function stringsOf(of: Bag, name: string): string[] {
  const value = of[name] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw refuse(name, 'a list of strings', value);
  return value;
}
