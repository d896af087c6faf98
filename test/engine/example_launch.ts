/** What F5 on an example launches. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LaunchParameters } from '../../debugger/control/protocol.ts';

export function exampleLaunch(name: string, more: Partial<LaunchParameters> = {}): LaunchParameters {
  const file = path.resolve(`examples/${name}.netpath`);
  const text = readFileSync(file, 'utf8');
  return { text, file, set: [], seed: 1, until: null, stopOnEntry: false, stopAtEnd: false, noDebug: false, ...more };
}
