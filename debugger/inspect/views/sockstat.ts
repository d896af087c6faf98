/** /proc/net/sockstat (net/ipv4/proc.c sockstat_seq_show). */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { sock, socket } from '../../kernel/include/net/sock.ts';
import { tcpEntries } from './ss/entries.ts';

/** Memory of TCP and UDP in pages, that of fragments in bytes. */
export function procSockstat(host: Host): string {
  const hashed = tcpEntries(host).flatMap(({ sk }) => (sk === null ? [] : [sk]));
  const open = socketsOf(host);
  const alive = new Set([...hashed, ...open, ...host.udp_table.flat()]);
  const { tw_count, orphan_count } = host.tcp_tables;
  const frag = host.frags.flatMap(({ fragments }) => fragments);
  return [
    `sockets: used ${alive.size}`,
    `TCP: inuse ${hashed.length} orphan ${orphan_count} tw ${tw_count} alloc ${host.tcp_sockets_allocated} mem ${Math.max(0, host.memory_allocated.TCP)}`,
    `UDP: inuse ${host.udp_table.flat().length} mem ${Math.max(0, host.memory_allocated.UDP)}`,
    'RAW: inuse 0',
    `FRAG: inuse ${host.frags.length} memory ${frag.reduce((sum, { skb }) => sum + skb.truesize, 0)}`,
  ].join('\n');
}

/** Those behind descriptors, bound or not. */
function socketsOf(host: Host): sock[] {
  const found: sock[] = [];
  for (const file of host.tasks.flatMap((task) => task.files)) {
    if (file === null || file.f_op !== 'socket_file_ops') continue;
    const { sk } = file.private_data as socket;
    if (sk !== null) found.push(sk);
  }
  return found;
}
