/** net/ipv4/ip_output.c: sending IP packets. */
export { __ip_append_data, ip_setup_cork } from './ip_output/append.ts';
export { ip_copy_metadata, ip_do_fragment, ip_fragment } from './ip_output/fragment.ts';
export { ip_select_ident, ip_select_ident_segs, ip_select_ttl, ip_skb_dst_mtu } from './ip_output/ident.ts';
export { ip_send_check } from './ip_output/ip_send_check.ts';
export { __ip_local_out, ip_build_and_send_pkt, ip_local_out } from './ip_output/local_out.ts';
export { __ip_make_skb, ip_append_data, ip_flush_pending_frames, ip_make_skb, ip_push_pending_frames, ip_send_skb } from './ip_output/make_skb.ts';
export { __ip_finish_output, ip_finish_output, ip_finish_output2, ip_mc_output, ip_output } from './ip_output/output.ts';
export { __ip_queue_xmit, ip_queue_xmit } from './ip_output/queue_xmit.ts';
export { ip_send_unicast_reply } from './ip_output/reply.ts';
