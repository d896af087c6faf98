/** All checks of a parsed scenario, one file a family. */
import { type Diagnostic, diagnostic } from '../diagnostic.ts';
import { programsOf } from '../programs.ts';
import type { Entry } from '../tree.ts';
import { checkAddresses } from './addresses.ts';
import { checkBridges } from './bridges.ts';
import { checkDuplicates } from './duplicates.ts';
import { checkExpects } from './expects.ts';
import { checkFile } from './file.ts';
import { checkLinks } from './links.ts';
import { checkNetfilter } from './netfilter.ts';
import { checkPackets } from './packets.ts';
import { checkPorts } from './ports.ts';
import { checkProcesses } from './processes.ts';
import { checkReachability } from './reachability.ts';
import { checkReferences } from './references.ts';
import { type Checked, type BlockReporter, placedEntries, type Reporter } from './reporter.ts';
import { checkSettings } from './settings.ts';
import { checkStructure } from './structure.ts';

type Check = (reporter: Reporter) => void;

/** Whether these find something depends on one top-level block and nothing else; what they then say may not. */
const OF_A_BLOCK: readonly ((reporter: BlockReporter) => void)[] = [
  checkStructure,
  checkSettings,
  checkProcesses,
  checkPorts,
  checkPackets,
  checkNetfilter,
];

/** Each looks at one thing at a time. */
const LOCAL: readonly Check[] = [checkFile, checkDuplicates, checkReferences, checkExpects];

/** These look at the network as a whole: of one that is only half understood they would tell what nobody wants to know. */
const GLOBAL: readonly Check[] = [checkLinks, checkBridges, checkAddresses, checkReachability];

/** Codes of text and names that were not understood. */
const NOT_UNDERSTOOD = /^NP1[01]/;

/** Runs the checks; `problems` are the parser's. Diagnostics come in the order of the checks. */
export function runChecks(checked: Checked, problems: readonly Diagnostic[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report: Reporter['report'] = (code, range, message, more) => found.push(diagnostic(code, range, message, more));
  const { entries } = checked.document;
  const reporter: Reporter = { ...checked, report };
  for (const block of entries) checkBlock(reporter, block, found);
  for (const check of LOCAL) check(reporter);
  const understood = ![...problems, ...found].some(
    (each) => each.severity === 'error' && NOT_UNDERSTOOD.test(each.code),
  );
  if (understood) for (const check of GLOBAL) check(reporter);
  return found;
}

/** Blocks in which nothing was found. Where words were skipped, something may only have been passed over in silence. */
const FAULTLESS = new WeakSet<Entry>();

function checkBlock(reporter: Reporter, block: Entry, found: readonly Diagnostic[]): void {
  if (FAULTLESS.has(block)) return;
  const before = found.length;
  const alone: BlockReporter = { ...reporter, entries: placedEntries(block), programs: programsOf(block) };
  for (const check of OF_A_BLOCK) check(alone);
  if (found.length === before && reporter.document.skippedWords.size === 0) FAULTLESS.add(block);
}
