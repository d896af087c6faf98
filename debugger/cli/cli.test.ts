/** `netpath` as a process: exit codes, messages without stacks, files written. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';

const folder = mkdtempSync(path.join(os.tmpdir(), 'netpath-cli-'));

function netpath(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.doesNotMatch(stderr, /\n\s+at .*\(/, 'no stacks for users');
  return { status, out: stdout, err: stderr };
}

function scenario(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('the path of udp-echo, and its summary', () => {
  const { status, out } = netpath('run', 'examples/udp-echo.netpath');
  assert.equal(status, 0);
  for (const line of [
    /client cpu0 \[task, task app\]/,
    /\n +__x64_sys_sendto\(\)/,
    /\n +net_rx_action\(\)/,
    /~~ tree #\d+ cut in here/,
    /ok {4}client\.app\.reply\.text == "hello"/,
    /received 5 bytes/,
    /us +sy +hi +si/,
  ])
    assert.match(out, line);
});

test('the path is about the packet: facts in it, bookkeeping only on demand', () => {
  const { out } = netpath('run', 'examples/udp-no-socket.netpath');
  for (const line of [
    /\* net_dev_queue dev=eth0 len=\d+ IP 10\.0\.0\.2\.\d+ > 10\.0\.0\.1\.9: UDP/,
    /\* netif_receive_skb dev=eth0/,
    /\* sched_switch app -> swapper/,
    /\* irq_handler_entry irq=\d+ name=eth0/,
    /\* kfree_skb reason: NO_SOCKET at \w+, because !sk/,
    /\d+ of \d+ calls are bookkeeping/,
  ])
    assert.match(out, line);
  assert.doesNotMatch(
    out,
    /who-has 0\.0\.0\.0|Reply 0\.0\.0\.0/,
    'a frame is read right before its network header is set',
  );
  assert.doesNotMatch(out, /tick_program|jiffies|in_interrupt|csum_fold/);
  assert.match(netpath('run', 'examples/udp-no-socket.netpath', '--all').out, /tick_program\(\)/);
});

test('the same state in both builds, whatever is written down on the way', () => {
  const hash = (...args: string[]): string =>
    /hash \w{16} at event \d+/.exec(netpath('run', 'examples/udp-fragments.netpath', '--hash', ...args).out)![0];
  const fast = hash('--quiet');
  assert.equal(hash(), fast);
  assert.equal(hash('--quiet', '--pcap', folder), fast);
  assert.equal(hash('--quiet', '--calls', path.join(folder, 'calls.json')), fast);
  assert.equal(hash('--quiet', '--seed', '1'), fast);
  assert.notEqual(hash('--quiet', '--seed', '2'), fast);
});

test('call trees as JSON: threads by host, CPU and context', () => {
  const file = path.join(folder, 'echo.json');
  netpath('run', 'examples/udp-echo.netpath', '--quiet', '--calls', file);
  const { threads } = JSON.parse(readFileSync(file, 'utf8')) as {
    threads: { host: string; cpu: number; context: string; roots: { fn: string; calls: unknown[] }[] }[];
  };
  const roots = (host: string, context: string): string[] =>
    threads
      .filter((each) => each.host === host && each.context === context)
      .flatMap((each) => each.roots.map((root) => root.fn));
  assert.ok(roots('server', 'softirq').every((fn) => fn === 'handle_softirqs' || fn === '__do_softirq'));
  assert.ok(roots('server', 'hardirq').every((fn) => fn === 'common_interrupt'));
  assert.ok(roots('client', 'task').includes('do_syscall_64'));
});

test('a trace of calls and frames over time: nested slices a CPU, frames on the wires', () => {
  const file = path.join(folder, 'echo-trace.json');
  netpath('run', 'examples/udp-echo.netpath', '--quiet', '--trace', file);
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as {
    traceEvents: {
      name: string;
      ph: string;
      pid: number;
      tid: number;
      ts: number;
      dur: number;
      args: { name: string };
    }[];
  };
  const process = (name: string): number => traceEvents.find(({ ph, args }) => ph === 'M' && args.name === name)!.pid;
  const slices = traceEvents.filter(({ ph }) => ph === 'X').sort((a, b) => a.ts - b.ts);
  const named = (host: string, name: string) =>
    slices.filter((each) => each.pid === process(host) && each.name === name);
  const [sent] = named('client', 'udp_sendmsg');
  const [transmitted] = named('client', 'igb_xmit_frame');
  assert.ok(sent!.ts <= transmitted!.ts && transmitted!.ts + transmitted!.dur <= sent!.ts + sent!.dur);
  const [frame] = slices.filter(({ pid, name }) => pid === process('wires') && name.includes('UDP'));
  const [received] = named('server', 'ip_list_rcv');
  assert.ok(transmitted!.ts < frame!.ts && frame!.ts + frame!.dur <= received!.ts);
});

test('captures that tshark reads without a complaint', (t) => {
  const probe = spawnSync('tshark', ['--version']);
  if (probe.status !== 0) return t.skip('tshark is not installed');
  for (const example of ['udp-echo', 'udp-fragments', 'udp-no-socket', 'arp-cold']) {
    const dir = path.join(folder, example);
    netpath('run', `examples/${example}.netpath`, '--quiet', '--pcap', dir);
    const files = readdirSync(dir);
    assert.deepEqual(files.sort(), ['client.pcapng', 'server.pcapng']);
    for (const file of files) {
      const options = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE', '-r', path.join(dir, file)];
      const all = spawnSync('tshark', options, { encoding: 'utf8' }).stdout.trim().split('\n');
      const bad = spawnSync(
        'tshark',
        [
          ...options,
          '-Y',
          '_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || icmp.checksum.status == 0',
        ],
        { encoding: 'utf8' },
      ).stdout;
      assert.ok(all.length >= 4, all.join('\n'));
      assert.equal(bad, '');
    }
  }
});

test('a look at a host at a time', () => {
  const { status, out } = netpath(
    'run',
    'examples/udp-echo.netpath',
    '--quiet',
    '--at',
    '1.1ms',
    '--show',
    'server: ip neigh',
    '--show',
    'server$ ss -u -a',
  );
  assert.equal(status, 1, 'an expectation cannot hold yet');
  assert.match(out, /server\$ ip neigh\n10\.0\.0\.2 dev eth0 lladdr/);
  assert.match(out, /UNCONN .*0\.0\.0\.0:7/);
});

test('a process that loops for ever is ended and told', () => {
  const endless = scenario('endless.netpath', 'host a {\n  process p {\n    loop { sleep 1us }\n  }\n}\n');
  for (const mode of [[], ['--quiet']]) {
    const { status, err } = netpath('run', endless, ...mode);
    assert.equal(status, 1);
    assert.match(err, /does not come to its end: stopped at [\d.]+ s, after 5000000 events; --until TIME/);
  }
});

test('bad input: one clear message each, with its place', () => {
  const two = (b: string): string =>
    `link w\nhost a { nic eth0 { link w; address 10.0.0.1/24 } }\nhost b {\n  nic eth0 { link w; address ${b} }\n`;
  const udp = '    fd = socket(AF_INET, SOCK_DGRAM)\n';
  const bind = `${udp}    bind(fd, 0.0.0.0:7)\n`;
  const rows: [string, string, RegExp][] = [
    ['word', 'host a {\n  cpsu 2\n}\n', /:2:3: error: .*Did you mean `cpus`/],
    ['brace', 'host a {\n  cpus 2\n', /:1:8: error: .*`}` is missing/],
    ['unit', 'host a {\n  process p { sleep 5KiB }\n}\n', /:2:21: error: .*5KiB/],
    ['subnet', `${two('10.1.0.2/24')}}\n`, /:4:30: error: 10\.1\.0\.2 is outside 10\.0\.0\.0\/24/],
    ['port', `host a {\n  process p {\n${bind}    sleep 1ms\n  }\n  process q {\n${bind}  }\n}\n`, /EADDRINUSE/],
    [
      'peer',
      `${two('10.0.0.2/24')}  process p {\n${udp}    connect(fd, 10.77.0.1:7)\n  }\n}\n`,
      /:7:17: error: .*no route to/,
    ],
    ['empty', '', /:1:1: .*The scenario is empty/],
    ['junk', '\u0000\u0001\u0002ELF\u0000'.repeat(999), /:1:1: error: This is a binary file/],
    ['big', `// ${'x'.repeat(10 * 1024 * 1024)}\n`, /:1:1: error: The file has 10\.0 MiB/],
  ];
  for (const [name, text, message] of rows) {
    const { status, out, err } = netpath('run', scenario(`${name}.netpath`, text));
    assert.equal(status, 1, name);
    assert.equal(out, '', name);
    assert.match(err, message, name);
    assert.equal(err.trim().split('\n').length, 1, err);
  }
});

test('exit codes and messages', () => {
  const failing = scenario(
    'failing.netpath',
    'host a {\n  process p { sleep 1ms }\n}\nexpect {\n  a.p finishes before 5us\n}\n',
  );
  const wrong = scenario('wrong.netpath', 'host a {\n  cpsu 2\n}\n');
  const rows: [string[], number, RegExp][] = [
    [['run', failing], 1, /FAIL +a\.p finishes before 5us: finished at .*line 5/],
    [['run', failing, '--quiet'], 1, /FAIL/],
    [['run', wrong], 1, /wrong\.netpath:2:3: error: .*\[NP\d+\]/],
    [['run', path.join(folder, 'none.netpath')], 1, /No such file or directory/],
    [['run', folder], 1, /Is a directory/],
    [['run', '/dev/zero'], 1, /Not a regular file/],
    [['run', 'examples/udp-echo.netpath', '--quiet', '--show', 'nobody: ip neigh'], 1, /no host is called nobody/],
    [['run', 'examples/udp-echo.netpath', '--quiet', '--show', 'server: frobnicate'], 1, /command not found/],
    [['run', 'examples/udp-echo.netpath', '--quiet', '--calls', '/nonexistent/x.json'], 1, /cannot write/],
    [['run', 'examples/udp-echo.netpath', '--quiet', '--trace', '/nonexistent/x.json'], 1, /cannot write/],
    [['check', 'examples/udp-echo.netpath'], 0, /^$/],
    [['check', wrong, 'examples/udp-echo.netpath'], 1, /wrong\.netpath:2:3/],
    [['functions', 'ip_rcv*'], 0, /ip_rcv_core +net\/ipv4\/ip_input\.c +IPv4/],
    [['functions', 'nonsense'], 1, /no function of the model matches nonsense/],
    [['--help'], 0, /usage: netpath run FILE/],
    [['--version'], 0, /^\d+\.\d+\.\d+$/m],
    [[], 2, /a command is missing/],
    [['run'], 2, /which file\?/],
  ];
  for (const [args, status, message] of rows) {
    const ran = netpath(...args);
    assert.equal(ran.status, status, `${args.join(' ')}: ${ran.err}`);
    assert.match(`${ran.out}${ran.err}`, message, args.join(' '));
  }
});

test('--watch tells each change of a field with its function, and nothing else of the path', () => {
  const { status, out } = netpath(
    ...['run', 'examples/retransmission.netpath', '--watch', 'client.app.fd3.tcp.snd_cwnd'],
    ...['--watch', 'server.eth0.nic.GPRC', '--watch', 'client.app.fd3.sk_write_queue'],
  );
  assert.equal(status, 0);
  for (const line of [
    /^ *[\d.]+ ms +tcp\.snd_cwnd of sock \d+: 10 -> 11 in tcp_slow_start$/m,
    /: 12 -> \d+ in tcp_cwnd_reduction$/m,
    /GPRC: 0 -> 1 by hardware$/m,
    /sk_write_queue of sock \d+: 0 -> 1, \+ skb \d+: seq .* in tcp_add_write_queue_tail$/m,
    /ok {4}client\.snmp\.Tcp\.RetransSegs == 1/,
  ])
    assert.match(out, line);
  assert.doesNotMatch(out, /net_rx_action\(\)/);
});

test('--watch of what is no field says why', () => {
  for (const [text, status, why] of [
    ['client.app.fd9.tcp', 1, /--watch client\.app\.fd9\.tcp: struct task_struct has no member fd9/],
    ['clent.app', 1, /nothing here is called clent; did you mean client\?/],
    ['client.eth0.nic', 1, /nic is no field of a struct/],
    ['1 +', 2, /--watch 1 \+: An expression is missing here/],
  ] as const) {
    const ran = netpath('run', 'examples/udp-echo.netpath', '--watch', text);
    assert.equal(ran.status, status, text);
    assert.match(ran.err, why);
  }
  assert.match(netpath('run', 'examples/udp-echo.netpath', '--watch', 'a', '--all').err, /without --calls and --all/);
});

test('two scenarios side by side: 0 where nothing differs, 1 where something does', () => {
  const same = netpath('compare', 'examples/udp-echo.netpath', 'examples/udp-echo.netpath');
  assert.deepEqual([same.status, same.out.split(':')[0]], [0, 'Nothing differs']);
  const slower = netpath('compare', 'examples/udp-echo.netpath', '--set', 'costs.udp_rcv = 5us');
  assert.equal(slower.status, 1);
  assert.match(slower.out, /^costs\.udp_rcv 5us, where the scenario says nothing\n/);
  assert.match(slower.out, /\nwire from server +2 +2 +1 +0 +1 +\+4\.9 us +0 +0\n/);
  const wrong = netpath('compare', 'examples/udp-echo.netpath', '--set', 'server.eth0.rx_ring 64');
  assert.equal(wrong.status, 1);
  assert.match(wrong.err, /^netpath: --set server\.eth0 has no rx_ring: server\.eth0\.rx-ring is meant\?\n$/);
});

test('a run with something changed says so, and its expectations tell', () => {
  const { status, err, out } = netpath('run', 'examples/udp-echo.netpath', '--quiet', '--set', 'wire.delay 10ms');
  assert.equal(err, 'wire.delay 10ms, where the scenario says nothing\n');
  assert.equal(status, 1);
  assert.match(out, /FAIL {2}client\.app finishes before 2ms/);
});

test('a sweep is a row for each combination of values, on several threads the same as one by one', () => {
  const axes = ['--set', 'wire.delay 1ms | 10ms', '--set', 'costs.udp_rcv = 100ns | 5us'];
  const { status, out } = netpath(
    'sweep',
    'examples/udp-echo.netpath',
    ...axes,
    '--seed',
    '1..3',
    '--figure',
    'client.app.finished_at',
    '--figure',
    'client.app.exited',
  );
  assert.equal(status, 0);
  assert.deepEqual(
    out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2).join(' ')),
    ['wire.delay costs.udp_rcv', '1ms 100ns', '1ms 5us', '10ms 100ns', '10ms 5us', ''],
  );
  const one = netpath(
    'run',
    'examples/udp-echo.netpath',
    '--quiet',
    '--set',
    'wire.delay 10ms',
    '--set',
    'costs.udp_rcv = 5us',
  ).out;
  assert.equal(/client\.app: .*finished at (.*)/.exec(one)![1], out.trimEnd().split('\n').at(-1)!.split(/ {2,}/)[2]);
});

test('what a sweep cannot do', () => {
  const unknown = netpath('sweep', 'examples/udp-echo.netpath', '--set', 'wire.delay 1ms', '--figure', 'server.nope');
  assert.deepEqual(
    [unknown.status, unknown.err],
    [1, 'netpath sweep: --figure server.nope: no run has a value of that name\n'],
  );
  const wrong = netpath('sweep', 'examples/udp-echo.netpath', '--set', 'wire.delay 1ms | soon');
  assert.deepEqual(
    [wrong.status, wrong.err],
    [1, 'netpath: --set wire.delay soon: Expected a time (50us), found `soon`.\n'],
  );
});

test('a capture has every frame, those of a flood too that arrive in the event in which they set out', () => {
  const dir = path.join(folder, 'flood');
  const hash = (...more: string[]): string =>
    /^hash .*$/m.exec(netpath('run', 'examples/ring-too-small.netpath', '--quiet', '--hash', ...more).out)![0];
  assert.equal(hash('--pcap', dir), hash(), 'looking on changes nothing');
  assert.equal(packetsIn(readFileSync(path.join(dir, 'small.pcapng'))), 6000);
});

/** Enhanced Packet Blocks of a pcapng file (draft-ietf-opsawg-pcapng §4.3). */
function packetsIn(file: Buffer): number {
  let count = 0;
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) if (file.readUInt32LE(at) === 6) count++;
  return count;
}
