/** What NAT may make of an address and a port (include/uapi/linux/netfilter/nf_nat.h struct nf_nat_range2, include/net/netfilter/nf_nat.h). */
export const NF_NAT_RANGE_MAP_IPS = 1 << 0;
export const NF_NAT_RANGE_PROTO_SPECIFIED = 1 << 1;
export const NF_NAT_RANGE_PROTO_RANDOM = 1 << 2;
export const NF_NAT_RANGE_PERSISTENT = 1 << 3;
export const NF_NAT_RANGE_PROTO_RANDOM_FULLY = 1 << 4;
export const NF_NAT_RANGE_PROTO_OFFSET = 1 << 5;
export const NF_NAT_RANGE_PROTO_RANDOM_ALL = NF_NAT_RANGE_PROTO_RANDOM | NF_NAT_RANGE_PROTO_RANDOM_FULLY;

/** enum nf_nat_manip_type: whether the source is rewritten or the destination. */
export const NF_NAT_MANIP_SRC = 0;
export const NF_NAT_MANIP_DST = 1;

/** Addresses and ports in host order; the flags say which of them count. */
export interface nf_nat_range2 { flags: number; min_addr: number; max_addr: number; min_proto: number; max_proto: number }
