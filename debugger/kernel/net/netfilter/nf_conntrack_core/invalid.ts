/** What Linux logs of invalid packets when net.netfilter.nf_conntrack_log_invalid asks for it (nf_ct_l4proto_log_invalid): kept for a rule that drops the packet. */
import type { Cpu } from '../../../../machine/types.ts';
import type { drop_condition, sk_buff } from '../../../include/linux/skbuff.ts';

/** Why `skb` is not valid. @helper */
export function logInvalid(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): void {
  cpu.host.ct!.invalid[cpu.id] = { skb: skb.id, condition, values };
}

/** What was found wrong with `skb` on this CPU, together with `drop`, the reason of a rule; only `drop` where nothing was. @helper */
export function withInvalid(cpu: Cpu, skb: sk_buff, drop: drop_condition): drop_condition {
  const found = cpu.host.ct === null ? null : cpu.host.ct.invalid[cpu.id];
  if (found === null || found === undefined || found.skb !== skb.id || skb._nfct !== null) return drop;
  return { condition: `${drop.condition}; ct state invalid: ${found.condition}`, values: { ...drop.values, ...found.values } };
}
