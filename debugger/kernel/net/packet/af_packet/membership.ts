/** What a packet socket wants its device to receive: PACKET_MR_PROMISC, all frames (net/packet/af_packet.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { PACKET_MR_PROMISC } from '../../../include/linux/if_packet.ts';
import type { packet_mreq } from '../../../include/linux/if_packet.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EINVAL, ENODEV } from '../../../include/uapi/asm-generic/errno.ts';
import { dev_set_promiscuity } from '../../core/dev/promiscuity.ts';
import { dev_get_by_index_rcu } from '../../ipv4/devinet.ts';
import { pkt_sk } from '../internal.ts';

export function packet_mc_add(cpu: Cpu, sk: sock, mreq: packet_mreq): number {
  const po = pkt_sk(sk);
  const dev = dev_get_by_index_rcu(cpu, mreq.mr_ifindex);
  if (dev === null) return -ENODEV;
  if (mreq.mr_type !== PACKET_MR_PROMISC) return -EINVAL;
  for (const ml of po.mclist) {
    if (ml.mr_ifindex !== mreq.mr_ifindex) continue;
    ml.count++;
    return 0;
  }
  po.mclist.push({ ...mreq, count: 1 });
  dev_set_promiscuity(cpu, dev, 1);
  return 0;
}

export function packet_mc_drop(cpu: Cpu, sk: sock, mreq: packet_mreq): number {
  const po = pkt_sk(sk);
  const at = po.mclist.findIndex((ml) => ml.mr_ifindex === mreq.mr_ifindex && ml.mr_type === mreq.mr_type);
  if (at < 0) return 0;
  const ml = po.mclist[at]!;
  if (--ml.count > 0) return 0;
  po.mclist.splice(at, 1);
  dev_set_promiscuity(cpu, dev_get_by_index_rcu(cpu, ml.mr_ifindex)!, -1);
  return 0;
}

export function packet_flush_mclist(cpu: Cpu, sk: sock): void {
  const { mclist } = pkt_sk(sk);
  while (mclist.length > 0) dev_set_promiscuity(cpu, dev_get_by_index_rcu(cpu, mclist.shift()!.mr_ifindex)!, -1);
}
