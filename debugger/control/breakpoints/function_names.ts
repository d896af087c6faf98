/** From what a person writes into a function breakpoint to functions of the model. */
import { nearest } from '../../../server/language/nearest.ts';
import { functions } from '../debug_info.ts';
import { ALIASES, systemCallName } from './aliases.ts';

export interface FunctionPlace {
  readonly fn: number;
  /** Only where this function is the caller; -1: wherever. */
  readonly calledFrom: number;
  /** Only where the caller is of another stage. */
  readonly entersStage: boolean;
}

export interface ResolvedName {
  readonly places: readonly FunctionPlace[];
  /** Only on this host; null: on every one. */
  readonly host: string | null;
  /** Stops when the call is over, not where it begins. */
  readonly atReturn: boolean;
  /** '' when there is nothing to say. */
  readonly message: string;
}

const byName: ReadonlyMap<string, number> = new Map(
  functions.flatMap((fn, i) => (fn.kernel && !fn.helper ? [[fn.name, i] as const] : [])),
);

export const breakableNames = (): string[] => [...byName.keys()];

/** Without what stands before and behind the name. */
type Resolved = Pick<ResolvedName, 'places' | 'message'>;

const everywhere = (fn: number): FunctionPlace => ({ fn, calledFrom: -1, entersStage: false });
const nothing = (message: string): ResolvedName => ({ places: [], host: null, atReturn: false, message });

/** `name`, `glob_*`, `/regular expression/`, `stage:UDP`, each with `host:` before it; `:return` stands behind a function. */
export function resolveName(text: string, hosts: readonly string[]): ResolvedName {
  const { host, pattern, atReturn } = split(text.trim());
  if (host !== null && hosts.length > 0 && !hosts.includes(host))
    return nothing(unknown(`no host is called ${host}`, host, hosts));
  if (pattern === '') return nothing('a function breakpoint needs a name');
  return { ...resolvePattern(pattern), host, atReturn };
}

/** A colon within a regular expression is none between host and name. */
function split(text: string): { host: string | null; pattern: string; atReturn: boolean } {
  const name = text.replace(/:return$/, '');
  const match = name.startsWith(STAGE) ? null : /^([\w.-]+):(.*)$/.exec(name);
  const [host, pattern] = match === null ? [null, name] : [match[1]!, match[2]!];
  return { host, pattern: pattern.trim(), atReturn: name !== text };
}

const STAGE = 'stage:';

function resolvePattern(pattern: string): Resolved {
  if (pattern.startsWith(STAGE)) return entering(pattern.slice(STAGE.length).trim());
  if (pattern.startsWith('/')) return matching(pattern, regularExpression(pattern));
  if (/[*?]/.test(pattern)) return matching(pattern, glob(pattern));
  return resolvePlain(pattern.replace(/\(\)$/, ''));
}

/** Every function of a stage, where another stage calls it. */
function entering(stage: string): Resolved {
  const places = [...byName.values()].filter((fn) => functions[fn]!.stage.toLowerCase() === stage.toLowerCase());
  if (places.length === 0) return nothing(`no stage is called ${stage}; there are ${stages().join(', ')}`);
  const message = `${places.length} functions, where another stage calls them`;
  return { places: places.map((fn) => ({ ...everywhere(fn), entersStage: true })), message };
}

/** Of a packet's way through the model. */
export const stages = (): string[] => [...new Set([...byName.values()].map((fn) => functions[fn]!.stage))].sort();

function regularExpression(pattern: string): RegExp | string {
  const match = /^\/(.*)\/(i?)$/.exec(pattern);
  if (match === null) return 'a regular expression ends with /';
  try {
    return new RegExp(match[1]!, match[2]);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Only `*` and `?` mean something. */
export function glob(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`);
}

function matching(pattern: string, expression: RegExp | string): Resolved {
  if (typeof expression === 'string') return nothing(expression);
  const places = [...byName].filter(([name]) => expression.test(name)).map(([, fn]) => everywhere(fn));
  if (places.length === 0) return nothing(`no function of the model matches ${pattern}`);
  return { places, message: places.length === 1 ? '' : `${places.length} functions` };
}

function resolvePlain(name: string): Resolved {
  const own = byName.get(name);
  const alias = ALIASES[name];
  const others = alias === undefined ? [] : aliasPlaces(alias.places);
  const isRename = alias !== undefined && !/ as well$/.test(alias.message);
  if (own !== undefined && (isRename || others.length === 0)) return { places: [everywhere(own)], message: '' };
  if (others.length > 0)
    return { places: own === undefined ? others : [everywhere(own), ...others], message: alias!.message };
  const systemCall = systemCallName(name);
  const entry = systemCall === undefined ? undefined : byName.get(systemCall);
  if (entry !== undefined) return { places: [everywhere(entry)], message: `stops at ${systemCall}` };
  return nothing(unknown(`the model has no function ${name}`, name, byName.keys()));
}

function aliasPlaces(places: readonly { name: string; calledFrom?: string }[]): FunctionPlace[] {
  return places.flatMap(({ name, calledFrom }) => {
    const fn = byName.get(name);
    const caller = calledFrom === undefined ? -1 : byName.get(calledFrom);
    return fn === undefined || caller === undefined ? [] : [{ ...everywhere(fn), calledFrom: caller }];
  });
}

/** With up to three names that are near. */
function unknown(what: string, name: string, candidates: Iterable<string>): string {
  const left = new Set(candidates);
  const near: string[] = [];
  for (let found = nearest(name, left); found !== null && near.length < 3; found = nearest(name, left)) {
    near.push(found);
    left.delete(found);
  }
  for (const each of left) if (near.length < 3 && name.length > 3 && each.includes(name)) near.push(each);
  return near.length === 0 ? what : `${what}; near: ${near.join(', ')}`;
}
