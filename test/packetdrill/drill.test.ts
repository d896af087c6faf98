/** The player of packetdrill scripts itself: what it reads, what it lets pass and what it does not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Drill } from './drill.ts';
import { strayByte } from './match.ts';
import { runCode } from './python.ts';
import { parseScript } from './script.ts';

const HANDSHAKE = `
 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,nop,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 8>
+.1 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
`;

/** null, or why a script after the handshake does not pass. */
function play(rest: string): string | null {
  try {
    new Drill(parseScript(HANDSHAKE + rest, {}), { 'net.ipv4.tcp_rmem': [4096, 540000, 15728640] }).play();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Asks for a stamp of what is sent at 0.1 s, which the script expects at `nsec`. */
const stampAt = (nsec: number): string =>
  '+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING, [SOF_TIMESTAMPING_TX_SCHED|SOF_TIMESTAMPING_SOFTWARE|SOF_TIMESTAMPING_OPT_TSONLY], 4) = 0\n'
  + '+0 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n+0 recvmsg(4, {msg_iov(1)=[{...,0}], msg_flags=MSG_ERRQUEUE, msg_control=['
  + `{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=0,scm_nsec=${nsec}}},`
  + '{cmsg_level=CMSG_LEVEL_IP, cmsg_type=CMSG_TYPE_RECVERR, cmsg_data={ee_errno=ENOMSG, ee_info=SCM_TSTAMP_SCHED}}]}, MSG_ERRQUEUE) = 0';

const verdicts: readonly [rest: string, verdict: RegExp | null][] = [
  ['+0 write(4, ..., 2000) = 2000\n+0 > P. 1:2001(2000) ack 1', null],
  ['+0 write(4, ..., 2000) = 1999', /line 9: write\(\): returns 2000, not 1999/],
  ['+0 write(4, ..., 2000) = 2000\n+0 > P. 1:2001(2000) ack 2', /sent, P\. 1:2001\(2000\) ack 2 <> expected/],
  ['+0 write(4, ..., 2000) = 2000\n+.1 > P. 1:2001(2000) ack 1', /too early/],
  ['+0 > . 1:1(0) ack 1', /no packet by/],
  ['+0 < P. 1:101(100) ack 1 win 257\n+0 > . 1:1(0) ack 101\n+0 read(4, ..., 1000) = 100', null],
  ['+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 read(4, ..., 1) = -1 EAGAIN (Resource temporarily unavailable)', null],
  ['+0 read(4, ..., 1) = 1', /read\(\) does not return/],
  ['+0...0.200 read(4, ..., 9) = 9\n+.2 < P. 1:10(9) ack 1 win 257', null],
  ['+0...0.200 read(4, ..., 9) = 9\n+.1 < P. 1:10(9) ack 1 win 257\n+.2 close(3) = 0', /returned .* ms too early/],
  ['+0 %{ assert tcpi_snd_cwnd == 10 and tcpi_state == TCP_ESTABLISHED }%', null],
  ['+0 %{ assert tcpi_snd_cwnd == 11, tcpi_snd_cwnd }%', /tcpi_snd_cwnd is 10/],
  ['+0 `reboot`', /the command 'reboot'/],
  ['+0 < P. 1:101(100) ack 1 win 257\n+0 ioctl(4, SIOCINQ, [100]) = 0', null],
  ['+0 < . 1:1(0) ack 1 win 9 <md5 000102030405060708090a0b0c0d0e0f,nop,nop>\n+0 `nstat | grep TcpExtTCPMD5Unexpected | grep -q " 1 "`', null],
  ['+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1', null],
  ['+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLIN}], 1, 0) = 1', /poll\(\): revents of 0 are 0x4, not 0x1/],
  ['+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, u32=77}) = 0\n+0 epoll_wait(5, {events=EPOLLOUT, u32=77}, 1, 0) = 1', null],
  ['+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLOUT, fd=4}) = 0\n+0 epoll_wait(5, {events=EPOLLOUT, fd=3}, 1, 0) = 1', /the data are 4, not 3/],
  ['+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0\n+0 epoll_wait(5, {events=0, fd=4}, 1, 0) = 0', /the data are 0, not 4/],
  ['+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0\n+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0', null],
  ['+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0\n+0 < P. 1:11(10) ack 1 win 257\n+0 recvmsg(4, {msg_iov(1)=[{..., 10}]}, 0) = 10', /1 control messages came, not 0/],
  [stampAt(100_000_000), null],
  [stampAt(300_000_000), /SCM_TIMESTAMPING is -(199|200)\.\d+ ms off/],
  ['+0 vmsplice(4, NULL, 1, 0) = 0', /vmsplice\(\)/],
];

for (const [rest, verdict] of verdicts) {
  test(`${rest.replaceAll('\n', '; ')}: ${verdict === null ? 'passes' : `fails: ${verdict.source}`}`, () => {
    const why = play(rest);
    if (verdict === null) assert.equal(why, null);
    else assert.match(why ?? 'passes', verdict);
  });
}

test('payloads are compared with zeroes', () => {
  assert.equal(strayByte(new Uint8Array(4)), -1);
  assert.equal(strayByte(Uint8Array.of(0, 0, 97)), 2);
});

test('times, windows, blocking calls, remarks and macros are read', () => {
  const { options, init, events } = parseScript('--mss=1000 // why\n`./defaults.sh`\n0.1 < [ce] FP. 1:11(10) ack 5 win 9 urg 2 <nop,nop,TS val 1 ecr 2>\n+.2~+.4 > S. 0:0(0) <...>\n* > R 1:1(0)\n+1...2 connect(3, {a=X|B}, ...) = -1 EAGAIN (Try) (again)', { X: 'Y' });
  assert.deepEqual([...options], [['mss', '1000']]);
  assert.equal(init, './defaults.sh');
  const [data, window, any, call] = events;
  assert.deepEqual(data!.deed, {
    kind: 'packet', inbound: true,
    segment: { ecn: 'ce', tos: null, ttl: null, ports: null, flags: 0x19, seq: 1, len: 10, ack: 5, win: 9, urg: 2, options: [['nop'], ['nop'], ['TS', 'val', '1', 'ecr', '2']] },
  });
  assert.deepEqual(window!.when, { relative: true, any: false, from: 0.2, to: 0.4, returns: null });
  assert.equal(any!.when.any, true);
  assert.equal(call!.when.returns, 2);
  assert.deepEqual(call!.deed.kind === 'call' && call!.deed.arguments[1], { kind: 'struct', fields: new Map([['a', { kind: 'names', names: ['Y', 'B'] }]]) });
});

test('what cannot be read is told with its line', () => {
  assert.throws(() => parseScript('0 < S 0:0(0) win 1\n+0 > X', {}), /line 2: flags expected at 'X'/);
});

test('Python: precedence, chains, assignment over blocks', () => {
  const variables = new Map<string, number | string>([['a', 7]]);
  runCode('cwnd = 2 + a * 3 \\\n  // 2; assert 10 < cwnd <= 12, cwnd # so\nprint(cwnd)', variables);
  runCode('cwnd += 1\nassert cwnd == 13 and (a & 3) == 3 or a == 0', variables);
  assert.throws(() => runCode('assert 1 < a < 5', variables));
});
