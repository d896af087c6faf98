import assert from 'node:assert/strict';
import test from 'node:test';
import { testHost, testWorld } from '../../../../test/kernel/machine.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../include/asm-generic/unaligned.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { roll } from '../../../machine/random.ts';
import { alloc_skb } from '../core/skbuff/alloc.ts';
import { csum_fold, csum_partial, csum_tcpudp_magic, csum_tcpudp_nofold, ip_fast_csum } from '../core/skbuff/checksum.ts';
import { skb_put, skb_reserve } from '../core/skbuff/data.ts';
import { nf_nat_ipv4_manip_pkt } from './nf_nat_proto.ts';

const SRC = 0xc0a8010a;
const DST = 0xcb007107;
const TARGET = { src: 0xcb007101, src_port: 61234, dst: 0x0a000002, dst_port: 8080, protonum: 0, dir: 0 };

/** A packet with right checksums; `check`: where the transport's stands. */
function packet(dice: { random: number }, protonum: number, len: number, check: number): { skb: sk_buff; check: number } {
  const world = testWorld();
  const skb = alloc_skb(testHost(world, 'a', 1).cpus[0]!, 2000);
  skb_reserve(skb, 64);
  skb_put(skb, 20 + len);
  skb.network_header = skb.data;
  skb.transport_header = skb.data + 20;
  for (let i = 0; i < 20 + len; i++) skb.head[skb.data + i] = roll(dice, 256);
  skb.head[skb.data] = 0x45;
  skb.head[skb.data + 9] = protonum;
  put_unaligned_be32(SRC, skb.head, skb.data + 12);
  put_unaligned_be32(DST, skb.head, skb.data + 16);
  put_unaligned_be16(0, skb.head, skb.data + 10);
  put_unaligned_be16(ip_fast_csum(skb.head, skb.data, 5), skb.head, skb.data + 10);
  const at = skb.transport_header + check;
  put_unaligned_be16(0, skb.head, at);
  const sum = csum_partial(skb.head, skb.transport_header, len, csum_tcpudp_nofold(SRC, DST, len, protonum, 0));
  put_unaligned_be16(csum_fold(sum) || 0xffff, skb.head, at);
  skb.ip_summed = CHECKSUM_NONE;
  return { skb, check: at };
}

/** 0 when the transport checksum is right for these addresses. */
function wrong(skb: sk_buff, saddr: number, daddr: number, protonum: number, len: number): number {
  return csum_fold(csum_partial(skb.head, skb.transport_header, len, csum_tcpudp_nofold(saddr, daddr, len, protonum, 0)));
}

test('checksums stay right when source or destination is rewritten, TCP and UDP', () => {
  const dice = { random: 7 };
  for (let round = 0; round < 200; round++) {
    const udp = round % 2 === 1;
    const protonum = udp ? 17 : 6;
    const len = 20 + roll(dice, 1000);
    const { skb } = packet(dice, protonum, len, udp ? 6 : 16);
    const manip = roll(dice, 2);
    assert.ok(nf_nat_ipv4_manip_pkt(testHost(testWorld(), 'b', 1).cpus[0]!, skb, 0, { ...TARGET, protonum }, manip));
    assert.equal(ip_fast_csum(skb.head, skb.data, 5), 0, `IP header, round ${round}`);
    assert.equal(wrong(skb, manip === 0 ? TARGET.src : SRC, manip === 0 ? DST : TARGET.dst, protonum, len), 0, `transport, round ${round}`);
  }
});

test('a checksum that the device will finish is the pseudo-header of the new addresses; none stays none', () => {
  const cpu = testHost(testWorld(), 'c', 1).cpus[0]!;
  const { skb, check } = packet({ random: 3 }, 6, 20, 16);
  skb.ip_summed = CHECKSUM_PARTIAL;
  put_unaligned_be16(~csum_tcpudp_magic(SRC, DST, 20, 6, 0) & 0xffff, skb.head, check);
  nf_nat_ipv4_manip_pkt(cpu, skb, 0, { ...TARGET, protonum: 6 }, 0);
  assert.equal((skb.head[check]! << 8) | skb.head[check + 1]!, ~csum_tcpudp_magic(TARGET.src, DST, 20, 6, 0) & 0xffff);
  const none = packet({ random: 4 }, 17, 20, 6);
  put_unaligned_be16(0, none.skb.head, none.check);
  nf_nat_ipv4_manip_pkt(cpu, none.skb, 0, { ...TARGET, protonum: 17 }, 0);
  assert.equal((none.skb.head[none.check]! << 8) | none.skb.head[none.check + 1]!, 0);
});
