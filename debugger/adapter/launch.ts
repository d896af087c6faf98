/** Reads what a launch names, before anything runs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LaunchParameters } from '../control/protocol.ts';
import { parseTime } from '../inspect/format/time.ts';
import { bag, flagOf, numberOf, stringOf, stringsOf } from './arguments.ts';
import { Problem, PROBLEMS } from './problem.ts';

/** Throws a Problem that the user is to see. */
export function readLaunch(given: unknown): LaunchParameters {
  const of = bag(given);
  const program = stringOf(of, 'program', '');
  if (program === '')
    throw new Problem(PROBLEMS.noProgram, 'launch needs "program": the path of a .netpath file', true);
  const text = read(program);
  return {
    text,
    file: path.resolve(program),
    set: stringsOf(of, 'set'),
    seed: seedOf(of),
    until: untilOf(of),
    stopOnEntry: flagOf(of, 'stopOnEntry'),
    stopAtEnd: flagOf(of, 'stopAtEnd'),
    noDebug: flagOf(of, 'noDebug'),
  };
}

function read(program: string): string {
  try {
    return readFileSync(program, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message;
    throw new Problem(PROBLEMS.unreadable, `Cannot read ${program}: ${why}`, true);
  }
}

function seedOf(of: Readonly<Record<string, unknown>>): number {
  const seed = numberOf(of, 'seed', 1);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new Problem(PROBLEMS.badArguments, '"seed" is a whole number from 0', true);
  return seed;
}

function untilOf(of: Readonly<Record<string, unknown>>): number | null {
  const text = stringOf(of, 'until', '');
  if (text === '') return null;
  const ns = parseTime(text);
  if (ns === undefined)
    throw new Problem(PROBLEMS.badArguments, `"until" is a time with its unit, such as 5ms: not ${text}`, true);
  return ns;
}
