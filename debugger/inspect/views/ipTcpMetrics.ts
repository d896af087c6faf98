/** `ip tcp_metrics` (iproute2): what the host remembers of those that it was connected to. */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { tcp_metrics_block } from '../../kernel/include/net/tcp_fastopen.ts';
import { ip } from '../format/address.ts';
import { JIFFY } from '../format/time.ts';

const NS_PER_SECOND = 1e9;

export function ipTcpMetrics(host: Host): string {
  const seconds = (stamp: number): string => ((host.world.now - stamp * JIFFY) / NS_PER_SECOND).toFixed(3);
  return host.tfo.tcp_metrics.map((each) => line(each, seconds)).join('\n');
}

function line(
  {
    saddr,
    daddr,
    stamp,
    rtt,
    rttvar,
    ssthresh,
    cwnd,
    reordering,
    mss,
    syn_loss,
    last_syn_loss,
    cookie,
  }: tcp_metrics_block,
  seconds: (stamp: number) => string,
): string {
  const hex = cookie.val.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const words = [
    `${ip(daddr)} age ${seconds(stamp)}sec`,
    ssthresh === 0 ? '' : `ssthresh ${ssthresh}`,
    cwnd === 0 ? '' : `cwnd ${cwnd}`,
    reordering === 0 ? '' : `reordering ${reordering}`,
    rtt === 0 ? '' : `rtt ${rtt >> 3}us`,
    rttvar === 0 ? '' : `rttvar ${rttvar >> 2}us`,
    mss === 0 ? '' : `fo_mss ${mss}`,
    syn_loss === 0 ? '' : `fo_syn_drops ${syn_loss}/${seconds(last_syn_loss)}sec ago`,
    cookie.len <= 0 ? '' : `fo_cookie ${hex}`,
    `source ${ip(saddr)}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}
