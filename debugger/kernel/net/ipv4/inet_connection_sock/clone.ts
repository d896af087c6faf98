/** The socket of a connection that a listener has accepted (net/ipv4/inet_connection_sock.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_SYN_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { createInetConnectionSock, createTcpSock } from '../../../include/net/tcp_sock.ts';
import type { inet_connection_sock, request_sock, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { sk_clone } from '../../core/sock.ts';
import { inet_sk_set_state } from '../tcp/state.ts';

/** The listener's icsk with containers of its own. @helper */
function copyIcsk(icsk: inet_connection_sock): inet_connection_sock {
  const fresh = createInetConnectionSock();
  const copy = Object.assign(createInetConnectionSock(), icsk);
  copy.icsk_accept_queue = fresh.icsk_accept_queue;
  copy.icsk_accept_queue.rskq_defer_accept = icsk.icsk_accept_queue.rskq_defer_accept;
  copy.icsk_bind_hash = null;
  copy.icsk_retransmit_timer = fresh.icsk_retransmit_timer;
  copy.icsk_delack_timer = fresh.icsk_delack_timer;
  copy.icsk_keepalive_timer = fresh.icsk_keepalive_timer;
  copy.icsk_ack = Object.assign(fresh.icsk_ack, icsk.icsk_ack);
  copy.icsk_mtup = Object.assign(fresh.icsk_mtup, icsk.icsk_mtup);
  copy.icsk_ca_priv = fresh.icsk_ca_priv;
  return copy;
}

/** The listener's tcp_sock with containers of its own. @helper */
function copyTcpSock(tp: tcp_sock): tcp_sock {
  const fresh = createTcpSock();
  const copy = Object.assign(createTcpSock(), tp);
  copy.pacing_timer = fresh.pacing_timer;
  copy.compressed_ack_timer = fresh.compressed_ack_timer;
  copy.chrono_stat = fresh.chrono_stat;
  copy.out_of_order_queue = fresh.out_of_order_queue;
  copy.duplicate_sack = fresh.duplicate_sack;
  copy.selective_acks = fresh.selective_acks;
  copy.recv_sack_cache = fresh.recv_sack_cache;
  copy.rx_opt = Object.assign(fresh.rx_opt, tp.rx_opt);
  copy.rack = Object.assign(fresh.rack, tp.rack);
  copy.rtt_min = fresh.rtt_min;
  copy.syn = { save_syn: tp.syn.save_syn, saved_syn: null };
  copy.rcv_rtt_est = fresh.rcv_rtt_est;
  copy.rcvq_space = fresh.rcvq_space;
  copy.mtu_probe = fresh.mtu_probe;
  copy.tfo = Object.assign(fresh.tfo, tp.tfo, { fastopen_req: null, fastopen_rsk: null });
  copy.accecn = fresh.accecn;
  return copy;
}

export function inet_csk_clone_lock(cpu: Cpu, sk: sock, req: request_sock): sock {
  const newsk = sk_clone(cpu, sk);
  const newicsk = copyIcsk(sk.icsk!);
  newsk.icsk = newicsk;
  newsk.tcp = copyTcpSock(sk.tcp!);
  inet_sk_set_state(cpu, newsk, TCP_SYN_RECV);
  newsk.sk_ack_backlog = 0;
  newsk.inet.inet_dport = req.ir_rmt_port;
  newsk.inet.inet_num = req.ir_num;
  newsk.inet.inet_sport = req.ir_num;
  newsk.sk_mark = req.ir_mark;
  newicsk.icsk_retransmits = 0;
  newicsk.icsk_backoff = 0;
  newicsk.icsk_probes_out = 0;
  newicsk.icsk_probes_tstamp = 0;
  return newsk;
}
