/** Records of where bytes came from, made whenever an skb or a frame is born. */
import type { Cpu } from '../../../../machine/types.ts';
import type { Lineage } from '../../../include/linux/skbuff.ts';
import { layOut } from '../../../../machine/wide_fields.ts';

/** @helper A lineage made on a CPU at its clock; `id` is the id of what is born. */
export function createLineage(
  cpu: Cpu, kind: Lineage['kind'], id: number, from: readonly Lineage[], offset: number, length: number,
): Lineage {
  return { kind, id, event: cpu.world.event, time: cpu.now, host: cpu.host.name, from, offset, length, line: 0 };
}

/** @helper A lineage with one origin, or with none. */
export function lineageFrom(cpu: Cpu, kind: Lineage['kind'], id: number, from: Lineage | null, length: number): Lineage {
  return {
    kind, id, event: cpu.world.event, time: cpu.now, host: cpu.host.name,
    from: from === null ? [] : [from], offset: from === null ? 0 : from.offset, length, line: 0,
  };
}

layOut<{ -readonly [K in keyof Lineage]: Lineage[K] }>({ kind: 'kernel', id: 0, event: 0, time: 0, host: '', from: [], offset: 0, length: 0, line: 0 }, 'time');
