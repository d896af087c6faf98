/** Offloads of a device under the names of `ethtool -k` (net/ethtool/common.c, net/core/dev.c netdev_fix_features). */
import {
  NETIF_F_CSUM_MASK, NETIF_F_GRO, NETIF_F_GRO_UDP_FWD, NETIF_F_GSO, NETIF_F_GSO_UDP_L4, NETIF_F_HW_CSUM, NETIF_F_RXCSUM, NETIF_F_RXHASH, NETIF_F_SG, NETIF_F_TSO,
} from '../../../include/linux/netdevice.ts';

/** Each feature's name with its bit, in ethtool's order. */
export const FEATURE_BITS: Readonly<Record<string, number>> = {
  'rx-checksumming': NETIF_F_RXCSUM,
  'tx-checksumming': NETIF_F_HW_CSUM,
  'scatter-gather': NETIF_F_SG,
  'tcp-segmentation-offload': NETIF_F_TSO,
  'generic-segmentation-offload': NETIF_F_GSO,
  'generic-receive-offload': NETIF_F_GRO,
  'receive-hashing': NETIF_F_RXHASH,
  'tx-udp-segmentation': NETIF_F_GSO_UDP_L4,
  'rx-udp-gro-forwarding': NETIF_F_GRO_UDP_FWD,
};

/** @helper `features` with the named ones switched; names that no device of ours has are left to the checker. */
export function withOffloads(features: number, offloads: Readonly<Record<string, boolean>>): number {
  let wanted = features;
  for (const name of Object.keys(offloads)) {
    const bit = FEATURE_BITS[name];
    if (bit === undefined) continue;
    wanted = offloads[name] === true ? wanted | bit : wanted & ~bit;
  }
  return netdev_fix_features(wanted);
}

/** @helper Features that need others go when those do. */
export function netdev_fix_features(features: number): number {
  let f = features;
  if ((f & NETIF_F_CSUM_MASK) === 0) f &= ~(NETIF_F_SG | NETIF_F_TSO | NETIF_F_GSO_UDP_L4);
  if ((f & NETIF_F_SG) === 0) f &= ~(NETIF_F_TSO | NETIF_F_GSO | NETIF_F_GSO_UDP_L4);
  return f;
}
