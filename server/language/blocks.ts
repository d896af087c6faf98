/**
 * What outlives an edit: the top-level blocks whose text it did not touch. They are parsed and checked once; when text
 * before them grows or shrinks, the places in their tree are moved. An analysis that was made from another one has taken
 * its blocks over: the older one's tree must not be read any more.
 */
import { LINE_FEED } from './characters.ts';
import type { Entry } from './tree.ts';

/** A block that parsed without a problem, begins its line and ends with `}`: nothing outside its text has a say in its tree. */
export interface Block {
  readonly entry: Entry;
  /** How many tokens it has. */
  readonly tokens: number;
}

/** A text and its blocks, in the order of the text. */
export interface Blocks {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The blocks that stand in `text` as they stood in the older text, by the offset where they begin now. */
export function unchangedBlocks(older: Blocks, text: string): Map<number, Block> {
  const head = commonStart(older.text, text);
  const tail = commonEnd(older.text, text, head);
  const shift = text.length - older.text.length;
  const found = new Map<number, Block>();
  for (const block of older.blocks) {
    const { start, end } = block.entry.range;
    if (end <= head) found.set(start, block);
    else if (start >= older.text.length - tail) found.set(start + shift, block);
  }
  return found;
}

function commonStart(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let length = 0;
  while (length < most && left.charCodeAt(length) === right.charCodeAt(length)) length++;
  return length;
}

/** How much is equal at the end, behind the `head` that is equal at the start. */
function commonEnd(left: string, right: string, head: number): number {
  const most = Math.min(left.length, right.length) - head;
  let length = 0;
  while (length < most && left.charCodeAt(left.length - 1 - length) === right.charCodeAt(right.length - 1 - length))
    length++;
  return length;
}

/** Whether the character at `start` is the first of its line: indentation counts where braces are missing. */
export function beginsLine(text: string, start: number): boolean {
  return start === 0 || text.charCodeAt(start - 1) === LINE_FEED;
}

/** What `perBlock` functions know of a block. */
const derived: ((entry: Entry) => object | undefined)[] = [];

/** Offsets, and 1-based lines where a node has them. */
interface Places {
  readonly ranges: { start: number; end: number }[];
  readonly lines: { line: number; endLine: number }[];
}

/** Collected when a block is moved for the first time. */
const placesOf = new WeakMap<Entry, Places>();

/** A function of one top-level block, computed once for each; objects with places in its result move with the block. */
export function perBlock<T extends object>(make: (entry: Entry) => T): (entry: Entry) => T {
  const known = new WeakMap<Entry, T>();
  derived.push((entry) => known.get(entry));
  return (entry) => {
    const have = known.get(entry);
    if (have) return have;
    const result = make(entry);
    known.set(entry, result);
    placesOf.delete(entry);
    return result;
  };
}

/** Moves all places of a block by so many characters and lines. */
export function moveBlock({ entry }: Block, characters: number, lines: number): void {
  if (characters === 0 && lines === 0) return;
  let places = placesOf.get(entry);
  if (!places) placesOf.set(entry, (places = collectPlaces(entry)));
  for (const each of places.ranges) {
    each.start += characters;
    each.end += characters;
  }
  for (const each of places.lines) {
    each.line += lines;
    each.endLine += lines;
  }
}

function collectPlaces(entry: Entry): Places {
  const seen = new Set<object>();
  for (const root of [entry, ...derived.flatMap((known) => known(entry) ?? [])]) visit(root, seen);
  const places: Places = { ranges: [], lines: [] };
  for (const node of seen) {
    if ('start' in node) places.ranges.push(node as Places['ranges'][number]);
    if ('line' in node) places.lines.push(node as Places['lines'][number]);
  }
  return places;
}

/** What the tree shares with the schema has no places. */
const OF_THE_SCHEMA: ReadonlySet<string> = new Set(['schema', 'part', 'settingTable']);

function visit(node: object, seen: Set<object>): void {
  if (seen.has(node)) return;
  seen.add(node);
  for (const key in node) {
    const value: unknown = node[key as keyof typeof node];
    if (typeof value === 'object' && value !== null && !OF_THE_SCHEMA.has(key)) visit(value, seen);
  }
}
