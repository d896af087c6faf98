import assert from 'node:assert/strict';
import test from 'node:test';
import { analyse } from '../analyse.ts';
import { CODES, type Code } from '../codes.ts';

/** A scenario without a fault; cases put their own text in the place of a piece of it. */
const GOOD = `link wire { rate 1Gbps; delay 50us }
host server {
  cpus 2
  nic eth0 { link wire; address 10.0.0.1/24; rx-ring 256 }
  process echo on cpu 0 {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:7)
    data = recvfrom(fd, 2KiB)
    sendto(fd, data, data.from)
  }
}
host client {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process app at 1ms {
    fd = socket(AF_INET, SOCK_DGRAM)
    connect(fd, server:7)
    send(fd, "hello")
    reply = recv(fd, 5B)
  }
}
traffic { from 1ms every 10us count 10: udp from 10.0.0.9 port 5000 to server port 53 payload 64B, enters wire at server }
expect { client.app.reply.length == 5; client.app finishes before 5ms }
`;

/** code, what is replaced, by what, the text that is marked, the fixed piece (or null where there is no fix). */
type Case = readonly [code: Code, find: string, replacement: string, marked: string, fixed?: string];

const CASES: readonly Case[] = [
  ['NP1001', 'rate 1Gbps', 'rate', ''],
  ['NP1001', 'rate 1Gbps', 'rate 1Gbps 5', '5'],
  ['NP1001', 'rate 1Gbps', 'rate "1Gbps"', '"1Gbps"', 'rate 1Gbps'],
  [
    'NP1001',
    'cpus 2',
    'sysctl { net.ipv4.ip_local_port_range = "40000 40002" }',
    '"40000 40002"',
    'sysctl { net.ipv4.ip_local_port_range = 40000 40002 }',
  ],
  ['NP1001', 'rate 1Gbps', 'rate "?"', '"?"'],
  ['NP1001', 'delay 50us', 'delay 10.0.0.1', '10.0.0.1'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, *)', '*'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"', ''],
  ['NP1001', 'cpus 2', '☃ 2', '☃'],
  ['NP1001', 'enters wire at server }', 'enters wire }', ''],
  ['NP1002', '    sendto(fd, data, data.from)\n  }\n', '    sendto(fd, data, data.from)\n', '{'],
  ['NP1002', '    sendto(fd, data, data.from)\n  }\n}', '    sendto(fd, data, data.from)\n  }', '{'],
  ['NP1002', '  cpus 2', '  sysctl { net.core.netdev_budget = 300', '{'],
  ['NP1002', '    data = recvfrom(fd, 2KiB)', '    loop { data = recvfrom(fd, 2KiB)', '{'],
  [
    'NP1003',
    'link wire { rate 1Gbps; delay 50us }',
    'link wire { rate 1Gbps; delay 50us } }',
    '}',
    'link wire { rate 1Gbps; delay 50us } ',
  ],
  ['NP1004', '"hello"', '"hello', '"hello)', '"hello)"'],
  ['NP1004', 'expect {', '/* expect {', '/*'],
  ['NP1009', '10.0.0.1/24', '10.0.0.256/24', '10.0.0.256'],
  ['NP1009', '10.0.0.1/24', '10.0.0.1', '10.0.0.1', '10.0.0.1/24'],
  ['NP1009', 'rx-ring 256', 'rx-ring 99999999999999999999', '99999999999999999999'],
  ['NP1010', '1Gbps', '1gbps', 'gbps', '1Gbps'],
  ['NP1010', '1Gbps', '1Gbit', 'Gbit', '1Gbps'],
  ['NP1010', '2KiB', '2k', 'k', '2kB'],
  ['NP1010', 'delay 50us', 'delay 50uss', 'uss', 'delay 50us'],
  ['NP1101', 'rate 1Gbps', 'rte 1Gbps', 'rte', 'rate 1Gbps'],
  ['NP1101', 'host server {', 'hots server {', 'hots', 'host server {'],
  ['NP1101', 'cpus 2', 'rx-ring 256', 'rx-ring'],
  ['NP1101', 'cpus 2', 'frobnicate { x 1 }', 'frobnicate'],
  ['NP1102', 'cpus 2', 'cpus 2; cpus 3', 'cpus', 'cpus 2; '],
  ['NP1103', 'host client {', 'host server {\n}\nhost client {', 'server'],
  ['NP1103', 'process app at 1ms', 'process eth0 { }\n  process app at 1ms', 'eth0'],
  [
    'NP1104',
    'nic eth0 { link wire; address 10.0.0.2/24 }',
    'nic eth0 { link wire; address 10.0.0.2/24 }\n  neighbour 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth1',
    'eth1',
    'eth0',
  ],
  ['NP1104', 'connect(fd, server:7)', 'connect(fd, servr:7)', 'servr', 'connect(fd, server:7)'],
  [
    'NP1105',
    'nic eth0 { link wire; address 10.0.0.1/24; rx-ring 256 }\n',
    'nic eth0 { link wire; address 10.0.0.1/24; rx-ring 256 }\n  nic eth1 { address 10.1.0.1/24 }\n',
    'nic',
    '{ link wire; address 10.1.0.1/24 }',
  ],
  [
    'NP1106',
    'cpus 2',
    'sysctl { net.core.netdev_buget = 300 }',
    'net.core.netdev_buget',
    'sysctl { net.core.netdev_budget = 300 }',
  ],
  ['NP1201', 'rate 1Gbps', 'rate 50us', '50us'],
  ['NP1201', 'delay 50us', 'delay 50', '50', 'delay 50us'],
  ['NP1201', 'rx-ring 256', 'rx-ring 256B', '256B', 'rx-ring 256'],
  ['NP1201', 'data = recvfrom(fd, 2KiB)', 'sleep 5\n    data = recvfrom(fd, 2KiB)', '5'],
  ['NP1201', 'data = recvfrom(fd, 2KiB)', 'data = recvfrom(fd, 2KiB + 5ms)', '2KiB + 5ms'],
  ['NP1202', 'rx-ring 256', 'rx-ring 5000', '5000', 'rx-ring 4096'],
  ['NP1202', '10.0.0.1/24', '10.0.0.1/33', '33'],
  ['NP1202', 'server:7', 'server:70000', '70000'],
  ['NP1202', 'rx-ring 256', 'rx-ring -1', '-1'],
  [
    'NP1203',
    'cpus 2',
    'sysctl { net.ipv4.tcp_congestion_control = renu }',
    'renu',
    'sysctl { net.ipv4.tcp_congestion_control = reno }',
  ],
  ['NP1203', 'cpus 2', 'sysctl { net.ipv4.tcp_congestion_control = bbr }', 'bbr'],
  ['NP1203', 'cpus 2', 'sysctl { net.core.default_qdisc = 1 }', '1'],
  ['NP1106', 'cpus 2', 'sysctl { net.ipv4.conf.eth0.rp_filtr = 1 }', 'net.ipv4.conf.eth0.rp_filtr'],
  ['NP1203', 'rx-ring 256', 'driver ibg', 'ibg', 'driver igb'],
  ['NP1203', 'rx-ring 256', 'offloads { gro = 1 }', '1', 'offloads { gro = on }'],
  ['NP1203', 'rx-ring 256', 'offloads { grow = off }', 'grow', 'offloads { gro = off }'],
  ['NP1204', 'delay 50us', 'delay 0.5ns', '0.5ns'],
  ['NP1301', 'link wire {', 'link spare\nlink wire {', 'spare'],
  ['NP1301', 'traffic {', 'host third { nic eth0 { link wire; address 10.0.0.3/24 } }\ntraffic {', 'wire'],
  ['NP1310', 'delay 50us', 'cut from 5ms until 4ms', 'cut from 5ms until 4ms'],
  ['NP1310', 'delay 50us', 'cut from 5ms; cut from 7ms until 8ms', 'cut from 7ms until 8ms'],
  ['NP1310', 'delay 50us', 'cut from 7ms until 8ms; cut from 5ms until 7ms', 'cut from 7ms until 8ms'],
  ['NP1302', 'cpus 2', 'route default via 10.9.0.1', '10.9.0.1'],
  ['NP1302', 'cpus 2', 'route fd00::/8 via 10.0.0.2', '10.0.0.2'],
  ['NP1302', 'cpus 2', 'route fd00::/8 via fd01::2', 'fd01::2'],
  ['NP1302', 'to server port 53', 'to fd00::1 port 53', 'fd00::1'],
  ['NP1202', 'address 10.0.0.1/24', 'address 10.0.0.1/24; address fd00::1/129', '129'],
  ['NP1404', 'connect(fd, server:7)', 'connect(fd, fd00::1:7)', 'fd00::1:7', 'connect(fd, [fd00::1]:7)'],
  ['NP1410', 'send(fd, "hello")', 'setsockopt(fd, SOL_IP, IPV6_V6ONLY, 1)', 'SOL_IP', 'setsockopt(fd, SOL_IPV6,'],
  ['NP1302', 'cpus 2', 'neighbour 10.9.0.1 lladdr 02:00:00:00:00:09 dev eth0', '10.9.0.1'],
  ['NP1303', '10.0.0.2/24', '10.0.0.1/24', '10.0.0.1/24'],
  ['NP1304', '10.0.0.2/24', '10.0.0.255/24', '10.0.0.255/24'],
  ['NP1304', '10.0.0.2/24', '10.0.0.0/24', '10.0.0.0/24'],
  ['NP1305', 'rx-ring 256', 'mac 03:00:00:00:00:01', '03:00:00:00:00:01'],
  ['NP1306', 'send(fd, "hello")', 'sendto(fd, "hello", 192.168.0.1:7)', '192.168.0.1:7'],
  [
    'NP1307',
    'nic eth0 { link wire; address 10.0.0.1/24;',
    'nic eth0 { link wire; address 10.0.0.1/24; address 10.0.0.3/24;',
    'server',
  ],
  ['NP1308', 'host client {', 'host blank { }\nhost client {', 'blank'],
  ['NP1309', 'on cpu 0', 'on cpu 2', '2'],
  ['NP1401', 'send(fd, "hello")', 'send(df, "hello")', 'df', 'send(fd, "hello")'],
  ['NP1402', 'send(fd, "hello")', 'sned(fd, "hello")', 'sned', 'send(fd, "hello")'],
  ['NP1403', 'send(fd, "hello")', 'send(fd)', 'send(fd)'],
  ['NP1404', 'connect(fd, server:7)', 'connect(fd, 5)', '5'],
  ['NP1404', 'recv(fd, 5B)', 'recv(fd, 5ms)', '5ms'],
  ['NP1404', 'recv(fd, 5B)', 'recvmsg(fd, [5B, 5ms])', '[5B, 5ms]'],
  ['NP1404', 'recv(fd, 5B)', 'recv(fd, [5B])', '[5B]'],
  ['NP1404', 'recv(fd, 5B)', 'sendmsg(fd, [5B, ["x"]])', '[5B, ["x"]]'],
  ['NP1404', 'send(fd, "hello")', 'setsockopt(fd, SOL_TCP, TCP_USER_TIMEOUT, 5ms)', '5ms'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); ready = poll(fd, POLLIN, 5)', '5'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); ready = poll([pollfd(fd, POLLIN)], 5)', '5'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); ready = poll([fd], POLLIN, 5ms)', '[fd]'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); select(fd, [fd], POLLIN, NULL)', 'POLLIN'],
  ['NP1403', 'send(fd, "hello")', 'send(fd, "hello"); poll()', 'poll()'],
  ['NP1404', 'send(fd, "hello")', 'send([fd], "hello")', '[fd]'],
  ['NP1001', 'send(fd, "hello")', 'some = [fd, send(fd, "hello")', ''],
  ['NP1401', 'send(fd, "hello")', 'some = [fd, nobody]', 'nobody'],
  ['NP1405', 'send(fd, "hello")', 'exit; send(fd, "hello")', 'send(fd, "hello")\n    reply = recv(fd, 5B)'],
  ['NP1406', 'reply = recv(fd, 5B)', 'reply = recv(fd, 5B)\n    loop { x = 1 }', 'loop'],
  ['NP1407', 'send(fd, "hello")', 'send(fd, "hello"); if fd < 0 { break }', 'break'],
  [
    'NP1408',
    'data = recvfrom(fd, 2KiB)',
    'fd2 = socket(AF_INET, SOCK_DGRAM); bind(fd2, 10.0.0.1:7)\n    data = recvfrom(fd, 2KiB)',
    '10.0.0.1:7',
  ],
  ['NP1409', 'data.from', 'data.form', 'form', 'data.from'],
  ['NP1501', 'client.app.reply.length', 'client.app.replay.length', 'replay', 'client.app.reply.length'],
  ['NP1501', 'client.app finishes', 'clint.app finishes', 'clint', 'client.app finishes'],
  [
    'NP1502',
    'cpus 2',
    'netfilter { chain input { drop when upd.dport == 7 } }',
    'upd',
    'netfilter { chain input { drop when udp.dport == 7 } }',
  ],
  ['NP1503', 'client.app finishes before 5ms', 'client.app finishes before 5', '5'],
  [
    'NP1601',
    'cpus 2',
    'netfilter { chain postrouting { masquerade } }',
    'masquerade',
    'chain nat postrouting { masquerade }',
  ],
  ['NP1311', 'cpus 2', 'bridge br0 { port eth0; port lo }', 'lo', 'bridge br0 { port eth0;  }'],
  ['NP1311', 'cpus 2', 'bridge br0 { port eth0 }; bridge br1 { port eth0 }', 'eth0', 'bridge br1 {  }'],
  ['NP1104', 'cpus 2', 'bridge br0 { port eth7 }', 'eth7'],
  ['NP1601', 'cpus 2', 'netfilter { chain prerouting { notrack } }', 'notrack', 'chain raw prerouting { notrack }'],
  [
    'NP1602',
    'cpus 2',
    'netfilter { chain nat prerouting { masquerade } }',
    'masquerade',
    'chain nat postrouting { masquerade }',
  ],
  [
    'NP1602',
    'cpus 2',
    'netfilter { chain nat input { dnat to 10.0.0.2:80 } }',
    'dnat',
    'chain nat prerouting { dnat to',
  ],
  ['NP1601', 'cpus 2', 'netfilter ip6 { chain nat postrouting { masquerade } }', 'chain'],
  ['NP1601', 'cpus 2', 'netfilter { chain nat postrouting { snat to fd00::1 } }', 'fd00::1'],
  ['NP1602', 'cpus 2', 'netfilter { chain nat forward { count } }', 'forward'],
  [
    'NP1203',
    'cpus 2',
    'netfilter { chain input { reject with icmp port-unreachabel } }',
    'port-unreachabel',
    'icmp port-unreachable }',
  ],
  ['NP1502', 'cpus 2', 'netfilter { chain input { drop when ct.invaild } }', 'invaild', 'ct.invalid }'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); fds = {pollfd(fd, POLLIN)}', '{'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); poll([{ fd }], 5ms)', '{'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); poll([pollfd(fd, POLLIN), 5ms)', ')'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); some = [fd]; some[0] = 3', 'some[0]'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); if fd = 3 { exit }', '=', 'if fd == 3 {'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); same = fd === 3', '=', 'same = fd == 3'],
  [
    'NP1001',
    'send(fd, "hello")',
    'send(fd, "hello"); some = [fd]; select(fd, &some, NULL, NULL)',
    '&',
    'select(fd, some, NULL',
  ],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); for one in [fd] { close(one) }', 'for', 'each one in [fd]'],
  ['NP1001', 'send(fd, "hello")', 'send(fd, "hello"); while fd > 0 { close(fd) }', 'while'],
  ['NP1001', 'client.app.reply.length == 5', 'client.app.reply.length = 5', '=', 'reply.length == 5'],
  ['NP1201', 'send(fd, "hello")', 'send(fd, "hello"); sleep [1ms]', '[1ms]'],
  ['NP1401', 'send(fd, "hello")', 'send(fd, "hello"); poll([pollfd(fd, POLIN)])', 'POLIN', 'pollfd(fd, POLLIN)'],
  ['NP1401', 'send(fd, "hello")', 'send(fd, "hello"); some = Null', 'Null', 'some = NULL'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); poll([fd], 5ms)', 'fd', 'poll([pollfd(fd, POLLIN)], 5ms)'],
  [
    'NP1404',
    'send(fd, "hello")',
    'send(fd, "hello"); poll(pollfd(fd, POLLIN), 5ms)',
    'pollfd(fd, POLLIN)',
    'poll([pollfd(fd, POLLIN)], 5ms)',
  ],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); fds = [pollfd(fd, POLLIN)]; poll(fds, 1, 5ms)', 'fds'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); poll(fd)', 'fd'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); poll(fd, POLLIN, 20)', '20', 'poll(fd, POLLIN, 20ms)'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); select(fd, [fd], 0, NULL)', '0', 'select(fd, [fd], NULL, NULL)'],
  [
    'NP1404',
    'send(fd, "hello")',
    'send(fd, "hello"); select(fd, [pollfd(fd, POLLIN)], NULL, NULL)',
    'pollfd(fd, POLLIN)',
  ],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); some = [fd]; FD_SET(some, fd)', 'some, fd', 'FD_SET(fd, some)'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); connect(fd, fd)', 'fd'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); each one in fd { close(one) }', 'fd'],
  ['NP1404', 'send(fd, "hello")', 'send(fd, "hello"); repeat [1] { exit }', '[1]'],
  [
    'NP1409',
    'send(fd, "hello")',
    'send(fd, "hello"); fds = [pollfd(fd, POLLIN)]; poll(fds); some = fds.revents',
    'revents',
    'some = fds[0].revents',
  ],
  [
    'NP1409',
    'send(fd, "hello")',
    'send(fd, "hello"); problem = recvmsg(fd, 0B, MSG_ERRQUEUE); some = problem.ee_errno',
    'ee_errno',
    'some = problem.error.ee_errno',
  ],
  [
    'NP1409',
    'send(fd, "hello")',
    'send(fd, "hello"); problem = recvmsg(fd, 0B, MSG_ERRQUEUE); some = problem.error.errno',
    'errno',
    'some = problem.error.ee_errno',
  ],
  ['NP1410', 'send(fd, "hello")', 'send(fd, "hello", SO_ZEROCOPY)', 'SO_ZEROCOPY', 'send(fd, "hello", MSG_ZEROCOPY)'],
  ['NP1410', 'send(fd, "hello")', 'send(fd, "hello"); recvmsg(fd, MSG_ERRQUEUE)', 'MSG_ERRQUEUE'],
  [
    'NP1410',
    'send(fd, "hello")',
    'send(fd, "hello"); setsockopt(fd, SOL_SOCKET, IP_RECVERR, 1)',
    'SOL_SOCKET',
    'setsockopt(fd, SOL_IP, IP_RECVERR, 1)',
  ],
  [
    'NP1410',
    'send(fd, "hello")',
    'send(fd, "hello"); setsockopt(fd, SOL_SOCKET, MSG_ZEROCOPY, 1)',
    'MSG_ZEROCOPY',
    'setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, 1)',
  ],
  [
    'NP1411',
    'send(fd, "hello")',
    'send(fd, "hello"); ready = poll(fd, POLLIN); if ready & POLLIN == POLLIN { exit }',
    'ready & POLLIN == POLLIN',
    'if (ready & POLLIN) == POLLIN {',
  ],
  [
    'NP1411',
    'client.app.reply.length == 5',
    '5 == client.app.reply.length & 7',
    '5 == client.app.reply.length & 7',
    '5 == (client.app.reply.length & 7)',
  ],
];

/** What looks like one of the faults and is none. */
const ALLOWED: readonly string[] = [
  'poll([pollfd(fd, EPOLLIN)], -1); x = accept4(fd, O_NONBLOCK)',
  'select(fd + 1, [fd], NULL, NULL, NULL)',
  'flags = fd; if (flags & POLLIN) == POLLIN && (fd == 3) & 1 { exit }',
  'both = [fd]; both = recv(fd, 5B); send(fd, both)',
  'each message in recvmmsg(fd, 2KiB, 16, MSG_WAITFORONE) { send(fd, message) }',
  'mine = getsockname(fd); connect(fd, mine)',
  'while = 3; while = while + 1',
  'sendmsg(fd, ["head", 100B, recv(fd, 5B)], MSG_MORE); x = recvmsg(fd, [4B, 1KiB]); y = x.iov[1].length',
  'send(fd, NULL)',
  'setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO); setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, true)',
  'epoll_ctl(fd, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLERR)',
];

for (const statement of ALLOWED) {
  test(`allowed: ${statement}`, () => {
    const { diagnostics } = analyse(GOOD.replace('send(fd, "hello")', `send(fd, "hello"); ${statement}`), 'f');
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      [],
    );
  });
}

test('the scenario that the cases start from has no fault', () => {
  assert.deepEqual(analyse(GOOD, 'good.netpath').diagnostics, []);
});

for (const [code, find, replacement, marked, fixed] of CASES) {
  test(`${code}: ${replacement.replaceAll('\n', ' | ')}`, () => {
    const text = withExtras(
      code,
      GOOD.replace(find, () => replacement),
    );
    assert.notEqual(text, GOOD);
    const found = analyse(text, 'bad.netpath').diagnostics;
    assert.deepEqual(
      found.map((each) => each.code),
      [code],
      found.map((each) => each.message).join('\n'),
    );
    const [diagnostic] = found;
    assert.equal(text.slice(diagnostic!.range.start, diagnostic!.range.end), marked, diagnostic!.message);
    if (fixed !== undefined)
      assert.ok(
        applyFix(text, diagnostic!.fixes[0]).includes(fixed),
        `the fix gives\n${applyFix(text, diagnostic!.fixes[0])}`,
      );
  });
}

/** Faults that need more than one place. */
function withExtras(code: Code, text: string): string {
  if (code === 'NP1308') return text.replace('connect(fd, server:7)', 'connect(fd, blank:7)');
  if (code === 'NP1307') return text.replace('to server port', 'to 10.0.0.1 port');
  return text;
}

function applyFix(
  text: string,
  fix: { edits: readonly { range: { start: number; end: number }; newText: string }[] } | undefined,
): string {
  return (fix?.edits ?? []).reduce(
    (result, { range, newText }) => result.slice(0, range.start) + newText + result.slice(range.end),
    text,
  );
}

test('a second end outside the subnet of the first is one diagnostic', () => {
  const text =
    'link a\nhost x { nic e { link a; address 10.0.0.1/24 } }\nhost y { nic e { link a; address 10.1.0.2/24 } }';
  assert.deepEqual(
    analyse(text, 'f').diagnostics.map((each) => each.code),
    ['NP1302'],
  );
});

test('a peer that no route leads to is one diagnostic', () => {
  const text = GOOD.replace('address 10.0.0.2/24', 'address 10.0.0.2/24')
    .replace(
      'link wire {',
      'link far\nhost island { nic eth0 { link far; address 10.9.0.1/24 } }\nhost reef { nic eth0 { link far; address 10.9.0.2/24 } }\nlink wire {',
    )
    .replace('connect(fd, server:7)', 'connect(fd, island:7)');
  assert.deepEqual(
    analyse(text, 'f').diagnostics.map((each) => each.code),
    ['NP1306'],
  );
});

test('a call whose result is looked at may fail on purpose', () => {
  assert.deepEqual(
    analyse(GOOD.replace('connect(fd, server:7)', 'ret = connect(fd, 192.168.0.1:7)'), 'f').diagnostics,
    [],
  );
});

test('whole files that are refused: one diagnostic each, no scenario', () => {
  const refused: readonly (readonly [string, Code])[] = [
    ['', 'NP1007'],
    ['  \n// nothing\n', 'NP1007'],
    ['\u007fELF\u0000\u0001\u0002', 'NP1005'],
    [`${GOOD}\n`.repeat(20_000), 'NP1006'],
    ['\ufffd'.repeat(5000), 'NP1005'],
  ];
  for (const [text, code] of refused) {
    const { diagnostics, scenario } = analyse(text, 'f');
    assert.deepEqual(
      diagnostics.map((each) => each.code),
      [code],
    );
    assert.equal(scenario, null);
  }
});

test('a file of nothing but faults stays readable', () => {
  const { diagnostics } = analyse('foo bar\n'.repeat(5000), 'f');
  assert.equal(diagnostics.length, 101);
  assert.equal(diagnostics.at(-1)?.code, 'NP1008');
});

test('every code has a case', () => {
  const covered = new Set<string>([...CASES.map(([code]) => code), 'NP1005', 'NP1006', 'NP1007', 'NP1008']);
  assert.deepEqual(
    Object.keys(CODES).filter((each) => !covered.has(each)),
    [],
  );
});

test('a cost that the model lacks is an error with the one that was meant', () => {
  const { diagnostics } = analyse(`${GOOD}\ncosts { hardirq_entri = 100ns; ip_rcv = 3us }`, 'f');
  assert.deepEqual(
    diagnostics.map(({ code, message }) => `${code} ${message}`),
    ['NP1203 `hardirq_entri` is no cost. Did you mean `hardirq_entry`?'],
  );
});
