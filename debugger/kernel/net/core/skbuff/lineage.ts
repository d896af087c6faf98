/** Records of where bytes came from, made whenever an skb or a frame is born. */
import type { Cpu } from '../../../../machine/types.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
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

const MAX_PIECES = 64;

/**
 * `len` more bytes of `piece`, from its byte `offset` on, are part of the skb: its lineage names all that it was made of. @helper
 */
export function appendLineage(cpu: Cpu, skb: sk_buff, piece: Lineage | null, offset: number, len: number): void {
  const old = skb.lineage;
  const had = skb.len - len;
  if (piece === null) return;
  const added = createLineage(cpu, 'segment', skb.id, [piece], piece.offset + offset, len);
  if (had === 0) {
    skb.lineage = added;
    return;
  }
  const last = old.kind === 'merged' ? old.from[old.from.length - 1]! : old;
  const continues = last.kind === 'segment' && last.from[0] === piece && last.offset + last.length === added.offset;
  const pieces = old.kind === 'merged' ? old.from.slice(continues ? 0 : -MAX_PIECES) : [old];
  if (continues) pieces[pieces.length - 1] = createLineage(cpu, 'segment', skb.id, [piece], last.offset, last.length + len);
  else pieces.push(added);
  skb.lineage = pieces.length === 1 ? pieces[0]! : createLineage(cpu, 'merged', skb.id, pieces, pieces[0]!.offset, skb.len);
}

/** A received skb has taken up another one. @helper */
export function mergeLineage(cpu: Cpu, to: sk_buff, from: sk_buff): void {
  const old = to.lineage;
  const pieces = old.kind === 'merged' && old.id === to.id ? old.from.slice(-MAX_PIECES) : [old];
  pieces.push(from.lineage);
  to.lineage = createLineage(cpu, 'merged', to.id, pieces, pieces[0]!.offset, to.len);
}

layOut<{ -readonly [K in keyof Lineage]: Lineage[K] }>({ kind: 'kernel', id: 0, event: 0, time: 0, host: '', from: [], offset: 0, length: 0, line: 0 }, 'time');
