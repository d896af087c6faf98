/** Heap of pending timers ordered by (when, seq). Entries whose timer moved on are dropped when they surface (kernel/time/timer.c). */
import { layOut } from '../../../machine/wide_fields.ts';
import type { timer_base, timer_entry } from '../../include/linux/timer.ts';

interface HeapTimer { pending: boolean; seq: number }

export function createTimerBase<T>(): timer_base<T> {
  return { heap: [], next_seq: 1 };
}

function timerBefore(a: timer_entry<unknown>, b: timer_entry<unknown>): boolean {
  return a.when < b.when || (a.when === b.when && a.seq < b.seq);
}

function createEntry<T>(when: number, seq: number, timer: T): timer_entry<T> {
  return { when, seq, timer };
}

layOut(createEntry(0, 0, {}), 'when');

/** @helper */
export function timerPush<T extends HeapTimer>(base: timer_base<T>, when: number, timer: T): void {
  const entry = createEntry(when, base.next_seq++, timer);
  timer.seq = entry.seq;
  const heap = base.heap;
  let i = heap.length;
  heap.push(entry);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!timerBefore(entry, heap[parent]!)) break;
    heap[i] = heap[parent]!;
    i = parent;
  }
  heap[i] = entry;
}

/** The earliest live entry, or null. @helper */
export function timerPeek<T extends HeapTimer>(base: timer_base<T>): timer_entry<T> | null {
  const heap = base.heap;
  while (heap.length > 0) {
    const first = heap[0]!;
    if (first.timer.pending && first.timer.seq === first.seq) return first;
    dropFirst(heap);
  }
  return null;
}

/** Takes the earliest live entry. @helper */
export function timerPop<T extends HeapTimer>(base: timer_base<T>): timer_entry<T> {
  const first = timerPeek(base)!;
  dropFirst(base.heap);
  return first;
}

/** @helper */
function dropFirst<T>(heap: timer_entry<T>[]): void {
  const last = heap.pop()!;
  const size = heap.length;
  if (size === 0) return;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && timerBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!timerBefore(heap[child]!, last)) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = last;
}
