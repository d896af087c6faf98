/** Destructors of skbs by name (skb->destructor): who is told when a packet is let go. */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { __sock_wfree, sock_efree, sock_pfree, sock_rfree, sock_wfree } from '../sock.ts';
import { sock_rmem_free } from './errqueue.ts';
import { sock_ofree } from './zerocopy.ts';
import { tcp_wfree } from '../../ipv4/tcp_output/tsq.ts';

const destructors = { sock_wfree, __sock_wfree, sock_rfree, sock_efree, sock_pfree, sock_rmem_free, sock_ofree, tcp_wfree } satisfies Record<string, (cpu: Cpu, skb: sk_buff) => void>;

export type SkbDestructor = keyof typeof destructors;

/** @helper Runs the skb's destructor, if it has one; it is gone then. */
export function runDestructor(cpu: Cpu, skb: sk_buff): void {
  const name = skb.destructor;
  if (name === null) return;
  destructors[name as SkbDestructor](cpu, skb);
  skb.destructor = null;
  skb.sk = null;
}

/** The packet leaves its socket's account. */
export function skb_orphan(cpu: Cpu, skb: sk_buff): void {
  if (skb.destructor !== null) runDestructor(cpu, skb);
  else skb.sk = null;
}
