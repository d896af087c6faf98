import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frame_checksum_ok, make_frames } from '../../debugger/machine/nic_offload.ts';
import { createNic } from '../../debugger/machine/nic.ts';
import type { TxDescriptor } from '../../debugger/machine/nic.ts';
import type { Frame } from '../../debugger/machine/wire.ts';
import { alloc_netdev } from '../../debugger/kernel/net/core/dev/netdev.ts';
import { createNapi } from '../../debugger/kernel/net/core/dev/softnet.ts';
import { dev_gro_receive } from '../../debugger/kernel/net/core/gro/receive.ts';
import { createGroCb, GRO_HELD, GRO_MERGED, GRO_MERGED_FREE, GRO_NORMAL, NAPI_GRO_CB } from '../../debugger/kernel/net/core/gro/gro_cb.ts';
import { __skb_gso_segment } from '../../debugger/kernel/net/core/gso.ts';
import { inet_gro_complete } from '../../debugger/kernel/net/ipv4/inet_offload.ts';
import { napi_build_skb } from '../../debugger/kernel/net/core/skbuff/alloc.ts';
import { csum_fold, csum_partial } from '../../debugger/kernel/net/core/skbuff/checksum.ts';
import { packetBytes } from '../../debugger/kernel/net/core/skbuff/data.ts';
import { eth_type_trans } from '../../debugger/kernel/net/ethernet/eth.ts';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../debugger/kernel/include/linux/skbuff.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import { NETIF_F_GRO_UDP_FWD, NETIF_F_GSO_ACCECN, NETIF_F_GSO_UDP_L4, NETIF_F_HW_CSUM, NETIF_F_SG, NETIF_F_TSO, net_gso_ok } from '../../debugger/kernel/include/linux/netdevice.ts';
import { finish, NO_ADDRESSES, testHost, testWorld } from './machine.ts';

const world = testWorld();
const host = testHost(world, 'a', 1);
const cpu = host.cpus[0]!;
const MAC = [2, 0, 0, 0, 0, 1];
const dev = alloc_netdev(host, 'eth0', 'igb', MAC, 8, 1, NO_ADDRESSES);
const HEADERS = 14 + 20 + 32;

/** A large segment as TCP hands it to the driver: headers with the fields a NIC completes, then the payload. */
function largeSegment(payload: number): TxDescriptor {
  const bytes = new Uint8Array(64 + HEADERS + payload);
  const at = 64;
  bytes.set([...MAC, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], at);
  bytes.set([0x1f, 0x90, 0x00, 0x50, 0xff, 0xff, 0xff, 0x00, 0, 0, 0, 9, 0x80, 0x18, 0x10, 0, 0, 0, 0, 0, 1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8], at + 34);
  for (let i = 0; i < payload; i++) bytes[at + HEADERS + i] = (i * 31) & 0xff;
  const lineage = { kind: 'kernel' as const, id: 1, event: 0, time: 0, host: 'a', from: [], offset: 0, length: payload, line: 0 };
  const offload = { ip_offset: 14, l4_offset: 34, csum_offset: 16, mss: 1448, hdr_len: HEADERS };
  return { bytes, headroom: 64, length: HEADERS + payload, lineage, count: 3, offload, by_hand: false, frames: [], next: 0, done: false, ready: 0 };
}

function framesOf(payload: number): Frame[] {
  const descriptor = largeSegment(payload);
  make_frames(host, createNic(host, 'eth0', MAC, 256, 256, [1], [2]), descriptor, 0);
  return descriptor.frames;
}

function received(frame: Frame): sk_buff {
  const skb = napi_build_skb(cpu, frame.bytes, 2048, frame.lineage);
  skb.data = frame.headroom;
  skb.tail = skb.data + frame.length;
  skb.len = frame.length;
  skb.protocol = eth_type_trans(cpu, skb, dev);
  skb.ip_summed = CHECKSUM_UNNECESSARY;
  skb.cb = createGroCb();
  return skb;
}

test('TSO: frames of one MSS, each with right lengths, sequence numbers, flags and checksums', () => {
  const frames = framesOf(4000);
  assert.deepEqual(frames.map((frame) => frame.length), [1514, 1514, HEADERS + 1104]);
  for (const frame of frames) assert.ok(frame_checksum_ok({ ...frame, checksum: 'unknown' }));
  assert.deepEqual(frames.map((frame) => frame.bytes[64 + 47]), [0x10, 0x10, 0x18], 'PSH only on the last');
  assert.deepEqual(frames.map((frame) => new DataView(frame.bytes.buffer, frame.bytes.byteOffset).getUint32(64 + 38)), [0xffffff00, 1192, 2640]);
  const broken = { ...frames[0]!, bytes: frames[0]!.bytes.slice(), checksum: 'unknown' as const };
  broken.bytes[64 + 100]! ^= 1;
  assert.ok(!frame_checksum_ok(broken));
});

test('GRO puts together what TSO has cut, and software GSO cuts it again into the same frames', () => {
  const frames = framesOf(1448 * 5 + 300);
  const copies = frames.map((frame) => frame.bytes.slice(64, 64 + frame.length));
  const napi = createNapi('eth0-rx-0', dev, 'igb_poll', null);
  const skbs = frames.map(received);
  assert.equal(finish(dev_gro_receive, cpu, napi, skbs[0]!), GRO_HELD);
  for (const skb of skbs.slice(1, 5)) assert.equal(finish(dev_gro_receive, cpu, napi, skb), GRO_MERGED_FREE);
  const merged = skbs[0]!;
  assert.equal(merged.len, 52 + 1448 * 5);
  assert.equal(merged.truesize, 2304 + 4 * 2048);
  assert.equal(NAPI_GRO_CB(merged).count, 5);
  inet_gro_complete(cpu, merged, 0);
  assert.equal(merged.shinfo.gso_segs, 5);
  merged.data -= 14;
  merged.len += 14;
  const segments: Uint8Array[] = [];
  for (let seg = __skb_gso_segment(cpu, merged, 0); seg !== null; seg = seg.next) segments.push(packetBytes(cpu, seg, 0, seg.len));
  assert.deepEqual(segments, copies.slice(0, 5));
});

test('a CWR that all segments bear is a part of AccECN\'s counter: GRO merges them, GSO keeps it in each; one that only the first bears ends there', () => {
  const frames = framesOf(1448 * 3);
  for (const frame of frames) frame.bytes[64 + 47] = 0xd0;
  const copies = frames.map((frame) => frame.bytes.slice(64, 64 + frame.length));
  const napi = createNapi('eth0-rx-0', dev, 'igb_poll', null);
  const skbs = frames.map(received);
  assert.equal(finish(dev_gro_receive, cpu, napi, skbs[0]!), GRO_HELD);
  for (const skb of skbs.slice(1)) assert.equal(finish(dev_gro_receive, cpu, napi, skb), GRO_MERGED_FREE);
  const merged = skbs[0]!;
  inet_gro_complete(cpu, merged, 0);
  assert.ok(!net_gso_ok(NETIF_F_TSO, merged.shinfo.gso_type), 'a card whose TSO clears CWR must not cut it');
  assert.ok(net_gso_ok(NETIF_F_TSO | NETIF_F_GSO_ACCECN, merged.shinfo.gso_type));
  merged.data -= 14;
  merged.len += 14;
  const flags: number[] = [];
  for (let seg = __skb_gso_segment(cpu, merged, 0); seg !== null; seg = seg.next) flags.push(packetBytes(cpu, seg, 0, seg.len)[47]!);
  assert.deepEqual(flags, copies.map((each) => each[47]));
  const [first, second] = framesOf(1448 * 2);
  first!.bytes[64 + 47] = 0x90;
  const other = createNapi('eth0-rx-1', dev, 'igb_poll', null);
  assert.equal(finish(dev_gro_receive, cpu, other, received(first!)), GRO_HELD);
  assert.notEqual(finish(dev_gro_receive, cpu, other, received(second!)), GRO_MERGED_FREE);
});

test('segments with one IP identification are merged, DF or not; the merged one says so, and is cut into segments that have it again', () => {
  for (const df of [0x40, 0]) {
    const frames = framesOf(1448 * 3).slice(0, 2);
    for (const frame of frames) {
      const b = frame.bytes;
      b.set([0x12, 0x34, df, 0], 64 + 18);
      b.set([0, 0], 64 + 24);
      const check = csum_fold(csum_partial(b, 64 + 14, 20, 0));
      b.set([check >> 8, check & 0xff], 64 + 24);
    }
    const copies = frames.map((frame) => frame.bytes.slice(64, 64 + frame.length));
    const napi = createNapi('eth0-rx-0', dev, 'igb_poll', null);
    const skbs = frames.map(received);
    const said = skbs.map((skb) => finish(dev_gro_receive, cpu, napi, skb));
    assert.deepEqual(said, [GRO_HELD, GRO_MERGED_FREE], `DF ${df}`);
    const merged = skbs[0]!;
    inet_gro_complete(cpu, merged, 0);
    assert.ok(!net_gso_ok(NETIF_F_TSO, merged.shinfo.gso_type), 'a card that counts identifications up must not cut it');
    merged.data -= 14;
    merged.len += 14;
    const segments: Uint8Array[] = [];
    for (let seg = __skb_gso_segment(cpu, merged, 0); seg !== null; seg = seg.next) segments.push(packetBytes(cpu, seg, 0, seg.len));
    assert.deepEqual(segments, copies);
  }
});

test('GRO leaves alone: other streams, gaps, and everything when it is switched off', () => {
  const frames = framesOf(1448 * 3);
  const napi = createNapi('eth0-rx-0', dev, 'igb_poll', null);
  assert.equal(finish(dev_gro_receive, cpu, napi, received(frames[0]!)), GRO_HELD);
  frames[2]!.bytes[64 + 35] = 0x91;
  const other = received(frames[2]!);
  assert.equal(finish(dev_gro_receive, cpu, napi, other), GRO_NORMAL, 'PSH is not held');
  assert.equal(napi.gro_list.length, 1);
  const features = dev.features;
  dev.features = 0;
  assert.equal(finish(dev_gro_receive, cpu, napi, received(frames[1]!)), GRO_NORMAL);
  dev.features = features;
});

const UDP_HEADERS = 14 + 20 + 8;

/** Frames that the NIC cuts from one large datagram of `payload` bytes. */
function datagramsOf(payload: number, mss: number): Frame[] {
  const bytes = new Uint8Array(64 + UDP_HEADERS + payload);
  bytes.set([...MAC, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2], 64);
  bytes.set([0x1f, 0x90, 0x00, 0x50, 0, 0, 0, 1], 64 + 34);
  for (let i = 0; i < payload; i++) bytes[64 + UDP_HEADERS + i] = (i * 31) & 0xff;
  const lineage = { kind: 'kernel' as const, id: 1, event: 0, time: 0, host: 'a', from: [], offset: 0, length: payload, line: 0 };
  const offload = { ip_offset: 14, l4_offset: 34, csum_offset: 6, mss, hdr_len: UDP_HEADERS };
  const descriptor: TxDescriptor = { bytes, headroom: 64, length: UDP_HEADERS + payload, lineage, count: 3, offload, by_hand: false, frames: [], next: 0, done: false, ready: 0 };
  make_frames(host, createNic(host, 'eth0', MAC, 256, 256, [1], [2]), descriptor, 0);
  return descriptor.frames;
}

/** What GRO says of each, while the device merges datagrams of unknown sockets; what it lets go is noted. */
function groUdp(skbs: sk_buff[]): { said: number[]; held: sk_buff[]; up: sk_buff[] } {
  const napi = createNapi('eth0-rx-0', dev, 'igb_poll', null);
  const features = dev.features;
  dev.features |= NETIF_F_GRO_UDP_FWD;
  host.udp_encap_needed = 0;
  host.knobs.gro_normal_batch = 1000;
  host.udp_table = Array.from({ length: 512 }, () => []);
  const said = skbs.map((skb) => finish(dev_gro_receive, cpu, napi, skb));
  dev.features = features;
  return { said, held: napi.gro_list, up: napi.rx_list };
}

const uniq = (said: number[]): number[] => [...new Set(said)];

test('UDP GRO: a train of 40 is merged, as frags and then in the frag_list, and is cut again into the same datagrams, copied or not', () => {
  const frames = datagramsOf(40 * 700, 700);
  const copies = frames.map((frame) => frame.bytes.slice(64, 64 + frame.length));
  const skbs = frames.map(received);
  const { said, held } = groUdp(skbs);
  assert.equal(said[0], GRO_HELD);
  assert.ok(uniq(said.slice(1)).every((each) => each === GRO_MERGED_FREE || each === GRO_MERGED));
  const merged = held[0]!;
  assert.equal(merged.len, 28 + 40 * 700);
  assert.equal(merged.shinfo.frag_list.length, 2, '1 + 17, 1 + 17, 4');
  inet_gro_complete(cpu, merged, 0);
  assert.deepEqual([merged.shinfo.gso_segs, merged.shinfo.gso_size], [40, 700]);
  merged.data -= 14;
  merged.len += 14;
  for (const features of [0, NETIF_F_SG]) {
    const cut: Uint8Array[] = [];
    for (let seg = __skb_gso_segment(cpu, merged, features); seg !== null; seg = seg.next) cut.push(packetBytes(cpu, seg, 0, seg.len));
    assert.deepEqual(cut, copies);
  }
  let frags = 0;
  for (let seg = __skb_gso_segment(cpu, merged, NETIF_F_SG | NETIF_F_HW_CSUM); seg !== null; seg = seg.next) frags += seg.shinfo.frags.length;
  assert.equal(frags, 37, 'shared, not copied; the head and each packet of the list give their linear part');
});

/** A merged packet as a router sends it on: cut for a device that knows segmentation but no frag_list, and those pieces cut again. */
function forwarded(frames: Frame[], features: number): { pieces: number[]; same: boolean } {
  const copies = frames.map((frame) => frame.bytes.slice(64, 64 + frame.length));
  const merged = groUdp(frames.map(received)).held[0]!;
  inet_gro_complete(cpu, merged, 0);
  merged.data -= 14;
  merged.len += 14;
  const pieces: number[] = [];
  const cut: Uint8Array[] = [];
  for (let seg = __skb_gso_segment(cpu, merged, NETIF_F_SG | NETIF_F_HW_CSUM | features); seg !== null; seg = seg.next) {
    const whole = seg.shinfo.gso_size === 0;
    pieces.push(whole ? 0 : seg.shinfo.gso_segs);
    if (whole) cut.push(packetBytes(cpu, seg, 0, seg.len));
    else for (let each = __skb_gso_segment(cpu, seg, 0); each !== null; each = each.next) cut.push(packetBytes(cpu, each, 0, each.len));
  }
  return { pieces, same: cut.length === copies.length && cut.every((bytes, i) => Buffer.compare(bytes, copies[i]!) === 0) };
}

test('what GRO held in a frag_list goes to a device with TSO as a GSO packet a list element, if all are as long', () => {
  assert.deepEqual(forwarded(datagramsOf(40 * 700, 700), NETIF_F_GSO_UDP_L4), { pieces: [18, 18, 4], same: true });
  const tcp = framesOf(1448 * 40);
  tcp.at(-1)!.bytes[64 + 47] = 0x10;
  assert.deepEqual(forwarded(tcp, NETIF_F_TSO).pieces, [18, 18, 4]);
  assert.deepEqual(forwarded(datagramsOf(20 * 700, 700), NETIF_F_GSO_UDP_L4).pieces.length, 20, 'the head is longer than the list');
});

test('UDP GRO: 64 complete a train, so does a shorter datagram; a longer one begins a new one; without a checksum nothing is held', () => {
  const full = groUdp(datagramsOf(70 * 100, 100).map(received));
  assert.deepEqual(full.up.map((skb) => skb.shinfo.gso_segs), [64]);
  assert.equal(full.said[64], GRO_HELD, 'the 65th begins a new train');
  assert.equal(NAPI_GRO_CB(full.held[0]!).count, 6);

  const last = groUdp(datagramsOf(3 * 100 + 40, 100).map(received));
  assert.equal(last.said[3], GRO_MERGED_FREE, 'the shorter one still joins');
  assert.deepEqual([last.held.length, last.up[0]!.shinfo.gso_segs], [0, 4]);

  const [small] = datagramsOf(200, 100);
  const [large] = datagramsOf(400, 200);
  const longer = groUdp([received(small!), received(large!)]);
  assert.deepEqual(longer.said, [GRO_HELD, GRO_HELD]);
  assert.equal(longer.held.length, 1, 'the first has gone up');

  const [bare, other] = datagramsOf(200, 100);
  for (const frame of [bare!, other!]) frame.bytes.fill(0, 64 + 40, 64 + 42);
  assert.deepEqual(uniq(groUdp([received(bare!), received(other!)]).said), [GRO_NORMAL]);
});

test('UDP GRO sums what the device has not verified, once', () => {
  const skbs = datagramsOf(300, 100).map(received);
  for (const skb of skbs) skb.ip_summed = CHECKSUM_NONE;
  skbs[2]!.head[skbs[2]!.data + 40]! ^= 1;
  const { said } = groUdp(skbs);
  assert.deepEqual(said, [GRO_HELD, GRO_MERGED_FREE, GRO_NORMAL]);
  assert.deepEqual(skbs.map((skb) => skb.ip_summed), [CHECKSUM_UNNECESSARY, CHECKSUM_UNNECESSARY, CHECKSUM_NONE]);
});
