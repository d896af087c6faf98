/** Where in a function the variables that a condition reads first have their values. */
import { functions, type NameInfo, scopes, seenAt, tickInfo } from '../debug_info.ts';

/** The tick; 0 where the condition can be asked at the entry: it reads parameters, or what stands outside. */
export function assignedTick(fn: number, asks: ReadonlySet<string>): number {
  const { params, firstTick, lastTick } = functions[fn]!;
  const late = localsOf(fn).filter((name) => asks.has(name) && !params.includes(name) && !isParameter(name, params));
  if (late.length === 0) return 0;
  for (let tick = firstTick; tick <= lastTick; tick++) if (late.every((name) => isAssigned(name, tick))) return tick;
  return 0;
}

/** A function that gives its parameter another value later calls it `skb_in` and its variable `skb`: the parameter will do. */
function isParameter(name: string, params: readonly string[]): boolean {
  return params.includes(`${name}_in`);
}

function localsOf(fn: number): string[] {
  return scopes.filter((scope) => scope.fn === fn).flatMap(({ names }) => names.map(([name]) => name));
}

function isAssigned(name: string, tick: number): boolean {
  const found = visible(name, tickInfo(tick).scope);
  return found !== undefined && found[3] <= seenAt(tick);
}

function visible(name: string, from: number): NameInfo | undefined {
  for (let at = from; at >= 0; at = scopes[at]!.parent) {
    const found = scopes[at]!.names.find(([each]) => each === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
