/** The checked tree to a Scenario. */

import { resolveHost } from '../routing.ts';
import type { ExpectSpec, Scenario } from '../scenario.ts';
import type { HostModel, Topology } from '../topology.ts';
import type { Document, Entry, Expectation } from '../tree.ts';
import { compileLink, compileVeth } from './devices.ts';
import { compileHost } from './hosts.ts';
import { type AddressOf, resolveExpression } from './resolve.ts';
import { nameOf, spanOf } from './slots.ts';
import { compileTraffic } from './traffic.ts';

/** Compiles a document without errors; of one with errors it would give nonsense. `file` may have folders. */
export function compile(document: Document, topology: Topology, text: string, file: string): Scenario {
  const blocks = (keyword: string): Entry[] => document.entries.filter((each) => each.schema.keyword === keyword);
  return {
    file: file.split(/[\\/]/).at(-1) ?? file,
    links: blocks('link').map(compileLink),
    hosts: blocks('host').map((each) =>
      compileHost(each, addressesFrom(topology, topology.hosts.get(nameOf(each)) ?? null)),
    ),
    veths: blocks('veth').flatMap((each) => compileVeth(each) ?? []),
    traffic: blocks('traffic')
      .flatMap((each) => each.body?.entries ?? [])
      .flatMap((each) => compileTraffic(each, topology) ?? []),
    expects: blocks('expect')
      .flatMap((each) => each.body?.expectations ?? [])
      .map((each) => compileExpect(each, topology, text)),
    costs: compileCosts(blocks('costs')),
  };
}

function addressesFrom(topology: Topology, from: HostModel | null): AddressOf {
  return (name, in6) => {
    const found = resolveHost(topology, from, name, in6);
    return found.kind === 'found' ? found.address : 0;
  };
}

function compileExpect(expectation: Expectation, topology: Topology, text: string): ExpectSpec {
  return {
    test: resolveExpression(expectation.test, addressesFrom(topology, null)),
    text: text.slice(expectation.range.start, expectation.range.end),
    before: compileBefore(expectation),
    span: spanOf(expectation),
  };
}

function compileBefore({ test, before }: Expectation): ExpectSpec['before'] {
  if (before?.kind !== 'number' || test.kind !== 'member' || test.object.kind !== 'name') return null;
  return { host: test.object.name, process: test.name, ns: before.value };
}

function compileCosts(blocks: readonly Entry[]): Record<string, number> {
  const costs: Record<string, number> = {};
  for (const setting of blocks.flatMap((each) => each.body?.settings ?? [])) {
    const value = setting.values[0];
    if (value?.kind === 'number') costs[setting.key.text] = value.value;
  }
  return costs;
}
