/** A field got another value: in words, and what a condition on it may read. */
import { formatOf } from '../../inspect/format/field.ts';
import type { Look } from '../../inspect/look.ts';
import { present } from '../../inspect/present.ts';
import { structOf } from '../../inspect/struct.ts';
import type { World } from '../../machine/types.ts';
import type { Site } from '../breakpoints/condition.ts';
import { functions } from '../debug_info.ts';
import { globals } from '../expressions/globals.ts';
import { chained, type Names } from '../expressions/names.ts';
import { callAt, currentDepth } from '../probe.ts';
import { recordNames, siteAt } from '../site.ts';
import type { FieldChange } from './field_watch.ts';
import { placeText } from './place.ts';

/** Elements of a list that a stop's one line has room for. */
const SHOWN = 2;

/** `tcp.snd_cwnd of sock 12: 10 -> 11 in tcp_cong_avoid_ai`; of a list, how long it is and what came or left. Asked in the debug build, where the change is made. */
export function changeText(world: World, { place, record, was, is }: FieldChange): string {
  const look = { now: world.running?.now ?? world.now, writer: () => undefined };
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

/** Where the change is made; `ticks`: in the debug build, which knows the locals there. */
export function changeSite(world: World, change: FieldChange, ticks: boolean, counts: boolean): Site {
  const depth = ticks ? currentDepth() : 0;
  const values = recordNames({ old: change.was, new: change.is });
  const here = depth > 0 ? siteAt(world, depth, counts) : noSite(world, counts);
  return { ...here, names: () => chained(values, here.names()) };
}

function noSite(world: World, counts: boolean): Site {
  const cpu = world.running;
  const names = (): Names => globals(world, { cpu });
  return { host: cpu?.host.name ?? '', caller: -1, counts, names };
}
