/** TCP_INFO as the second line of `ss -i` has it: what is 0 is not told; order and units are tcp_stats_print()'s of iproute2. */
import type { TcpInfo } from './tcpInfo.ts';

const UNLIMITED = 9_000_000_000_000_000;
const NO_SSTHRESH = 0xffff;
const DEFAULT_REORDERING = 3;
const NO_RTT = 0xffffffff;

/** A number as C's %g prints it: six digits that count. */
export const sixDigits = (value: number): string => String(Number(value.toPrecision(6)));

const told = (name: string, value: number): string => (value === 0 ? '' : `${name}:${value}`);
const toldMs = (name: string, us: number): string => (us === 0 ? '' : `${name}:${sixDigits(us / 1000)}`);
const toldRate = (name: string, bytesPerSecond: number): string =>
  bytesPerSecond === 0 || bytesPerSecond >= UNLIMITED ? '' : `${name} ${Math.round(bytesPerSecond * 8)}bps`;

/** Of a listener only what its children will begin with. */
export function listenerText(info: TcpInfo): string {
  return words([info.congestion, told('cwnd', info.snd_cwnd)]);
}

export function infoText(info: TcpInfo): string {
  return words([
    ...optionWords(info),
    ...windowWords(info),
    ...countWords(info),
    ...rateWords(info),
    ...lossWords(info),
    ...receiveWords(info),
  ]);
}

const words = (all: readonly string[]): string => all.filter((word) => word !== '').join(' ');

function optionWords(info: TcpInfo): string[] {
  return [
    info.timestamps ? 'ts' : '',
    info.sack ? 'sack' : '',
    info.ecn ? 'ecn' : '',
    info.ecnSeen ? 'ecnseen' : '',
    info.fastopen ? 'fastopen' : '',
    info.congestion,
    info.wscale ? `wscale:${info.snd_wscale},${info.rcv_wscale}` : '',
  ];
}

function windowWords(info: TcpInfo): string[] {
  return [
    // 3 s was the initial RTO once; the tool still takes it for "not known yet".
    info.rto === 3_000_000 ? '' : toldMs('rto', info.rto),
    told('backoff', info.backoff),
    info.rtt === 0 ? '' : `rtt:${sixDigits(info.rtt / 1000)}/${sixDigits(info.rttvar / 1000)}`,
    toldMs('ato', info.ato),
    told('mss', info.snd_mss),
    told('pmtu', info.pmtu),
    told('rcvmss', info.rcv_mss),
    told('advmss', info.advmss),
    told('cwnd', info.snd_cwnd),
    info.snd_ssthresh < NO_SSTHRESH ? told('ssthresh', info.snd_ssthresh) : '',
  ];
}

function countWords(info: TcpInfo): string[] {
  return [
    told('bytes_sent', info.bytes_sent),
    told('bytes_retrans', info.bytes_retrans),
    told('bytes_acked', info.bytes_acked),
    told('bytes_received', info.bytes_received),
    told('segs_out', info.segs_out),
    told('segs_in', info.segs_in),
    told('data_segs_out', info.data_segs_out),
    told('data_segs_in', info.data_segs_in),
  ];
}

function rateWords(info: TcpInfo): string[] {
  const perRoundTrip = info.rtt === 0 ? 0 : (info.snd_cwnd * info.snd_mss * 1_000_000) / info.rtt;
  return [
    toldRate('send', perRoundTrip),
    told('lastsnd', info.last_data_sent),
    told('lastrcv', info.last_data_recv),
    told('lastack', info.last_ack_recv),
    toldRate('pacing_rate', info.pacing_rate),
    toldRate('delivery_rate', info.delivery_rate),
    told('delivered', info.delivered),
    told('delivered_ce', info.delivered_ce),
    info.app_limited ? 'app_limited' : '',
    ...busyWords(info),
  ];
}

function busyWords({ busy_time, rwnd_limited, sndbuf_limited }: TcpInfo): string[] {
  if (busy_time === 0) return [];
  const part = (name: string, us: number): string =>
    us === 0 ? '' : `${name}:${us / 1000}ms(${((100 * us) / busy_time).toFixed(1)}%)`;
  return [`busy:${busy_time / 1000}ms`, part('rwnd_limited', rwnd_limited), part('sndbuf_limited', sndbuf_limited)];
}

function lossWords(info: TcpInfo): string[] {
  return [
    told('unacked', info.unacked),
    info.retrans === 0 && info.total_retrans === 0 ? '' : `retrans:${info.retrans}/${info.total_retrans}`,
    told('lost', info.lost),
    told('sacked', info.sacked),
    told('dsack_dups', info.dsack_dups),
    info.reordering === DEFAULT_REORDERING ? '' : told('reordering', info.reordering),
    told('reord_seen', info.reord_seen),
  ];
}

function receiveWords(info: TcpInfo): string[] {
  return [
    toldMs('rcv_rtt', info.rcv_rtt),
    told('rcv_space', info.rcv_space),
    told('rcv_ssthresh', info.rcv_ssthresh),
    told('notsent', info.notsent_bytes),
    info.min_rtt >= NO_RTT ? '' : toldMs('minrtt', info.min_rtt),
    told('rcv_ooopack', info.rcv_ooopack),
    told('snd_wnd', info.snd_wnd),
    told('rcv_wnd', info.rcv_wnd),
    told('rehash', info.rehash),
  ];
}
