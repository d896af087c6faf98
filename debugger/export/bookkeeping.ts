/**
 * Functions that every path is full of and that say nothing about the packet: clocks, counters, reference counts, bounds checks,
 * wait queues' entries. Linux inlines most of them. The path leaves them out unless all is asked for; what they call stays.
 */
const BY_SUBJECT = {
  time: 'tick_program next_tick jiffies usecs_to_jiffies msecs_to_jiffies calc_wheel_index timer_setup hrtimer_setup timer_delete',
  scheduler:
    'update_curr pick_next_task context_switch select_task_rq ttwu_queue_wakelist ttwu_do_activate wakeup_preempt enqueue_task',
  context:
    'in_interrupt invoke_softirq local_bh_disable local_bh_enable __local_bh_enable_ip bh_lock_sock bh_unlock_sock syscall_exit_to_user_mode',
  waiting:
    'init_wait finish_wait prepare_to_wait prepare_to_wait_exclusive add_wait_queue add_wait_queue_exclusive remove_wait_queue sock_error',
  files: 'sockfd_lookup_light fget fd_install alloc_fd',
  checksums:
    'csum_fold csum_partial csum_tcpudp_nofold csum_tcpudp_magic ip_fast_csum skb_csum_unnecessary udp_csum_pull_header skb_pull_rcsum',
  buffers:
    'pskb_may_pull pskb_trim_rcsum skb_orphan skb_share_check skb_release_all skb_release_data kfree_skbmem __kfree_skb kmalloc_reserve skb_copy_bits skb_put_padto napi_skb_cache_put __napi_kfree_skb skb_condense',
  sockets:
    'sk_dst_check dst_check ipv4_dst_check sock_put inet_send_prepare sock_confirm_neigh sk_leave_memory_pressure compute_score',
  routes:
    'ipv4_mtu ip_skb_dst_mtu ip_dst_mtu_maybe_forward __inet_dev_addr_type find_exception fib_select_path fib_table_lookup',
  devices:
    'qdisc_pkt_len_segs_init netif_skb_features dma_map_phys dma_map_page_attrs dma_unmap_phys dma_unmap_page_attrs igb_update_ring_itr',
};

const NAMES = new Set(Object.values(BY_SUBJECT).join(' ').split(' '));

export const isBookkeeping = (fn: string): boolean => NAMES.has(fn);
