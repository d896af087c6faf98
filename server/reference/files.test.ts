import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { analyse } from '../language/analyse.ts';
import { walkSchema } from '../language/schema/schema.ts';
import { SYSCALLS } from '../language/schema/syscalls.ts';
import { generatedFiles } from './files.ts';
import { grammar } from './grammar.ts';

for (const [path, text] of generatedFiles()) {
  test(`${path} is up to date: node build/generate-syntaxes.mjs`, () => {
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('every expression of the grammar is one, and none backtracks over noise for long', () => {
  const noise = `${'a-'.repeat(5000)}${'1'.repeat(5000)}${'x = '.repeat(3000)}`;
  JSON.stringify(grammar(), (key, value: unknown) => {
    if (!['match', 'begin', 'end'].includes(key)) return value;
    const start = process.cpuUsage();
    new RegExp(String(value), 'g').exec(noise);
    assert.ok(process.cpuUsage(start).user < 2_000_000, String(value));
    return value;
  });
});

/** Codes that an example may have by itself: it names hosts and variables that only a whole scenario has. */
const NEEDS_MORE = /^NP1(007|104|105|3\d\d|401|501|503)/;

test("the schema's examples are right", () => {
  walkSchema((entry, path) => {
    const around = path.slice(0, -1).reduceRight((inner, keyword) => wrap(keyword, inner, path), entry.example);
    const found = analyse(around, 'example').diagnostics.filter((each) => !NEEDS_MORE.test(each.code));
    assert.deepEqual(
      found.map((each) => each.message),
      [],
      around,
    );
  });
});

const HEADERS: Readonly<Record<string, string>> = {
  host: 'host a',
  nic: 'nic e',
  link: 'link w',
  bridge: 'bridge b',
  veth: 'veth p',
  end: 'end a.v',
  route: 'route default',
};

/** Rules that stand in chains of other types and hooks than others. */
const CHAINS: Readonly<Record<string, string>> = {
  notrack: 'chain raw prerouting',
  snat: 'chain nat postrouting',
  masquerade: 'chain nat postrouting',
  dnat: 'chain nat prerouting',
  redirect: 'chain nat prerouting',
};

function wrap(keyword: string, inner: string, path: readonly string[]): string {
  if (keyword === 'chain') return `${CHAINS[path.at(-1)!] ?? 'chain input'} { ${inner} }`;
  if (keyword === 'qdisc') return `qdisc ${path[path.indexOf('qdisc') + 1]} { ${inner} }`;
  if (path[path.indexOf(keyword) - 1] === 'qdisc') return inner;
  return `${HEADERS[keyword] ?? keyword} { ${inner} }`;
}

test('the examples of system calls are right', () => {
  for (const { example } of SYSCALLS.values()) {
    const text = `host server { process p { ${example} } }`;
    const found = analyse(text, 'example').diagnostics.filter((each) => !NEEDS_MORE.test(each.code));
    assert.deepEqual(
      found.map((each) => each.message),
      [],
      text,
    );
  }
});
