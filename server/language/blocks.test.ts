/** An analysis that takes over what an edit left alone equals one made from nothing. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { type Analysis, analyse } from './analyse.ts';
import { EVERY_CONSTRUCT } from './everyConstruct.ts';

const TEXTS = [
  EVERY_CONSTRUCT,
  ...readdirSync('examples')
    .filter((each) => each.endsWith('.netpath'))
    .map((name) => readFileSync(`examples/${name}`, 'utf8')),
];

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly put: string;
}

const pieces = fc.constantFrom(
  ...['', '', ' ', '\n', '{', '}', '}\n', '"', '/*', '*/', '//', 'x', ';', '\n\n// new\n', 'cpus 2\n', 'host a {\n'],
  ...[
    'link wire\n',
    'route default via 10.0.0.2\n',
    'hots b { }\n',
    '  host c {\n cpus 1\n }\n',
    '7',
    '.',
    'process p {',
  ],
);
const size = fc.oneof(fc.nat(3), fc.nat(60), fc.nat(2000));
const edit: fc.Arbitrary<Edit> = fc.record({ at: fc.nat(), remove: size, put: pieces });

function apply(text: string, { at, remove, put }: Edit): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + put + text.slice(start + remove);
}

/** All that others read of an analysis. */
function seen({ document, topology, symbols, diagnostics, scenario }: Analysis): unknown {
  return { document, topology, symbols, diagnostics, scenario };
}

function assertSame(edited: Analysis, text: string): void {
  assert.deepStrictEqual(seen(edited), seen(analyse(text, 'f')));
}

test('after any edits the tree, the names, the diagnostics and the scenario are those of the text', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TEXTS), fc.array(edit, { minLength: 1, maxLength: 8 }), (start, edits) => {
      let text = start;
      let analysis = analyse(text, 'f');
      for (const each of edits) {
        text = apply(text, each);
        analysis = analyse(text, 'f', analysis);
        assertSame(analysis, text);
      }
    }),
    { numRuns: 1500 },
  );
});

test('an edit and its undoing: the blocks around it are the same objects, moved', () => {
  const before = EVERY_CONSTRUCT;
  const at = before.indexOf('host server');
  const after = `${before.slice(0, at)}// one\n// two\n${before.slice(at)}`;
  const first = analyse(before, 'f');
  const hosts = first.document.entries.filter((each) => each.schema.keyword === 'host');
  const second = analyse(after, 'f', first);
  assertSame(second, after);
  assert.deepEqual(
    second.document.entries.filter((each) => hosts.includes(each)),
    hosts,
  );
  assertSame(analyse(before, 'f', second), before);
});
