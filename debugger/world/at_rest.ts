/** Whether anything is left to happen that somebody waits for; what remains otherwise is the kernel ageing its tables. */
import type { Host, World } from '../machine/types.ts';
import { NUD_DELAY, NUD_REACHABLE } from '../kernel/include/net/neighbour.ts';
import type { neighbour } from '../kernel/include/net/neighbour.ts';
import type { timer_list } from '../kernel/include/linux/timer.ts';

/** All CPUs halted, nothing on wires or rings, no task with a time to wake, no timer but of neighbours that age. */
export function isAtRest(world: World): boolean {
  return world.hosts.every(hostAtRest);
}

function hostAtRest(host: Host): boolean {
  if (host.cpus.some((cpu) => !cpu.halted)) return false;
  if (host.hardware.heap.some((event) => event.handler !== 'apic_timer')) return false;
  if (host.hrtimer_bases.some((base) => base.heap.some(({ timer, seq }) => timer.pending && timer.seq === seq))) return false;
  return host.timer_bases.every((base) => base.heap.every(({ timer, seq }) => !timer.pending || timer.seq !== seq || isAgeing(timer)));
}

function isAgeing(timer: timer_list): boolean {
  return timer.function === 'neigh_timer_handler' && ((timer.data as neighbour).nud_state & (NUD_REACHABLE | NUD_DELAY)) !== 0;
}
