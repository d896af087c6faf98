/**
 * The cable between two NICs may be pulled and plugged in again; the PHYs at its ends find out, and negotiate anew.
 *
 *   pulled -> what is on the cable is lost -> (fast_link_down) the PHYs take the link for down: LSC, the transmitters stop
 *   plugged in -> (autonegotiation) the link is up: LSC, the transmitters go on
 */
import { FOREVER, schedule_event } from './event_queue.ts';
import { nic_doorbell, set_cause } from './nic.ts';
import type { Nic } from './nic.ts';
import type { Host } from './types.ts';
import type { Wire } from './wire.ts';

/** ns; `until` FOREVER: for good. */
export interface CableCut { from: number; until: number }

export interface Cable {
  /** In the order of time, none inside another. */
  cuts: CableCut[];
  /** ns from the cable's end to the link's, from the cable's return to the link's. */
  fast_link_down: number;
  autonegotiation: number;
  /** ns at which the link will be up, if nothing disturbs the negotiation; -1 while nothing is known of that. */
  link_at: number;
}

/** ICR: Link Status Change. */
export const E1000_ICR_LSC = 4;
/** The vector of all that is neither reception nor transmission. */
const OTHER = 0;

/** Puts all that will happen to the cable into the queues of the machines at its ends. */
export function plan_cuts(wire: Wire): void {
  for (const cut of wire.cable!.cuts) for (const end of wire.ends) schedule_event(end.host.hardware, cut.from, 'cable_pulled', end, cut);
}

/** The cut that takes a frame which is on the cable from `started` to `arrived` ns; null: it comes through. */
export function cut_between(cable: Cable, started: number, arrived: number): CableCut | null {
  for (const cut of cable.cuts) if (cut.from < arrived && started < cut.until) return cut;
  return null;
}

/** Whether the transmitter may begin a frame at `start` ns, as far as its PHY will know then. `now` is before that. */
export function may_transmit(nic: Nic, now: number, start: number): boolean {
  if (!nic.link) return false;
  const { cuts, fast_link_down } = nic.wire!.cable!;
  for (const { from, until } of cuts) {
    const down = from + fast_link_down;
    if (down < until && now < down && down <= start) return false;
  }
  return true;
}

/** At one end: a PHY that has a link takes its time to miss it, one that negotiates begins again. */
export function cable_pulled(host: Host, nic: Nic, cut: CableCut, time: number): void {
  const down = time + nic.wire!.cable!.fast_link_down;
  if (!nic.link) await_link(host, nic, cut);
  else if (down < cut.until) schedule_event(host.hardware, down, 'phy_link_down', nic, cut);
}

/** From the cable's return on the PHYs negotiate. */
function await_link(host: Host, nic: Nic, cut: CableCut): void {
  const cable = nic.wire!.cable!;
  cable.link_at = cut.until === FOREVER ? -1 : cut.until + cable.autonegotiation;
  if (cable.link_at >= 0) schedule_event(host.hardware, cable.link_at, 'phy_link_up', nic, null);
}

/** The PHY has lost its partner: for good or until the cable is back (`cut`), or because that one was reset (null). */
export function phy_link_down(host: Host, nic: Nic, cut: CableCut | null, time: number): void {
  nic.link = false;
  if (cut !== null) await_link(host, nic, cut);
  else schedule_event(host.hardware, nic.wire!.cable!.link_at, 'phy_link_up', nic, null);
  link_status_change(host, nic, time);
}

/** Negotiated, unless that was begun anew meanwhile. What is on the rings goes out. */
export function phy_link_up(host: Host, nic: Nic, _detail: unknown, time: number): void {
  if (nic.link || nic.wire!.cable!.link_at !== time) return;
  nic.link = true;
  link_status_change(host, nic, time);
  for (const ring of nic.tx) if (ring.head !== ring.tail) nic_doorbell(host, nic, ring, time);
}

function link_status_change(host: Host, nic: Nic, time: number): void {
  nic.icr |= E1000_ICR_LSC;
  set_cause(host, nic, nic.vectors[OTHER]!, time);
}

/** A reset NIC sets its PHY up again, which restarts the negotiation: the partner loses the link too, if there was one. */
export function phy_restart(nic: Nic, time: number): void {
  const wire = nic.wire;
  if (wire === null || wire.cable === null) return;
  const cable = wire.cable;
  const negotiating = cable.link_at >= 0 && time >= cable.link_at - cable.autonegotiation;
  if (!nic.link && !negotiating) return;
  const had_link = nic.link;
  nic.link = false;
  cable.link_at = time + cable.autonegotiation;
  for (const end of wire.ends) {
    if (end !== nic && had_link) schedule_event(end.host.hardware, time + wire.delay + 1, 'phy_link_down', end, null);
    else schedule_event(end.host.hardware, cable.link_at, 'phy_link_up', end, null);
  }
}
