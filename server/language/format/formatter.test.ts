import assert from 'node:assert/strict';
import test from 'node:test';
import { analyse } from '../analyse.ts';
import { applyEdits, DEFAULT_FORMAT, format, formatEdits } from './formatter.ts';

const formatted = (text: string): string => format(analyse(text, 'f'));

/** name, text, what it becomes */
const CASES: readonly (readonly [string, string, string])[] = [
  [
    'lists, over lines too',
    'host a { process p {\na=[ 1,b[0] ]\neach c in[a,\na ,\n] { }\nd = poll([\n pollfd(a,1),\n],5ms)\n} }',
    'host a {\n  process p {\n    a = [1, b[0]]\n    each c in [a,\n      a,\n    ] {}\n    d = poll([\n      pollfd(a, 1),\n    ], 5ms)\n  }\n}\n',
  ],
  [
    'NAT: ports, ranges of ports, ICMP codes with hyphens',
    'host a { netfilter {\nchain nat   postrouting { masquerade to:1024-65535;snat to 10.0.0.1:80 - 90 when ct.new }\nchain input { reject with icmp port-unreachable;redirect to  :80 } } }',
    'host a {\n  netfilter {\n    chain nat postrouting { masquerade to :1024-65535; snat to 10.0.0.1:80-90 when ct.new }\n    chain input { reject with icmp port-unreachable; redirect to :80 }\n  }\n}\n',
  ],
  ['spaces between words', 'link   wire{rate   1Gbps;delay 50us}', 'link wire { rate 1Gbps; delay 50us }\n'],
  [
    'indentation',
    'host a {\ncpus 2\n     nic e {\nlink w\n}\n}',
    'host a {\n  cpus 2\n  nic e {\n    link w\n  }\n}\n',
  ],
  ['a brace on a line of its own joins', 'host a\n{\ncpus 2\n}', 'host a {\n  cpus 2\n}\n'],
  [
    'needless semicolons go',
    'host a {\n  cpus 2;\n  nic e { link w; };\n}',
    'host a {\n  cpus 2\n  nic e { link w }\n}\n',
  ],
  ['several in a row are as one', ';;link a\nhost b { ;; cpus 2;; }', 'link a\nhost b { cpus 2 }\n'],
  [
    'a block over lines has its braces on their own',
    'host a { cpus 2\n  nic e { link w } }',
    'host a {\n  cpus 2\n  nic e { link w }\n}\n',
  ],
  [
    'one blank line at most, none at edges',
    'link a\n\n\n\nlink b\nhost c {\n\n  cpus 2\n\n}\n\n',
    'link a\n\nlink b\nhost c {\n  cpus 2\n}\n',
  ],
  [
    'operators, calls, signs',
    'host a { process p {\nx=-1+2*(3-f)\nsend( x,"a" ,- 1 )\ny = ! x\n} }',
    'host a {\n  process p {\n    x = -1 + 2 * (3 - f)\n    send(x, "a", -1)\n    y = !x\n  }\n}\n',
  ],
  [
    'literals stay whole',
    'host a { nic e { address 10.0.0.1/24; rx-ring 256 }; process p {\nconnect(fd,server:7)\nx = data . from\ny = a ? b : c\n} }',
    'host a {\n  nic e { address 10.0.0.1/24; rx-ring 256 }; process p {\n    connect(fd, server:7)\n    x = data.from\n    y = a ? b : c\n  }\n}\n',
  ],
  [
    'else stays with its brace',
    'host a { process p {\nif x {\nexit\n}\nelse {\nexit\n}\n} }',
    'host a {\n  process p {\n    if x {\n      exit\n    } else {\n      exit\n    }\n  }\n}\n',
  ],
  [
    'traffic',
    'traffic{from 1ms every 10us count 5:\nudp from 10.0.0.1 port 1 to b port 2 payload 3B , enters wire at b}',
    'traffic {\n  from 1ms every 10us count 5:\n    udp from 10.0.0.1 port 1 to b port 2 payload 3B, enters wire at b\n}\n',
  ],
  [
    'sysctls',
    'host a { sysctl { net.ipv4.tcp_rmem=4096 131072   6291456 } }',
    'host a { sysctl { net.ipv4.tcp_rmem = 4096 131072 6291456 } }\n',
  ],
  [
    'comments keep their lines',
    '// top\n\n\nlink a   // behind\n  /* inner */ link b\nhost c {\n// first\ncpus 2 /* x */\n      // last\n}',
    '// top\n\nlink a // behind\n/* inner */ link b\nhost c {\n  // first\n  cpus 2 /* x */\n  // last\n}\n',
  ],
  ['empty blocks', 'host a {   }\nhost b {\n\n}', 'host a {}\nhost b {}\n'],
  ['nothing at all', '   \n \n', ''],
  ['line ends of Windows', 'link   a\r\nlink  b\r\n', 'link a\r\nlink b\r\n'],
];

for (const [name, text, expected] of CASES) {
  test(name, () => {
    assert.equal(formatted(text), expected);
    assert.equal(formatted(expected), expected, 'a second time changes nothing');
  });
}

test('a broken block is left alone, its neighbours are not', () => {
  const text = 'link   a\nhost   b {\n cpus   * 2\n   nic   e { link a }\n}\nlink   c\n';
  assert.equal(formatted(text), 'link a\nhost   b {\n cpus   * 2\n   nic   e { link a }\n}\nlink c\n');
});

test('a range formats only what lies in it', () => {
  const text = 'link   a\nlink   b\nlink   c\n';
  const edits = formatEdits(analyse(text, 'f'), DEFAULT_FORMAT, { start: 9, end: 17 });
  assert.equal(applyEdits(text, edits), 'link   a\nlink b\nlink   c\n');
});

test('tabs', () => {
  assert.equal(
    format(analyse('host a {\ncpus 2\n}', 'f'), { tabSize: 4, insertSpaces: false }),
    'host a {\n\tcpus 2\n}\n',
  );
});
