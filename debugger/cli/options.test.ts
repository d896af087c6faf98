import assert from 'node:assert/strict';
import test from 'node:test';
import { parseCommand } from './options.ts';
import { CliError } from './usage.ts';

const RUN = {
  kind: 'run',
  file: 'a.netpath',
  seed: 1,
  until: null,
  quiet: false,
  all: false,
  calls: null,
  trace: null,
  pcap: null,
  show: [],
  watch: [],
  hash: false,
  set: [],
};

test('command lines', () => {
  assert.deepEqual(parseCommand(['run', 'a.netpath']), RUN);
  assert.deepEqual(parseCommand(['run', 'a.netpath', '--seed', '7', '--until', '5ms', '--quiet', '--hash']), {
    ...RUN,
    seed: 7,
    until: 5_000_000,
    quiet: true,
    hash: true,
  });
  assert.deepEqual(
    parseCommand(['run', '--at', '250us', '--show', 'server: ip neigh', '--show', 'client$ ss -u -a', 'a.netpath']),
    {
      ...RUN,
      until: 250_000,
      show: [
        { host: 'server', command: 'ip neigh' },
        { host: 'client', command: 'ss -u -a' },
      ],
    },
  );
  assert.deepEqual(parseCommand(['run', 'a.netpath', '--calls', 'o.json', '--pcap', 'dir']), {
    ...RUN,
    calls: 'o.json',
    pcap: 'dir',
  });
  const compare = { kind: 'compare', file: 'a', other: null, set: [], seed: 1, until: null };
  assert.deepEqual(parseCommand(['compare', 'a', 'b', '--until', '5ms']), { ...compare, other: 'b', until: 5_000_000 });
  const changes = ['--set', 'wire.delay 1ms', '--set', 'a.cpus 2'];
  assert.deepEqual(parseCommand(['compare', 'a', ...changes]), { ...compare, set: ['wire.delay 1ms', 'a.cpus 2'] });
  assert.deepEqual(parseCommand(['run', 'a.netpath', ...changes]), { ...RUN, set: ['wire.delay 1ms', 'a.cpus 2'] });
  const sweep = { kind: 'sweep', file: 'a', seeds: [1], until: null, figures: [] };
  assert.deepEqual(parseCommand(['sweep', 'a', '--set', 'wire.delay = 1ms|2ms']), {
    ...sweep,
    axes: [{ path: 'wire.delay', values: ['1ms', '2ms'] }],
  });
  assert.deepEqual(
    parseCommand(['sweep', 'a', '--set', 'b.c 1', '--seed', '3..5', '--figure', 'x.y', '--figure', 'z']),
    {
      ...sweep,
      axes: [{ path: 'b.c', values: ['1'] }],
      seeds: [3, 4, 5],
      figures: ['x.y', 'z'],
    },
  );
  assert.deepEqual(parseCommand(['check', 'a', 'b']), { kind: 'check', files: ['a', 'b'] });
  assert.deepEqual(parseCommand(['functions', 'tcp_*']), { kind: 'functions', pattern: 'tcp_*' });
  assert.deepEqual(parseCommand(['--help']), { kind: 'help' });
  assert.deepEqual(parseCommand(['run', '-h']), { kind: 'help' });
  assert.deepEqual(parseCommand(['--version']), { kind: 'version' });
});

test('mistakes in them end with 2 and a hint', () => {
  const wrong = [
    [],
    ['walk'],
    ['run'],
    ['run', 'a', 'b'],
    ['run', 'a', '--seed', 'x'],
    ['run', 'a', '--seed', '-1'],
    ['run', 'a', '--until', '5'.repeat(40)],
    ['run', 'a', '--until', '5 parsecs'],
    ['run', 'a', '--until', '5'],
    ['run', 'a', '--frobnicate'],
    ['run', 'a', '--until'],
    ['check'],
    ['run', 'a', '--show', 'ip neigh'],
    ['run', 'a', '--at', '1ms', '--until', '2ms'],
    ['compare'],
    ['sweep', 'a'],
    ['sweep', 'a', '--set', 'wire.delay'],
    ['sweep', 'a', '--set', 'wire.delay 1ms | '],
    ['sweep', 'a', '--set', 'b.c 1', '--seed', '5..3'],
    ['sweep', 'a', '--set', 'b.c 1', '--seed', '1..5000'],
    ['sweep', 'a', '--set', 'b.c 1', '--hash'],
    ['compare', 'a'],
    ['compare', 'a', 'b', 'c'],
    ['compare', 'a', 'b', '--set', 'wire.delay 1ms'],
    ['compare', 'a', 'b', '--pcap', 'dir'],
  ];
  for (const args of wrong) {
    assert.throws(
      () => parseCommand(args),
      (error) => error instanceof CliError && error.exitCode === 2 && /Try 'netpath --help'/.test(error.message),
      args.join(' '),
    );
  }
});
