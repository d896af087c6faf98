/**
 * Names that people bring from articles and older kernels, and where the modelled kernel does that work. As a debugger binds an
 * inlined function to several places, such a name binds to all of them and says so.
 */

export interface AliasPlace {
  readonly name: string;
  /** Only where this function calls it: else a packet would stop twice. */
  readonly calledFrom?: string;
}

export interface Alias {
  readonly places: readonly AliasPlace[];
  readonly message: string;
}

const also = (message: string, ...places: AliasPlace[]): Alias => ({ places, message });
const renamed = (name: string, why: string): Alias => ({ places: [{ name }], message: `${why}: stops at ${name}` });

/** The name's own function, where the model has it, is bound besides. */
export const ALIASES: Readonly<Record<string, Alias>> = {
  ip_rcv: also(
    'a physical NIC delivers lists of packets, which pass ip_list_rcv and never ip_rcv: stops at ip_rcv_core, its work on one packet, as well',
    { name: 'ip_rcv_core', calledFrom: 'ip_list_rcv' },
  ),
  ip_rcv_finish: also(
    'packets of a list pass ip_list_rcv_finish instead: stops at ip_rcv_finish_core, its work on one packet, as well',
    { name: 'ip_rcv_finish_core', calledFrom: 'ip_list_rcv_finish' },
  ),
  netif_receive_skb: also('NAPI delivers lists: stops at __netif_receive_skb_core, the work on one packet, as well', {
    name: '__netif_receive_skb_core',
  }),
  __netif_receive_skb: also('NAPI delivers lists: stops at __netif_receive_skb_core, the work on one packet, as well', {
    name: '__netif_receive_skb_core',
  }),
  __netif_receive_skb_one_core: also(
    'packets of a list pass __netif_receive_skb_list_core instead: stops at __netif_receive_skb_core there as well',
    { name: '__netif_receive_skb_core', calledFrom: '__netif_receive_skb_list_core' },
  ),
  netif_receive_skb_core: renamed('__netif_receive_skb_core', 'its kernel name has two underscores'),
  napi_gro_receive: renamed('gro_receive_skb', 'since Linux 6.13 the work is in gro_receive_skb'),
  netif_rx: renamed('__netif_rx', 'netif_rx is inlined'),
  dev_queue_xmit: renamed('__dev_queue_xmit', 'dev_queue_xmit is inlined'),
  kfree_skb: renamed('sk_skb_reason_drop', 'kfree_skb is inlined'),
  kfree_skb_reason: renamed('sk_skb_reason_drop', 'kfree_skb_reason is inlined'),
  tcp_transmit_skb: renamed('__tcp_transmit_skb', 'tcp_transmit_skb is inlined'),
  do_IRQ: renamed('common_interrupt', 'do_IRQ is called common_interrupt since Linux 5.8'),
  do_softirq_own_stack: renamed('__do_softirq', 'the stack switch is not modelled'),
  invoke_softirq: renamed('handle_softirqs', 'invoke_softirq is inlined'),
  net_rx: renamed('net_rx_action', 'the handler of NET_RX is net_rx_action'),
  net_tx: renamed('net_tx_action', 'the handler of NET_TX is net_tx_action'),
  udp_queue_rcv_skb: renamed('udp_queue_rcv_one_skb', 'the work on one datagram is in udp_queue_rcv_one_skb'),
  skb_recv_datagram: renamed('__skb_recv_udp', 'UDP receives through __skb_recv_udp'),
  sock_sendmsg: renamed('__sock_sendmsg', 'sock_sendmsg is inlined'),
  __x64_sys_send: renamed('__sys_sendto', 'send(2) is sendto(2) without an address'),
  __x64_sys_recv: renamed('__sys_recvfrom', 'recv(2) is recvfrom(2) without an address'),
  sys_send: renamed('__sys_sendto', 'send(2) is sendto(2) without an address'),
  sys_recv: renamed('__sys_recvfrom', 'recv(2) is recvfrom(2) without an address'),
};

/** `sys_NAME` is what articles call the entry of a system call. */
export function systemCallName(name: string): string | undefined {
  const match = /^(?:sys|SyS|ksys)_(\w+)$/.exec(name);
  return match === null ? undefined : `__x64_sys_${match[1]}`;
}
