/**
 * A step of the packet instead of the processor: to where it comes into another stage of its way, on whichever CPU and host, as itself or as what is made of it (a clone, a
 * frame, what the far end receives); or back to where it, or what it is due to, was in another stage before.
 */
import type { Lineage, sk_buff } from '../../kernel/include/linux/skbuff.ts';
import { structOf } from '../../inspect/struct.ts';
import { DROP_FUNCTION } from '../breakpoints/drop_function.ts';
import type { Row } from '../breakpoints/rows.ts';
import type { Condition, Site } from '../breakpoints/condition.ts';
import { functions } from '../debug_info.ts';

export interface PacketStep {
  readonly direction: 'next' | 'previous';
  readonly lineage: Lineage;
  /** Where it is now; '' where no function is under way. */
  readonly host: string;
  readonly stage: string;
}

/** These serve all others: a packet does not come to them on its way. */
const SERVING: ReadonlySet<string> = new Set([
  'sk_buff',
  'headers',
  'routing',
  'Ethernet',
  'kernel',
  'timers',
  'scheduler',
  'processes',
  'softirq',
  'DMA',
]);

/** '' where the function only serves others. */
export const stageOnTheWay = (fn: number): string => {
  const { stage } = functions[fn]!;
  return SERVING.has(stage) ? '' : stage;
};

/** Of a breakpoint that nobody has set. */
export const PACKET_STEP_ID = 0;

/** The step as a breakpoint at every function on the way that is handed a packet. */
export function packetStepRow(step: PacketStep): Row {
  const armed = (fn: number, holds: Condition['holds']) => ({
    id: PACKET_STEP_ID,
    condition: { holds },
    ahead: { holds },
    hits: null,
    atReturn: null,
    label: stageOnTheWay(fn),
    log: null,
  });
  const places = HANDED_A_PACKET.map((fn) => [fn, armed(fn, (site) => comesTo(step, fn, site))] as const);
  return { info: { id: PACKET_STEP_ID, verified: true, message: '' }, functions: places, ticks: [], field: null };
}

const HANDED_A_PACKET: readonly number[] = functions.flatMap((fn, i) =>
  fn.kernel &&
  !fn.helper &&
  i !== DROP_FUNCTION &&
  stageOnTheWay(i) !== '' &&
  fn.params.some((name) => /skb$|^buff$/.test(name))
    ? [i]
    : [],
);

function comesTo(step: PacketStep, fn: number, site: Site): boolean {
  if (site.host === step.host && stageOnTheWay(fn) === step.stage) return false;
  const skb = site.names().lookup('skb')?.value;
  if (structOf(skb) !== 'sk_buff') return false;
  const { lineage } = skb as sk_buff;
  return step.direction === 'next' ? carries(lineage, step.lineage.id) : isDueTo(step.lineage, lineage.id);
}

/** Whether this is `id` or has bytes of it. What the kernel made because of a packet (an ARP request, an ICMP error) has none. */
export function carries(lineage: Lineage, id: number): boolean {
  return comesFrom(lineage, id, (at) => (at.kind === 'kernel' ? [] : at.from));
}

/** Whether this is `id`, or would not be without it. */
export function isDueTo(lineage: Lineage, id: number): boolean {
  return comesFrom(lineage, id, (at) => at.from);
}

function comesFrom(lineage: Lineage, id: number, from: (at: Lineage) => readonly Lineage[]): boolean {
  const seen = new Set<Lineage>();
  const open = [lineage];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.id === id) return true;
    if (!seen.has(at)) open.push(...from(at));
    seen.add(at);
  }
  return false;
}

/** Whether a step on is about this packet. */
export const isFollowed = (step: PacketStep | null, lineage: Lineage): boolean =>
  step?.direction === 'next' && carries(lineage, step.lineage.id);
