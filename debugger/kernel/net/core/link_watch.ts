/** Devices whose carrier came or went are seen to by a task, downs at most once a second (net/core/link_watch.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu, Host } from '../../../machine/types.ts';
import { __LINK_STATE_LINKWATCH_PENDING, IF_OPER_DOWN, IF_OPER_UP } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { delayed_work } from '../../include/linux/workqueue.ts';
import { HZ, jiffies } from '../../kernel/time/timer.ts';
import { INIT_DELAYED_WORK, mod_delayed_work, queue_delayed_work } from '../../kernel/workqueue/delayed.ts';
import { dev_activate, dev_deactivate, qdisc_tx_changing } from '../sched/sch_generic/activate.ts';
import { netif_carrier_ok, netif_running, netif_state_change } from './dev/state.ts';
import { rtnl_lock, rtnl_unlock } from './rtnetlink.ts';

/** linkwatch_flags (LW_URGENT), linkwatch_nextevent (jiffies), lweventlist and linkwatch_work of this machine. */
export interface link_watch { urgent: boolean; nextevent: number; lweventlist: net_device[]; work: delayed_work }

export function createLinkWatch(): link_watch {
  return { urgent: false, nextevent: 0, lweventlist: [], work: INIT_DELAYED_WORK('linkwatch_event', null) };
}

/** Operational state (RFC 2863) by the carrier; dormant and testing devices are not modelled. */
function rfc2863_policy(dev: net_device): void {
  dev.operstate = netif_carrier_ok(dev) ? IF_OPER_UP : IF_OPER_DOWN;
}

/** A device that could send again but whose disciplines are still off does not wait for the next second. */
function linkwatch_urgent_event(dev: net_device): boolean {
  return netif_running(dev) && netif_carrier_ok(dev) && qdisc_tx_changing(dev);
}

function linkwatch_add_event(lw: link_watch, dev: net_device): void {
  if (!lw.lweventlist.includes(dev)) lw.lweventlist.push(dev);
}

function linkwatch_schedule_work(cpu: Cpu, lw: link_watch, urgent: boolean): void {
  let delay = lw.nextevent - jiffies(cpu);
  if (lw.urgent) return;
  if (urgent) {
    lw.urgent = true;
    delay = 0;
  }
  if (delay < 0 || delay > HZ) delay = 0;
  if (lw.urgent) mod_delayed_work(cpu, 'system_dfl_wq', lw.work, 0);
  else queue_delayed_work(cpu, 'system_dfl_wq', lw.work, delay);
}

function* linkwatch_do_dev(cpu: Cpu, dev: net_device): Resumable<void> {
  dev.state &= ~__LINK_STATE_LINKWATCH_PENDING;
  rfc2863_policy(dev);
  if (!netif_running(dev)) return;
  if (netif_carrier_ok(dev)) dev_activate(cpu, dev);
  else yield* dev_deactivate(cpu, dev);
  netif_state_change(cpu, dev);
}

/** Those that are urgent, or all: then the next ones wait for a second. The kernel takes no more than 100 devices at a time. */
function* __linkwatch_run_queue(cpu: Cpu, urgent_only: boolean): Resumable<void> {
  const host: Host = cpu.host;
  const lw = host.link_watch;
  if (!urgent_only) lw.nextevent = jiffies(cpu) + HZ;
  else if (lw.nextevent > jiffies(cpu) + HZ) lw.nextevent = jiffies(cpu);
  lw.urgent = false;
  const wrk = lw.lweventlist;
  lw.lweventlist = [];
  while (wrk.length > 0) {
    const dev = wrk.shift()!;
    if (urgent_only && !linkwatch_urgent_event(dev)) lw.lweventlist.push(dev);
    else yield* linkwatch_do_dev(cpu, dev);
  }
  if (lw.lweventlist.length > 0) linkwatch_schedule_work(cpu, lw, false);
}

export function* linkwatch_event(cpu: Cpu, _data: unknown): Resumable<void> {
  yield* rtnl_lock(cpu);
  yield* __linkwatch_run_queue(cpu, cpu.host.link_watch.nextevent > jiffies(cpu));
  yield* rtnl_unlock(cpu);
}

/** The carrier of `dev` has changed. */
export function linkwatch_fire_event(cpu: Cpu, dev: net_device): void {
  const lw = cpu.host.link_watch;
  const urgent = linkwatch_urgent_event(dev);
  if ((dev.state & __LINK_STATE_LINKWATCH_PENDING) === 0) {
    dev.state |= __LINK_STATE_LINKWATCH_PENDING;
    linkwatch_add_event(lw, dev);
  } else if (!urgent) return;
  linkwatch_schedule_work(cpu, lw, urgent);
}
