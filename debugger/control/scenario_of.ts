/** The scenario of a launch, or in words what is wrong with its text: a mistake is told with its line. */
import { analyse } from '../../server/language/analyse.ts';
import { changeScenario, parseChange } from '../../server/language/change/change.ts';
import type { Diagnostic } from '../../server/language/diagnostic.ts';
import type { Scenario } from '../../server/language/scenario.ts';

const SHOWN = 10;

export interface LaunchedText {
  readonly text: string;
  readonly file: string;
  /** Changes to the text (server/language/change). */
  readonly set: readonly string[];
}

/** The text with the changes that the launch asks for. Throws an Error whose message is for a person. */
export function textOf({ text, set }: Omit<LaunchedText, 'file'>): string {
  return set.reduce((changed, change) => changeScenario(changed, parseChange(change)).text, text);
}

/** Throws an Error whose message is for a person. `file` may have folders. A mistake in the text itself is told before one in what it is changed to. */
export function scenarioOf({ text, file, set }: LaunchedText): Scenario {
  const scenario = analysed(text, file);
  return set.length === 0 ? scenario : analysed(textOf({ text, set }), file);
}

function analysed(text: string, file: string): Scenario {
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
