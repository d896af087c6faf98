/** Hosts to their specs. */
import type { HostSpec, NeighbourSpec, ProcessSpec, RouteMetricSpec, RouteSpec } from '../scenario.ts';
import { destinationOf } from '../topology.ts';
import { type Entry, entriesOf, valueIn } from '../tree.ts';
import { compileBridge, compileNic } from './devices.ts';
import { compileNetfilter } from './netfilter.ts';
import { type AddressOf, resolveStatement } from './resolve.ts';
import { macOf, nameOf, numberIn, propertyOf, referencePath, spanOf } from './slots.ts';

/** `addressOf` resolves host names as this host sees them. */
export function compileHost(entry: Entry, addressOf: AddressOf): HostSpec {
  return {
    name: nameOf(entry),
    cpus: propertyOf(entry, 'cpus') ?? 1,
    nics: entriesOf(entry, 'nic').map(compileNic),
    bridges: entriesOf(entry, 'bridge').map(compileBridge),
    routes: entriesOf(entry, 'route').map(compileRoute),
    neighbours: entriesOf(entry, 'neighbour').flatMap(compileNeighbour),
    sysctls: compileSysctls(entry),
    netfilter: compileNetfilter(entriesOf(entry, 'netfilter')),
    processes: entriesOf(entry, 'process').map((each) => compileProcess(each, addressOf)),
    span: spanOf(entry),
  };
}

function compileRoute(entry: Entry): RouteSpec {
  const network = valueIn(entry, 'destination', 'network');
  return {
    destination: network ? destinationOf(network, valueIn(entry, 'via', 'address')) : 0,
    prefix: network?.prefix ?? 0,
    via: valueIn(entry, 'via', 'address')?.address ?? null,
    dev: referencePath(entry, 'dev').at(-1) ?? null,
    metrics: (entry.body?.entries ?? []).map(compileMetric),
    span: spanOf(entry),
  };
}

function compileMetric(entry: Entry): RouteMetricSpec {
  return {
    name: entry.schema.keyword,
    value: numberIn(entry, 'value') ?? valueIn(entry, 'feature', 'choice')?.text ?? 0,
    lock: entry.values.some((each) => each.kind === 'word' && each.text === 'lock'),
  };
}

function compileNeighbour(entry: Entry): NeighbourSpec[] {
  const address = valueIn(entry, 'address', 'address')?.address;
  const mac = macOf(entry, 'mac');
  const dev = referencePath(entry, 'dev').at(-1);
  return address === undefined || !mac || dev === undefined ? [] : [{ address, mac, dev, span: spanOf(entry) }];
}

function compileSysctls(entry: Entry): Record<string, readonly (number | string)[]> {
  const result: Record<string, readonly (number | string)[]> = {};
  for (const setting of entriesOf(entry, 'sysctl')[0]?.body?.settings ?? []) {
    result[setting.key.text] = setting.values.flatMap((each): (number | string)[] => {
      if (each.kind === 'number') return [each.value];
      return each.kind === 'name' ? [each.name] : [];
    });
  }
  return result;
}

function compileProcess(entry: Entry, addressOf: AddressOf): ProcessSpec {
  return {
    name: nameOf(entry),
    cpu: numberIn(entry, 'cpu'),
    startAt: numberIn(entry, 'at') ?? 0,
    body: (entry.body?.statements ?? []).map((each) => resolveStatement(each, addressOf)),
    span: spanOf(entry),
  };
}
