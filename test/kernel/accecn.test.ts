/** Accurate ECN (RFC 9768) where the kernel's scripts do not go: room for the option, its bytes, counters that wrap, the first three bits. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  FLAG_DATA_ACKED, FLAG_ECE, FLAG_SLOWPATH, INET_ECN_CE, INET_ECN_ECT_0, INET_ECN_ECT_1, INET_ECN_NOT_ECT, OPTION_ACCECN, OPTION_SACK_ADVERTISE, OPTION_WSCALE,
  TCP_ECN_MODE_ACCECN, TCP_ECN_MODE_PENDING, TCP_ECN_MODE_RFC3168,
} from '../../debugger/kernel/include/net/tcp.ts';
import {
  TCP_ACCECN_ACE_FAIL_RECV, TCP_ACCECN_OPT_FAIL_RECV, TCP_ACCECN_OPT_FAIL_SEEN, tcp_accecn_third_ack, tcp_ecn_received_counters,
} from '../../debugger/kernel/include/net/tcp_ecn.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import type { sock } from '../../debugger/kernel/include/net/sock.ts';
import { createInetConnectionSock, createTcpSkbCb, createTcpSock } from '../../debugger/kernel/include/net/tcp_sock.ts';
import { tcp_accecn_process } from '../../debugger/kernel/net/ipv4/tcp_input/accecn.ts';
import { tcp_ecn_rcv_synack } from '../../debugger/kernel/net/ipv4/tcp_input/ecn.ts';
import { createSacktagState } from '../../debugger/kernel/net/ipv4/tcp_input/sack_state.ts';
import { tcp_options_fit_accecn } from '../../debugger/kernel/net/ipv4/tcp_output/accecn_option.ts';
import { createTcpOutOptions, tcp_options_write } from '../../debugger/kernel/net/ipv4/tcp_output/options.ts';
import { testHost, testWorld } from './machine.ts';

const host = testHost(testWorld(), 'a', 1);
const cpu = host.cpus[0]!;
host.knobs.sysctl_tcp_ecn_fallback = 1;

function connection(mode = TCP_ECN_MODE_ACCECN): sock {
  const tcp = createTcpSock();
  tcp.ecn_flags = mode;
  tcp.mss_cache = 1000;
  return { tcp, icsk: createInetConnectionSock() } as unknown as sock;
}

/** A segment without data by its three bits, its ECN field and an AccECN option. */
function segment(ace: number, ecn = INET_ECN_NOT_ECT, option: readonly number[] = []): sk_buff {
  const head = new Uint8Array(64);
  head[12] = 0x80 | (ace >> 2);
  head[13] = 0x10 | ((ace & 3) << 6);
  head.set(option, 20);
  const cb = createTcpSkbCb(1, 1, 0);
  cb.ip_dsfield = ecn;
  return { head, transport_header: 0, cb, shinfo: { gso_segs: 0 } } as unknown as sk_buff;
}

/** e0b, ceb, e1b: ECT(0) first. */
const option = (...counters: number[]): number[] => [172, 2 + 3 * counters.length, ...counters.flatMap((each) => [(each >> 16) & 255, (each >> 8) & 255, each & 255])];

test('the option takes 12 bytes, its last field goes first, and a SACK block makes room only for fields that are needed', () => {
  const fits = (required: number, remaining: number, sacks = 0): [number, number, number] => {
    const opts = createTcpOutOptions();
    opts.num_sack_blocks = sacks;
    const size = tcp_options_fit_accecn(cpu, opts, required, remaining);
    return [size, (opts.options & OPTION_ACCECN) === 0 ? -1 : opts.num_accecn_fields, opts.num_sack_blocks];
  };
  assert.deepEqual(fits(0, 40), [12, 3, 0]);
  assert.deepEqual(fits(0, 8), [8, 2, 0]);
  assert.deepEqual(fits(3, 8), [0, -1, 0]);
  assert.deepEqual(fits(0, 4, 2), [4, 1, 2], 'five bytes, of which one takes the place of a NOP before SACK');
  assert.deepEqual(fits(3, 4, 4), [4, 3, 3], '12 more, 8 less');
  assert.deepEqual(fits(3, 4, 2), [0, -1, 2], 'two blocks stay');
});

test('bytes of the option: ECT(1), CE, ECT(0), each from where it begins; a short one fills the NOPs of the option behind it', () => {
  const written = (fields: number, options: number, sacks: number, length: number): number[] => {
    const { tcp } = connection();
    tcp!.accecn.received_ecn_bytes = [0x10203, 0x40506, 0x70809];
    tcp!.accecn.accecn_opt_demand = 1;
    const opts = createTcpOutOptions();
    Object.assign(opts, { options: options | OPTION_ACCECN, num_accecn_fields: fields, num_sack_blocks: sacks, ws: 7 });
    const bytes = new Uint8Array(40);
    tcp_options_write(cpu, bytes, 0, tcp!, opts);
    assert.equal(tcp!.accecn.accecn_opt_demand, 0);
    return [...bytes.subarray(0, length)];
  };
  assert.deepEqual(written(3, 0, 0, 12), [174, 11, 1, 2, 4, 7, 8, 9, 4, 5, 7, 1]);
  assert.deepEqual(written(2, 0, 0, 8), [174, 8, 1, 2, 4, 7, 8, 9]);
  assert.deepEqual(written(1, 0, 0, 8), [174, 5, 1, 2, 4, 1, 1, 1]);
  assert.deepEqual(written(1, 0, 1, 8), [174, 5, 1, 2, 4, 1, 5, 10]);
  assert.deepEqual(written(0, OPTION_SACK_ADVERTISE | OPTION_WSCALE, 0, 8), [174, 2, 4, 2, 1, 3, 3, 7]);
  assert.deepEqual(written(1, OPTION_WSCALE, 0, 8), [174, 5, 1, 2, 4, 3, 3, 7]);
});

test('counters of 24 bits go on when they wrap; what goes back is not believed', () => {
  const sk = connection();
  const accecn = sk.tcp!.accecn;
  const state = createSacktagState();
  state.ack_flag = FLAG_SLOWPATH | FLAG_DATA_ACKED;
  sk.tcp!.rx_opt.accecn = 20;
  accecn.delivered_ecn_bytes = [0, 0xfffff0, 0];
  assert.equal(tcp_accecn_process(cpu, sk, segment(5, 0, option(0x11, 0, 1)), 1, state), 0);
  assert.deepEqual([accecn.delivered_ecn_bytes, accecn.est_ecnfield], [[0, 0x1000010, 0], INET_ECN_ECT_0]);
  tcp_accecn_process(cpu, sk, segment(5, 0, option(0x11, 0, 1)), 1, state);
  assert.equal(accecn.est_ecnfield, INET_ECN_ECT_0, 'nothing new');
  tcp_accecn_process(cpu, sk, segment(5, 0, option(1, 0, 1)), 1, state);
  assert.deepEqual([accecn.delivered_ecn_bytes[1], accecn.est_ecnfield], [0x1000000, 0]);
});

test('an ACK for many segments: with the bytes the marks modulo 8 become a number, without them caution decides', () => {
  const marks = (ace: number, pkts: number, ceb: number | null): number => {
    const sk = connection();
    sk.tcp!.accecn.saw_accecn_opt = 2;
    sk.tcp!.accecn.est_ecnfield = INET_ECN_CE;
    sk.tcp!.rx_opt.sack_ok = 1;
    sk.tcp!.rx_opt.accecn = ceb === null ? 0 : 20;
    if (ceb === null) sk.tcp!.accecn.est_ecnfield = 0;
    const state = createSacktagState();
    state.ack_flag = FLAG_SLOWPATH | FLAG_DATA_ACKED;
    state.delivered_bytes = pkts * 1000;
    sk.tcp!.accecn.pkts_acked_ewma = 64;
    const delta = tcp_accecn_process(cpu, sk, segment(ace, 0, ceb === null ? [] : option(1, ceb, 1)), pkts, state);
    assert.equal((state.ack_flag & FLAG_ECE) !== 0, delta > 0);
    assert.equal(sk.tcp!.delivered_ce, delta);
    return delta;
  };
  assert.equal(marks(6, 3, 1000), 1);
  assert.equal(marks(6, 20, 9000), 9, '9000 bytes in 20 segments: 8 and the 1 that the bits show');
  assert.equal(marks(6, 20, 1000), 1);
  assert.equal(marks(5, 20, 0), 0, 'no byte marked');
  assert.equal(marks(6, 20, null), 17, 'as many as there may have been');
});

test('the receiver counts segments and bytes by ECN field, and answers at once when the field changes', () => {
  const sk = connection();
  const accecn = sk.tcp!.accecn;
  const ack = sk.icsk!.icsk_ack;
  tcp_ecn_received_counters(cpu, sk, segment(5, INET_ECN_ECT_0), 1000);
  assert.deepEqual([ack.pending, accecn.accecn_opt_demand, accecn.accecn_minlen], [16, 2, 3]);
  ack.pending = 0;
  tcp_ecn_received_counters(cpu, sk, segment(5, INET_ECN_ECT_0), 1000);
  assert.equal(ack.pending, 0);
  for (let i = 0; i < 20; i++) tcp_ecn_received_counters(cpu, sk, segment(5, INET_ECN_CE), i === 0 ? 500 : 0);
  assert.deepEqual([accecn.received_ce, accecn.received_ce_pending, accecn.received_ecn_bytes], [20, 15, [0, 2000, 500]]);
  accecn.accecn_opt_demand = 0;
  sk.tcp!.prev_ecnfield = INET_ECN_ECT_1;
  accecn.received_ecn_bytes[0] = (1 << 22) - 1;
  tcp_ecn_received_counters(cpu, sk, segment(5, INET_ECN_ECT_1), 1);
  assert.equal(accecn.accecn_opt_demand, 1, 'every 4 MiB a counter must be told');
});

test('what the SYN-ACK and the last ACK of the handshake may say', () => {
  const mode = (ace: number): number => {
    const sk = connection(TCP_ECN_MODE_PENDING);
    tcp_ecn_rcv_synack(cpu, sk.tcp!, segment(ace));
    return sk.tcp!.ecn_flags;
  };
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(mode), [0, TCP_ECN_MODE_RFC3168, ...Array(5).fill(TCP_ECN_MODE_ACCECN), 0]);
  const failed = (ace: number, sent: number): [number, number] => {
    const sk = connection();
    tcp_accecn_third_ack(cpu, sk.tcp!, segment(ace), sent);
    return [sk.tcp!.accecn.accecn_fail_mode, sk.tcp!.delivered_ce];
  };
  assert.deepEqual(failed(2, INET_ECN_NOT_ECT), [0, 0]);
  assert.deepEqual(failed(6, INET_ECN_ECT_0), [0, 1], 'the SYN-ACK was marked');
  assert.deepEqual(failed(6, INET_ECN_NOT_ECT), [TCP_ACCECN_ACE_FAIL_RECV, 0], 'what is not capable of it cannot be');
  assert.deepEqual(failed(0, INET_ECN_NOT_ECT), [TCP_ACCECN_ACE_FAIL_RECV | TCP_ACCECN_OPT_FAIL_RECV, 0], 'something clears the bits');
  const sk = connection(TCP_ECN_MODE_PENDING);
  sk.tcp!.rx_opt.accecn = 20;
  tcp_ecn_rcv_synack(cpu, sk.tcp!, segment(2, INET_ECN_NOT_ECT, option(0, 0, 1)));
  assert.deepEqual([sk.tcp!.accecn.saw_accecn_opt, sk.tcp!.accecn.accecn_fail_mode], [TCP_ACCECN_OPT_FAIL_SEEN, TCP_ACCECN_OPT_FAIL_RECV], 'zeroed on the way');
});
