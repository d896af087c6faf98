/** Telling the sender of an IPv6 packet that it was refused (net/ipv6/netfilter/nf_reject_ipv6.c): ICMPv6 "destination unreachable". */
import type { Cpu } from '../../../../machine/types.ts';
import { ICMPV6_DEST_UNREACH } from '../../../include/linux/icmpv6.ts';
import { NF_INET_LOCAL_OUT } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { icmpv6_send } from '../icmp/send.ts';

/** A packet that starts here has no device yet: lo stands for it. */
export function nf_send_unreach6(cpu: Cpu, skb_in: sk_buff, code: number, hook: number): void {
  if (hook === NF_INET_LOCAL_OUT && skb_in.dev === null) skb_in.dev = cpu.host.devices[0]!;
  icmpv6_send(cpu, skb_in, ICMPV6_DEST_UNREACH, code, 0);
}
