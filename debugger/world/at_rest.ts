/** Whether anything is left to happen that somebody waits for; what remains otherwise is the kernel ageing its tables. */
import type { Host, World } from '../machine/types.ts';
import { __LINK_STATE_NOCARRIER } from '../kernel/include/linux/netdevice.ts';
import { NUD_DELAY, NUD_REACHABLE } from '../kernel/include/net/neighbour.ts';
import type { neighbour } from '../kernel/include/net/neighbour.ts';
import type { igb_adapter } from '../kernel/drivers/net/ethernet/intel/igb/igb.ts';
import type { delayed_work } from '../kernel/include/linux/workqueue.ts';
import type { timer_list } from '../kernel/include/linux/timer.ts';

/** All CPUs halted, nothing on wires or rings, no task with a time to wake, no timer but of neighbours and connections that age and of drivers that look for a link. */
export function isAtRest(world: World): boolean {
  return world.hosts.every(hostAtRest);
}

function hostAtRest(host: Host): boolean {
  if (host.cpus.some((cpu) => !cpu.halted)) return false;
  if (host.hardware.heap.some((event) => event.handler !== 'apic_timer')) return false;
  if (host.hrtimer_bases.some((base) => base.heap.some(({ timer, seq }) => timer.pending && timer.seq === seq))) return false;
  return host.timer_bases.every((base) => base.heap.every(({ timer, seq }) => !timer.pending || timer.seq !== seq || isAgeing(timer)));
}

/** Work that throws out what is old: connections, addresses behind a bridge. */
const AGEING_WORK: readonly string[] = ['gc_worker', 'br_fdb_cleanup'];

function isAgeing(timer: timer_list): boolean {
  if (timer.function === 'igb_watchdog') return looksInVain(timer.data as igb_adapter);
  if (timer.function === 'delayed_work_timer_fn') return AGEING_WORK.includes((timer.data as delayed_work).work.func);
  return timer.function === 'neigh_timer_handler' && ((timer.data as neighbour).nud_state & (NUD_REACHABLE | NUD_DELAY)) !== 0;
}

/** The driver knows that it has no link, and has nothing on its rings to throw away: it waits for the cable. */
function looksInVain(adapter: igb_adapter): boolean {
  if (adapter.nic.link || (adapter.netdev.state & __LINK_STATE_NOCARRIER) === 0) return false;
  return adapter.tx_ring.every((ring) => ring.next_to_clean === ring.next_to_use);
}
