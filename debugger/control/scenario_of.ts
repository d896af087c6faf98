/** The scenario of a launch, or in words what is wrong with its text: a mistake is told with its line. */
import { analyse } from '../../server/language/analyse.ts';
import type { Diagnostic } from '../../server/language/diagnostic.ts';
import type { Scenario } from '../../server/language/scenario.ts';

const SHOWN = 10;

/** Throws an Error whose message is for a person. `file` may have folders. */
export function scenarioOf({ text, file }: { readonly text: string; readonly file: string }): Scenario {
  const { scenario, diagnostics } = analyse(text, file);
  if (scenario !== null) return scenario;
  const name = file.split(/[\\/]/).at(-1) ?? file;
  const errors = diagnostics.filter((each) => each.severity === 'error');
  throw new Error(errors.length === 0 ? `${name} describes no host` : told(text, name, errors));
}

function told(text: string, name: string, errors: readonly Diagnostic[]): string {
  const lines = errors
    .slice(0, SHOWN)
    .map((each) => `${name}:${lineAt(text, each.range.start)}: ${each.message} (${each.code})`);
  return [...lines, ...(errors.length > SHOWN ? [`and ${errors.length - SHOWN} more`] : [])].join('\n');
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
