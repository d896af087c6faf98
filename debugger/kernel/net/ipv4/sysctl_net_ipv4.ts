/**
 * Knobs that the kernel keeps in another unit than sysctl(8) shows (net/ipv4/sysctl_net_ipv4.c proc_dointvec_jiffies,
 * proc_dointvec_ms_jiffies; net/ipv4/route.c). All others stand in `host.knobs` as they are shown.
 */
import type { Host } from '../../include/linux/host.ts';
import { tcp_fastopen_reset_cipher } from './tcp_fastopen.ts';
import { HZ } from '../../kernel/time/jiffies.ts';

/** Jiffies that make up one of the shown unit. */
const SECONDS = HZ;
const MILLISECONDS = HZ / 1000;

const IN_JIFFIES: Readonly<Record<string, number>> = {
  'net.ipv4.tcp_fin_timeout': SECONDS,
  'net.ipv4.tcp_keepalive_intvl': SECONDS,
  'net.ipv4.tcp_keepalive_time': SECONDS,
  'net.ipv4.tcp_invalid_ratelimit': MILLISECONDS,
  'net.ipv4.tcp_rto_max_ms': MILLISECONDS,
  'net.ipv4.icmp_ratelimit': MILLISECONDS,
  'net.ipv4.route.mtu_expires': SECONDS,
};

/** Brings the times among `host.knobs` into jiffies, rounded up, and Fast Open's key (proc_tcp_fastopen_key) to its place. */
export function sysctl_ipv4_init(host: Host): void {
  for (const name of Object.keys(IN_JIFFIES)) {
    host.knobs[`sysctl_${name.slice(name.lastIndexOf('.') + 1)}`] = Math.ceil((host.sysctl[name]![0] as number) * IN_JIFFIES[name]!);
  }
  const key = host.sysctl['net.ipv4.tcp_fastopen_key'];
  if (key !== undefined) tcp_fastopen_reset_cipher(host, null, key.join(' '));
}
