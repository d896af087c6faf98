/** Commands of the debug console, one row each; what is no command is an expression. */
import type { WhatIf } from '../compare/what_if.ts';
import type { PacketEvent } from '../stop.ts';
import type { Bookmark, Bookmarks } from './bookmarks.ts';
import { packetAt, packetStepFrom, storyText } from '../packet/packet_at.ts';
import { nowOf } from '../../inspect/look.ts';
import { HOST_COMMANDS, looksLikeHostCommand, runHostCommand } from '../../inspect/views/command.ts';
import { clock, duration, parseTime } from '../../inspect/format/time.ts';
import { hexDump } from '../../inspect/bytesRows.ts';
import { valuesText } from '../../inspect/values.ts';
import { structOf } from '../../inspect/struct.ts';
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { World } from '../../machine/types.ts';
import { breakableNames, glob } from '../breakpoints/function_names.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError } from '../expressions/found.ts';
import { FORMAT_SUFFIXES } from '../expressions/format_suffix.ts';
import { FUNCTIONS } from '../expressions/functions.ts';
import type { Names } from '../expressions/names.ts';
import type { Moment } from '../moment.ts';
import type { StackFrame } from '../stack/frame.ts';
import type { StepKind } from '../stepping/step.ts';
import { fieldOfExpression, fieldPlace } from './field_place.ts';
import { type Answer, textAnswer } from './answer.ts';

export interface ConsoleContext {
  readonly world: World;
  readonly moment: Moment;
  readonly thread: number;
  readonly stack: readonly StackFrame[];
  readonly names: Names;
  readonly bookmarks: Bookmarks;
  /** The packet event that stopped the run. */
  readonly packetEvent: PacketEvent | null;
  readonly whatIf: WhatIf;
}

interface ConsoleCommand {
  readonly usage: string;
  readonly doc: string;
  readonly pattern: RegExp;
  readonly run: (context: ConsoleContext, match: RegExpExecArray) => Answer;
}

export const CONSOLE_COMMANDS: readonly ConsoleCommand[] = [
  { usage: 'help', doc: 'this list', pattern: /^(?:help|\?)$/, run: () => textAnswer(helpText()) },
  {
    usage: 'where',
    doc: 'the moment and the stack',
    pattern: /^(?:where|bt)$/,
    run: (context) => textAnswer(whereText(context)),
  },
  {
    usage: 'functions GLOB',
    doc: 'functions of the model that match',
    pattern: /^functions(?:\s+(\S+))?$/,
    run: (_, [, pattern]) => textAnswer(functionsText(pattern ?? '*')),
  },
  {
    usage: 'drops',
    doc: 'packets dropped and frames lost so far',
    pattern: /^drops$/,
    run: ({ world }) => textAnswer(dropsText(world)),
  },
  {
    usage: 'at TIME',
    doc: 'goes to a time, such as: at 5ms',
    pattern: /^at\s+(.+)$/,
    run: (_, [, time]) => goToTime(time!),
  },
  {
    usage: 'goto EVENT[.TICK]',
    doc: 'goes to a moment, as `where` and Past scopes name it',
    pattern: /^goto\s+(\d+)(?:\.(\d+))?$/,
    run: (_, [, event, tick]) => goTo(Number(event), Number(tick ?? 0)),
  },
  {
    usage: 'mark [NAME]',
    doc: 'gives this moment a name; the Timeline shows it',
    pattern: /^mark(?:\s+([A-Za-z_][\w-]*))?$/,
    run: (context, [, name]) => textAnswer(setBookmark(context, name)),
  },
  {
    usage: 'marks',
    doc: 'the moments that have names',
    pattern: /^marks$/,
    run: ({ bookmarks }) => textAnswer(bookmarksText(bookmarks)),
  },
  {
    usage: 'goto NAME',
    doc: 'goes to a moment that has a name',
    pattern: /^goto\s+([A-Za-z_][\w-]*)$/,
    run: ({ bookmarks }, [, name]) => goToBookmark(bookmarks.get(name!)),
  },
  {
    usage: 'back [in|out]',
    doc: 'a line back; into what returned; to the line that called this',
    pattern: /^back(?:\s+(over|in|out))?$/,
    run: ({ thread }, [, how]) => goBack(thread, (how ?? 'over') as StepKind),
  },
  {
    usage: 'packet [next|back]',
    doc: 'where the packet comes from; on to its next stage, wherever that is; back to the one before',
    pattern: /^packet(?:\s+(next|back))?$/,
    run: (context, [, where]) => aboutPacket(context, where),
  },
  {
    usage: 'who FIELD',
    doc: 'goes back to where a field got its value, such as: who sk.tcp.snd_cwnd',
    pattern: /^who\s+(.+)$/,
    run: (context, [, text]) => goToLastChange(context, text!),
  },
  {
    usage: 'whatif CHANGE',
    doc: 'this run beside the same with something changed, such as: whatif server.eth0.rx-ring 64',
    pattern: /^whatif\s+(.+)$/,
    run: ({ whatIf }, [, change]) => textAnswer(whatIf.compare(change!)),
  },
  {
    usage: 'stepi',
    doc: 'to the next statement of the whole world, be it an interrupt or another CPU',
    pattern: /^(?:stepi|si)$/,
    run: ({ thread }) => ({ text: 'one statement on', type: '', move: { kind: 'step', how: 'tick', thread } }),
  },
  {
    usage: 'reverse-stepi',
    doc: 'back to the one before',
    pattern: /^(?:reverse-stepi|rsi)$/,
    run: ({ thread }) => goBack(thread, 'tick'),
  },
  {
    usage: 'dump EXPRESSION',
    doc: 'bytes of a packet in hex',
    pattern: /^dump\s+(.+)$/,
    run: (context, [, text]) => textAnswer(dumpText(context, text!)),
  },
  {
    usage: 'HOST$ COMMAND',
    doc: 'a command at a host, such as: server$ ip neigh',
    pattern: /^([\w.-]+)\$\s*(.*)$/,
    run: ({ world }, [, host, text]) => textAnswer(hostText(world, host!, text!)),
  },
];

/** undefined when the text is no command. */
export function runConsoleCommand(context: ConsoleContext, text: string): Answer | undefined {
  for (const { pattern, run } of CONSOLE_COMMANDS) {
    const match = pattern.exec(text.trim());
    if (match !== null) return run(context, match);
  }
  refuseHalf(context, text.trim());
  refuseWithoutHost(context, text.trim());
  return undefined;
}

/** The name of a command without what it needs, or with something else. */
function refuseHalf({ names }: ConsoleContext, text: string): void {
  const [word = ''] = text.split(/\s+/);
  const command = CONSOLE_COMMANDS.find(({ usage }) => usage.split(' ')[0] === word);
  if (command === undefined || names.lookup(word) !== undefined) return;
  throw new EvaluationError(`${command.usage}: ${command.doc}`);
}

/** Each command of a shell belongs to a host; `server.ps` and the like are expressions. */
function refuseWithoutHost({ world, names }: ConsoleContext, text: string): void {
  const looks = looksLikeHostCommand(text);
  if (looks === 'no' || (looks === 'perhaps' && names.lookup(text) !== undefined)) return;
  const lines = world.hosts.map(({ name }) => `${name}$ ${text}`);
  throw new EvaluationError(`which host? A command is typed at one: ${lines.join(' or ')}`);
}

function helpText(): string {
  const rows = CONSOLE_COMMANDS.map(({ usage, doc }) => `  ${usage.padEnd(22)}${doc}`);
  const hosts = HOST_COMMANDS.map(({ usage }) => `  ${usage}`);
  const suffixes = Object.entries(FORMAT_SUFFIXES).map(([letter, { doc }]) => `,${letter} ${doc}`);
  return [
    'Commands:',
    ...rows,
    'At a host:',
    ...hosts,
    `Expressions: skb->len, ip_hdr(skb)->saddr == 10.0.0.2, server.eth0.rx_ring, client.app.reply.length`,
    `  with ${Object.keys(FUNCTIONS).join(', ')}`,
    `  and a format behind, such as skb->len,x: ${suffixes.join(', ')}`,
  ].join('\n');
}

function whereText({ world, moment, stack }: ConsoleContext): string {
  const now = nowOf(world);
  const frames = stack.map(
    (frame, i) => `#${String(i).padEnd(3)}${frame.name}${frame.kind === 'label' ? '' : frameText(frame)}`,
  );
  return [`event ${moment.event}, tick ${moment.tick}, ${clock(now)}`, ...frames].join('\n');
}

function frameText(frame: Exclude<StackFrame, { kind: 'label' }>): string {
  return frame.kind === 'scenario' || frame.file === '' ? ` line ${frame.line}` : ` ${frame.file}:${frame.line}`;
}

function functionsText(pattern: string): string {
  const expression = glob(pattern);
  const found = breakableNames()
    .filter((name) => expression.test(name))
    .sort();
  return found.length === 0 ? `no function of the model matches ${pattern}` : found.join('\n');
}

export function dropsText(world: World): string {
  const lines = world.log.map((entry) => {
    const values = valuesText(entry.values, entry.time);
    const condition = entry.condition === '' ? '' : `: ${entry.condition}${values === '' ? '' : ` (${values})`}`;
    return `${clock(entry.time)}  ${entry.host === '' ? '' : `${entry.host} `}${entry.where} ${entry.reason}${condition}, event ${entry.event}`;
  });
  const older = world.log_dropped > 0 ? [`${world.log_dropped} older ones are not kept`] : [];
  return lines.length === 0 ? 'nothing was dropped or lost' : [...older, ...lines].join('\n');
}

function goToTime(text: string): Answer {
  const ns = parseTime(text);
  if (ns === undefined) throw new EvaluationError(`a time has a unit, such as 5ms or 250us: not ${text}`);
  return { text: `going to ${duration(ns)}`, type: '', move: { kind: 'goto time', ns } };
}

function goTo(event: number, tick: number): Answer {
  if (!Number.isSafeInteger(event) || !Number.isSafeInteger(tick))
    throw new EvaluationError('no run has so many events');
  return { text: `going to event ${event}`, type: '', move: { kind: 'goto', moment: { event, tick } } };
}

function setBookmark({ bookmarks, moment, world }: ConsoleContext, given: string | undefined): string {
  const bookmark = { name: given ?? bookmarks.nextName(), moment, time: nowOf(world) };
  bookmarks.set(bookmark);
  return bookmarkText(bookmark);
}

const bookmarkText = ({ name, moment: { event, tick }, time }: Bookmark): string =>
  `${name}: ${clock(time)}, event ${event}, tick ${tick}`;

const bookmarksText = ({ all }: Bookmarks): string =>
  all.length === 0 ? 'no moment has a name: `mark NAME` gives this one' : all.map(bookmarkText).join('\n');

const goToBookmark = ({ name, moment }: Bookmark): Answer => ({
  text: `going to ${name}`,
  type: '',
  move: { kind: 'goto', moment },
});

function goBack(thread: number, how: StepKind): Answer {
  const text = {
    over: 'a line back',
    in: 'back into what returned',
    out: 'back to the call',
    tick: 'one statement back',
  }[how];
  return { text, type: '', move: { kind: 'back', how, thread } };
}

function goToLastChange({ world, names }: ConsoleContext, text: string): Answer {
  const { id, text: what } = fieldPlace(world, fieldOfExpression(text, names));
  if (id === null) throw new EvaluationError(what);
  return { text: `back to the last change of ${what}`, type: '', move: { kind: 'last change', field: id } };
}

function aboutPacket({ names, stack, packetEvent }: ConsoleContext, where: string | undefined): Answer {
  const lineage = packetAt(names, stack, packetEvent);
  if (where === undefined) return textAnswer(storyText(lineage));
  const step = packetStepFrom(stack, lineage, where === 'next' ? 'next' : 'previous');
  const text = where === 'next' ? 'on to where the packet comes next' : 'back to where the packet was before';
  return { text, type: '', move: { kind: 'packet', step } };
}

function dumpText({ names }: ConsoleContext, text: string): string {
  const value = evaluate(parse(text), names).value;
  if (value instanceof Uint8Array) return hexDump(value);
  if (structOf(value) !== 'sk_buff') throw new EvaluationError('dump takes an sk_buff or bytes');
  const skb = value as sk_buff;
  return hexDump(skb.head.subarray(skb.data, skb.tail));
}

export function hostText(world: World, name: string, text: string): string {
  const host = world.hosts.find((each) => each.name === name);
  if (host === undefined)
    throw new EvaluationError(
      `no host is called ${name}; there are ${world.hosts.map((each) => each.name).join(', ')}`,
    );
  const output = runHostCommand(host, text);
  if (output !== undefined) return output;
  const known = `there are ${HOST_COMMANDS.map(({ usage }) => usage).join(', ')}`;
  const [word = ''] = text.split(' ');
  throw new EvaluationError(
    word === '' ? `a command belongs behind ${name}$: ${known}` : `${word}: command not found; ${known}`,
  );
}
