/** struct in_device and in_ifaddr (include/linux/inetdevice.h). Addresses are unsigned 32-bit numbers in host order. */
export interface in_ifaddr { ifa_local: number; ifa_prefixlen: number; ifa_mask: number; ifa_broadcast: number }

export interface in_device {
  ifa_list: in_ifaddr[];
  /** net.ipv4.conf.DEV.* */
  cnf: {
    forwarding: number; send_redirects: number; accept_redirects: number; secure_redirects: number; shared_media: number;
    rp_filter: number; accept_local: number; arp_ignore: number; arp_announce: number; arp_filter: number; arp_accept: number; proxy_arp: number;
    arp_evict_nocarrier: number; ignore_routes_with_linkdown: number;
  };
}
