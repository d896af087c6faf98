/** The order of calls on a packet's way past taps, as the kernel's trace has it (kernel-truth, notes-7.3: scenario 25). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

interface Node { fn: string; calls: Node[] }
interface Thread { host: string; cpu: number; context: string; roots: Node[] }

function threadsOf(example: string): Thread[] {
  const folder = mkdtempSync(join(tmpdir(), 'netpath-taps-'));
  const out = join(folder, 'calls.json');
  execFileSync(process.execPath, ['dist/cli.js', 'run', example, '--quiet', '--calls', out]);
  const { threads } = JSON.parse(readFileSync(out, 'utf8')) as { threads: Thread[] };
  rmSync(folder, { recursive: true });
  return threads;
}

/** All calls of `fn`, wherever they stand. */
function callsOf(nodes: readonly Node[], fn: string): Node[] {
  return nodes.flatMap((node) => [...(node.fn === fn ? [node] : []), ...callsOf(node.calls ?? [], fn)]);
}

/** Names of those of the calls below that are asked for, in their order, with those above them. */
function order(node: Node, wanted: ReadonlySet<string>, above = ''): string[] {
  return (node.calls ?? []).flatMap((call) => {
    const path = wanted.has(call.fn) ? `${above}${above === '' ? '' : ' > '}${call.fn}` : above;
    return [...(wanted.has(call.fn) ? [path] : []), ...order(call, wanted, path)];
  });
}

const threads = threadsOf('examples/packet-tap.netpath');
const server = threads.filter(({ host }) => host === 'server').flatMap(({ roots }) => roots);
const client = threads.filter(({ host }) => host === 'client').flatMap(({ roots }) => roots);

test('on the way in taps come before the protocol, and a tap of the protocol behind it', () => {
  const wanted = new Set(['deliver_skb', 'tpacket_rcv', 'ip_rcv', 'packet_rcv']);
  const found = callsOf(server, '__netif_receive_skb_core').map((node) => order(node, wanted).join(', '));
  const arp = 'deliver_skb, deliver_skb > tpacket_rcv';
  const ip = `${arp}, deliver_skb, deliver_skb > ip_rcv`;
  assert.deepEqual([...new Set(found)].sort(), [arp, ip]);
  const last = callsOf(server, '__netif_receive_skb_list_ptype').flatMap((node) => order(node, wanted));
  assert.equal(last.filter((each) => each === 'packet_rcv').length, 14);
  assert.equal(callsOf(server, 'ip_list_rcv').length, 0);
});

test('on the way out the driver has the packet after the taps', () => {
  const wanted = new Set(['dev_queue_xmit_nit', 'skb_clone', 'tpacket_rcv', 'igb_xmit_frame']);
  const found = new Set(callsOf(server, 'dev_hard_start_xmit').map((node) => order(node, wanted).join(', ')));
  assert.deepEqual([...found], ['dev_queue_xmit_nit, dev_queue_xmit_nit > skb_clone, dev_queue_xmit_nit > tpacket_rcv, igb_xmit_frame']);
});

test('a ring: room, frame, bytes, time, whose it is, the wake-up, the packet let go', () => {
  const steps = ['__packet_rcv_has_room', 'skb_copy_bits', 'tpacket_get_timestamp', 'eth_header_parse', 'sock_def_readable', 'sk_skb_reason_drop'];
  for (const node of callsOf(server, 'tpacket_rcv')) assert.deepEqual(order(node, new Set(steps)), steps);
});

test('a frame that a process makes goes the way of all packets; without taps nobody asks for them', () => {
  const wanted = new Set(['packet_alloc_skb', 'packet_parse_headers', 'dev_queue_xmit']);
  assert.deepEqual(callsOf(client, 'packet_snd').map((node) => order(node, wanted)), [[...wanted]]);
  const bare = threadsOf('examples/udp-echo.netpath').flatMap(({ roots }) => roots);
  for (const fn of ['dev_queue_xmit_nit', 'dev_nit_active_rcu', 'deliver_skb', 'deliver_ptype_list_skb']) assert.equal(callsOf(bare, fn).length, 0);
});
