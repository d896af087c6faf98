/** Where a field stands: its way from an anchor, which leads to the same field in every copy of the world. */
import type { World } from '../../machine/types.ts';
import { kindOf, partOf } from '../world_value.ts';
import { type Anchor, anchorOf, type Held, isAnchorKind } from './anchors.ts';
import { type Key, stepsTo } from './ways.ts';

export interface Place {
  readonly anchor: Anchor;
  /** To the record whose field it is. */
  readonly way: readonly Key[];
  readonly field: string;
}

/** The shortest way to a record's field; null when the record is no part of the world. */
export function placeOf(world: World, record: object, field: string): Place | null {
  const steps = stepsTo(world, record);
  const way: Key[] = [];
  let at = record;
  for (let step = steps.get(at); step !== undefined; step = steps.get(at)) {
    way.unshift(step.key);
    at = step.from;
  }
  const anchor = anchorOf(at);
  return anchor === undefined ? null : { anchor: { struct: anchor.struct, name: anchor.name }, way, field };
}

/** The record, from its anchor on; undefined where the way is broken, or leads to no such field. */
export function recordFrom(anchor: Held, { way, field }: Place): object | undefined {
  let at: unknown = anchor;
  for (const key of way) at = typeof at === 'object' && at !== null ? partOf(at, key) : undefined;
  return typeof at === 'object' && at !== null && isWatchable(at, field) ? at : undefined;
}

/** Whether it is a field that may change. */
export function isWatchable(record: object, field: string): boolean {
  return kindOf(record) === 'record' && Object.hasOwn(record, field) && !Object.isFrozen(record);
}

/** As text that a client keeps. */
export const placeId = ({ anchor, way, field }: Place): string =>
  JSON.stringify([anchor.struct, anchor.name, ...way, field]);

/** undefined for what `placeId` never wrote. */
export function parsePlace(id: string): Place | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(id);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length < 3) return undefined;
  const [struct, name, ...way] = parts as unknown[];
  const field = way.pop();
  if (typeof struct !== 'string' || typeof name !== 'string' || typeof field !== 'string') return undefined;
  if (!isAnchorKind(struct) || !way.every((key) => typeof key === 'string' || typeof key === 'number'))
    return undefined;
  return { anchor: { struct, name }, way: way as Key[], field };
}

/** For people: `tcp.snd_cwnd of sock 12`, `server.mib.Tcp.RetransSegs`. */
export function placeText({ anchor, way, field }: Place): string {
  const steps = [...way, field].map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  if (anchor.struct === 'Host' || anchor.struct === 'net_device') return anchor.name.replace(' ', '.') + steps;
  const path = steps.replace(/^\./, '');
  return anchor.struct === 'World' ? path : `${path} of ${anchor.struct} ${anchor.name}`;
}
