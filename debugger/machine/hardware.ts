/** What hardware does when a queued event falls due: one handler a name. Handlers touch devices, wires and interrupt lines, never kernel state. */
import { cable_pulled, phy_link_down, phy_link_up } from './cable.ts';
import { take_event } from './event_queue.ts';
import { wire_deliver, wire_transmit } from './wire.ts';
import { nic_interrupt, nic_receive_dma, nic_transmit_dma, nic_transmit_done } from './nic.ts';
import { apic_timer } from './apic.ts';
import { traffic_source } from './traffic.ts';
import { veth_arrives } from './veth_link.ts';
import type { Host } from '../kernel/include/linux/host.ts';
import type { void_p } from '../kernel/include/linux/void.ts';

/** (host, target, detail, time): the time is the event's own, not the CPU's. */
const handlers = {
  wire_transmit, wire_deliver, nic_receive_dma, nic_transmit_dma, nic_transmit_done, nic_interrupt, apic_timer, traffic_source, veth_arrives, cable_pulled, phy_link_down, phy_link_up,
} satisfies Record<string, (host: Host, target: void_p, detail: void_p, time: number) => void>;

export type HardwareHandler = keyof typeof handlers;

/** Runs this machine's hardware events due at or before `time`, in order. */
export function run_hardware_until(host: Host, time: number): void {
  const queue = host.hardware;
  while (queue.next <= time) {
    const event = take_event(queue);
    (handlers[event.handler] as (host: Host, target: unknown, detail: unknown, time: number) => void)(host, event.target, event.detail, event.time);
  }
}
