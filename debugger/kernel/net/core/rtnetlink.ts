/** The lock over the configuration of the network, and messages about devices (net/core/rtnetlink.c, net/core/dev.c netdev_run_todo). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { createMutex } from '../../include/linux/mutex.ts';
import type { mutex } from '../../include/linux/mutex.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { netlink_broadcast_filtered } from '../netlink/af_netlink.ts';
import { netif_get_flags } from './dev/state.ts';
import { alloc_skb } from './skbuff/alloc.ts';
import { skb_put } from './skbuff/data.ts';
import { kfree_skb_reason } from './skbuff/free.ts';

/** rtnl_mutex, and packets that whoever holds it has thrown away: freed once it is free. */
export interface rtnl { mutex: mutex; defer_kfree_skb_list: sk_buff[] }

export function createRtnl(): rtnl {
  return { mutex: createMutex('rtnl_mutex'), defer_kfree_skb_list: [] };
}

export function* rtnl_lock(cpu: Cpu): Resumable<void> {
  yield* mutex_lock(cpu, cpu.host.rtnl.mutex);
}

export function* rtnl_unlock(cpu: Cpu): Resumable<void> {
  yield* netdev_run_todo(cpu);
}

function* netdev_run_todo(cpu: Cpu): Resumable<void> {
  yield* __rtnl_unlock(cpu);
}

function* __rtnl_unlock(cpu: Cpu): Resumable<void> {
  const rtnl = cpu.host.rtnl;
  const list = rtnl.defer_kfree_skb_list;
  rtnl.defer_kfree_skb_list = [];
  mutex_unlock(cpu, rtnl.mutex);
  while (list.length > 0) {
    kfree_skb_reason(cpu, list.shift()!, 'NOT_SPECIFIED', { condition: 'qdisc_reset(q): rtnl_kfree_skbs(head, tail)', values: { left: list.length } });
    yield;
  }
}

/** What a discipline held when it was reset; the lock is held. */
export function rtnl_kfree_skbs(cpu: Cpu, skb: sk_buff): void {
  cpu.host.rtnl.defer_kfree_skb_list.push(skb);
}

/** if_nlmsg_size() of an Ethernet device, about. */
const IF_NLMSG_SIZE = 1500;

/** RTM_NEWLINK: `ip monitor link` would show it. */
export function rtmsg_ifinfo(cpu: Cpu, dev: net_device): void {
  rtmsg_ifinfo_send(cpu, rtmsg_ifinfo_build_skb(cpu, dev));
}

function rtmsg_ifinfo_build_skb(cpu: Cpu, dev: net_device): sk_buff {
  const skb = alloc_skb(cpu, IF_NLMSG_SIZE);
  rtnl_fill_ifinfo(skb.head, skb_put(skb, IF_NLMSG_SIZE), dev);
  return skb;
}

/** Index and flags, as far as anybody could look at them here. */
function rtnl_fill_ifinfo(bytes: Uint8Array, at: number, dev: net_device): void {
  const flags = netif_get_flags(dev);
  bytes[at + 20] = dev.ifindex;
  for (let i = 0; i < 4; i++) bytes[at + 24 + i] = (flags >>> (8 * i)) & 0xff;
}

function rtmsg_ifinfo_send(cpu: Cpu, skb: sk_buff): void {
  netlink_broadcast_filtered(cpu, skb);
}
