/** Reads and checks what a launch names, before anything runs: a mistake is told with its line. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { analyse } from '../../server/language/analyse.ts';
import type { Diagnostic } from '../../server/language/diagnostic.ts';
import type { LaunchParameters } from '../control/protocol.ts';
import { parseTime } from '../inspect/format/time.ts';
import { bag, flagOf, numberOf, stringOf } from './arguments.ts';
import { Problem, PROBLEMS } from './problem.ts';

const SHOWN = 10;

/** Throws a Problem that the user is to see. */
export function readLaunch(given: unknown): LaunchParameters {
  const of = bag(given);
  const program = stringOf(of, 'program', '');
  if (program === '')
    throw new Problem(PROBLEMS.noProgram, 'launch needs "program": the path of a .netpath file', true);
  const text = read(program);
  checkScenario(text, program);
  return {
    text,
    file: path.resolve(program),
    seed: seedOf(of),
    until: untilOf(of),
    stopOnEntry: flagOf(of, 'stopOnEntry'),
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

function checkScenario(text: string, program: string): void {
  const { scenario, diagnostics } = analyse(text, program);
  if (scenario !== null) return;
  const errors = diagnostics.filter((each) => each.severity === 'error');
  throw new Problem(
    PROBLEMS.badScenario,
    errors.length === 0 ? `${path.basename(program)} describes no host` : told(text, program, errors),
    true,
  );
}

function told(text: string, program: string, errors: readonly Diagnostic[]): string {
  const lines = errors
    .slice(0, SHOWN)
    .map((each) => `${path.basename(program)}:${lineAt(text, each.range.start)}: ${each.message} (${each.code})`);
  return [...lines, ...(errors.length > SHOWN ? [`and ${errors.length - SHOWN} more`] : [])].join('\n');
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
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
