/** The command line as a command with its options. */
import { parseArgs } from 'node:util';
import { parseTime } from '../inspect/format/time.ts';
import { usageError } from './usage.ts';

export interface RunOptions {
  readonly kind: 'run';
  readonly file: string;
  readonly seed: number;
  /** ns; null: to the end. */
  readonly until: number | null;
  readonly quiet: boolean;
  /** The path with every call, bookkeeping and helpers included. */
  readonly all: boolean;
  readonly calls: string | null;
  /** The file for all calls and frames with their times. */
  readonly trace: string | null;
  readonly pcap: string | null;
  readonly show: readonly { readonly host: string; readonly command: string }[];
  /** Fields whose changes are told instead of the path. */
  readonly watch: readonly string[];
  readonly hash: boolean;
  /** Changes to the scenario (server/language/change). */
  readonly set: readonly string[];
}

export interface CompareOptions {
  readonly kind: 'compare';
  readonly file: string;
  /** null: the same file with `set` made to it. */
  readonly other: string | null;
  readonly set: readonly string[];
  readonly seed: number;
  /** ns; null: to the end. */
  readonly until: number | null;
}

/** Something that is changed in turn to each of several values. */
export interface Axis {
  readonly path: string;
  readonly values: readonly string[];
}

export interface SweepOptions {
  readonly kind: 'sweep';
  readonly file: string;
  readonly axes: readonly Axis[];
  readonly seeds: readonly number[];
  /** ns; null: to the end. */
  readonly until: number | null;
  /** Expressions as `expect` reads them; empty: when each process ended. */
  readonly figures: readonly string[];
}

export type Command =
  | RunOptions
  | CompareOptions
  | SweepOptions
  | { readonly kind: 'check'; readonly files: readonly string[] }
  | { readonly kind: 'functions'; readonly pattern: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

const OPTIONS = {
  seed: { type: 'string' },
  until: { type: 'string' },
  at: { type: 'string' },
  calls: { type: 'string' },
  trace: { type: 'string' },
  pcap: { type: 'string' },
  show: { type: 'string', multiple: true },
  watch: { type: 'string', multiple: true },
  set: { type: 'string', multiple: true },
  figure: { type: 'string', multiple: true },
  quiet: { type: 'boolean' },
  all: { type: 'boolean' },
  hash: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof read>['values'];

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usageError(`netpath: ${(error as Error).message.split('. ')[0]}`);
  }
}

export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = read(args);
  const [name, ...rest] = positionals;
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  switch (name) {
    case 'run':
      return runOptions(values, rest);
    case 'compare':
      return compareOptions(values, rest);
    case 'sweep':
      return sweepOptions(values, rest);
    case 'check':
      if (rest.length === 0) throw usageError('netpath check: which files?');
      return { kind: 'check', files: rest };
    case 'functions':
      return { kind: 'functions', pattern: rest[0] ?? '*' };
    case undefined:
      throw usageError('netpath: a command is missing: run, compare, sweep, check or functions');
    default:
      throw usageError(`netpath: there is no command ${name}`);
  }
}

function runOptions(values: Values, files: readonly string[]): RunOptions {
  if (files.length !== 1)
    throw usageError(files.length === 0 ? 'netpath run: which file?' : 'netpath run: one file at a time');
  if (values.until !== undefined && values.at !== undefined)
    throw usageError('netpath run: --at and --until mean the same end: give one of them');
  if (values.watch !== undefined && (values.calls !== undefined || values.all))
    throw usageError('netpath run: --watch tells of fields instead of calls: give it without --calls and --all');
  return {
    kind: 'run',
    file: files[0]!,
    seed: seedOf(values.seed),
    until: timeOf(values.at ?? values.until, values.at === undefined ? '--until' : '--at'),
    quiet: values.quiet ?? false,
    all: values.all ?? false,
    calls: values.calls ?? null,
    trace: values.trace ?? null,
    pcap: values.pcap ?? null,
    show: (values.show ?? []).map(showOf),
    watch: values.watch ?? [],
    hash: values.hash ?? false,
    set: values.set ?? [],
  };
}

function refuseStrays(command: string, values: Values, known: readonly string[]): void {
  const stray = Object.keys(values).find((each) => !known.includes(each));
  if (stray !== undefined) throw usageError(`netpath ${command}: --${stray} means nothing here`);
}

function compareOptions(values: Values, [file, other, ...more]: readonly string[]): CompareOptions {
  refuseStrays('compare', values, ['seed', 'until', 'set']);
  const set = values.set ?? [];
  if (file === undefined || more.length > 0 || (other === undefined) === (set.length === 0))
    throw usageError('netpath compare: a file and another one, or a file and --set CHANGE');
  return {
    kind: 'compare',
    file,
    other: other ?? null,
    set,
    seed: seedOf(values.seed),
    until: timeOf(values.until, '--until'),
  };
}

function sweepOptions(values: Values, [file, ...more]: readonly string[]): SweepOptions {
  refuseStrays('sweep', values, ['seed', 'until', 'set', 'figure']);
  const axes = (values.set ?? []).map(axisOf);
  if (file === undefined || more.length > 0 || axes.length === 0)
    throw usageError("netpath sweep: a file and --set 'PATH VALUE | VALUE ...'");
  const until = timeOf(values.until, '--until');
  return { kind: 'sweep', file, axes, seeds: seedsOf(values.seed), until, figures: values.figure ?? [] };
}

/** `server.eth0.rx-ring 64 | 256 | 1024`. */
function axisOf(text: string): Axis {
  const [first = '', ...rest] = text.split('|').map((each) => each.trim());
  const [, path, value] = /^(\S+?)(?:\s*=\s*|\s+)(.+)$/s.exec(first) ?? [];
  const values = [value, ...rest];
  if (path === undefined || values.some((each) => !each))
    throw usageError(`netpath sweep: --set takes 'PATH VALUE | VALUE ...', not ${text}`);
  return { path, values: values as string[] };
}

const MOST_SEEDS = 1000;

/** `7`, or `1..20`. */
function seedsOf(text: string | undefined): number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text ?? '');
  if (range === null) return [seedOf(text)];
  const [from, to] = [seedOf(range[1]), seedOf(range[2])];
  if (to < from || to - from >= MOST_SEEDS)
    throw usageError(`netpath sweep: --seed takes up to ${MOST_SEEDS} seeds, such as 1..20, not ${text}`);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function seedOf(text: string | undefined): number {
  const seed = text === undefined ? 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(seed)) throw usageError(`netpath run: --seed takes a whole number, not ${text}`);
  return seed;
}

function timeOf(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  const ns = parseTime(text);
  if (ns === undefined) throw usageError(`netpath run: ${option} takes a time with its unit, such as 5ms, not ${text}`);
  return ns;
}

function showOf(text: string): { host: string; command: string } {
  const match = /^\s*([\w.-]+)\s*[:$]\s*(.+)$/.exec(text);
  if (match === null)
    throw usageError(`netpath run: --show takes 'HOST: COMMAND', such as 'server: ip neigh', not ${text}`);
  return { host: match[1]!, command: match[2]!.trim() };
}
