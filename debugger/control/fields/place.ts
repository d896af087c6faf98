/** Where a field stands: its way from an anchor, which leads to the same field in every copy of the world. */
import type { World } from '../../machine/types.ts';
import { kindOf, partOf, partsOf } from '../world_value.ts';
import { type Anchor, anchorOf, type Held, isAnchorKind } from './anchors.ts';

export type Key = string | number;

export interface Place {
  readonly anchor: Anchor;
  /** To the record whose field it is. */
  readonly way: readonly Key[];
  readonly field: string;
}

/** Lists whose elements keep their places. */
const FIXED: ReadonlySet<Key> = new Set(
  'hosts wires cpus tasks devices irq_descs timer_bases timer_bases_def hrtimer_bases softnet ends directions _tx rx tx vectors q_vector tx_ring rx_ring files descriptors tx_buffer_info'.split(
    ' ',
  ),
);
const MEMBER = 1;
const FIXED_ELEMENT = 2;
const ELEMENT = 30;

interface Reached {
  readonly from: object;
  readonly key: Key;
  readonly distance: number;
}

/** The shortest way to a record's field; null when the record is no part of the world. */
export function placeOf(world: World, record: object, field: string): Place | null {
  const reached = waysFromAnchors(world, record);
  const way: Key[] = [];
  let at = record;
  for (let step = reached.get(at); step !== undefined; step = reached.get(at)) {
    way.unshift(step.key);
    at = step.from;
  }
  const anchor = anchorOf(at);
  return anchor === undefined ? null : { anchor: { struct: anchor.struct, name: anchor.name }, way, field };
}

/** Dijkstra's algorithm from all anchors at once; distances are small whole numbers, so a list for each will do. */
function waysFromAnchors(world: World, target: object): Map<object, Reached> {
  const ways = new Map<object, Reached>();
  const open: object[][] = [[world]];
  const distances = new Map<object, number>([[world, 0]]);
  const put = (value: object, distance: number): void => {
    distances.set(value, distance);
    (open[distance] ??= []).push(value);
  };
  for (let distance = 0; distance < open.length; distance++) {
    for (const from of open[distance] ?? []) {
      if (distances.get(from) !== distance) continue;
      if (from === target) return ways;
      for (const [key, part] of partsOf(from)) {
        if (typeof part !== 'object' || part === null) continue;
        const own = anchorOf(part);
        const next = own?.distance ?? distance + stepLength(from, key, ways.get(from)?.key);
        if (next >= (distances.get(part) ?? Number.POSITIVE_INFINITY)) continue;
        if (own === undefined) ways.set(part, { from, key, distance: next });
        put(part, Math.max(next, distance));
      }
    }
  }
  return ways;
}

function stepLength(from: object, key: Key, list: Key | undefined): number {
  if (kindOf(from) === 'record') return MEMBER;
  return typeof key === 'number' && list !== undefined && FIXED.has(list) ? FIXED_ELEMENT : ELEMENT;
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
