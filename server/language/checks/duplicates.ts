/** Names that are taken. */
import { declaredName, type Entry, type NameNode, valueIn } from '../tree.ts';
import type { Reporter } from './reporter.ts';

/** `localhost` stands for 127.0.0.1, `lo` is on every host. */
const RESERVED: Readonly<Record<string, string>> = {
  localhost: 'stands for 127.0.0.1',
  lo: 'is the loopback device of every host',
};

export function checkDuplicates(reporter: Reporter): void {
  const seen = new Map<string, NameNode>();
  for (const entry of reporter.document.entries) {
    const { keyword } = entry.schema;
    const name = declaredName(entry);
    if (name) claim(reporter, seen, keyword, name, keyword);
    if (name && keyword === 'host') claimOnHost(reporter, seen, entry, name.text);
  }
  for (const entry of reporter.document.entries) if (entry.schema.keyword === 'veth') claimEnds(reporter, seen, entry);
}

/** Devices and processes of a host share one space: `server.NAME` must say which. */
function claimOnHost(reporter: Reporter, seen: Map<string, NameNode>, host: Entry, hostName: string): void {
  for (const entry of host.body?.entries ?? []) {
    const name = declaredName(entry);
    if (name) claim(reporter, seen, `on ${hostName}`, name, entry.schema.keyword);
  }
}

function claimEnds(reporter: Reporter, seen: Map<string, NameNode>, veth: Entry): void {
  for (const entry of veth.body?.entries ?? []) {
    const declaration = valueIn(entry, 'name', 'declaration');
    if (declaration?.host) claim(reporter, seen, `on ${declaration.host.text}`, declaration.name, 'device');
  }
}

function claim({ report }: Reporter, seen: Map<string, NameNode>, space: string, name: NameNode, what: string): void {
  const first = seen.get(`${space} ${name.text}`);
  const reserved = what === 'link' || what === 'veth' ? undefined : RESERVED[name.text];
  if (reserved) report('NP1103', name.range, `\`${name.text}\` ${reserved}: choose another name.`);
  else if (!first) seen.set(`${space} ${name.text}`, name);
  else {
    const where = space.startsWith('on ') ? ` ${space}` : '';
    report('NP1103', name.range, `The name \`${name.text}\` is taken${where}.`, {
      related: [{ range: first.range, message: 'first used here' }],
    });
  }
}
