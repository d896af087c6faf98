/**
 * Knobs of the network layer, UDP and sockets: sysctl -> `host.knobs`, with the modelled kernel's values (net/ipv4/sysctl_net_ipv4.c,
 * net/core/sysctl_net_core.c). TCP's are in include/net/netns_ipv4.ts.
 */
import type { Host } from '../../include/linux/host.ts';
import { TCP_KNOBS, knobValue } from '../../include/net/netns_ipv4.ts';
import type { Knob } from '../../include/net/netns_ipv4.ts';

const core = (name: string, value: number): Knob => ({ sysctl: `net.core.${name}`, index: 0, name: `sysctl_${name}`, value, unit: 'raw' });
const ipv4 = (name: string, value: number): Knob => ({ sysctl: `net.ipv4.${name}`, index: 0, name: `sysctl_${name}`, value, unit: 'raw' });
const part = (name: string, index: number, value: number): Knob => ({ sysctl: `net.ipv4.${name}`, index, name: `sysctl_${name}_${index}`, value, unit: 'raw' });
const route = (name: string, value: number): Knob => ({ sysctl: `net.ipv4.route.${name}`, index: 0, name: `sysctl_${name}`, value, unit: 'raw' });

const KNOBS: readonly Knob[] = [
  core('rmem_default', 212992), core('wmem_default', 212992), core('rmem_max', 4194304), core('wmem_max', 4194304), core('somaxconn', 4096),
  core('optmem_max', 131072),
  ipv4('ip_default_ttl', 64), ipv4('ip_forward', 0), ipv4('ip_forward_use_pmtu', 0), ipv4('ip_no_pmtu_disc', 0), ipv4('ip_nonlocal_bind', 0),
  ipv4('ip_early_demux', 1), ipv4('tcp_early_demux', 1), ipv4('udp_early_demux', 1),
  ipv4('icmp_echo_ignore_all', 0), ipv4('icmp_echo_ignore_broadcasts', 1), { ...ipv4('icmp_ratelimit', 1000), unit: 'milliseconds' },
  ipv4('icmp_ratemask', 6168), ipv4('icmp_msgs_per_sec', 10000), ipv4('icmp_msgs_burst', 10000),
  part('udp_mem', 0, 20889), part('udp_mem', 1, 27852), part('udp_mem', 2, 41778), ipv4('udp_rmem_min', 4096), ipv4('udp_wmem_min', 4096),
  part('ip_local_port_range', 0, 32768), part('ip_local_port_range', 1, 60999),
  route('min_pmtu', 552), route('min_adv_mss', 256), { ...route('mtu_expires', 600), unit: 'seconds' },
];

/** Fills `host.knobs` from `host.sysctl`; what that leaves open takes the kernel's value. */
export function sysctl_ipv4_init(host: Host): void {
  for (const list of [KNOBS, TCP_KNOBS]) {
    for (const knob of list) host.knobs[knob.name] = knobValue(knob, host.sysctl[knob.sysctl]?.[knob.index] ?? knob.value);
  }
  host.knobs.tcp_memory_pressure = 0;
  host.knobs.ipfrag_high_thresh ??= 4194304;
  host.knobs.ipfrag_time ??= 30;
}
