/** All checks of a parsed scenario, one file a family. */
import { type Diagnostic, diagnostic } from '../diagnostic.ts';
import { checkAddresses } from './addresses.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkExpects } from './expects.ts';
import { checkFile } from './file.ts';
import { checkLinks } from './links.ts';
import { checkPackets } from './packets.ts';
import { checkPorts } from './ports.ts';
import { checkProcesses } from './processes.ts';
import { checkReachability } from './reachability.ts';
import { checkReferences } from './references.ts';
import { type Checked, placedEntries, type Reporter } from './reporter.ts';
import { checkSettings } from './settings.ts';
import { checkStructure } from './structure.ts';

type Check = (reporter: Reporter) => void;

/** Each looks at one thing at a time. */
const LOCAL: readonly Check[] = [
  checkFile,
  checkStructure,
  checkSettings,
  checkDuplicates,
  checkReferences,
  checkProcesses,
  checkPorts,
  checkPackets,
  checkExpects,
];

/** These look at the network as a whole: of one that is only half understood they would tell what nobody wants to know. */
const GLOBAL: readonly Check[] = [checkLinks, checkAddresses, checkReachability];

/** Codes of text and names that were not understood. */
const NOT_UNDERSTOOD = /^NP1[01]/;

/** Runs the checks; `problems` are the parser's. Diagnostics come in the order of the checks. */
export function runChecks(checked: Checked, problems: readonly Diagnostic[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const reporter: Reporter = {
    ...checked,
    entries: placedEntries(checked.document),
    report: (code, range, message, more) => found.push(diagnostic(code, range, message, more)),
  };
  for (const check of LOCAL) check(reporter);
  const understood = ![...problems, ...found].some(
    (each) => each.severity === 'error' && NOT_UNDERSTOOD.test(each.code),
  );
  if (understood) for (const check of GLOBAL) check(reporter);
  return found;
}
