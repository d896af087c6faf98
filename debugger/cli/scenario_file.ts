/** Reads a scenario; what is wrong with it is told as compilers tell it. */
import { readFileSync, statSync } from 'node:fs';
import { analyse, type Analysis } from '../../server/language/analyse.ts';
import type { Scenario } from '../../server/language/scenario.ts';
import { CliError } from './usage.ts';

export function readScenario(file: string): { scenario: Scenario; warnings: string[] } {
  const analysis = analyseFile(file);
  const lines = diagnosticLines(file, analysis);
  if (analysis.scenario === null)
    throw new CliError(lines.length === 0 ? `${file}: describes no host` : lines.join('\n'), 1);
  return { scenario: analysis.scenario, warnings: lines };
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
