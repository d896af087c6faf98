/** Completion of values in headers and settings. */

import { addressAfter, isAbove, isIn6, printAddress } from '../language/addresses.ts';
import type { Analysis } from '../language/analyse.ts';
import type { Dimension } from '../language/expression.ts';
import type { Part, SettingTable } from '../language/schema/shapes.ts';
import { DIMENSION_NAMES, UNITS } from '../language/schema/units.ts';
import type { HostModel } from '../language/topology.ts';
import type { NameNode } from '../language/tree.ts';
import type { Draft } from './completion.ts';
import { measureText, settingMarkdown } from './markdown.ts';

/** `path` is what was written before the dot; `host` is the block around the caret. */
export function partItems(analysis: Analysis, part: Part, path: readonly NameNode[], host: string | null): Draft[] {
  switch (part.kind) {
    case 'choice':
      return part.choices.map((each) => ({ label: each.text, kind: 'value', documentation: each.doc, rank: 1 }));
    case 'quantity':
      return [{ label: part.example, kind: 'value', detail: measureText(part), rank: 4 }];
    case 'reference':
      return referenceItems(analysis, part.to, path, host);
    case 'address':
      return [...(part.orPlace ? referenceItems(analysis, 'place', path, host) : []), ...addressItems(analysis, host)];
    case 'network':
      return part.destination
        ? [{ label: 'default', kind: 'keyword', documentation: 'Every destination: 0.0.0.0/0.', rank: 1 }]
        : freeAddress(analysis);
    case 'declares':
      return referenceItems(analysis, 'host', [], null);
    case 'mac':
      return [{ label: '02:00:00:00:00:01', kind: 'value', rank: 4 }];
    case 'bytes':
      return [{ label: '0x', kind: 'value', rank: 4 }];
    default:
      return [];
  }
}

function referenceItems({ topology }: Analysis, to: string, path: readonly NameNode[], host: string | null): Draft[] {
  if (to === 'link')
    return [...topology.links.keys()].map((label) => ({ label, kind: 'reference', detail: 'link', rank: 1 }));
  const named = path[0] ? topology.hosts.get(path[0].text) : undefined;
  if (path.length > 0) return named ? deviceItems(named) : [];
  const own = host === null ? undefined : topology.hosts.get(host);
  if (to === 'device' && own) return deviceItems(own);
  return [...topology.hosts.keys()].map((label) => ({ label, kind: 'reference', detail: 'host', rank: 1 }));
}

export function deviceItems(host: HostModel): Draft[] {
  return host.devices.map((each) => ({
    label: each.name.text,
    kind: 'reference',
    detail: `${each.kind} ${each.addresses.map((address) => printAddress(address.address)).join(', ')}`,
    rank: 1,
  }));
}

/** Addresses of the other hosts: what gateways and neighbours are. */
function addressItems({ topology }: Analysis, host: string | null): Draft[] {
  return [...topology.hosts.values()]
    .filter((each) => each.name !== host)
    .flatMap((each) =>
      each.devices.flatMap((device) =>
        device.addresses.map((address) => ({
          label: printAddress(address.address),
          kind: 'value' as const,
          detail: `${each.name}.${device.name.text}`,
          rank: 2,
        })),
      ),
    );
}

/** The next free address of the last subnet that is in use. */
function freeAddress({ topology }: Analysis): Draft[] {
  const used = [...topology.hosts.values()].flatMap((host) => host.devices.flatMap((each) => [...each.addresses]));
  const last = used.at(-1);
  const highest = used
    .filter((each) => last && isIn6(each.address) === isIn6(last.address) && each.prefix === last.prefix)
    .reduce((most, each) => (isAbove(each.address, most) ? each.address : most), last?.address ?? 0x0a000000);
  return [
    {
      label: `${printAddress(addressAfter(highest))}/${last?.prefix ?? 24}`,
      kind: 'value',
      detail: 'the next free address',
      rank: 3,
    },
  ];
}

export function unitItems(dimension: Dimension | null): Draft[] {
  return UNITS.filter((each) => dimension === null || each.dimension === dimension).map((each, index) => ({
    label: each.text,
    kind: 'unit',
    detail: DIMENSION_NAMES[each.dimension],
    rank: 1 + index / 100,
  }));
}

export function settingItems(table: SettingTable): Draft[] {
  return [...table.known.values()].map((each) => ({
    label: each.name,
    kind: 'property',
    detail: each.byDefault === null ? '' : `default ${each.byDefault}`,
    documentation: settingMarkdown(each),
    insertText: `${each.name} = \${1:${each.byDefault ?? ''}}`,
    snippet: true,
    rank: 3,
  }));
}

export function settingValueItems(table: SettingTable, key: string): Draft[] {
  const schema = table.known.get(key);
  if (schema?.value.kind === 'switch') return ['on', 'off'].map((label) => ({ label, kind: 'value', rank: 1 }));
  if (schema?.value.kind === 'word')
    return schema.value.choices.map(({ text, doc }) => ({ label: text, kind: 'value', detail: doc, rank: 1 }));
  return schema?.byDefault ? [{ label: schema.byDefault, kind: 'value', detail: 'the default', rank: 4 }] : [];
}
