/** Names that must stand for something: links, hosts, devices, CPUs. */
import { perBlock } from '../blocks.ts';
import type { HostModel } from '../topology.ts';
import { type Entry, type NameNode, type Value, type ValueOf, valueIn, valuesIn } from '../tree.ts';
import { placedEntries, type Reporter, suggestion } from './reporter.ts';

export function checkReferences(reporter: Reporter): void {
  for (const block of reporter.document.entries) {
    for (const { entry, host } of referringEntries(block))
      checkEntry(reporter, entry, host === null ? null : (reporter.topology.hosts.get(host) ?? null));
  }
}

/** Those of a block that name something which may be missing elsewhere. */
const referringEntries = perBlock((block) =>
  placedEntries(block).filter(({ entry }) => namesCpus(entry) || entry.values.some(refers)),
);

function refers(value: Value): boolean {
  return value.kind === 'reference' || (value.kind === 'declaration' && value.host !== null);
}

const NAMING_CPUS: ReadonlySet<string> = new Set(['process', 'irq', 'rps_cpus', 'xps_cpus']);

function namesCpus({ schema }: Entry): boolean {
  return NAMING_CPUS.has(schema.keyword);
}

function checkEntry(reporter: Reporter, entry: Entry, host: HostModel | null): void {
  for (const value of entry.values) {
    if (value.kind === 'reference') checkReference(reporter, value, host);
    if (value.kind === 'declaration' && value.host) knownHost(reporter, value.host);
  }
  if (host && entry.values.length > 0) checkCpus(reporter, entry, host);
}

function checkReference(reporter: Reporter, { path, part }: ValueOf<'reference'>, host: HostModel | null): void {
  const [first, second] = path;
  if (!first) return;
  if (part.to === 'link') knownLink(reporter, first);
  else if (part.to === 'device' && !second && host) knownDevice(reporter, first, host);
  else if (part.to === 'device' && !second)
    reporter.report('NP1104', first.range, `Name the device with its host: \`HOST.${first.text}\`.`);
  else {
    const named = knownHost(reporter, first);
    if (named && second) knownDevice(reporter, second, named);
  }
}

function knownLink(reporter: Reporter, name: NameNode): void {
  const { links } = reporter.topology;
  if (!links.has(name.text)) reportUnknown(reporter, name, links.keys(), 'link');
}

function knownHost(reporter: Reporter, name: NameNode): HostModel | null {
  const { hosts } = reporter.topology;
  const host = hosts.get(name.text);
  if (!host) reportUnknown(reporter, name, hosts.keys(), 'host');
  return host ?? null;
}

function knownDevice(reporter: Reporter, name: NameNode, host: HostModel): void {
  if (name.text === 'lo' || host.devices.some((each) => each.name.text === name.text)) return;
  reportUnknown(reporter, name, ['lo', ...host.devices.map((each) => each.name.text)], `device of ${host.name}`);
}

function reportUnknown({ report, document }: Reporter, name: NameNode, known: Iterable<string>, what: string): void {
  if (document.skippedWords.has(name.text)) return;
  const names = [...known];
  const { hint, fixes } = suggestion(name.text, name.range, names);
  const there = names.length > 0 && names.length < 8 && hint === '' ? ` There is: ${names.join(', ')}.` : '';
  report('NP1104', name.range, `No ${what} is called \`${name.text}\`.${hint}${there}`, { fixes });
}

function checkCpus({ report }: Reporter, entry: Entry, host: HostModel): void {
  if (!namesCpus(entry)) return;
  const named =
    entry.schema.keyword === 'process' ? [valueIn(entry, 'cpu', 'quantity')] : valuesIn(entry, 'cpus', 'quantity');
  for (const value of named) {
    if (value?.literal.kind !== 'number' || value.literal.value < host.cpus || value.literal.value > value.part.max)
      continue;
    const have = host.cpus === 1 ? 'one CPU, number 0' : `CPUs 0 to ${host.cpus - 1}`;
    report('NP1309', value.range, `${host.name} has ${have}; \`cpus\` says how many.`);
  }
}
