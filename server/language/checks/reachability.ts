/** Can the sender reach what it names. */
import { type IpAddress, isIn6, printAddress } from '../addresses.ts';
import type { Code } from '../codes.ts';
import { type Fix, replaceFix } from '../diagnostic.ts';
import { endpointHostRange, type Expression, type Range } from '../expression.ts';
import type { Program } from '../programs.ts';
import { canReach, type Resolution, resolveHost } from '../routing.ts';
import type { HostModel } from '../topology.ts';
import { arrivalOf, destinationOf, sourceOf } from '../trafficPlaces.ts';
import { declaredName, type Entry, valueIn } from '../tree.ts';
import { type Reporter, suggestion } from './reporter.ts';

export function checkReachability(reporter: Reporter): void {
  for (const program of reporter.programs) checkProgram(reporter, program);
  for (const entry of reporter.document.entries) {
    if (entry.schema.keyword === 'traffic') for (const line of entry.body?.entries ?? []) checkTraffic(reporter, line);
  }
}

function checkProgram(reporter: Reporter, { host: entry, statements, nodes }: Program): void {
  const host = reporter.topology.hosts.get(declaredName(entry)?.text ?? '');
  if (!host) return;
  for (const node of nodes) {
    if (node.kind === 'endpoint' && node.host !== null)
      checkName(reporter, node.host, endpointHostRange(node, node.host), host, node.bracketed);
  }
  for (const statement of statements) if (statement.kind === 'do') checkLiteral(reporter, statement.value, host);
}

/** A call whose result is looked at may fail on purpose; one whose result is thrown away should not. */
function checkLiteral({ report }: Reporter, expression: Expression, host: HostModel): void {
  if (expression.kind !== 'call' || (expression.callee !== 'connect' && expression.callee !== 'sendto')) return;
  const target = expression.arguments[expression.callee === 'connect' ? 1 : 2];
  if (target?.kind !== 'endpoint' || target.host !== null || canReach(host, target.address)) return;
  report(
    'NP1306',
    target.range,
    `${host.name} has no route to ${printAddress(target.address)}: no subnet and no \`route\` leads there.`,
  );
}

function checkName(reporter: Reporter, name: string, range: Range, from: HostModel | null, in6: boolean): void {
  if (reporter.document.skippedWords.has(name)) return;
  const found = resolveHost(reporter.topology, from, name, in6);
  const fault = found.kind === 'found' ? null : describe(reporter, found, name, range, from, in6);
  if (fault) reporter.report(fault.code, range, fault.message, { fixes: fault.fixes });
}

interface Fault {
  readonly code: Code;
  readonly message: string;
  readonly fixes: readonly Fix[];
}

function describe(
  { topology }: Reporter,
  found: Exclude<Resolution, { kind: 'found' }>,
  name: string,
  range: Range,
  from: HostModel | null,
  bare: boolean,
): Fault {
  switch (found.kind) {
    case 'unknown host': {
      const { hint, fixes } = suggestion(name, range, topology.hosts.keys());
      return { code: 'NP1104', message: `No host is called \`${name}\`.${hint}`, fixes };
    }
    case 'no address':
      return { code: 'NP1308', message: `The host \`${name}\` has no address.`, fixes: [] };
    case 'unreachable':
      return {
        code: 'NP1306',
        message: `${from?.name ?? 'Nobody'} has no route to ${name}: no subnet is shared and no \`route\` leads there.`,
        fixes: [],
      };
    case 'ambiguous': {
      const list = found.addresses.map(printAddress);
      return {
        code: 'NP1307',
        message: `\`${name}\` has several addresses that could be meant: ${list.join(', ')}.`,
        fixes: found.addresses.map((each) => ({ ...replaceFix(range, named(each, bare)), preferred: false })),
      };
    }
  }
}

/** An IPv6 address before a port stands in brackets; `bare`: they are there, or there is no port. */
const named = (address: IpAddress, bare: boolean): string =>
  isIn6(address) && !bare ? `[${address}]` : printAddress(address);

function checkTraffic(reporter: Reporter, line: Entry): void {
  const source = sourceOf(line, reporter.topology);
  const destination = destinationOf(line, reporter.topology);
  checkPlace(reporter, line, 'source', source);
  checkPlace(reporter, line, 'destination', destination);
  if (source?.kind === 'found' && destination?.kind === 'found')
    checkFamilies(reporter, line, source.address, destination.address);
  if (destination === null || destination.kind === 'found') checkPlacement(reporter, line);
}

/** A packet is of IPv4 or of IPv6. */
function checkFamilies({ report }: Reporter, line: Entry, source: IpAddress, destination: IpAddress): void {
  const value = valueIn(line, 'destination', 'address') ?? valueIn(line, 'destination', 'reference');
  if (isIn6(source) === isIn6(destination) || !value) return;
  const message = `A packet from ${printAddress(source)} cannot go to ${printAddress(destination)}: one is an IPv4 address, the other an IPv6 address.`;
  report('NP1302', value.range, message);
}

function checkPlace(reporter: Reporter, line: Entry, slot: string, found: Resolution | null): void {
  const value = valueIn(line, slot, 'reference');
  if (!value || !found || found.kind === 'found' || found.kind === 'unknown host') return;
  const fault = describe(reporter, found, value.path.map((each) => each.text).join('.'), value.range, null, true);
  reporter.report(fault.code, value.range, fault.message, { fixes: fault.fixes });
}

/** Frames need a NIC where they arrive. */
function checkPlacement(reporter: Reporter, line: Entry): void {
  const complete = valueIn(line, 'bytes', 'bytes') ?? valueIn(line, 'payload', 'quantity');
  const named = valueIn(line, 'at', 'reference') ?? valueIn(line, 'destination', 'reference');
  if (!complete || (named && !reporter.topology.hosts.has(named.path[0]!.text)) || arrivalOf(line, reporter.topology))
    return;
  reporter.report('NP1105', line.keyword, 'It is not clear where these frames arrive: add `, enters wire at HOST`.');
}
