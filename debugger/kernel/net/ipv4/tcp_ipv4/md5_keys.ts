/** A socket's keys for signed segments: TCP_MD5SIG (net/ipv4/tcp_ipv4.c; RFC 2385). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_MD5SIG_MAXKEYLEN } from '../../../include/net/tcp_md5.ts';
import type { tcp_md5sig, tcp_md5sig_info, tcp_md5sig_key } from '../../../include/net/tcp_md5.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { EINVAL, ENOENT } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_gso_disable } from '../../core/sock/caps.ts';

/** @helper Whether `addr` lies in the key's prefix. */
function concerns(key: tcp_md5sig_key, addr: number): boolean {
  return key.prefixlen === 0 || ((key.addr ^ addr) >>> (32 - key.prefixlen)) === 0;
}

/** The key for a peer, of several prefixes the longest; null: its segments go and come unsigned. */
export function tcp_md5_do_lookup(_cpu: Cpu, sk: sock, addr: number): tcp_md5sig_key | null {
  const info = sk.tcp!.md5sig_info;
  if (info === null) return null;
  let best: tcp_md5sig_key | null = null;
  for (const key of info.head) {
    if (concerns(key, addr) && (best === null || key.prefixlen > best.prefixlen)) best = key;
  }
  return best;
}

/** The key of a connection. */
export function tcp_v4_md5_lookup(cpu: Cpu, sk: sock, addr_sk: sock): tcp_md5sig_key | null {
  return tcp_md5_do_lookup(cpu, sk, addr_sk.inet.inet_daddr);
}

/** The listener's key for one who connects. */
export function tcp_v4_reqsk_md5_lookup(cpu: Cpu, sk: sock, req: request_sock): tcp_md5sig_key | null {
  return tcp_md5_do_lookup(cpu, sk, req.ir_rmt_addr);
}

/** One test where there are no keys, as Linux patches the question out then (tcp_md5_needed). */
export function tcp_get_current_key(cpu: Cpu, sk: sock): tcp_md5sig_key | null {
  return sk.tcp!.md5sig_info === null ? null : tcp_v4_md5_lookup(cpu, sk, sk);
}

/** @helper The key of exactly this prefix. */
function tcp_md5_do_lookup_exact(sk: sock, addr: number, prefixlen: number): tcp_md5sig_key | undefined {
  return sk.tcp!.md5sig_info?.head.find((key) => key.addr === addr && key.prefixlen === prefixlen);
}

/** The first key: from now on the socket sends segment by segment, as each has a digest of its own. */
function tcp_md5sig_info_add(_cpu: Cpu, sk: sock): tcp_md5sig_info {
  sk_gso_disable(sk);
  const info: tcp_md5sig_info = { head: [] };
  sk.tcp!.md5sig_info = info;
  return info;
}

export function tcp_md5_do_add(cpu: Cpu, sk: sock, addr: number, prefixlen: number, newkey: string): number {
  const found = tcp_md5_do_lookup_exact(sk, addr, prefixlen);
  if (found !== undefined) {
    found.key = newkey;
    return 0;
  }
  const info = sk.tcp!.md5sig_info ?? tcp_md5sig_info_add(cpu, sk);
  info.head.unshift({ addr, prefixlen, key: newkey });
  return 0;
}

export function tcp_md5_do_del(_cpu: Cpu, sk: sock, addr: number, prefixlen: number): number {
  const found = tcp_md5_do_lookup_exact(sk, addr, prefixlen);
  if (found === undefined) return -ENOENT;
  const { head } = sk.tcp!.md5sig_info!;
  head.splice(head.indexOf(found), 1);
  return 0;
}

/** What the listener has for this peer goes to the connection. */
export function tcp_md5_key_copy(cpu: Cpu, newsk: sock, addr: number, key: tcp_md5sig_key): number {
  return tcp_md5_do_add(cpu, newsk, addr, 32, key.key);
}

/** setsockopt(TCP_MD5SIG), or TCP_MD5SIG_EXT, which knows prefixes. -EINVAL: no such struct, prefix or length; -ENOENT: nothing to remove. */
export function tcp_v4_parse_md5_keys(cpu: Cpu, sk: sock, ext: boolean, cmd: tcp_md5sig | null): number {
  if (cmd?.tcpm_key === undefined) return -EINVAL;
  const prefixlen = ext ? cmd.tcpm_prefixlen : 32;
  if (prefixlen < 0 || prefixlen > 32) return -EINVAL;
  if (cmd.tcpm_key === '') return tcp_md5_do_del(cpu, sk, cmd.tcpm_addr, prefixlen);
  if (cmd.tcpm_key.length > TCP_MD5SIG_MAXKEYLEN) return -EINVAL;
  return tcp_md5_do_add(cpu, sk, cmd.tcpm_addr, prefixlen, cmd.tcpm_key);
}
