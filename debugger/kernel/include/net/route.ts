/** Priorities of packets by their type of service (include/net/route.h, net/ipv4/route.c). */

/** TC_PRIO_* by the four bits of IPTOS_TOS: best effort, bulk, interactive, interactive bulk. */
const ip_tos2prio = [0, 0, 0, 0, 2, 2, 2, 2, 6, 6, 6, 6, 4, 4, 4, 4];
const IPTOS_TOS_MASK = 0x1e;

/** @helper */
export function rt_tos2priority(tos: number): number {
  return ip_tos2prio[(tos & IPTOS_TOS_MASK) >> 1]!;
}
