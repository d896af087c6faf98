/**
 * A packetdrill script as data (its language is described in ../shared/packetdrill/LANGUAGE.md):
 *
 *   options   `init command`   event event ...   `cleanup command`
 *
 * Each event begins with its time.
 */
import type { IcmpEvent } from './icmp_line.ts';
import { packetOf, type PacketEvent } from './packet_line.ts';
import { Scanner } from './scanner.ts';
import { type CallEvent, callOf } from './call_line.ts';

/** When an event is due, in seconds: from the script's start, or from the end of the event before it. */
export interface When {
  readonly relative: boolean;
  /** `*`: whenever it comes. */
  readonly any: boolean;
  readonly from: number;
  /** End of a window `from~to`, else `from`. */
  readonly to: number;
  /** A blocking call's return, on the same base as `from`; null: at once. */
  readonly returns: number | null;
}

export type Deed =
  | PacketEvent
  | IcmpEvent
  | CallEvent
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string };

export interface DrillEvent {
  readonly line: number;
  readonly when: When;
  readonly deed: Deed;
}

export interface Script {
  readonly options: ReadonlyMap<string, string>;
  /** Run before time 0. */
  readonly init: string;
  readonly events: readonly DrillEvent[];
}

/** Reads a script; throws an Error that names the line of what it cannot read. `defines` are the runner's -D. */
export function parseScript(text: string, defines: Readonly<Record<string, string>>): Script {
  const scanner = new Scanner(text);
  const options = new Map<string, string>();
  for (let option = scanner.match(/--(\w+)(?:=(\S+))?/y); option !== null; option = scanner.match(/--(\w+)(?:=(\S+))?/y)) options.set(option[1]!, option[2] ?? '');
  const define = /^([A-Z_]+)=(.*)$/.exec(options.get('define') ?? '');
  scanner.define(define === null ? defines : { ...defines, [define[1]!]: define[2]! });
  const init = scanner.match(/`([^`]*)`/y)?.[1] ?? '';
  const events: DrillEvent[] = [];
  while (!scanner.atEnd() && !scanner.sees('`')) events.push(eventOf(scanner));
  return { options, init, events };
}

function eventOf(scanner: Scanner): DrillEvent {
  const line = scanner.line();
  const when = whenOf(scanner);
  return { line, when, deed: deedOf(scanner) };
}

function whenOf(scanner: Scanner): When {
  if (scanner.take('*')) return { relative: false, any: true, from: 0, to: Number.POSITIVE_INFINITY, returns: null };
  const relative = scanner.take('+');
  const from = scanner.seconds();
  const to = scanner.take('~') ? plusSeconds(scanner) : from;
  const returns = scanner.take('...') ? plusSeconds(scanner) : null;
  return { relative, any: false, from, to, returns };
}

/** `0.5` or `+0.5`. */
function plusSeconds(scanner: Scanner): number {
  scanner.take('+');
  return scanner.seconds();
}

function deedOf(scanner: Scanner): Deed {
  const command = scanner.match(/`([^`]*)`/y);
  if (command !== null) return { kind: 'command', text: command[1]! };
  const code = scanner.match(/%\{([\s\S]*?)\}%/y);
  if (code !== null) return { kind: 'code', text: code[1]! };
  return scanner.sees('<') || scanner.sees('>') ? packetOf(scanner) : callOf(scanner);
}
