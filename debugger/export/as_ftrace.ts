/**
 * What a function tracer of the modelled kernel's build would show. The model has every function under its source name; the
 * compiler inlines some calls, and a tracer then sees their callees under the caller (kernel-truth, notes-7.3.md).
 */

/** Caller -> callees that leave no entry of their own there, though they do elsewhere. */
const INLINED: Readonly<Record<string, readonly string[]>> = {
  ip_send_skb: ['ip_local_out'],
  ip_push_pending_frames: ['ip_send_skb', 'ip_local_out'],
  neigh_event_ns: ['neigh_update'],
  ip_build_and_send_pkt: ['ip_local_out'],
  ip_send_unicast_reply: ['ip_append_data'],
  ip_rcv: ['ip_rcv_finish'],
  consume_skb: ['__kfree_skb'],
  napi_consume_skb: ['__kfree_skb'],
  skb_attempt_defer_free: ['__kfree_skb'],
  skb_defer_free_flush: ['skb_defer_node_flush'],
  sk_skb_reason_drop: ['__kfree_skb'],
  kfree_skb_list_reason: ['__kfree_skb'],
  kfree_skb_partial: ['__kfree_skb'],
  arp_xmit: ['arp_xmit_finish'],
  napi_schedule_rps: ['__napi_schedule_irqoff'],
  sock_rfree: ['__sk_mem_reclaim'],
  tcp_release_cb: ['tcp_send_ack'],
  inet_csk_complete_hashdance: ['inet_csk_reqsk_queue_drop', 'inet_csk_reqsk_queue_add'],
  __skb_recv_udp: ['udp_skb_destructor'],
};

/** Helpers of ours that stand for a kernel function. */
const STANDS_FOR: Readonly<Record<string, string>> = { ipAppendDataAtomic: '__ip_append_data' };

/** Whether a call of `callee` leaves no entry when `caller` makes it. */
export function isInlined(caller: string, callee: string): boolean {
  return INLINED[caller]?.includes(callee) ?? false;
}

/** The kernel's name of a function of ours, null for a helper that has none. */
export function tracedName(fn: string, helper: boolean): string | null {
  return helper ? (STANDS_FOR[fn] ?? null) : fn;
}
