/** Netfilter hooks (include/linux/netfilter.h, include/uapi/linux/netfilter.h). A host with nothing at a hook does not call nf_hook_slow there. */
import type { HookFunction } from '../../net/netfilter/core.ts';
import type { sock } from '../net/sock.ts';
import type { nf_nat_range2 } from '../net/netfilter/nf_nat.ts';
import type { net_device } from './netdevice.ts';

export const NF_INET_PRE_ROUTING = 0;
export const NF_INET_LOCAL_IN = 1;
export const NF_INET_FORWARD = 2;
export const NF_INET_LOCAL_OUT = 3;
export const NF_INET_POST_ROUTING = 4;

export const NFPROTO_IPV4 = 2;
export const NFPROTO_IPV6 = 10;

/** Verdicts. A drop that has been made already is NF_STOLEN, with the errno in the upper half (NF_DROP_REASON). */
export const NF_DROP = 0;
export const NF_ACCEPT = 1;
export const NF_STOLEN = 2;
export const NF_REPEAT = 4;
export const NF_VERDICT_MASK = 0xff;

/** Order of what is registered at a hook, lowest first (enum nf_ip_hook_priorities, include/uapi/linux/netfilter_ipv4.h). */
export const NF_IP_PRI_CONNTRACK_DEFRAG = -400;
export const NF_IP_PRI_RAW = -300;
export const NF_IP_PRI_CONNTRACK = -200;
export const NF_IP_PRI_NAT_DST = -100;
export const NF_IP_PRI_FILTER = 0;
export const NF_IP_PRI_NAT_SRC = 100;
export const NF_IP_PRI_CONNTRACK_CONFIRM = 2147483647;

/** Where a packet is: the hook, its family, the devices it came by and goes to, and the socket that sends it. */
export interface nf_hook_state { hook: number; pf: number; in: net_device | null; out: net_device | null; sk: sock | null }

/** One function at a hook, and what it works on: a base chain, the chains of a NAT hook, or nothing. */
export interface nf_hook_entry { hook: HookFunction; priority: number; priv: nft_base_chain | nf_nat_lookup_hook_priv | null }

/** The `nat` chains at a hook (struct nf_nat_lookup_hook_priv, net/netfilter/nf_nat_core.c): only the first packet of a connection passes them. */
export interface nf_nat_lookup_hook_priv { entries: nf_hook_entry[] }

/** A base chain (struct nft_base_chain, include/net/netfilter/nf_tables.h) as the scenario has it; `type` raw is a filter chain at priority raw. */
export interface nft_base_chain { family: 'inet' | 'ip' | 'ip6'; type: nft_chain_kind; hook: number; rules: nft_rule[] }
export type nft_chain_kind = 'filter' | 'nat' | 'raw';

export type nft_verdict = 'drop' | 'accept' | 'count' | 'reject' | 'notrack' | 'snat' | 'dnat' | 'masquerade' | 'redirect';

/** One rule: a match (an expression of the scenario, null = all) and what happens to what it matches (struct nft_rule). */
export interface nft_rule {
  match: unknown;
  /** Bytes that the rule may match, null without a limit; and those that matched the rest of it so far. */
  quota: number | null;
  consumed: number;
  verdict: nft_verdict;
  /** Of `reject`: the code of "destination unreachable", -1: a TCP reset. Null for other verdicts. */
  icmp_code: number | null;
  /** Of the NAT verdicts: what the address and port become. */
  range: nf_nat_range2 | null;
  packets: number;
  bytes: number;
  /** Line of the scenario. */
  line: number;
}
