/** Where a function of the model belongs: its file in the Linux tree, and its stage on the way of a packet. */

/** The first that a listing's path begins with; so the longer stands before the shorter. */
const STAGES = [
  ['arch/x86/entry/', 'system call'],
  ['arch/', 'interrupt'],
  ['drivers/', 'driver'],
  ['fs/', 'files and polling'],
  ['kernel/irq/', 'interrupt'],
  ['kernel/sched/', 'scheduler'],
  ['kernel/softirq', 'softirq'],
  ['kernel/tasklet', 'softirq'],
  ['kernel/time/', 'timers'],
  ['kernel/dma/', 'DMA'],
  ['kernel/', 'processes'],
  ['lib/dynamic_queue_limits', 'driver'],
  ['lib/siphash', 'TCP'],
  ['net/socket', 'system call'],
  ['net/bridge/', 'bridge'],
  ['net/core/dev/', 'device layer'],
  ['net/core/gro/', 'GRO'],
  ['net/core/gso', 'GSO'],
  ['net/core/neighbour/', 'neighbours'],
  ['net/core/skbuff/', 'sk_buff'],
  ['net/core/dst', 'routing'],
  ['net/core/flow_dissector', 'device layer'],
  ['net/core/net_device_ops', 'device layer'],
  ['net/core/', 'socket'],
  ['net/ethernet/', 'Ethernet'],
  ['net/netfilter/nf_conntrack', 'connection tracking'],
  ['net/netfilter/nf_nat', 'NAT'],
  ['net/netfilter/nft_chain_nat', 'NAT'],
  ['net/netfilter/nft_masq', 'NAT'],
  ['net/netfilter/nft_nat', 'NAT'],
  ['net/netfilter/nft_redir', 'NAT'],
  ['net/netfilter/', 'netfilter'],
  ['net/ipv4/netfilter', 'netfilter'],
  ['net/sched/', 'queueing discipline'],
  ['net/ipv4/arp', 'neighbours'],
  ['net/ipv4/devinet', 'routing'],
  ['net/ipv4/fib', 'routing'],
  ['net/ipv4/route', 'routing'],
  ['net/ipv4/icmp', 'ICMP'],
  ['net/ipv4/tcp', 'TCP'],
  ['net/ipv4/udp', 'UDP'],
  ['net/ipv4/inet_connection_sock', 'TCP'],
  ['net/ipv4/inet_hashtables', 'TCP'],
  ['net/ipv4/inet_timewait_sock', 'TCP'],
  ['net/ipv4/af_inet', 'socket'],
  ['net/ipv4/', 'IPv4'],
  ['net/ipv6/ndisc', 'neighbours'],
  ['net/ipv6/addrconf', 'routing'],
  ['net/ipv6/ip6_fib', 'routing'],
  ['net/ipv6/route', 'routing'],
  ['net/ipv6/icmp', 'ICMP'],
  ['net/ipv6/tcp', 'TCP'],
  ['net/ipv6/udp', 'UDP'],
  ['net/ipv6/inet6_connection_sock', 'TCP'],
  ['net/ipv6/inet6_hashtables', 'TCP'],
  ['net/ipv6/syncookies', 'TCP'],
  ['net/ipv6/secure_seq', 'TCP'],
  ['net/ipv6/af_inet6', 'socket'],
  ['net/ipv6/', 'IPv6'],
  ['include/linux/skbuff', 'sk_buff'],
  ['include/net/netfilter/', 'connection tracking'],
  ['include/linux/tcp', 'TCP'],
  ['include/net/tcp', 'TCP'],
  ['include/net/sock', 'socket'],
  ['include/net/neighbour', 'neighbours'],
  ['include/net/sch_generic', 'queueing discipline'],
  ['include/linux/netdevice', 'device layer'],
  ['include/', 'headers'],
];

/** @param {string} listing such as `net/ipv4/udp/rcv.ts` */
export const stageOf = (listing) => STAGES.find(([start]) => listing.startsWith(start))?.[1] ?? 'kernel';

/**
 * A file's first comment names the one it models: `(net/core/dev.c)`. Where it does not, the path does, since our tree mirrors Linux's.
 * @param {string} listing @param {string} text
 */
export function kernelFileOf(listing, text) {
  const comment = text.slice(0, Math.max(0, text.indexOf('*/')));
  const named = /\b(?:arch|drivers|fs|include|kernel|lib|net)\/[\w/-]+\.[ch]\b/.exec(comment);
  if (named !== null) return named[0];
  const folderOfFile = /^(net\/\w+\/\w+|fs\/\w+)\/\w+\.ts$/.exec(listing);
  if (folderOfFile !== null) return `${folderOfFile[1]}.c`;
  return listing.replace(/\.ts$/, listing.startsWith('include/') ? '.h' : '.c');
}
