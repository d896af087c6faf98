/** The local variables of calls and frames, read one by one when somebody looks. */
import type { Frame } from '../machine/frames.ts';
import { functions, type NameInfo, scopes, seenAt, tickInfo } from './debug_info.ts';
import { accessorOf, type Call, callAt } from './probe.ts';

export interface Local {
  readonly name: string;
  readonly value: unknown;
  /** Control has not come to its declaration: the value means nothing. */
  readonly notYetAssigned: boolean;
  readonly settable: boolean;
  /** 0 for parameters and the outermost names, more in inner blocks. */
  readonly level: number;
}

/** The names visible at a call's last tick, inner blocks first; a hidden outer name is left out. */
export function readLocals(depth: number): Local[] {
  const call = callAt(depth);
  const place = placeOfCall(call);
  return call.frame ? readFrame(call.frame, place) : namesAt(place.scope).map((found) => readPlain(call, place, found));
}

/** The names of a frame that waits. */
export function readFrameLocals(frame: Frame): Local[] {
  return readFrame(frame, placeOfFrame(frame));
}

/** Sets a variable; false if there is none of that name or it is constant. */
export function writeLocal(depth: number, name: string, value: unknown): boolean {
  const call = callAt(depth);
  if (call.frame) return writeFrame(call.frame, placeOfCall(call), name, value);
  const place = placeOfCall(call);
  const found = namesAt(place.scope).find(({ info }) => info[0] === name);
  if (!found || !readPlain(call, place, found).settable) return false;
  accessorOf(depth)?.(found.index, true, value);
  return true;
}

/** The line a waiting frame stands on; its function's own before it began. */
export function frameLine(frame: Frame): number {
  const fn = functions[frame.fn]!;
  return fn.yields[frame.label - 1]?.[0] ?? fn.line;
}

/** The line of a call's last tick; its function's own before the first. */
export function callLine(call: Call): number {
  return call.tick > 0 ? tickInfo(call.tick).line : functions[call.fn]!.line;
}

interface Place {
  readonly scope: number;
  readonly seen: number;
}
interface FoundName {
  readonly info: NameInfo;
  readonly index: number;
  readonly level: number;
}

/** A tick beyond the kernel's is a scenario line, which says nothing about names. */
function placeOfCall({ fn, tick, frame }: Call): Place {
  const info = functions[fn]!;
  if (tick >= info.firstTick && tick <= info.lastTick) return { scope: tickInfo(tick).scope, seen: seenAt(tick) };
  return frame ? placeOfFrame(frame) : { scope: functionScope(fn), seen: 0 };
}

function placeOfFrame(frame: Frame): Place {
  const place = functions[frame.fn]!.yields[frame.label - 1];
  return place ? { scope: place[2], seen: place[3] } : { scope: functionScope(frame.fn), seen: 0 };
}

const functionScope = (fn: number): number => scopes.findIndex((scope) => scope.fn === fn && scope.parent === -1);

function namesAt(scope: number): FoundName[] {
  const found: FoundName[] = [];
  const hidden = new Set<string>();
  for (let at = scope; at >= 0; at = scopes[at]!.parent) {
    const { names, level, first } = scopes[at]!;
    names.forEach((info, i) => {
      if (!hidden.has(info[0])) found.push({ info, index: first + i, level });
    });
    for (const [name] of names) hidden.add(name);
  }
  return found;
}

function readPlain({ depth, fn }: Call, place: Place, { info, index, level }: FoundName): Local {
  const [name, , fixed] = info;
  const notYetAssigned = isAhead(fn, info, level, place);
  const value = notYetAssigned ? undefined : accessorOf(depth)?.(index);
  return { name, value, notYetAssigned, settable: fixed === 0 && !notYetAssigned, level };
}

/** Control has not come to the name's declaration in this round of its block. */
function isAhead(fn: number, [name, , , from]: NameInfo, level: number, place: Place): boolean {
  return from > place.seen && !(level === 0 && functions[fn]!.params.includes(name));
}

function readFrame(frame: Frame, place: Place): Local[] {
  return namesAt(place.scope).map(({ info, level }) => {
    const [name, field, fixed] = info;
    const notYetAssigned = isAhead(frame.fn, info, level, place);
    const value = notYetAssigned ? undefined : frame[field];
    return { name, value, notYetAssigned, settable: fixed === 0 && !notYetAssigned, level };
  });
}

function writeFrame(frame: Frame, place: Place, name: string, value: unknown): boolean {
  const found = readFrame(frame, place).find((local) => local.name === name);
  if (!found?.settable) return false;
  const { info } = namesAt(place.scope).find((candidate) => candidate.info[0] === name)!;
  frame[info[1]] = value;
  return true;
}
