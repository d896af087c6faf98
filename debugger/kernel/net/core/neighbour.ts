/** net/core/neighbour.c, by what it does. */
export { __neigh_event_send, neigh_probe } from './neighbour/event.ts';
export {
  neigh_blackhole, neigh_confirm, neigh_connected_output, neigh_direct_output, neigh_event_send, neigh_hh_output, neigh_output,
  neigh_resolve_output, sock_confirm_neigh,
} from './neighbour/output.ts';
export {
  __ipv4_neigh_lookup_noref, __neigh_create, createNeighTable, ip_neigh_for_gw, neigh_add_permanent, neigh_destroy, neigh_lookup,
} from './neighbour/table.ts';
export { neigh_invalidate, neigh_timer_handler } from './neighbour/timer.ts';
export { NEIGH_UPDATE_F_OVERRIDE, __neigh_update, neigh_event_ns, neigh_update } from './neighbour/update.ts';
