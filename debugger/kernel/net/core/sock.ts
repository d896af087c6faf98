/** net/core/sock.c: what all sockets have in common. */
export {
  __sk_free, __sock_put, sk_reset_timer, sk_stop_timer, createKernelSock, createSocket, inet_sock_destruct, sk_alloc, sk_clone, sk_common_release, sk_destruct, sk_free, sock_def_destruct,
  sock_graft, sock_hold, sock_init_data, sock_orphan, sock_put,
} from './sock/create.ts';
export {
  __sk_mem_raise_allocated, __sk_mem_reclaim, __sk_mem_reduce_allocated, __sk_mem_schedule, sk_enter_memory_pressure, sk_forced_mem_schedule,
  sk_has_account, sk_leave_memory_pressure, sk_mem_charge, sk_mem_pages, sk_mem_reclaim, sk_mem_uncharge, sk_memory_allocated,
  sk_memory_allocated_add, sk_rmem_schedule, sk_stream_moderate_sndbuf, sk_under_global_memory_pressure, sk_wmem_schedule,
} from './sock/memory.ts';
export {
  __sock_wfree, sk_wmem_alloc_get, skb_set_hash_from_sk, skb_set_owner_r, skb_set_owner_w, sock_alloc_send_pskb, sock_efree, sock_pfree,
  sock_rfree, sock_wait_for_wmem, sock_wfree, sock_writeable,
} from './sock/wmem.ts';
export {
  __release_sock, __sk_add_backlog, __sk_flush_backlog, bh_lock_sock, bh_unlock_sock, lock_sock_nested, release_sock, sk_add_backlog,
  sk_flush_backlog, sk_rcvqueues_full, sock_owned_by_user, sock_release_ownership,
} from './sock/lock.ts';
export {
  sk_error_report, sock_def_error_report, sock_def_readable, sock_def_wakeup, sock_def_write_space, sock_def_write_space_wfree,
} from './sock/callbacks.ts';
export {
  SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF, __sock_set_rcvbuf, sk_getsockopt, sk_setsockopt, sock_error, sock_rcvlowat, sock_rcvtimeo, sock_set_timeout,
  sock_sndtimeo,
} from './sock/options.ts';
export { sk_can_gso, sk_setup_caps } from './sock/caps.ts';
export { skDataReady, skDestruct, skErrorReport, skStateChange, skWriteSpace, sk_backlog_rcv } from './sock_callbacks.ts';
