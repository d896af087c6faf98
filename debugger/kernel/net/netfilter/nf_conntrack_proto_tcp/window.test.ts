import assert from 'node:assert/strict';
import test from 'node:test';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { nf_conn } from '../../../include/net/netfilter/nf_conntrack.ts';
import { IP_CT_TCP_FLAG_BE_LIBERAL, IP_CT_TCP_FLAG_SACK_PERM, IP_CT_TCP_FLAG_WINDOW_SCALE, TCP_CONNTRACK_ESTABLISHED, createCtTcp } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { tcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import { tcp_options, tcp_sack } from './options.ts';
import { TCP_ACK_SET, get_conntrack_index, tcp_conntracks } from './states.ts';
import { NFCT_TCP_ACCEPT, NFCT_TCP_IGNORE, NFCT_TCP_INVALID, nf_ct_tcp_in_window } from './window.ts';

/** Both ends have sent up to 1000 (original) and 5000 (reply), with windows of 10,000 bytes. */
function established(): { cpu: Cpu; ct: nf_conn } {
  const tcp = createCtTcp();
  tcp.state = TCP_CONNTRACK_ESTABLISHED;
  Object.assign(tcp.seen[0], { td_end: 1000, td_maxend: 11_000, td_maxwin: 10_000 });
  Object.assign(tcp.seen[1], { td_end: 5000, td_maxend: 15_000, td_maxwin: 10_000 });
  const cpu = { id: 0, host: { ct: { invalid: [null] }, knobs: { nf_conntrack_tcp_be_liberal: 0 } } } as unknown as Cpu;
  return { cpu, ct: { tcp } as unknown as nf_conn };
}

/** A segment of the original direction: `len` bytes from `seq` on. */
function ask({ cpu, ct }: { cpu: Cpu; ct: nf_conn }, seq: number, ack: number, len: number): { action: number; why: string } {
  const th: tcphdr = { source: 1, dest: 2, seq, ack_seq: ack, doff: 5, flags: 0x10, window: 10_000, options: new Uint8Array(0) };
  const skb = { id: 7, len: 40 + len } as unknown as sk_buff;
  const action = nf_ct_tcp_in_window(cpu, ct, 0, TCP_ACK_SET, skb, 20, th);
  return { action, why: cpu.host.ct!.invalid[0]?.condition.split(' ')[0] ?? '' };
}

test('the four conditions, each by one byte', () => {
  assert.deepEqual(ask(established(), 11_000, 5000, 10), { action: NFCT_TCP_ACCEPT, why: '' });
  assert.deepEqual(ask(established(), 11_001, 5000, 10), { action: NFCT_TCP_IGNORE, why: 'I.' });
  assert.deepEqual(ask(established(), 40_000, 5000, 10), { action: NFCT_TCP_INVALID, why: 'I.' });
  assert.deepEqual(ask(established(), 1000, 5001, 10), { action: NFCT_TCP_INVALID, why: 'III.' });
  assert.deepEqual(ask(established(), (1000 - 10_010) >>> 0, 5000, 10), { action: NFCT_TCP_ACCEPT, why: '' });
  assert.deepEqual(ask(established(), (1000 - 10_011) >>> 0, 5000, 10), { action: NFCT_TCP_IGNORE, why: 'II.' });
  assert.deepEqual(ask(established(), 1000, (5000 - 66_000) >>> 0, 10), { action: NFCT_TCP_ACCEPT, why: '' });
  assert.deepEqual(ask(established(), 1000, (5000 - 66_001) >>> 0, 10), { action: NFCT_TCP_IGNORE, why: 'IV.' });
});

test('a connection picked up in its middle is believed anything; so are all with be_liberal', () => {
  const loose = established();
  loose.ct.tcp!.seen[0].flags = IP_CT_TCP_FLAG_BE_LIBERAL;
  assert.deepEqual(ask(loose, 40_000, 5001, 10), { action: NFCT_TCP_ACCEPT, why: '' });
  const liberal = established();
  liberal.cpu.host.knobs.nf_conntrack_tcp_be_liberal = 1;
  assert.deepEqual(ask(liberal, 40_000, 5001, 10), { action: NFCT_TCP_ACCEPT, why: '' });
});

test('what a good segment teaches: its end, and how far the other end may send', () => {
  const state = established();
  ask(state, 1000, 5000, 500);
  assert.equal(state.ct.tcp!.seen[0].td_end, 1500);
  assert.equal(state.ct.tcp!.seen[1].td_maxend, 15_000);
  ask(state, 1500, 5000, 0);
  ask(state, 1500, 5000, 0);
  assert.equal(state.ct.tcp!.retrans, 1);
});

test('options of a SYN: window scale up to 14, SACK; blocks of an ACK', () => {
  const syn = { td_end: 0, td_maxend: 0, td_maxwin: 0, td_maxack: 0, td_scale: 0, flags: 0 };
  tcp_options(Uint8Array.of(2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 15), syn);
  assert.equal(syn.td_scale, 14);
  assert.equal(syn.flags, IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM);
  assert.equal(tcp_sack(Uint8Array.of(1, 1, 5, 10, 0, 0, 0, 200, 0, 0, 1, 0), 100), 256);
  assert.equal(tcp_sack(Uint8Array.of(1, 1, 5, 9, 0, 0, 0, 200, 0, 0, 1), 100), 100);
  assert.equal(tcp_sack(Uint8Array.of(5), 100), 100);
});

test('states: 2 directions of 6 kinds of segments in 10 states, and an ordinary life', () => {
  for (const direction of tcp_conntracks) {
    assert.equal(direction.length, 6);
    for (const row of direction) assert.equal(row.filter((state) => state >= 0 && state <= 11).length, 10);
  }
  const th = (flags: number): tcphdr => ({ source: 0, dest: 0, seq: 0, ack_seq: 0, doff: 5, flags, window: 0, options: new Uint8Array(0) });
  const life: [number, number][] = [[0, 0x02], [1, 0x12], [0, 0x10], [0, 0x18], [1, 0x10], [0, 0x11], [1, 0x10], [1, 0x11], [0, 0x10]];
  let state = 0;
  const states = life.map(([dir, flags]) => (state = tcp_conntracks[dir]![get_conntrack_index(th(flags))]![state]!));
  assert.deepEqual(states, [1, 2, 3, 3, 3, 4, 5, 6, 7]);
});
