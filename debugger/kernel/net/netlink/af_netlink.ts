/** Messages to user space (net/netlink/af_netlink.c). No socket of the model listens: the message is freed, who waits for the table is woken. */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __wake_up } from '../../kernel/sched/wait.ts';
import { consume_skb } from '../core/skbuff/free.ts';

/** To every socket of a multicast group. The last clone that was made for one is let go at the end: here there is none. */
export function netlink_broadcast_filtered(cpu: Cpu, skb: sk_buff): void {
  consume_skb(cpu, skb);
  netlink_unlock_table(cpu);
  consume_skb(cpu, null);
}

function netlink_unlock_table(cpu: Cpu): void {
  __wake_up(cpu, cpu.host.nl_table_wait, 1, 0);
}
