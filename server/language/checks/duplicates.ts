/** Names that are taken. */
import { perBlock } from '../blocks.ts';
import { declaredName, type NameNode, valueIn } from '../tree.ts';
import type { Reporter } from './reporter.ts';

/** `localhost` stands for 127.0.0.1, `lo` is on every host. */
const RESERVED: Readonly<Record<string, string>> = {
  localhost: 'stands for 127.0.0.1',
  lo: 'is the loopback device of every host',
};

/** A name is wanted in a space of names: hosts, links, or what is on one host. */
interface Claim {
  readonly space: string;
  /** Space and name in one. */
  readonly key: string;
  readonly name: NameNode;
  readonly what: string;
}

export function checkDuplicates(reporter: Reporter): void {
  const seen = new Map<string, NameNode>();
  const { entries } = reporter.document;
  for (const block of entries) for (const each of claimsOf(block)) grant(reporter, seen, each);
  for (const block of entries) for (const each of endsOf(block)) grant(reporter, seen, each);
}

/** Devices and processes of a host share one space: `server.NAME` must say which. */
const claimsOf = perBlock((block): Claim[] => {
  const { keyword } = block.schema;
  const name = declaredName(block);
  if (!name) return [];
  const own = claim(keyword, name, keyword);
  if (keyword !== 'host') return [own];
  const inner = (block.body?.entries ?? []).flatMap((entry) => {
    const innerName = declaredName(entry);
    return innerName ? claim(`on ${name.text}`, innerName, entry.schema.keyword) : [];
  });
  return [own, ...inner];
});

/** The devices of a veth pair. */
const endsOf = perBlock((block): Claim[] => {
  if (block.schema.keyword !== 'veth') return [];
  return (block.body?.entries ?? []).flatMap((entry) => {
    const declaration = valueIn(entry, 'name', 'declaration');
    return declaration?.host ? claim(`on ${declaration.host.text}`, declaration.name, 'device') : [];
  });
});

function claim(space: string, name: NameNode, what: string): Claim {
  return { space, key: `${space} ${name.text}`, name, what };
}

function grant({ report }: Reporter, seen: Map<string, NameNode>, { space, key, name, what }: Claim): void {
  const first = seen.get(key);
  const reserved = what === 'link' || what === 'veth' ? undefined : RESERVED[name.text];
  if (reserved) report('NP1103', name.range, `\`${name.text}\` ${reserved}: choose another name.`);
  else if (!first) seen.set(key, name);
  else {
    const where = space.startsWith('on ') ? ` ${space}` : '';
    report('NP1103', name.range, `The name \`${name.text}\` is taken${where}.`, {
      related: [{ range: first.range, message: 'first used here' }],
    });
  }
}
