/** Fast Open's cookies and the keys that they are made with (net/ipv4/tcp_fastopen.c, sysctl_net_ipv4.c). */
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_FASTOPEN_COOKIE_SIZE } from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_context, tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';
import { siphash_2u32, siphash_words } from '../../../lib/siphash.ts';

/** Without a key from the user the host draws one when the first listener wants Fast Open. */
export function tcp_fastopen_init_key_once(cpu: Cpu): void {
  const tfo = cpu.host.tfo;
  if (tfo.tcp_fastopen_ctx !== null) return;
  const words: number[] = [];
  for (let i = 0; i < 4; i++) words.push(roll(cpu.host, 0x100000000));
  tfo.tcp_fastopen_ctx = { key: [words] };
}

/** A context of one key, or of two with a comma between, each four hexadecimal words with hyphens; null: it is none. @helper */
export function parseFastopenKey(text: string): tcp_fastopen_context | null {
  const keys: number[][] = [];
  for (const part of text.split(',')) {
    if (!/^[0-9a-f]{1,8}(-[0-9a-f]{1,8}){3}$/i.test(part)) return null;
    keys.push(part.split('-').map((word) => Number.parseInt(word, 16)));
  }
  return keys.length > 2 ? null : { key: keys };
}

/** The form of net.ipv4.tcp_fastopen_key. @helper */
export function fastopenKeyText(ctx: tcp_fastopen_context | null): string {
  const keys = ctx?.key ?? [[0, 0, 0, 0]];
  return keys.map((key) => key.map((word) => word.toString(16).padStart(8, '0')).join('-')).join(',');
}

/** TCP_FASTOPEN_KEY (`sk`), or the sysctl for all that have none of their own (null). 0 or a negative errno. */
export function tcp_fastopen_reset_cipher(host: Host, sk: sock | null, key: string): number {
  const ctx = parseFastopenKey(key);
  if (ctx === null) return -EINVAL;
  if (sk === null) host.tfo.tcp_fastopen_ctx = ctx;
  else sk.icsk!.icsk_accept_queue.fastopenq.ctx = ctx;
  return 0;
}

export function tcp_fastopen_get_ctx(cpu: Cpu, sk: sock): tcp_fastopen_context | null {
  return sk.icsk!.icsk_accept_queue.fastopenq.ctx ?? cpu.host.tfo.tcp_fastopen_ctx;
}

/** @helper A 32-bit word as it stands in the packet, read by a little-endian CPU. */
function asLittleEndian(word: number): number {
  return ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0;
}

/** Both addresses of an IPv6 header as a little-endian CPU reads them. @helper */
function wordsAt(head: Uint8Array, at: number): number[] {
  const words: number[] = [];
  for (let i = 0; i < 32; i += 4) words.push(asLittleEndian(get_unaligned_be32(head, at + i)));
  return words;
}

/** Keyed hash of the two addresses of a SYN: only this server can make it, and only for this client. */
function __tcp_fastopen_cookie_gen_cipher(_cpu: Cpu, syn: sk_buff, key: readonly number[], foc: tcp_fastopen_cookie): void {
  const words = syn.protocol === ETH_P_IPV6 ? siphash_words(wordsAt(syn.head, syn.network_header + 8), key) : siphash_2u32(asLittleEndian(iph_saddr(syn)), asLittleEndian(iph_daddr(syn)), key);
  foc.val = words.flatMap((word) => [word & 0xff, (word >>> 8) & 0xff, (word >>> 16) & 0xff, word >>> 24]);
  foc.len = TCP_FASTOPEN_COOKIE_SIZE;
}

/** The cookie that the sender of `syn` is given. */
export function tcp_fastopen_cookie_gen(cpu: Cpu, sk: sock, syn: sk_buff, foc: tcp_fastopen_cookie): void {
  const ctx = tcp_fastopen_get_ctx(cpu, sk);
  if (ctx !== null) __tcp_fastopen_cookie_gen_cipher(cpu, syn, ctx.key[0]!, foc);
}

/** @helper */
function sameCookie(a: tcp_fastopen_cookie, b: tcp_fastopen_cookie): boolean {
  if (a.len !== b.len) return false;
  for (let i = 0; i < a.len; i++) if (a.val[i] !== b.val[i]) return false;
  return true;
}

/** 0: not a cookie of ours, 1: one of the first key, 2: one of the second. `valid_foc` is what it should be. */
export function tcp_fastopen_cookie_gen_check(cpu: Cpu, sk: sock, syn: sk_buff, orig: tcp_fastopen_cookie, valid_foc: tcp_fastopen_cookie): number {
  const ctx = tcp_fastopen_get_ctx(cpu, sk);
  if (ctx === null) return 0;
  __tcp_fastopen_cookie_gen_cipher(cpu, syn, ctx.key[0]!, valid_foc);
  if (sameCookie(valid_foc, orig)) return 1;
  if (ctx.key.length < 2) return 0;
  const other: tcp_fastopen_cookie = { len: -1, val: [], exp: false };
  __tcp_fastopen_cookie_gen_cipher(cpu, syn, ctx.key[1]!, other);
  return sameCookie(other, orig) ? 2 : 0;
}
