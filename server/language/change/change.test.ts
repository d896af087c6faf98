import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../analyse.ts';
import { ChangeError, changeScenario, parseChange } from './change.ts';
import { placeAt, valueText } from './places.ts';

const TEXT = `costs { udp_rcv = 900ns }
link wire { delay 5us }
link spare
host a {
  nic eth0 { link wire; address 10.0.0.1/24; rx-ring 64; qdisc fq_codel }
  nic eth1 { link spare } // nothing
  sysctl { net.ipv4.tcp_sack = 0 }
  route 10.1.0.0/16 via 10.0.0.2
  route 10.2.0.0/16 via 10.0.0.2
}
host b { nic eth0 { link wire; address 10.0.0.2/24 } }
host c { nic eth0 { link spare } }
`;

/** The lines that a change alters, as they are afterwards. */
function changedLines(change: string): { lines: string[]; before: string | null } {
  const { text, before } = changeScenario(TEXT, parseChange(change));
  const old = TEXT.split('\n');
  return { lines: text.split('\n').filter((line, i) => line !== old[i]), before };
}

const MADE: [change: string, line: string, before: string | null][] = [
  ['a.eth0.rx-ring 256', '  nic eth0 { link wire; address 10.0.0.1/24; rx-ring 256; qdisc fq_codel }', '64'],
  ['wire.delay = 2ms', 'link wire { delay 2ms }', '5us'],
  ['wire.rate 100Mbps', 'link wire { rate 100Mbps; delay 5us }', null],
  ['costs.udp_rcv = 2us', 'costs { udp_rcv = 2us }', '900ns'],
  ['costs.ip_rcv 1us', 'costs { ip_rcv = 1us; udp_rcv = 900ns }', null],
  ['a.sysctl.net.ipv4.tcp_sack 1', '  sysctl { net.ipv4.tcp_sack = 1 }', '0'],
  [
    'b.sysctl.net.ipv4.tcp_sack = 0',
    'host b { sysctl { net.ipv4.tcp_sack = 0 }; nic eth0 { link wire; address 10.0.0.2/24 } }',
    null,
  ],
  [
    'b.eth0.coalesce.rx-usecs 50',
    'host b { nic eth0 { coalesce { rx-usecs 50 }; link wire; address 10.0.0.2/24 } }',
    null,
  ],
  [
    'a.eth0.qdisc pfifo { limit 3 }',
    '  nic eth0 { link wire; address 10.0.0.1/24; rx-ring 64; qdisc pfifo { limit 3 } }',
    'fq_codel',
  ],
  [
    'a.eth0.qdisc.limit 3',
    '  nic eth0 { link wire; address 10.0.0.1/24; rx-ring 64; qdisc fq_codel { limit 3 } }',
    null,
  ],
  ['a.eth1.mtu 9000', '  nic eth1 { mtu 9000; link spare } // nothing', null],
  ['b.cpus 4', 'host b { cpus 4; nic eth0 { link wire; address 10.0.0.2/24 } }', null],
];

for (const [change, line, before] of MADE)
  test(`change ${change}`, () => assert.deepEqual(changedLines(change), { lines: [line], before }));

test('a block of its own is added behind the last line', () => {
  const { text } = changeScenario('host a {}', parseChange('costs.ip_rcv 1us'));
  assert.equal(text, 'host a {}\ncosts { ip_rcv = 1us }\n');
});

const REFUSED: [change: string, message: RegExp][] = [
  ['', /a place and a value, such as .*: not nothing/],
  ['a.eth0.rx-ring', /a place and a value/],
  ['a.eth0 64', /a\.eth0 is a nic: which of its properties\? .*rx-ring/],
  ['a.eth0.rx_ring 64', /a\.eth0 has no rx_ring: a\.eth0\.rx-ring is meant\?/],
  ['a.eht0.rx-ring 64', /a has no eht0\.rx-ring: a\.eth0 is meant\?/],
  ['d.cpus 2', /the scenario has no d\.cpus: /],
  ['a.route 10.0.0.0/8', /a\.route stands 2 times/],
  ['a.process 1', /a has no process: /],
  ['a.eth0.rx-ring 3', /a\.eth0\.rx-ring 3: .*/],
  ['costs.udp_rcv soon', /costs\.udp_rcv soon: /],
];

for (const [change, message] of REFUSED)
  test(`refused: ${change || 'nothing'}`, () =>
    assert.throws(
      () => changeScenario(TEXT, parseChange(change)),
      (error: Error) => error instanceof ChangeError && message.test(error.message),
    ));

test('what stands at a place of the text can be named', () => {
  const at = (needle: string): string | null => {
    const place = placeAt(analyse(TEXT, '').document, TEXT.indexOf(needle));
    return place === null ? null : `${place.path} ${valueText(TEXT, place)}`;
  };
  assert.equal(at('64; qdisc'), 'a.eth0.rx-ring 64');
  assert.equal(at('900ns'), 'costs.udp_rcv 900ns');
  assert.equal(at('tcp_sack'), 'a.sysctl.net.ipv4.tcp_sack 0');
  assert.equal(at('10.2.0.0'), null);
  assert.equal(at('eth1'), null);
});
