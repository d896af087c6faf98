/** Tracking TCP: each segment moves its connection through the states, or does not belong to it (net/netfilter/nf_conntrack_proto_tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { NF_ACCEPT, NF_DROP, NF_INET_PRE_ROUTING, NF_REPEAT } from '../../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import {
  CTINFO2DIR, IPS_ASSURED, IPS_FIXED_TIMEOUT, IPS_SEEN_REPLY, IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY, nf_ct_is_confirmed,
} from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn } from '../../../include/net/netfilter/nf_conntrack.ts';
import {
  IP_CT_EXP_CHALLENGE_ACK, IP_CT_TCP_FLAG_BE_LIBERAL, IP_CT_TCP_FLAG_CLOSE_INIT, IP_CT_TCP_FLAG_MAXACK_SET, IP_CT_TCP_FLAG_SACK_PERM, IP_CT_TCP_FLAG_WINDOW_SCALE,
  IP_CT_TCP_SIMULTANEOUS_OPEN, TCP_CONNTRACK_CLOSE, TCP_CONNTRACK_ESTABLISHED, TCP_CONNTRACK_FIN_WAIT, TCP_CONNTRACK_IGNORE, TCP_CONNTRACK_LAST_ACK, TCP_CONNTRACK_MAX,
  TCP_CONNTRACK_NONE, TCP_CONNTRACK_SYN_RECV, TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_SYN_SENT2, TCP_CONNTRACK_TIME_WAIT, createCtTcp,
} from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { ip_ct_tcp, ip_ct_tcp_state } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import { readTcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import type { tcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import { IPPROTO_TCP } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_CWR, TCPHDR_ECE, TCPHDR_FIN, TCPHDR_PSH, TCPHDR_RST, TCPHDR_SYN, TCPHDR_URG, before } from '../../../include/net/tcp.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';
import { logInvalid } from '../nf_conntrack_core/invalid.ts';
import { nf_ct_expires, nf_ct_kill, nf_ct_kill_acct, nf_ct_refresh_acct } from '../nf_conntrack_core/lifetime.ts';
import { nf_ip_checksum } from '../nf_ip_checksum.ts';
import { tcp_options } from './options.ts';
import { TCP_ACK_SET, TCP_FIN_SET, TCP_NONE_SET, TCP_RST_SET, TCP_SYNACK_SET, TCP_SYN_SET, get_conntrack_index, tcp_conntracks } from './states.ts';
import { TCP_CONNTRACK_UNACK, tcp_can_early_drop, timeoutAfter, timeoutOf } from './timeout.ts';
import { NFCT_TCP_IGNORE, NFCT_TCP_INVALID, segment_seq_plus_len, nf_ct_tcp_in_window } from './window.ts';

/** Flags that may stand together; PSH, ECE and CWR may always (tcp_valid_flags). */
const VALID_FLAGS: readonly number[] = [
  TCPHDR_SYN, TCPHDR_SYN | TCPHDR_URG, TCPHDR_SYN | TCPHDR_ACK, TCPHDR_RST, TCPHDR_RST | TCPHDR_ACK, TCPHDR_FIN | TCPHDR_ACK, TCPHDR_FIN | TCPHDR_ACK | TCPHDR_URG, TCPHDR_ACK,
  TCPHDR_ACK | TCPHDR_URG,
];

/** Whether the segment is broken: cut off, its checksum wrong, flags that make no sense. */
export function tcp_error(cpu: Cpu, th: tcphdr, skb: sk_buff, dataoff: number, state: nf_hook_state): boolean {
  const tcplen = skb.len - dataoff;
  if (th.doff * 4 < SIZEOF_TCPHDR || tcplen < th.doff * 4) return broken(cpu, skb, 'truncated packet', { tcplen, doff: th.doff });
  const verify = cpu.host.knobs.nf_conntrack_checksum! !== 0 && state.hook === NF_INET_PRE_ROUTING;
  if (verify && nf_ip_checksum(cpu, skb, state.hook, dataoff, IPPROTO_TCP) !== 0) return broken(cpu, skb, 'bad checksum', { ip_summed: skb.ip_summed });
  const tcpflags = th.flags & ~(TCPHDR_ECE | TCPHDR_CWR | TCPHDR_PSH);
  return !VALID_FLAGS.includes(tcpflags) && broken(cpu, skb, 'invalid tcp flag combination', { tcpflags });
}

/** @helper */
function broken(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): true {
  logInvalid(cpu, skb, condition, values);
  return true;
}

/** The first segment of a connection: a SYN, or, where nf_conntrack_tcp_loose allows it, one out of its middle, whose windows are then not believed in. */
export function tcp_new(cpu: Cpu, ct: nf_conn, skb: sk_buff, dataoff: number, th: tcphdr): boolean {
  const index = get_conntrack_index(th);
  const new_state = tcp_conntracks[0]![index]![TCP_CONNTRACK_NONE]!;
  if (new_state >= TCP_CONNTRACK_MAX) return !broken(cpu, skb, 'invalid new', { index });
  const syn = new_state === TCP_CONNTRACK_SYN_SENT;
  if (!syn && cpu.host.knobs.nf_conntrack_tcp_loose! === 0) return !broken(cpu, skb, 'tn->tcp_loose == 0: no SYN', { index });
  ct.tcp = createCtTcp();
  const [sender, receiver] = ct.tcp.seen;
  sender.td_end = segment_seq_plus_len(th.seq, skb.len, dataoff, th);
  sender.td_maxwin = th.window === 0 ? 1 : th.window;
  if (syn) {
    sender.td_maxend = sender.td_end;
    tcp_options(th.options, sender);
  } else {
    sender.td_maxend = (sender.td_end + sender.td_maxwin) >>> 0;
    sender.flags = IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL;
    receiver.flags = sender.flags;
  }
  ct.tcp.last_index = TCP_NONE_SET;
  return true;
}

function nf_ct_tcp_state_reset(state: ip_ct_tcp_state): void {
  Object.assign(state, { td_end: 0, td_maxend: 0, td_maxwin: 0, td_maxack: 0, td_scale: 0, flags: state.flags & IP_CT_TCP_FLAG_BE_LIBERAL });
}

function nf_conntrack_tcp_established(ct: nf_conn): boolean {
  return ct.tcp!.state === TCP_CONNTRACK_ESTABLISHED && (ct.status & IPS_ASSURED) !== 0;
}

/** netfilter resets the connection itself (nf_send_reset): it closes. */
export function nf_conntrack_tcp_set_closing(cpu: Cpu, ct: nf_conn): void {
  const tcp = ct.tcp;
  if (tcp === null || !nf_ct_is_confirmed(ct) || tcp.state === TCP_CONNTRACK_CLOSE) return;
  tcp.state = TCP_CONNTRACK_CLOSE;
  if ((ct.status & IPS_FIXED_TIMEOUT) === 0) ct.timeout = timeoutOf(cpu, TCP_CONNTRACK_CLOSE) + jiffies(cpu);
}

/** A FIN or RST was out of the window, and the other end answers it likewise: the entry is out of step, and shall not live for days. */
export function nf_tcp_handle_invalid(cpu: Cpu, ct: nf_conn, dir: number, index: number): void {
  if ((ct.status & IPS_ASSURED) === 0 || (ct.status & IPS_FIXED_TIMEOUT) !== 0) return;
  if (index !== TCP_RST_SET && index !== TCP_FIN_SET) return;
  const tcp = ct.tcp!;
  if (tcp.last_dir === dir || (tcp.last_index !== TCP_FIN_SET && tcp.last_index !== TCP_RST_SET)) {
    tcp.last_index = index;
    tcp.last_dir = dir;
    return;
  }
  const expires = nf_ct_expires(cpu, ct);
  const timeout = timeoutOf(cpu, TCP_CONNTRACK_UNACK);
  if (expires >= 120 * HZ && expires > timeout) ct.timeout = timeout + jiffies(cpu);
}

/** This SYN-ACK answers a SYN that was let through without effect: the ends are right, the entry was not. @helper */
function resynchronise(tcp: ip_ct_tcp, dir: number): void {
  const other = tcp.seen[tcp.last_dir]!;
  tcp.last_flags &= ~IP_CT_EXP_CHALLENGE_ACK;
  Object.assign(other, { td_end: tcp.last_end, td_maxend: tcp.last_end, td_maxwin: tcp.last_win === 0 ? 1 : tcp.last_win, td_scale: tcp.last_wscale, flags: tcp.last_flags });
  nf_ct_tcp_state_reset(tcp.seen[dir]!);
}

/** What an ignored packet was like, for the answer that may come. @helper */
function remember(tcp: ip_ct_tcp, dir: number, index: number, skb: sk_buff, dataoff: number, th: tcphdr, old_state: number): void {
  Object.assign(tcp, { last_index: index, last_dir: dir, last_seq: th.seq, last_end: segment_seq_plus_len(th.seq, skb.len, dataoff, th), last_win: th.window });
  if (index === TCP_SYN_SET && dir === IP_CT_DIR_ORIGINAL) {
    const seen: ip_ct_tcp_state = { td_end: 0, td_maxend: 0, td_maxwin: 0, td_maxack: 0, td_scale: 0, flags: 0 };
    tcp_options(th.options, seen);
    tcp.last_wscale = (seen.flags & IP_CT_TCP_FLAG_WINDOW_SCALE) !== 0 ? seen.td_scale : 0;
    tcp.last_flags = seen.flags & (IP_CT_TCP_FLAG_WINDOW_SCALE | IP_CT_TCP_FLAG_SACK_PERM);
    if (old_state === TCP_CONNTRACK_LAST_ACK) tcp.last_flags |= IP_CT_EXP_CHALLENGE_ACK;
  }
  if (old_state === TCP_CONNTRACK_SYN_SENT && index === TCP_ACK_SET && dir === IP_CT_DIR_REPLY) tcp.last_ack = th.ack_seq;
}

/** What is to be done with a reset: it is out of place; its numbers do not matter; it is not exactly the next byte, so the state stays (a challenge ACK may follow, RFC 5961). */
const RST_INVALID = 1;
const RST_NO_WINDOW = 2;
const RST_STAY = 4;

/** Bits RST_*; 0: it is to be held against the window. @helper */
function resetOf(cpu: Cpu, ct: nf_conn, dir: number, th: tcphdr, old_state: number): number {
  const tcp = ct.tcp!;
  if (tcp_can_early_drop(tcp)) return RST_NO_WINDOW;
  let stay = 0;
  const receiver = tcp.seen[1 - dir]!;
  if ((receiver.flags & IP_CT_TCP_FLAG_MAXACK_SET) !== 0 && tcp.last_index !== TCP_SYN_SET) {
    const established = nf_conntrack_tcp_established(ct);
    if (th.seq === 0 && !established) return 0;
    if (before(th.seq, receiver.td_maxack) && cpu.host.knobs.nf_conntrack_tcp_ignore_invalid_rst! === 0) return RST_INVALID;
    if (!established || th.seq === receiver.td_maxack) return 0;
    if (tcp.last_index === TCP_ACK_SET && tcp.last_dir === dir && th.seq === tcp.last_end) return 0;
    stay = RST_STAY;
  }
  const ofSyn = (ct.status & IPS_SEEN_REPLY) !== 0 && tcp.last_index === TCP_SYN_SET;
  const ofAck = (ct.status & IPS_ASSURED) === 0 && tcp.last_index === TCP_ACK_SET;
  if ((ofSyn || ofAck) && th.ack_seq === tcp.last_end) return stay | RST_NO_WINDOW;
  const ofChallenge = old_state === TCP_CONNTRACK_SYN_SENT && tcp.last_index === TCP_ACK_SET && tcp.last_dir === IP_CT_DIR_REPLY && th.seq === tcp.last_ack;
  return ofChallenge ? stay | RST_NO_WINDOW : stay;
}

/** 1: the segment belongs to the connection; else the negative verdict: -NF_ACCEPT invalid, -NF_REPEAT the connection was over, look again. */
export function nf_conntrack_tcp_packet(cpu: Cpu, ct: nf_conn, skb: sk_buff, dataoff: number, ctinfo: number, state: nf_hook_state): number {
  const th = readTcphdr(skb, dataoff);
  if (th === null || tcp_error(cpu, th, skb, dataoff, state)) return -NF_ACCEPT;
  if (!nf_ct_is_confirmed(ct) && !tcp_new(cpu, ct, skb, dataoff, th)) return -NF_ACCEPT;
  const tcp = ct.tcp!;
  let old_state = tcp.state;
  const dir = CTINFO2DIR(ctinfo);
  const index = get_conntrack_index(th);
  let new_state = tcp_conntracks[dir]![index]![old_state]!;
  let checkWindow = true;
  if (new_state === TCP_CONNTRACK_SYN_SENT && old_state >= TCP_CONNTRACK_TIME_WAIT) {
    const closing = ((tcp.seen[0].flags | tcp.seen[1].flags) & IP_CT_TCP_FLAG_CLOSE_INIT) !== 0;
    if (closing || (tcp.last_dir === dir && tcp.last_index === TCP_RST_SET)) return nf_ct_kill(cpu, ct) ? -NF_REPEAT : NF_DROP;
    new_state = TCP_CONNTRACK_IGNORE;
  }
  switch (new_state) {
    case TCP_CONNTRACK_IGNORE:
      if (index === TCP_SYNACK_SET && tcp.last_index === TCP_SYN_SET && tcp.last_dir !== dir && th.ack_seq === tcp.last_end) {
        old_state = TCP_CONNTRACK_SYN_SENT;
        new_state = TCP_CONNTRACK_SYN_RECV;
        resynchronise(tcp, dir);
        break;
      }
      remember(tcp, dir, index, skb, dataoff, th, old_state);
      return NF_ACCEPT;
    case TCP_CONNTRACK_MAX:
      logInvalid(cpu, skb, 'tcp_conntracks[dir][index][old_state] == sIV: packet invalid in this state', { index, dir, old_state });
      return -NF_ACCEPT;
    case TCP_CONNTRACK_TIME_WAIT:
      if (old_state === TCP_CONNTRACK_LAST_ACK && index === TCP_ACK_SET && tcp.last_dir !== dir && tcp.last_index === TCP_SYN_SET && (tcp.last_flags & IP_CT_EXP_CHALLENGE_ACK) !== 0) {
        tcp.last_flags &= ~IP_CT_EXP_CHALLENGE_ACK;
        return NF_ACCEPT;
      }
      break;
    case TCP_CONNTRACK_SYN_SENT2:
      tcp.last_flags |= IP_CT_TCP_SIMULTANEOUS_OPEN;
      break;
    case TCP_CONNTRACK_SYN_RECV:
      if (dir === IP_CT_DIR_REPLY && index === TCP_ACK_SET && (tcp.last_flags & IP_CT_TCP_SIMULTANEOUS_OPEN) !== 0) new_state = TCP_CONNTRACK_ESTABLISHED;
      break;
    case TCP_CONNTRACK_CLOSE: {
      if (index !== TCP_RST_SET) break;
      const reset = resetOf(cpu, ct, dir, th, old_state);
      if (reset === RST_INVALID) {
        logInvalid(cpu, skb, 'before(seq, ct->proto.tcp.seen[!dir].td_maxack): invalid rst', { seq: th.seq, td_maxack: tcp.seen[1 - dir]!.td_maxack });
        return -NF_ACCEPT;
      }
      if ((reset & RST_STAY) !== 0) new_state = old_state;
      checkWindow = (reset & RST_NO_WINDOW) === 0;
      break;
    }
  }
  if (checkWindow) {
    const res = nf_ct_tcp_in_window(cpu, ct, dir, index, skb, dataoff, th);
    if (res === NFCT_TCP_IGNORE) return NF_ACCEPT;
    if (res === NFCT_TCP_INVALID) {
      nf_tcp_handle_invalid(cpu, ct, dir, index);
      return -NF_ACCEPT;
    }
  }
  return accepted(cpu, ct, dir, index, old_state, new_state);
}

/** The segment is good: the connection is in its new state, and lives as long as that allows. @helper */
function accepted(cpu: Cpu, ct: nf_conn, dir: number, index: number, old_state: number, new_state: number): number {
  const tcp = ct.tcp!;
  tcp.last_index = index;
  tcp.last_dir = dir;
  tcp.state = new_state;
  if (old_state !== new_state && new_state === TCP_CONNTRACK_FIN_WAIT) tcp.seen[dir]!.flags |= IP_CT_TCP_FLAG_CLOSE_INIT;
  let timeout = timeoutAfter(cpu, tcp, new_state, index);
  if ((ct.status & IPS_SEEN_REPLY) === 0) {
    if (index === TCP_RST_SET) {
      nf_ct_kill_acct(cpu, ct);
      return NF_ACCEPT;
    }
    if (index === TCP_SYN_SET && old_state === TCP_CONNTRACK_SYN_SENT) return NF_ACCEPT;
    if (new_state === TCP_CONNTRACK_ESTABLISHED) timeout = Math.min(timeout, timeoutOf(cpu, TCP_CONNTRACK_UNACK));
  } else if ((ct.status & IPS_ASSURED) === 0 && (old_state === TCP_CONNTRACK_SYN_RECV || old_state === TCP_CONNTRACK_ESTABLISHED) && new_state === TCP_CONNTRACK_ESTABLISHED) {
    ct.status |= IPS_ASSURED;
  }
  nf_ct_refresh_acct(cpu, ct, timeout);
  return NF_ACCEPT;
}
