/** A field got another value: in words, and what a condition on it may read. */
import { formatOf } from '../../inspect/format/field.ts';
import { type Look, nowOf } from '../../inspect/look.ts';
import { present } from '../../inspect/present.ts';
import { structOf } from '../../inspect/struct.ts';
import type { World } from '../../machine/types.ts';
import type { Armed } from '../breakpoints/breakpoint.ts';
import type { Site } from '../breakpoints/condition.ts';
import { functions } from '../debug_info.ts';
import { chained } from '../expressions/names.ts';
import { callAt, currentDepth } from '../probe.ts';
import { recordNames, siteAt, worldSite } from '../site.ts';
import type { FieldChange } from './field_watch.ts';
import { placeText } from './place.ts';

/** Elements of a list that a stop's one line has room for. */
const SHOWN = 2;

/** `tcp.snd_cwnd of sock 12: 10 -> 11 in tcp_cong_avoid_ai`; of a list, how long it is and what came or left. Asked in the debug build, where the change is made. */
export function changeText(world: World, { place, record, was, is }: FieldChange): string {
  const look = { now: nowOf(world), writer: () => undefined };
  const format = formatOf(structOf(record), place.field);
  const values =
    Array.isArray(was) && Array.isArray(is)
      ? listText(was, is, look)
      : `${present(was, look, format)} -> ${present(is, look, format)}`;
  return `${placeText(place)}: ${values}${madeBy(world)}`;
}

function listText(was: readonly unknown[], is: readonly unknown[], look: Look): string {
  const came = is.filter((each) => !was.includes(each)).map((each) => `, + ${present(each, look)}`);
  const left = was.filter((each) => !is.includes(each)).map((each) => `, - ${present(each, look)}`);
  return `${was.length} -> ${is.length}${[...left, ...came].slice(0, SHOWN).join('')}`;
}

/** The innermost function that Linux has too. */
function madeBy(world: World): string {
  if (world.running === null) return ' by hardware';
  const calls = Array.from({ length: currentDepth() }, (_, i) => functions[callAt(i + 1).fn]!);
  const fn = calls.findLast(({ kernel, helper }) => kernel && !helper) ?? calls.at(-1);
  return fn === undefined ? '' : ` in ${fn.name}`;
}

/** The breakpoints that stop for it. Asked in the debug build, which knows the locals where the change is made. */
export function stoppedBy(world: World, change: FieldChange, counts: boolean): Armed[] {
  const depth = currentDepth();
  const site = withValues(change, depth > 0 ? siteAt(world, depth, counts) : worldSite(world, counts));
  return change.armed.filter((each) => each.condition.holds(site));
}

/** Whether one may stop for it: asked in the watch build. */
export function mayStopFor(world: World, change: FieldChange, counts: boolean): boolean {
  const site = withValues(change, worldSite(world, counts));
  return change.armed.some((each) => each.ahead.holds(site));
}

function withValues({ was, is }: FieldChange, site: Site): Site {
  return { ...site, names: () => chained(recordNames({ old: was, new: is }), site.names()) };
}
