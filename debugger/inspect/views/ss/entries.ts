/** What inet_diag reports of a host: UDP and TCP socks, requests (SYN-RECV) and TIME-WAIT socks, each brought to one shape. */
import type { IpAddress } from '../../../../server/language/in6Addr.ts';
import { farAddress, ownAddress } from '../../sock/ends.ts';
import type { Host } from '../../../kernel/include/linux/host.ts';
import type { sock } from '../../../kernel/include/net/sock.ts';
import type { inet_timewait_sock, request_sock, sock_common } from '../../../kernel/include/net/tcp_sock.ts';

export interface End {
  readonly address: IpAddress;
  /** 0: any. */
  readonly port: number;
  /** ss shows the :: of a socket of both families as `*`. */
  readonly both: boolean;
}

export interface Entry {
  readonly netid: 'udp' | 'tcp' | 'p_raw' | 'p_dgr';
  readonly state: number;
  readonly receiveQueue: number;
  readonly sendQueue: number;
  readonly local: End;
  readonly peer: End;
  /** Of a packet socket, in the place of both: protocol and device. */
  readonly link: string | null;
  readonly id: number;
  /** One of these is what the entry stands for. */
  readonly sk: sock | null;
  readonly request: request_sock | null;
  readonly timewait: inet_timewait_sock | null;
}

export const LISTEN = 10;

export function udpEntries(host: Host): Entry[] {
  return host.udp_table.flat().map((sk) => ({
    ...ofSock(sk, 'udp'),
    receiveQueue: sk.sk_rmem_alloc - (sk.udp?.forward_deficit ?? 0),
    sendQueue: Math.max(0, sk.sk_wmem_alloc - 1),
  }));
}

const SOCK_RAW = 3;
/** As `ss` names protocols of Ethernet. */
const LINK_PROTOCOLS: Readonly<Record<number, string>> = { 0: '*', 3: '*', 2048: 'ip', 2054: 'arp' };

export function packetEntries(host: Host): Entry[] {
  return host.packet_sklist.map((sk) => {
    const { num, ifindex } = sk.packet!;
    const device = ifindex === 0 ? '*' : host.devices[ifindex - 1]!.name;
    return {
      ...ofSock(sk, sk.sk_type === SOCK_RAW ? 'p_raw' : 'p_dgr'),
      receiveQueue: sk.sk_rmem_alloc,
      sendQueue: 0,
      link: `${LINK_PROTOCOLS[num] ?? `[${num}]`}:${device}`,
    };
  });
}

export function tcpEntries(host: Host): Entry[] {
  const { lhash2, ehash } = host.tcp_tables;
  const listeners = new Set(Object.values(lhash2).flat());
  return [...[...listeners].map(ofTcpSock), ...ehash.flat().map(ofCommon)];
}

function ofCommon(common: sock_common): Entry {
  if (common.tw !== null) return ofTimewait(common.tw);
  if (common.req !== null) return ofRequest(common.req);
  return ofTcpSock(common.sk!);
}

function ofTcpSock(sk: sock): Entry {
  const tp = sk.tcp!;
  const listening = sk.sk_state === LISTEN;
  return {
    ...ofSock(sk, 'tcp'),
    receiveQueue: listening ? sk.sk_ack_backlog : Math.max(0, (tp.rcv_nxt - tp.copied_seq) | 0),
    sendQueue: listening ? sk.sk_max_ack_backlog : (tp.write_seq - tp.snd_una) >>> 0,
  };
}

function ofSock(sk: sock, netid: Entry['netid']): Omit<Entry, 'receiveQueue' | 'sendQueue'> {
  const { inet_num, inet_dport } = sk.inet;
  const both = sk.sk_v6_rcv_saddr !== null && !sk.sk_ipv6only;
  return {
    netid,
    state: sk.sk_state,
    local: { address: ownAddress(sk), port: inet_num, both },
    peer: { address: farAddress(sk), port: inet_dport, both },
    link: null,
    id: sk.id,
    sk,
    request: null,
    timewait: null,
  };
}

function ofRequest(request: request_sock): Entry {
  return {
    netid: 'tcp',
    state: request.sk_state,
    receiveQueue: 0,
    sendQueue: 0,
    local: { address: request.ir_v6_loc_addr ?? request.ir_loc_addr, port: request.ir_num, both: false },
    peer: { address: request.ir_v6_rmt_addr ?? request.ir_rmt_addr, port: request.ir_rmt_port, both: false },
    link: null,
    id: request.id,
    sk: null,
    request,
    timewait: null,
  };
}

/** What it stands for is in its substate: a FIN-WAIT-2 that nobody holds any more is such a sock too. */
function ofTimewait(tw: inet_timewait_sock): Entry {
  return {
    netid: 'tcp',
    state: tw.tw_substate,
    receiveQueue: 0,
    sendQueue: 0,
    local: { address: tw.tw_v6_rcv_saddr ?? tw.tw_rcv_saddr, port: tw.tw_num, both: false },
    peer: { address: tw.tw_v6_daddr ?? tw.tw_daddr, port: tw.tw_dport, both: false },
    link: null,
    id: tw.id,
    sk: null,
    request: null,
    timewait: tw,
  };
}
