/**
 * Whether a segment is signed as its socket wants it (net/ipv4/tcp.c tcp_inbound_hash; RFC 2385, RFC 5925). Keys are those of TCP_MD5SIG; nobody has one of TCP-AO.
 *
 *   | kind 19 | 18 | MD5 digest 16 |      | kind 29 | length | KeyID | RNextKeyID | MAC |
 */
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { tcp_hdrlen } from '../../../include/linux/tcp.ts';
import { SIZEOF_TCPHDR, TCPOPT_EOL, TCPOPT_NOP } from '../../../include/net/tcp.ts';
import { TCPOLEN_MD5SIG, TCPOPT_MD5SIG } from '../../../include/net/tcp_md5.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { bearsDigest, tcp_v4_md5_hash_skb } from './md5_hash.ts';
import { tcp_md5_do_lookup } from './md5_keys.ts';

const TCPOPT_AO = 29;
const SIZEOF_TCP_AO_HDR = 4;

/** Where in the head one of the two options begins, 0: nowhere; a negative number when one is malformed or both, or one twice, are there. */
export function tcp_parse_auth_options(skb: sk_buff): number {
  const end = skb.transport_header + tcp_hdrlen(skb);
  let at = skb.transport_header + SIZEOF_TCPHDR;
  let found = 0;
  while (end - at > SIZEOF_TCP_AO_HDR) {
    const opcode = skb.head[at]!;
    if (opcode === TCPOPT_EOL) return found;
    if (opcode === TCPOPT_NOP) {
      at++;
      continue;
    }
    const opsize = skb.head[at + 1]!;
    if (opsize < 2 || at + opsize > end) return -1;
    if (opcode === TCPOPT_MD5SIG || opcode === TCPOPT_AO) {
      if (found !== 0 || (opcode === TCPOPT_MD5SIG ? opsize !== TCPOLEN_MD5SIG : opsize <= SIZEOF_TCP_AO_HDR)) return -1;
      found = at;
    }
    at += opsize;
  }
  return found;
}

/** Null: signed or not, as the socket (a request's listener) wants it of this peer; else why it is to be dropped. */
export function tcp_inbound_hash(cpu: Cpu, sk: sock, skb: sk_buff): drop_cause | null {
  const location = tcp_parse_auth_options(skb);
  if (location === 0) return sk.tcp!.md5sig_info === null ? null : unsigned(cpu, sk, skb);
  const values = { doff: tcp_hdrlen(skb), option: location < 0 ? location : skb.head[location]! };
  if (location < 0) return dropCause('TCP_AUTH_HDR', 'tcp_parse_auth_options(th, &md5_location, &aoh)', values);
  return values.option === TCPOPT_MD5SIG ? tcp_inbound_md5_hash(cpu, sk, skb, location + 2, values) : tcp_inbound_ao_hash(cpu, values);
}

/** No signature, and this socket has keys: one for this peer? @helper */
function unsigned(cpu: Cpu, sk: sock, skb: sk_buff): drop_cause | null {
  const key = tcp_md5_do_lookup(cpu, sk, iph_saddr(skb));
  if (key === null) return null;
  NET_INC_STATS(cpu, 'TCPMD5NotFound');
  return dropCause('TCP_MD5NOTFOUND', 'tcp_md5_do_lookup(sk, l3index, saddr, family)', { saddr: iph_saddr(skb), key_addr: key.addr, prefixlen: key.prefixlen });
}

/** `hash_location`: of the 16 bytes in the head. */
function tcp_inbound_md5_hash(cpu: Cpu, sk: sock, skb: sk_buff, hash_location: number, values: Record<string, number>): drop_cause | null {
  const saddr = iph_saddr(skb);
  const key = tcp_md5_do_lookup(cpu, sk, saddr);
  if (key === null) {
    NET_INC_STATS(cpu, 'TCPMD5Unexpected');
    return dropCause('TCP_MD5UNEXPECTED', '!key && hash_location', values);
  }
  const newhash = tcp_v4_md5_hash_skb(cpu, key, iph_daddr(skb), saddr, skb);
  if (bearsDigest(skb, hash_location, newhash)) return null;
  NET_INC_STATS(cpu, 'TCPMD5Failure');
  return dropCause('TCP_MD5FAILURE', 'memcmp(hash_location, newhash, 16) != 0', { ...values, hash: skb.head[hash_location]!, newhash: newhash[0]! });
}

function tcp_inbound_ao_hash(cpu: Cpu, values: Record<string, number>): drop_cause {
  NET_INC_STATS(cpu, 'TCPAOKeyNotFound');
  return dropCause('TCP_AOUNEXPECTED', '!info', values);
}
