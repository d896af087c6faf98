/** The text of `ss` against lines of the real tool: the same words in the same order; its figures against the kernel's own TCP_INFO. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { analyse } from '../../../../server/language/analyse.ts';
import type { sock } from '../../../kernel/include/net/sock.ts';
import { tcp_get_info } from '../../../kernel/net/ipv4/tcp/info.ts';
import { buildWorld, run } from '../../../world/engine.ts';
import { runHostCommand } from '../command.ts';
import { infoText } from './infoText.ts';
import { ssOptions } from './options.ts';
import { tcpInfo } from './tcpInfo.ts';
import { msTimer } from './timer.ts';

function worldAt(example: string, ms: number) {
  const file = `examples/${example}.netpath`;
  const { scenario } = analyse(readFileSync(file, 'utf8'), file);
  const world = buildWorld(scenario!, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: ms * 1_000_000 }, null);
  return world;
}

const command = (example: string, ms: number, host: string, text: string): string =>
  runHostCommand(worldAt(example, ms).hosts.find(({ name }) => name === host)!, text)!;

/** Lines of `ss -tuinmeoa` of Linux 7.3 (kernel-truth 01, 02c, 12a), without what a model has not: cgroup, inode. */
const REAL = [
  'ts sack cubic wscale:7,7 rto:204 rtt:0.566/0.243 ato:40 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:100 bytes_acked:101 bytes_received:100 segs_out:4 segs_in:3 data_segs_out:1 data_segs_in:1 send 204664311bps lastsnd:156 lastrcv:152 lastack:152 pacing_rate 409147896bps delivery_rate 16524960bps delivered:2 app_limited rcv_space:14480 rcv_ssthresh:64088 minrtt:0.547 snd_wnd:65152 rcv_wnd:64256',
  'ts sack cubic wscale:0,7 rto:208 backoff:2 rtt:6.097/10.941 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:10 bytes_sent:44392 bytes_retrans:1448 bytes_acked:42945 segs_out:35 segs_in:5 data_segs_out:31 send 18999508bps lastsnd:1240 lastrcv:1352 lastack:992 pacing_rate 155795960bps delivery_rate 5763040bps delivered:32 busy:1248ms rwnd_limited:1204ms(96.5%) retrans:0/1 dsack_dups:1 rcv_space:14480 rcv_ssthresh:64088 notsent:66608 minrtt:0.627 rcv_wnd:64256',
  'ts sack cubic wscale:7,7 rto:204 rtt:0.809/0.404 ato:40 mss:1448 pmtu:1500 rcvmss:1448 advmss:1448 cwnd:10 bytes_received:11003 segs_out:10 segs_in:12 data_segs_in:10 send 143189122bps lastsnd:304 lastrcv:144 lastack:148 pacing_rate 286378240bps delivered:1 app_limited rcv_rtt:1 rcv_space:14480 rcv_ssthresh:70240 minrtt:0.809 rcv_ooopack:3 snd_wnd:64256 rcv_wnd:70272',
  'ts sack cubic wscale:7,7 rto:204 rtt:1.273/0.497 mss:1448 pmtu:1500 rcvmss:536 advmss:1448 cwnd:7 ssthresh:7 bytes_sent:12006 bytes_retrans:1003 bytes_acked:11004 segs_out:13 segs_in:11 data_segs_out:11 send 63698350bps lastsnd:164 lastrcv:320 lastack:160 pacing_rate 76400504bps delivery_rate 16853536bps delivered:11 busy:12ms retrans:0/1 rcv_space:14480 rcv_ssthresh:64088 minrtt:0.627 snd_wnd:70272 rcv_wnd:64256',
];

/** The state whose text a real line is; `rateUnit`: rates are kept in bytes a second, the real line has bits. */
function infoOf(line: string): Parameters<typeof infoText>[0] {
  const of = (name: string): number[] =>
    (new RegExp(`(?:^| )${name}[: ]([\\d.,/]+)`).exec(line)?.[1] ?? '0').split(/[,/]/).map(Number);
  const us = (name: string, place = 0): number => Math.round((of(name)[place] ?? 0) * 1000);
  const one = (name: string): number => of(name)[0]!;
  return {
    timestamps: / ?\bts\b/.test(line),
    sack: line.includes('sack'),
    ecn: false,
    ecnSeen: false,
    fastopen: line.includes('fastopen'),
    wscale: true,
    snd_wscale: one('wscale'),
    rcv_wscale: of('wscale')[1]!,
    congestion: 'cubic',
    rto: us('rto'),
    backoff: one('backoff'),
    rtt: us('rtt'),
    rttvar: us('rtt', 1),
    ato: us('ato'),
    min_rtt: us('minrtt'),
    last_data_sent: one('lastsnd'),
    last_data_recv: one('lastrcv'),
    last_ack_recv: one('lastack'),
    snd_mss: one('mss'),
    pmtu: one('pmtu'),
    snd_cwnd: one('cwnd'),
    snd_ssthresh: one('ssthresh') || 0x7fffffff,
    bytes_sent: one('bytes_sent'),
    bytes_retrans: one('bytes_retrans'),
    bytes_acked: one('bytes_acked'),
    segs_out: one('segs_out'),
    data_segs_out: one('data_segs_out'),
    pacing_rate: one('pacing_rate') / 8,
    delivery_rate: one('delivery_rate') / 8,
    delivered: one('delivered'),
    delivered_ce: 0,
    app_limited: line.includes('app_limited'),
    unacked: 0,
    sacked: 0,
    lost: 0,
    retrans: 0,
    total_retrans: of('retrans')[1] ?? 0,
    dsack_dups: one('dsack_dups'),
    reordering: 3,
    reord_seen: 0,
    notsent_bytes: one('notsent'),
    snd_wnd: one('snd_wnd'),
    rehash: 0,
    rcv_mss: one('rcvmss'),
    advmss: one('advmss'),
    bytes_received: one('bytes_received'),
    segs_in: one('segs_in'),
    data_segs_in: one('data_segs_in'),
    rcv_rtt: us('rcv_rtt'),
    rcv_space: one('rcv_space'),
    rcv_ssthresh: one('rcv_ssthresh'),
    rcv_ooopack: one('rcv_ooopack'),
    rcv_wnd: one('rcv_wnd'),
    busy_time: us('busy'),
    rwnd_limited: us('rwnd_limited'),
    sndbuf_limited: 0,
  };
}

test("the second line is the real tool's, to the letter", () => {
  for (const line of REAL) assert.equal(infoText(infoOf(line)), line);
});

const TIMERS: readonly (readonly [number, string])[] = [
  [284, '284ms'],
  [8, '008ms'],
  [1204, '1.204ms'],
  [59_900, '59sec'],
  [1000, '1sec'],
  [123_000, '2min3sec'],
  [7_200_000, '120min'],
];
test('what is left of a timer', () => {
  for (const [ms, text] of TIMERS) assert.equal(msTimer(ms), text);
});

test('letters of the command', () => {
  assert.deepEqual(ssOptions(' -tinme'), {
    udp: false,
    tcp: true,
    states: 'connected',
    processes: false,
    timers: true,
    details: true,
    memory: true,
    packet: false,
    info: true,
    header: true,
  });
  assert.deepEqual(
    [ssOptions('-ta')?.states, ssOptions('-t -l')?.states, ssOptions('-t')?.states],
    ['all', 'listening', 'connected'],
  );
  assert.equal(ssOptions(' -tZ'), undefined);
});

/** Ours -> the kernel's, where the names differ by more than `tcpi_`. */
const RENAMED: Readonly<Record<string, string>> = { app_limited: 'tcpi_delivery_rate_app_limited' };
const OPTION_WORDS = ['timestamps', 'sack', 'ecn', 'ecnSeen', 'fastopen', 'wscale', 'congestion'];

test('its figures are what getsockopt(TCP_INFO) would tell', () => {
  for (const [example, ms] of [
    ['send-only-queues', 6],
    ['slow-reader', 60],
    ['retransmission', 3],
    ['tcp-echo', 1.3],
  ] as const) {
    const world = worldAt(example, ms);
    const socks = world.hosts.flatMap(({ tcp_tables }) => [
      ...Object.values(tcp_tables.lhash2).flat(),
      ...tcp_tables.ehash.flat().map(({ sk }) => sk),
    ]);
    const all = socks.filter((sk): sk is sock => sk !== null);
    assert.ok(all.length > 0, example);
    for (const sk of all) compare(sk, example);
  }
});

function compare(sk: sock, example: string): void {
  const cpu = sk.host.cpus[0]!;
  const kernel = tcp_get_info(cpu, sk);
  for (const [name, value] of Object.entries(tcpInfo(sk, Math.floor(cpu.now / 4_000_000))))
    if (!OPTION_WORDS.includes(name))
      assert.equal(Number(value), kernel[RENAMED[name] ?? `tcpi_${name}`] ?? 0, `${example}: ${name}`);
}

test('sockets in every state of their lives', () => {
  const waiting = command('send-only-queues', 2.6, 'server', 'ss -tan');
  assert.match(
    waiting,
    /^State +Recv-Q Send-Q Local Address:Port Peer Address:Port\nLISTEN +0 +16 +0\.0\.0\.0:7000 +0\.0\.0\.0:\*/,
  );
  assert.match(command('send-only-queues', 3.5, 'server', 'ss -tan'), /SYN-RECV|ESTAB/);
  const sending = command('send-only-queues', 3.5, 'client', 'ss -tinmep');
  assert.match(
    sending,
    /ESTAB +0 +65536 .*users:\(\("app",pid=\d+,fd=3\)\) timer:\(on,\d+ms,0\) sk:\w+ <->\n\t skmem:\(r0,rb131072,t\d+,tb87040,/,
  );
  assert.match(sending, /cwnd:10 .*unacked:10 .*notsent:51056/);
  assert.match(command('slow-reader', 60, 'client', 'ss -to'), /timer:\(persist,/);
  assert.match(command('slow-reader', 60, 'server', 'ss -tl'), /LISTEN/);
  assert.doesNotMatch(command('slow-reader', 60, 'server', 'ss -t'), /LISTEN/);
  assert.match(command('tcp-echo', 100, 'client', 'ss -tae'), /TIME-WAIT .*timer:\(timewait,\d+sec,0\)/);
  assert.equal(command('tcp-echo', 1, 'client', 'ss -tZ'), 'ss: invalid option in -tZ');
});

test('packet sockets: ss -0 and /proc/net/packet', () => {
  const [head, ...rows] = command('packet-tap', 1.3, 'server', 'ss -0').split('\n');
  assert.equal(head, 'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port');
  assert.match(rows[0]!, /^p_dgr UNCONN \d{4} {3}0 {6}ip:eth0 {12}\*$/);
  assert.equal(rows[1], 'p_raw UNCONN 0      0      *:eth0             *');
  assert.match(
    command('packet-tap', 1.3, 'server', 'cat /proc/net/packet'),
    /^sk {15}RefCnt Type Proto {2}Iface R Rmem {3}User {3}Inode\n[0-9a-f]{16} 2 {6}2 {4}0800 {2}2 {5}1 \d{4} {3}0 {6}0\n/,
  );
});
