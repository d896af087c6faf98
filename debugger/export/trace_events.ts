/**
 * A run as a Trace Event file, which Perfetto, chrome://tracing and speedscope open: a process a host, a thread a CPU, a slice a call;
 * and one process for the wires. Times in it are microseconds (Trace Event Format, "ph": "X").
 */
import { cpusOf, directionsOf } from '../control/lanes/activity.ts';
import { type Detail, directionName } from '../control/lanes/detail.ts';
import { KINDS } from '../control/lanes/under_way.ts';
import type { World } from '../machine/types.ts';

interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: object;
}

const US = 1000;

/** `world` tells of the hosts and wires; any copy will do. */
export function traceEvents(world: World, detail: Detail): { traceEvents: TraceEvent[]; displayTimeUnit: 'ns' } {
  return { traceEvents: [...cpuEvents(world, detail), ...wireEvents(world, detail)], displayTimeUnit: 'ns' };
}

function cpuEvents(world: World, detail: Detail): TraceEvent[] {
  const hosts = world.hosts.map(({ index, name }) => named('process_name', index + 1, 0, name));
  const slices = cpusOf(world).flatMap((cpu) => {
    const [pid, tid] = [cpu.host.index + 1, cpu.id];
    const own = detail.slices(cpu).map(({ name, kind, from, to, moment }) => ({
      ...slice(name, pid, tid, from, to),
      cat: KINDS[kind],
      args: { moment: `${moment.event}.${moment.tick}` },
    }));
    return [named('thread_name', pid, tid, `cpu${cpu.id}`), ...own];
  });
  return [...hosts, ...slices];
}

/** Frames may overlap on a wire, so each takes the first of its direction's threads that is free. */
function wireEvents(world: World, detail: Detail): TraceEvent[] {
  const pid = world.hosts.length + 1;
  const events: TraceEvent[] = [named('process_name', pid, 0, 'wires')];
  directionsOf(world).forEach((direction, i) => {
    const name = directionName(direction);
    const busyUntil: number[] = [];
    for (const frame of detail.frames.get(name) ?? []) {
      const free = busyUntil.findIndex((until) => until <= frame.from);
      const lane = free < 0 ? busyUntil.length : free;
      const tid = i * THREADS + lane;
      if (lane === busyUntil.length) events.push(named('thread_name', pid, tid, name));
      busyUntil[lane] = frame.to;
      events.push(slice(frame.name, pid, tid, frame.from, frame.to));
    }
  });
  return events;
}

/** Numbers set aside for each direction. */
const THREADS = 1000;

const slice = (name: string, pid: number, tid: number, from: number, to: number): TraceEvent => ({
  name,
  ph: 'X',
  pid,
  tid,
  ts: from / US,
  dur: (to - from) / US,
});

const named = (what: 'process_name' | 'thread_name', pid: number, tid: number, name: string): TraceEvent => ({
  name: what,
  ph: 'M',
  pid,
  tid,
  args: { name },
});
