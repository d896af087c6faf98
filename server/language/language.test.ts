/** Properties that hold for the examples, for texts made of them by chance, and for noise. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { complete } from '../features/completion.ts';
import { analyse } from './analyse.ts';
import { EVERY_CONSTRUCT } from './everyConstruct.ts';
import { format } from './format/formatter.ts';
import { parseExpression } from './parseExpression.ts';
import { printExpression } from './printExpression.ts';
import { scan } from './scanner.ts';
import { Kind, type Tokens, tokenText } from './tokens.ts';

const EXAMPLES = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((each) => each.endsWith('.netpath'))
  .map((name) => ({ name, text: readFileSync(`examples/${name}`, 'utf8') }));
const TEXTS = [...EXAMPLES, { name: 'every construct', text: EVERY_CONSTRUCT }];

for (const { name, text } of TEXTS) {
  test(`${name} has no fault and compiles`, () => {
    const { diagnostics, scenario } = analyse(text, name);
    assert.deepEqual(diagnostics, []);
    assert.ok(scenario);
  });

  test(`${name} is formatted, and compiles to the same after a reformat of its crushed text`, () => {
    if (name !== 'every construct') assert.equal(format(analyse(text, name)), text);
    const crushed = text.replace(/^ +/gm, '').replace(/\n\n+/g, '\n');
    assert.deepEqual(
      shape(analyse(format(analyse(crushed, name)), name).scenario),
      shape(analyse(text, name).scenario),
    );
  });

  test(`${name}: completion at the start of each token offers it`, () => {
    const { tokens } = analyse(text, name);
    for (let index = 0; index < tokens.count - 1; index++) assertOffered(text, tokens, index);
  });
}

/** A scenario without places in the text. */
function shape(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      ['span', 'range', 'nameRange', 'calleeRange', 'text'].includes(key) ? undefined : inner,
    ),
  );
}

/** Words the author makes up, and places where a key or number runs together with the token before. */
function isFree(text: string, tokens: Tokens, index: number): boolean {
  const before = index > 0 ? tokenText(tokens, index - 1) : '';
  const start = tokens.start[index]!;
  const vethEnd = /\bend \w+\.$/.test(text.slice(0, start));
  const declares = vethEnd || ['link', 'host', 'nic', 'bridge', 'veth', 'process', 'each'].includes(before);
  const assigned = tokenText(tokens, index + 1) === '=' || ['-', '='].includes(text[start - 1] ?? '');
  const counter = /(TcpExt|IpExt|snmp\.\w+)\.$/.test(text.slice(0, start));
  return counter || declares || assigned || tokens.kind[index] !== Kind.word;
}

/** The whole text without the token: what comes behind must not matter, what was declared before must be known. */
function assertOffered(text: string, tokens: Tokens, index: number): void {
  const word = tokenText(tokens, index);
  if (isFree(text, tokens, index)) return;
  const start = tokens.start[index]!;
  const whole = /^[\w.-]+/.exec(text.slice(start))?.[0] ?? word;
  const labels = complete(analyse(text, 'f'), start).map((each) => each.label);
  assert.ok(
    labels.some((each) => each === word || whole.startsWith(each) || each.includes(`.${word}`)),
    `at ${JSON.stringify(text.slice(start - 30, start))}: no ${word} in ${labels.slice(0, 40).join(' ')}`,
  );
}

const words = fc.constantFrom(...new Set(TEXTS.flatMap(({ text }) => text.split(/(\s+|[{};=()])/)).filter(Boolean)));
const soup = fc.array(words, { maxLength: 60 }).map((each) => each.join(' '));
const cut = fc
  .tuple(fc.constantFrom(...TEXTS.map((each) => each.text)), fc.nat(), fc.nat(), fc.string({ maxLength: 5 }))
  .map(
    ([text, from, length, put]) =>
      text.slice(0, from % text.length) + put + text.slice((from % text.length) + (length % 200)),
  );
const anyText = fc.oneof(soup, cut, fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 100 }));

test('no text makes the analysis throw; diagnostics lie in the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      for (const { range } of analyse(text, 'f').diagnostics)
        assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length);
    }),
    { numRuns: 2000 },
  );
});

test('tokens and comments cover all that is not white space', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const tokens = scan(text);
      let rest = text;
      const blank = (start: number, end: number): void => {
        rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
      };
      for (let index = 0; index < tokens.count; index++) blank(tokens.start[index]!, tokens.end[index]!);
      for (const each of tokens.comments) blank(each.start, each.end);
      assert.equal(rest.replace(/[\s\ufeff\u00a0]/g, ''), '');
    }),
    { numRuns: 1000 },
  );
});

test('formatting is idempotent and keeps tokens and comments', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const once = format(analyse(text, 'f'));
      assert.equal(format(analyse(once, 'f')), once);
      assert.equal(bare(once), bare(text));
    }),
    { numRuns: 1000 },
  );
});

/** Without white space and semicolons, which are all that the formatter touches. */
function bare(text: string): string {
  return text.replace(/[\s;\ufeff\u00a0]/g, '');
}

test('completion never throws', () => {
  fc.assert(
    fc.property(anyText, fc.nat(), (text, at) => {
      complete(analyse(text, 'f'), at % (text.length + 1));
    }),
    { numRuns: 1000 },
  );
});

test('a printed expression parses to the same expression', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          'a',
          '1',
          '5ms',
          '10.0.0.1',
          '"x"',
          '+',
          '*',
          '==',
          '&&',
          '!',
          '-',
          '(',
          ')',
          '.b',
          '[0]',
          'f(',
          ',',
          '?',
          ':',
          'true',
        ),
        { maxLength: 15 },
      ),
      (pieces) => {
        const { expression, errors } = parseExpression(pieces.join(' '));
        if (errors.length > 0) return;
        assert.deepEqual(shape(parseExpression(printExpression(expression)).expression), shape(expression));
      },
    ),
    { numRuns: 3000 },
  );
});

test('deep nesting and long files end in time', () => {
  for (const text of [
    '('.repeat(1e5),
    `x = ${'!'.repeat(1e5)}1`,
    'host a {'.repeat(1e5),
    'host a { process p { '.concat('loop { '.repeat(1e4)),
    'a.'.repeat(1e5),
    `expect { ${'1 + '.repeat(1e5)}1 }`,
    `expect { a${'[0]'.repeat(1e5)} }`,
  ]) {
    const start = process.cpuUsage();
    analyse(text, 'f');
    assert.ok(process.cpuUsage(start).user < 5_000_000, text.slice(0, 20));
  }
});
