/**
 * Keys of signed segments, RFC 2385 (include/net/tcp.h, uapi/linux/tcp.h).
 *
 *   | NOP | NOP | kind 19 | 18 | MD5 digest 16 |
 */

export const TCPOPT_MD5SIG = 19;
export const TCPOLEN_MD5SIG = 18;
/** With the two NOPs before it. */
export const TCPOLEN_MD5SIG_ALIGNED = 20;
export const TCP_MD5SIG_MAXKEYLEN = 80;

/** struct tcp_md5sig, what setsockopt takes: the peer (IPv4, host order), or with TCP_MD5SIG_EXT all of a prefix; an empty key removes. */
export interface tcp_md5sig { tcpm_addr: number; tcpm_prefixlen: number; tcpm_key: string }

export interface tcp_md5sig_key { addr: number; prefixlen: number; key: string }

/** A socket's keys, the newest first. They stay with a socket that is done: an RST in its name is still signed. */
export interface tcp_md5sig_info { head: tcp_md5sig_key[] }
