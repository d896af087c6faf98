/** Reads a scenario; what is wrong with it is told as compilers tell it. */
import { readFileSync, statSync } from 'node:fs';
import { analyse, type Analysis } from '../../server/language/analyse.ts';
import {
  ChangeError,
  type Changed,
  changeScenario,
  parseChange,
  toldChange,
} from '../../server/language/change/change.ts';
import type { Scenario } from '../../server/language/scenario.ts';
import { CliError } from './usage.ts';

/** With changes made to it (server/language/change), each of which is told in words. */
export function readScenario(file: string, changes: readonly string[] = []): ReadScenario {
  const { text, told } = changedText(read(file), changes);
  const analysis = analyse(text, file);
  const lines = diagnosticLines(file, analysis);
  if (analysis.scenario === null)
    throw new CliError(lines.length === 0 ? `${file}: describes no host` : lines.join('\n'), 1);
  return { scenario: analysis.scenario, warnings: lines, told };
}

/** The file's text with each of several sets of changes made to it. Throws a CliError with what is wrong with either. */
export function changedTexts(file: string, sets: readonly (readonly string[])[]): string[] {
  readScenario(file);
  const text = read(file);
  return sets.map((changes) => changedText(text, changes).text);
}

function changedText(text: string, changes: readonly string[]): { text: string; told: string[] } {
  const told: string[] = [];
  for (const each of changes) {
    const changed = changedBy(text, each);
    told.push(toldChange(changed));
    text = changed.text;
  }
  return { text, told };
}

function changedBy(text: string, change: string): Changed {
  try {
    return changeScenario(text, parseChange(change));
  } catch (error) {
    if (error instanceof ChangeError) throw new CliError(`netpath: --set ${error.message}`, 1);
    throw error;
  }
}

export interface ReadScenario {
  readonly scenario: Scenario;
  readonly warnings: readonly string[];
  readonly told: readonly string[];
}

export function analyseFile(file: string): Analysis {
  return analyse(read(file), file);
}

function read(file: string): string {
  try {
    // /dev/zero has no end
    if (statSync(file).isCharacterDevice()) throw new Error('Not a regular file');
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'No such file or directory'
        : code === 'EISDIR'
          ? 'Is a directory'
          : code === 'EACCES'
            ? 'Permission denied'
            : message;
    throw new CliError(`netpath: ${file}: ${why}`, 1);
  }
}

/** `file:line:column: error: message [NP1001]`. */
export function diagnosticLines(file: string, { text, diagnostics }: Analysis): string[] {
  const place = placesIn(text);
  return diagnostics.map(
    (each) => `${file}:${place(each.range.start)}: ${each.severity}: ${each.message} [${each.code}]`,
  );
}

function placesIn(text: string): (offset: number) => string {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = starts.findLastIndex((start) => start <= offset);
    return `${line + 1}:${offset - starts[line]! + 1}`;
  };
}
