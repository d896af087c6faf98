/** `netpath compare`: a scenario and another, or the same with something changed. */
import { compareRuns } from '../control/compare/comparison.ts';
import { comparisonText, differs, type RunNames } from '../control/compare/text.ts';
import { lazyEngine } from '../control/engine.ts';
import { lazyListings } from '../control/listings.ts';
import { FOREVER } from '../machine/event_queue.ts';
import type { CompareOptions } from './options.ts';
import { DEBUG, ENDLESS, type Output } from './run.ts';
import { readScenario } from './scenario_file.ts';

/** Events whose statements are compared: half a minute's work. */
const WATCHED = 500_000;

export interface CompareFiles {
  readonly fastEngine: URL;
  readonly listings: URL;
}

/** As diff(1): 0 when nothing differs, 1 when something does. */
export function compareCommand(options: CompareOptions, files: CompareFiles, { out }: Output): 0 | 1 {
  const before = readScenario(options.file).scenario;
  const { scenario: after, told } = readScenario(options.other ?? options.file, options.set);
  for (const each of told) out(each);
  if (told.length > 0) out('');
  const comparison = compareRuns(
    { before, after, seed: options.seed, until: options.until ?? FOREVER, events: ENDLESS, watched: WATCHED },
    {
      fast: lazyEngine(files.fastEngine),
      debug: DEBUG,
      listings: lazyListings(files.listings),
      poll: () => undefined,
    },
  );
  out(comparisonText(comparison, namesOf(options)));
  return differs(comparison) ? 1 : 0;
}

function namesOf({ file, other }: CompareOptions): RunNames {
  return other === null ? { before: 'as it is', after: 'changed' } : { before: `in ${file}`, after: `in ${other}` };
}
