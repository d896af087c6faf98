/** Where a breakpoint was met, in the terms that conditions ask for. */
import type { Frame } from '../machine/frames.ts';
import type { Cpu, World } from '../machine/types.ts';
import type { Site } from './breakpoints/condition.ts';
import { RETURN_VALUE, type Returned, returnValue } from './breakpoints/returns.ts';
import { softirqRuns, taskOn } from './context.ts';
import { functions } from './debug_info.ts';
import { globals } from './expressions/globals.ts';
import { chained, type Names } from './expressions/names.ts';
import { type Local, readFrameLocals, readLocals } from './locals.ts';
import { callAt, currentDepth } from './probe.ts';
import { formatOf } from '../inspect/format/field.ts';
import { structOf } from '../inspect/struct.ts';

export function siteAt(world: World, depth: number, counts: boolean): Site {
  const cpu = world.running;
  return {
    host: cpu?.host.name ?? '',
    caller: callerOf(world, depth),
    counts,
    names: () => namesIn(readLocals(depth), globals(world, { cpu })),
  };
}

/** Where no function is known: the running CPU's host, and the names that stand everywhere. */
export function worldSite(world: World, counts: boolean): Site {
  const cpu = world.running;
  return { host: cpu?.host.name ?? '', caller: -1, counts, names: () => globals(world, { cpu }) };
}

/** Of a call that begins in the fast build, which tells its parameters and no more. */
export function entrySite(world: World, fn: number, parameters: readonly unknown[], counts: boolean): Site {
  const site = worldSite(world, counts);
  const locals = functions[fn]!.params.map((name, i) => parameterNamed(name, parameters[i]));
  return { ...site, names: () => namesIn(locals, site.names()) };
}

const parameterNamed = (name: string, value: unknown): Local => ({
  name,
  value,
  notYetAssigned: false,
  settable: false,
  level: 0,
});

function namesIn(locals: readonly Local[], rest: Names): Names {
  return chained(localNames(locals), subjectNames(locals), unassignedNames(locals), rest);
}

/** Of a frame that waits: a call that began before somebody looked. */
export function frameSite(world: World, cpu: Cpu, frame: Frame, caller: number): Site {
  const names = (): Names => namesIn(readFrameLocals(frame), globals(world, { cpu }));
  return { host: cpu.host.name, caller, counts: false, names };
}

/** Where a call has just returned to: a condition there may read what it returned. */
export function returnSite(world: World, returned: Returned, counts: boolean): Site {
  const site = siteAt(world, currentDepth(), counts);
  return { ...site, names: () => chained(returnNames(world, returned), site.names()) };
}

export function returnNames(world: World, returned: Returned): Names {
  return recordNames({ [RETURN_VALUE]: returnValue(world, returned) });
}

/** What a person calls skb, sk or dev may bear another name at a function's entry: the first of its kind is meant. */
const SUBJECTS: Readonly<Record<string, string>> = { skb: 'sk_buff', sk: 'sock', dev: 'net_device' };

function subjectNames(locals: readonly Local[]): Names {
  return {
    lookup: (name) => {
      const struct = Object.hasOwn(SUBJECTS, name) ? SUBJECTS[name] : undefined;
      const local =
        struct === undefined
          ? undefined
          : locals.find((each) => !each.notYetAssigned && structOf(each.value) === struct);
      return local === undefined ? undefined : { value: local.value };
    },
    all: () => [],
  };
}

/** A condition on a scenario line reads the variables of its process. */
export function scenarioSite(world: World, counts: boolean): Site {
  const cpu = world.running;
  const program = (cpu === null ? null : taskOn(cpu))?.program as
    | { variables: Record<string, unknown> }
    | null
    | undefined;
  const variables = recordNames(program?.variables ?? {});
  const site = worldSite(world, counts);
  return { ...site, names: () => chained(variables, site.names()) };
}

/** The function below in the stack: a plain call's, or the frame that waits for this one. */
function callerOf(world: World, depth: number): number {
  const own = callAt(depth).frame;
  if (depth > 1 && own === null) return callAt(depth - 1).fn;
  const cpu = world.running;
  if (cpu === null) return -1;
  const frames = (softirqRuns(cpu) ? cpu.softirq : taskOn(cpu).context).frames;
  return frames.at(own !== null && frames.at(-1) === own ? -2 : -1)?.fn ?? -1;
}

/** Locals that have their value. */
export function localNames(locals: readonly Local[]): Names {
  return {
    lookup: (name) => {
      const local = locals.find((each) => each.name === name && !each.notYetAssigned);
      return local === undefined ? undefined : { value: local.value, format: formatOf('', name) };
    },
    all: () => locals.map((local) => local.name),
  };
}

/** Locals whose declaration has not been reached hide what stands outside all the same. */
export function unassignedNames(locals: readonly Local[]): Names {
  return {
    lookup: (name) => (locals.some((each) => each.name === name) ? { value: undefined } : undefined),
    all: () => [],
  };
}

export function recordNames(record: Readonly<Record<string, unknown>>): Names {
  return {
    lookup: (name) => (Object.hasOwn(record, name) ? { value: record[name] } : undefined),
    all: () => Object.keys(record),
  };
}
