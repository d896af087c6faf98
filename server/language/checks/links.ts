/** Links and veth pairs have two ends, and both lie in one subnet. */
import { inSubnet, networkOf, printAddress } from '../addresses.ts';
import type { Range } from '../expression.ts';
import type { DeviceModel } from '../topology.ts';
import { numberIn } from '../compile/slots.ts';
import { declaredName, type Entry, entriesOf } from '../tree.ts';
import type { Reporter } from './reporter.ts';

export function checkLinks(reporter: Reporter): void {
  const devices = [...reporter.topology.hosts.values()].flatMap((each) => each.devices);
  const ends = new Map<string, DeviceModel[]>();
  for (const device of devices) {
    const key = `${device.kind} ${device.link?.text}`;
    const known = ends.get(key);
    if (known) known.push(device);
    else ends.set(key, [device]);
  }
  for (const [name, entry] of reporter.topology.links) {
    checkCuts(reporter, entry);
    checkEnds(reporter, name, declaredName(entry)!.range, ends.get(`nic ${name}`) ?? []);
  }
  checkVeths(reporter, ends);
}

/** Each ends after it begins and before the next one begins, which may stand anywhere. */
function checkCuts({ report }: Reporter, link: Entry): void {
  const cuts = entriesOf(link, 'cut')
    .map((entry) => ({ entry, from: numberIn(entry, 'from') ?? 0, until: numberIn(entry, 'until') }))
    .sort((a, b) => a.from - b.from);
  let free = -1;
  for (const { entry, from, until } of cuts) {
    if (until !== null && until <= from) report('NP1310', entry.range, 'The cable is plugged in before it was pulled.');
    else if (from <= free)
      report('NP1310', entry.range, 'The cable is out already: it was pulled before and is not back yet.');
    free = Math.max(free, until ?? Number.MAX_SAFE_INTEGER);
  }
}

function checkVeths(reporter: Reporter, ends: ReadonlyMap<string, DeviceModel[]>): void {
  for (const entry of reporter.document.entries) {
    const name = declaredName(entry);
    if (entry.schema.keyword !== 'veth' || !name || !entry.body) continue;
    const count = entriesOf(entry, 'end').length;
    if (count !== 2)
      reporter.report(
        'NP1301',
        name.range,
        `The pair \`${name.text}\` has ${count} ${count === 1 ? 'end' : 'ends'}; it needs two.`,
      );
    else checkSubnets(reporter, ends.get(`veth ${name.text}`) ?? []);
  }
}

function checkEnds(reporter: Reporter, name: string, range: Range, ends: readonly DeviceModel[]): void {
  if (reporter.document.skippedWords.has(name)) return;
  const list = ends.map((each) => `${each.host}.${each.name.text}`).join(', ');
  if (ends.length < 2) {
    reporter.report(
      'NP1301',
      range,
      ends.length === 0
        ? `No NIC is at the link \`${name}\`; it needs two.`
        : `The link \`${name}\` has one end, ${list}; it needs two.`,
    );
  } else if (ends.length > 2) {
    reporter.report(
      'NP1301',
      ends[2]!.link!.range,
      `The link \`${name}\` has ${ends.length} ends: ${list}. It joins two; a third host needs a link of its own.`,
    );
  } else checkSubnets(reporter, ends);
}

function checkSubnets({ report }: Reporter, [first, second]: readonly DeviceModel[]): void {
  if (!first || !second || first.addresses.length === 0 || second.addresses.length === 0) return;
  const shared = first.addresses.some((here) =>
    second.addresses.some(
      (there) =>
        inSubnet(there.address, here.address, here.prefix) || inSubnet(here.address, there.address, there.prefix),
    ),
  );
  if (shared) return;
  const [here, there] = [first.addresses[0]!, second.addresses[0]!];
  const subnet = `${printAddress(networkOf(here.address, here.prefix))}/${here.prefix}`;
  report(
    'NP1302',
    there.range,
    `${printAddress(there.address)} is outside ${subnet}, the subnet of ${first.host}.${first.name.text} at the other end.`,
    {
      related: [{ range: here.range, message: 'the other end' }],
    },
  );
}
