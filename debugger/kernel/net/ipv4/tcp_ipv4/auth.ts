/**
 * Segments that claim to be signed (include/net/tcp.h tcp_inbound_hash; RFC 2385, RFC 5925). No socket here has a key, so each of them is refused.
 *
 *   | kind 19 | 18 | MD5 digest 16 |      | kind 29 | length | KeyID | RNextKeyID | MAC |
 */
import type { Cpu } from '../../../../machine/types.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen } from '../../../include/linux/tcp.ts';
import { SIZEOF_TCPHDR, TCPOPT_EOL, TCPOPT_NOP } from '../../../include/net/tcp.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';

const TCPOPT_MD5SIG = 19;
const TCPOPT_AO = 29;
const TCPOLEN_MD5SIG = 18;
const SIZEOF_TCP_AO_HDR = 4;

/** Which of the two options a segment has; a negative number when one is malformed or both, or one twice, are there. */
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
      found = opcode;
    }
    at += opsize;
  }
  return found;
}

/** Null: the segment is not signed, as it should be; else why it is to be dropped. */
export function tcp_inbound_hash(cpu: Cpu, skb: sk_buff): drop_cause | null {
  const option = tcp_parse_auth_options(skb);
  if (option === 0) return null;
  const values = { doff: tcp_hdrlen(skb), option };
  if (option < 0) return dropCause('TCP_AUTH_HDR', 'tcp_parse_auth_options(th, &md5_location, &aoh)', values);
  return option === TCPOPT_MD5SIG ? tcp_inbound_md5_hash(cpu, values) : tcp_inbound_ao_hash(cpu, values);
}

function tcp_inbound_md5_hash(cpu: Cpu, values: Record<string, number>): drop_cause {
  NET_INC_STATS(cpu, 'TCPMD5Unexpected');
  return dropCause('TCP_MD5UNEXPECTED', '!key && hash_location', values);
}

function tcp_inbound_ao_hash(cpu: Cpu, values: Record<string, number>): drop_cause {
  NET_INC_STATS(cpu, 'TCPAOKeyNotFound');
  return dropCause('TCP_AOUNEXPECTED', '!info', values);
}
