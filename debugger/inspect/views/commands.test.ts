/** Commands of a host print what the real tools print of the same state. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';

/** What each command prints at `host` when the example has run for `at`; one run for all. */
function shown(example: string, at: string, host: string, commands: readonly string[]): string[] {
  const shows = commands.flatMap((command) => ['--show', `${host}: ${command}`]);
  const options = ['run', `examples/${example}.netpath`, '--quiet', '--at', at, ...shows];
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', ...options], { encoding: 'utf8' });
  const texts = stdout.split(`${host}$ `).slice(1);
  assert.equal(texts.length, commands.length, stdout + stderr);
  return texts.map((text, i) => text.slice(commands[i]!.length + 1).trimEnd());
}

/** How the text of each reads; of tables the head and a row. */
const ROWS: readonly (readonly [string, RegExp])[] = [
  [
    'mpstat',
    /^Linux 7\.3\.4 \(guarded\)\t_x86_64_\t\(1 CPU\)\n\n00:00:00 {2}CPU {4}%usr {3}%nice .* {3}%idle\n00:00:00 {2}all +0\.00 .* 85\.\d\d$/,
  ],
  ['mpstat -P ALL', /\n00:00:00 {4}0 +0\.00 /],
  [
    'nft list ruleset',
    /^table inet filter \{\n\tchain input \{\n\t\ttype filter hook input priority filter; policy accept;\n\t\tip saddr 192\.0\.2\.1 counter packets 0 bytes 0\n[\s\S]*\t\tudp dport 9000 counter packets 895 bytes 114560 accept\n/,
  ],
  [
    'ethtool -c eth0',
    /^Coalesce parameters for eth0:\nAdaptive RX: n\/a {2}TX: n\/a\n[\s\S]*\nrx-usecs:\t3\nrx-frames:\tn\/a\n/,
  ],
  ['ethtool -g eth0', /Current hardware settings:\nRX:\t\t\t256\n/],
  ['ethtool -k eth0', /^Features for eth0:\nrx-checksumming: on\n/],
  ['ethtool -l eth0', /Current hardware settings:\n[\s\S]*Combined:\t1$/],
  ['ethtool -S eth0', /^NIC statistics:\n {5}rx_packets: 900\n[\s\S]* {5}rx_queue_0_packets: 895\n/],
  ['ethtool -S lo', /^no stats available$/],
  ['ethtool -c lo', /^netlink error: Operation not supported$/],
  [
    'tc -s qdisc',
    /^qdisc noqueue 0: dev lo root refcnt 2\n Sent 0 bytes 0 pkt \(dropped 0, overlimits 0 requeues 0\)\n backlog 0b 0p requeues 0\nqdisc mq 0: dev eth0 root\n/,
  ],
  [
    'tc qdisc show dev eth0',
    /\nqdisc fq_codel 0: dev eth0 parent :1 limit 10240p flows 1024 quantum 1514 target 5ms interval 100ms memory_limit 32Mb ecn drop_batch 64$/,
  ],
  ['tc qdisc show dev eth7', /^Cannot find device "eth7"$/],
  [
    'ip -s link show eth0',
    /^2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP mode DEFAULT group default qlen 1000\n {4}link\/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff\n {4}RX: {2}bytes packets errors dropped {2}missed {3}mcast\n {8}131400 {5}900 {6}0 /,
  ],
  [
    'ip link',
    /^1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n/,
  ],
  ['ip addr show eth0', /\n {4}inet 10\.0\.2\.1\/24 scope global eth0\n {7}valid_lft forever preferred_lft forever$/],
  ['ip link show eth9', /^Device "eth9" does not exist\.$/],
  ['ip route', /^10\.0\.2\.0\/24 dev eth0 proto kernel scope link src 10\.0\.2\.1$/],
  [
    'cat /proc/net/sockstat',
    /^sockets: used 1\nTCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\nUDP: inuse 1 mem \d+\nRAW: inuse 0\nFRAG: inuse 0 memory 0$/,
  ],
  ['cat /proc/net/softnet_stat', /^[0-9a-f]{8}( [0-9a-f]{8}){14}$/],
  ['cat /proc/softirqs', /^ {20}CPU0\n {10}HI: {10}0\n/],
  [
    'cat /proc/interrupts',
    /^ {11}CPU0\n[\s\S]*eth0-rx-0\n[\s\S]*\nLOC: +\d+ {3}Local timer interrupts\nRES: +0 {3}Rescheduling interrupts\nCAL: +\d+ {3}Function call interrupts$/,
  ],
  ['cat /proc/net/snmp', /^Ip: Forwarding DefaultTTL InReceives /],
  ['cat /proc/net/netstat', /^TcpExt: SyncookiesSent /],
  ['ss -uanm', /\n\t skmem:\(r\d+,rb212992,t0,tb212992,/],
];

test('a host tells of itself as its tools would', async (t) => {
  const texts = shown(
    'netfilter-cost',
    '10ms',
    'guarded',
    ROWS.map(([command]) => command),
  );
  for (const [i, [command, wanted]] of ROWS.entries()) await t.test(command, () => assert.match(texts[i]!, wanted));
});

test('conntrack: connections with both tuples, counters, and the rules that they came by', () => {
  const commands = [
    'conntrack -L',
    'cat /proc/net/nf_conntrack',
    'conntrack -C',
    'sysctl net.netfilter.nf_conntrack_count',
    'conntrack -S',
    'cat /proc/net/stat/nf_conntrack',
    'nft list ruleset',
  ];
  const [list, proc, count, sysctl, statistics, stat, nft] = shown('nat-masquerade', '1500us', 'router', commands);
  const tuples =
    'src=192.168.1.10 dst=203.0.113.7 sport=40000 dport=80 src=203.0.113.7 dst=203.0.113.1 sport=80 dport=40000 [ASSURED] mark=0';
  assert.match(list!, /^tcp {6}6 \d+ [A-Z_]+ src=/);
  assert.ok(list!.includes(`${tuples} use=`), list);
  assert.match(list!, /\(conntrack-tools\): 1 flow entries have been shown\.$/);
  assert.match(proc!, /^ipv4 {5}2 tcp {6}6 \d+ [A-Z_]+ src=/);
  assert.ok(proc!.includes(`${tuples} zone=0 use=`), proc);
  assert.equal(count, '1');
  assert.equal(sysctl, 'net.netfilter.nf_conntrack_count = 1');
  assert.match(statistics!, /^cpu=0 {3}\tfound=0 invalid=0 insert=0 /);
  assert.match(stat!, /\n00000001 {2}00000000 /);
  assert.match(
    nft!,
    /type nat hook postrouting priority srcnat; policy accept;\n\t\toifname "wan" counter packets 1 bytes 60 masquerade/,
  );
  assert.match(nft!, /\t\tct state established,related counter /);
});

test('a bridge: what it has learnt, its ports, and whose they are', () => {
  const [fdb, link, ip] = shown('container-host', '3ms', 'machine', [
    'bridge fdb show',
    'bridge link',
    'ip link show veth1',
  ]);
  assert.match(fdb!, /^02:00:00:00:00:03 dev veth1 master br0$/m);
  assert.match(fdb!, /^02:00:00:00:00:05 dev veth2 master br0$/m);
  assert.match(fdb!, / dev veth1 master br0 permanent$/m);
  assert.match(link!, /^\d+: veth1: <[A-Z_,]+> mtu 1500 master br0 state forwarding priority 32 cost 2$/m);
  assert.match(ip!, / qdisc noqueue master br0 state UP /);
});

test('ip route: what a route says of the way', () => {
  const [routes] = shown('route-metrics', '1ms', 'server', ['ip route']);
  assert.match(routes!, /^10\.0\.1\.0\/24 via 10\.0\.0\.2 dev eth0 initcwnd 30 rto_min lock 20ms$/m);
});

test('sockstat counts listeners, connections, and those that nobody holds any more', () => {
  const [text] = shown('tcp-echo', '1ms', 'server', ['cat /proc/net/sockstat']);
  assert.match(text!, /\nTCP: inuse [1-9] orphan 0 tw \d alloc [1-9] mem/);
});

test('ip tcp_metrics: the cookie of a server, and ss tells of data that came in the SYN', () => {
  const [metrics] = shown('fast-open', '107ms', 'client', ['ip tcp_metrics']);
  assert.match(
    metrics!,
    /^10\.0\.0\.1 age 0\.\d{3}sec cwnd 10 rtt \d+us rttvar \d+us fo_mss 1460 fo_cookie [0-9a-f]{16} source 10\.0\.0\.2$/,
  );
  assert.match(shown('fast-open', '107ms', 'server', ['ss -ti'])[0]!, /\n\t ts sack fastopen cubic /);
});

test('a device without carrier, as ip, ethtool and sysfs tell of it', () => {
  const commands = [
    'ip link show eth0',
    'ethtool eth0',
    'ip route',
    'ip neigh',
    'cat /sys/class/net/eth0/carrier',
    'cat /sys/class/net/eth0/operstate',
    'cat /sys/class/net/eth0/no',
    'ethtool lo',
  ];
  const [link, settings, route, neigh, carrier, operstate, none, lo] = shown(
    'cable-pulled',
    '47ms',
    'client',
    commands,
  );
  assert.match(link!, /^2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN /);
  assert.match(
    settings!,
    /^Settings for eth0:\n\tSpeed: Unknown!\n\tDuplex: Unknown! \(255\)\n[\s\S]*\tLink detected: no$/,
  );
  assert.equal(route, '10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.2 linkdown');
  assert.equal(neigh, '10.0.0.1 dev eth0 INCOMPLETE');
  assert.deepEqual([carrier, operstate], ['0', 'down']);
  assert.equal(none, 'cat: /sys/class/net/eth0/no: No such file or directory');
  assert.equal(lo, 'Settings for lo:\n\tLink detected: yes');
  const [up, speed] = shown('cable-pulled', '10ms', 'client', ['ip link show eth0', 'ethtool eth0']);
  assert.match(up!, /<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP /);
  assert.match(speed!, /\tSpeed: 1000Mb\/s\n\tDuplex: Full\n[\s\S]*\tLink detected: yes$/);
});
