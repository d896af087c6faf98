/**
 * What hardware waits for: a binary heap ordered by (time, sequence), so that equal times run in the order they were asked for.
 * One queue a host; an entry is data, its handler a name in `hardware.ts`.
 */
import type { HardwareHandler } from './hardware.ts';
import { layOut } from './wide_fields.ts';

export interface HardwareEvent {
  time: number;
  seq: number;
  handler: HardwareHandler;
  /** What the handler acts on: a NIC, a CPU, a frame. */
  target: unknown;
  detail: unknown;
}

export interface EventQueue {
  heap: HardwareEvent[];
  seq: number;
  /** ns of the earliest entry, or FOREVER: one load for the check in `spend`. */
  next: number;
}

/** Later than any moment of a run; still a safe integer. */
export const FOREVER = 9_000_000_000_000_000;

export function createEventQueue(): EventQueue {
  return { heap: [], seq: 0, next: FOREVER };
}

function before(a: HardwareEvent, b: HardwareEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.seq < b.seq);
}

function createEvent(time: number, seq: number, handler: HardwareHandler, target: unknown, detail: unknown): HardwareEvent {
  return { time, seq, handler, target, detail };
}

layOut(createEvent(0, 0, 'apic_timer', null, null), 'time');

/** Adds an event `handler(target, detail)` at `time`; answers its sequence number. */
export function schedule_event(queue: EventQueue, time: number, handler: HardwareHandler, target: unknown, detail: unknown): number {
  const event = createEvent(time, queue.seq++, handler, target, detail);
  const heap = queue.heap;
  let i = heap.length;
  heap.push(event);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent]!;
    if (!before(event, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = event;
  queue.next = heap[0]!.time;
  return event.seq;
}

/** Takes the earliest event. The queue must not be empty. */
export function take_event(queue: EventQueue): HardwareEvent {
  const heap = queue.heap;
  const first = heap[0]!;
  const last = heap.pop()!;
  if (heap.length > 0) sift_down(heap, last);
  queue.next = heap.length > 0 ? heap[0]!.time : FOREVER;
  return first;
}

/** Takes all events that `chosen` names out, in any place; `forgotten` hears of each, in the order of their times. */
export function forget_events(queue: EventQueue, chosen: (event: HardwareEvent) => boolean, forgotten: (event: HardwareEvent) => void): void {
  const sorted = queue.heap.sort((a, b) => (before(a, b) ? -1 : 1));
  queue.heap = sorted.filter((event) => !chosen(event));
  queue.next = queue.heap.length > 0 ? queue.heap[0]!.time : FOREVER;
  for (const event of sorted) if (chosen(event)) forgotten(event);
}

function sift_down(heap: HardwareEvent[], event: HardwareEvent): void {
  const size = heap.length;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && before(heap[child + 1]!, heap[child]!)) child++;
    if (!before(heap[child]!, event)) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = event;
}
