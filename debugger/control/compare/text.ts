/** A comparison in words, for console and terminal alike. */
import { clock, duration } from '../../inspect/format/time.ts';
import { columns } from '../../inspect/views/table.ts';
import type { Comparison, OtherEvent, ToldParting } from './comparison.ts';
import type { FigureChange } from './figures.ts';
import type { DirectionChange, FrameChange } from './frames.ts';
import type { Point } from './partings.ts';
import type { Place } from './values_at.ts';

/** How the two runs are called: `as it is`, `changed`. */
export interface RunNames {
  readonly before: string;
  readonly after: string;
}

const SHOWN_PARTINGS = 6;
const SHOWN_FIGURES = 60;

/** Whether the runs differ in anything that is compared. */
export function differs({ otherEvent, partings, figures, frames, before, after }: Comparison): boolean {
  const frameDiffers = frames.some(({ first }) => first !== null);
  const expectDiffers = before.expects.some(({ holds }, i) => after.expects[i]?.holds !== holds);
  return otherEvent !== null || partings.length > 0 || figures.length > 0 || frameDiffers || expectDiffers;
}

export function comparisonText(comparison: Comparison, names: RunNames): string {
  const { before } = comparison;
  if (!differs(comparison))
    return `Nothing differs: ${before.events} events up to ${clock(before.time)}, the same statements at the same times.`;
  const parts = [
    timeText(comparison, names),
    ...partingTexts(comparison, names),
    framesText(comparison.frames, names),
    figuresText(comparison.figures, names),
    expectsText(comparison, names),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function timeText({ otherEvent, before, after }: Comparison, names: RunNames): string {
  if (otherEvent === null) return 'Everything happens at the same times.';
  const { event } = otherEvent;
  const until = event === 0 ? 'From the beginning' : `Up to event ${event} everything happens at the same times; then`;
  const ends =
    before.time === after.time
      ? ''
      : `\n${names.before} it ends at ${clock(before.time)}, ${names.after} at ${clock(after.time)}.`;
  return `${until}\n${columns([
    ['', names.before, eventText(otherEvent.before)],
    ['', names.after, eventText(otherEvent.after)],
  ])}${ends}`;
}

function eventText(event: OtherEvent['before']): string {
  if (event === null) return 'nothing happens any more';
  return `${event.actor === '' ? 'hardware' : event.actor} at ${clock(event.time)}`;
}

function partingTexts({ partings, cut }: Comparison, names: RunNames): string[] {
  const shown = partings.slice(0, SHOWN_PARTINGS).map((parting) => partingText(parting, names));
  const more =
    partings.length > SHOWN_PARTINGS ? [`${partings.length - SHOWN_PARTINGS} more contexts part later.`] : [];
  if (partings.length === 0) more.push('All contexts run the same statements in the same order.');
  return cut ? [...shown, ...more, 'Statements beyond the first events were not compared.'] : [...shown, ...more];
}

function partingText(parting: ToldParting, names: RunNames): string {
  const { context, last, lastPlace, values } = parting;
  if (last === null || lastPlace === null)
    return `${context}: runs ${names[parting.before === null ? 'after' : 'before']} only`;
  const width = Math.max(names.before.length, names.after.length);
  const way = (name: string, point: Point | null, place: Place | null): string =>
    `  ${name.padEnd(width)}  ${point === null ? 'does nothing more' : `${at(point)}, ${then(place!, lastPlace)}`}`;
  return [
    `${context} parts behind a statement of ${lastPlace.fn}, ${lastPlace.file}:${lastPlace.line}`,
    `    ${cutText(lastPlace.text)}`,
    ...values.map(
      ({ expression, before, after }) => `    ${expression} is ${before} ${names.before}, ${after} ${names.after}`,
    ),
    way(names.before, parting.before, parting.beforePlace),
    way(names.after, parting.after, parting.afterPlace),
  ].join('\n');
}

const at = ({ moment, now }: Point): string => `event ${moment.event}.${moment.tick}, ${clock(now)}`;

/** Where it goes on; of the same function the line is enough. */
function then({ fn, file, line, text }: Place, last: Place): string {
  const where = fn === last.fn && file === last.file ? `line ${line}` : `${fn}, ${file}:${line}`;
  return `${where}: ${cutText(text)}`;
}

const cutText = (text: string): string => (text.length > 90 ? `${text.slice(0, 89)}…` : text);

function framesText(directions: readonly DirectionChange[], names: RunNames): string {
  const other = directions.filter(({ first }) => first !== null);
  if (other.length === 0) return 'The same frames at the same times.';
  const head = [
    'Frames',
    names.before,
    names.after,
    'same',
    'other bytes',
    'moved',
    'on average',
    `only ${names.before}`,
    `only ${names.after}`,
  ];
  const rows = other.map((each) => [each.direction, ...numbers(each)]);
  return [columns([head, ...rows]), ...other.map((each) => firstText(each.direction, each.first!, names))].join('\n');
}

function numbers({
  before,
  after,
  same,
  altered,
  moved,
  shift: sum,
  onlyBefore,
  onlyAfter,
}: DirectionChange): string[] {
  const average = moved === 0 ? '-' : shift(sum / moved);
  return [...[before, after, same, altered, moved].map(String), average, ...[onlyBefore, onlyAfter].map(String)];
}

const shift = (ns: number): string => `${ns < 0 ? '-' : '+'}${duration(Math.round(Math.abs(ns)))}`;

function firstText(direction: string, { line, before, after, sameBytes }: FrameChange, names: RunNames): string {
  if (before === null) return `  the first on ${direction}: ${line}, ${names.after} only, at ${clock(after!)}`;
  if (after === null) return `  the first on ${direction}: ${line}, ${names.before} only, at ${clock(before)}`;
  const bytes = sameBytes === false ? ', with other bytes' : '';
  if (before === after) return `  the first on ${direction}: ${line}, at ${clock(before)}${bytes}`;
  return `  the first on ${direction}: ${line}, at ${clock(before)} ${names.before}, at ${clock(after)} ${names.after}${bytes}`;
}

function figuresText(figures: readonly FigureChange[], names: RunNames): string {
  if (figures.length === 0) return 'All counters come to the same.';
  const rows = figures
    .slice(0, SHOWN_FIGURES)
    .map((each) => [each.name, figure(each, each.before), figure(each, each.after), difference(each)]);
  const more = figures.length > SHOWN_FIGURES ? [`${figures.length - SHOWN_FIGURES} more figures differ`] : [];
  return [columns([['Figures', names.before, names.after, ''], ...rows]), ...more].join('\n');
}

function figure({ unit }: FigureChange, value: number | null): string {
  if (value === null) return '-';
  return unit === 'ns' ? duration(value) : String(value);
}

function difference({ before, after, unit }: FigureChange): string {
  const by = (after ?? 0) - (before ?? 0);
  const text = unit === 'ns' ? shift(by) : `${by > 0 ? '+' : ''}${by}`;
  if (before === null || before === 0 || after === null || Math.abs(by / before) < SMALL) return text;
  return `${text} (${by > 0 ? '+' : ''}${percent(by / before)})`;
}

/** A share that nobody wants to read. */
const SMALL = 0.001;

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;

function expectsText({ before, after }: Comparison, names: RunNames): string {
  const other = before.expects.flatMap((each, i) => {
    const then = after.expects[i];
    return then === undefined || then.text !== each.text || then.holds === each.holds
      ? []
      : [{ ...each, then: then.holds }];
  });
  return other
    .map(
      ({ text, line, holds, then }) =>
        `expect ${text} (line ${line}) ${holding(holds)} ${names.before}, ${holding(then)} ${names.after}`,
    )
    .join('\n');
}

const holding = (holds: boolean): string => (holds ? 'holds' : 'fails');
