/** The generated files of the repository by path. */
import { languageConfiguration } from './configuration.ts';
import { grammar } from './grammar.ts';
import { manual } from './manual.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['syntaxes/netpath.tmLanguage.json', json(grammar())],
    ['syntaxes/language-configuration.json', json(languageConfiguration())],
    ['docs/LANGUAGE.md', manual()],
  ]);
}
