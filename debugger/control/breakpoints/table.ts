/** All breakpoints of a session, and the probe armed for them. */
import type { Scenario } from '../../../server/language/scenario.ts';
import { tickInfo } from '../debug_info.ts';
import { armFunction, armTick, disarmAll, lineOfTick, tickOfLine } from '../probe.ts';
import type { Wanted } from 'netpath:watch';
import type { Armed, BreakpointInfo, BreakpointRequest } from './breakpoint.ts';
import { ALWAYS, type Condition, expressionHolds, type Site } from './condition.ts';
import { EvaluationError } from '../expressions/found.ts';
import { type PacketStep, packetStepRow } from '../packet/packet_step.ts';
import { DROP_FUNCTION } from './drop_function.ts';
import type { HitCount } from './hit_count.ts';
import type { PacketFilter } from './packet_filters.ts';
import type { WatchedField } from '../fields/field_watch.ts';
import { placeId } from '../fields/place.ts';
import { fieldRow, functionRow, listingRow, type Row, scenarioRow } from './rows.ts';

export type Watched = Pick<Wanted, 'entries' | 'bodies' | 'lines'>;

export interface FilterRequest {
  readonly filter: string;
  readonly condition?: string | undefined;
}
export interface FilterInfo {
  readonly verified: boolean;
  readonly message: string;
}

export class BreakpointTable {
  /** 'functions', 'scenario', 'fields' or a listing's path -> its rows. */
  readonly #sets = new Map<string, readonly Row[]>();
  readonly #asked = new Map<string, readonly BreakpointRequest[]>();
  /** By what was asked: an edit elsewhere leaves ids and hit counts as they are. */
  readonly #known = new Map<string, Row>();
  readonly #filters = new Map<PacketFilter['filter'], Condition>();
  #byFunction = new Map<number, Armed[]>();
  #byTick = new Map<number, Armed[]>();
  /** As the rows have them, and each field once. */
  #rowFields: readonly WatchedField[] = [];
  #fields: readonly WatchedField[] = [];
  #watched: Watched = { entries: [], bodies: [], lines: [] };
  #hits: readonly HitCount[] = [];
  /** A step of the packet, and what it arms. */
  #step: PacketStep | null = null;
  #stepRow: readonly Row[] = [];
  #nextId = 1;
  #muted = false;
  readonly #say: (message: string) => void;

  constructor(say: (message: string) => void) {
    this.#say = say;
  }

  setFunctions(requests: readonly BreakpointRequest[], hosts: readonly string[]): BreakpointInfo[] {
    return this.#replace('functions', requests, (id, request) => functionRow(id, request, hosts, this.#say));
  }

  setListing(file: string, requests: readonly BreakpointRequest[]): BreakpointInfo[] {
    return this.#replace(file, requests, (id, request) => listingRow(id, file, request, this.#say));
  }

  setScenario(scenario: Scenario, requests: readonly BreakpointRequest[]): BreakpointInfo[] {
    return this.#replace('scenario', requests, (id, request) => scenarioRow(id, scenario, request, this.#say));
  }

  setFields(requests: readonly BreakpointRequest[]): BreakpointInfo[] {
    return this.#replace('fields', requests, (id, request) => fieldRow(id, request, this.#say));
  }

  /** A new run: other hosts, other lines, no hits yet. Ids stay. */
  restart(scenario: Scenario, hosts: readonly string[]): void {
    const asked = [...this.#asked];
    for (const [key, row] of this.#known) this.#known.set(key, { ...row, info: { ...row.info, verified: false } });
    for (const [set, requests] of asked) {
      if (set === 'functions') this.setFunctions(requests, hosts);
      else if (set === 'scenario') this.setScenario(scenario, requests);
      else if (set === 'fields') this.setFields(requests);
      else this.setListing(set, requests);
    }
  }

  setFilters(requests: readonly FilterRequest[]): FilterInfo[] {
    this.#filters.clear();
    const answers = requests.map((request) => this.#addFilter(request));
    this.#arm();
    return answers;
  }

  /** Those at a function's entry that say stop, or log. */
  atFunction(fn: number, site: Site): Armed[] {
    return (this.#byFunction.get(fn) ?? []).filter((armed) => armed.condition.holds(site));
  }

  /** The watch build has finished an event, which `repeated` runs again in the debug build. */
  settle(repeated: boolean): void {
    for (const hits of this.#hits) hits.settle(repeated);
  }

  /** Whether one of a function may stop at an entry with these parameters. */
  mayStopAt(fn: number, site: Site): boolean {
    return fn === DROP_FUNCTION || (this.#byFunction.get(fn) ?? []).some((armed) => armed.ahead.holds(site));
  }

  /** Whether one on a line of the scenario may stop there. */
  mayStopOn(line: number, site: Site): boolean {
    return (this.#byTick.get(tickOfLine(line)) ?? []).some((armed) => armed.ahead.holds(site));
  }

  /** Those that wait for this function's return. */
  returnsOf(fn: number): Armed[] {
    return (this.#byFunction.get(fn) ?? []).filter((armed) => armed.atReturn !== null);
  }

  get waitsForReturns(): boolean {
    return [...this.#byFunction.keys()].some((fn) => this.returnsOf(fn).length > 0);
  }

  atTick(tick: number, site: Site): Armed[] {
    return (this.#byTick.get(tick) ?? []).filter((armed) => armed.condition.holds(site));
  }

  hasTick(tick: number): boolean {
    return this.#byTick.has(tick);
  }

  /** The condition of a filter that is on; undefined when it is off. */
  filter(kind: PacketFilter['filter']): Condition | undefined {
    return this.#muted ? undefined : this.#filters.get(kind);
  }

  /** Whether a run may go without looking at ticks. */
  get isEmpty(): boolean {
    const filters = this.#muted ? 0 : this.#filters.size;
    return this.#byFunction.size + this.#byTick.size + this.#fields.length + filters === 0;
  }

  /** Fields whose change may stop the run. Another list whenever they change. */
  get fields(): readonly WatchedField[] {
    return this.#fields;
  }

  /** Where a run at full speed has to look. Another object whenever breakpoints change. */
  get watched(): Watched {
    return this.#watched;
  }

  /** A run without debugging keeps its breakpoints for the next one. */
  set muted(muted: boolean) {
    this.#muted = muted;
    this.#arm();
  }

  /** The step of the packet that is under way; null: none. */
  follow(step: PacketStep | null): void {
    if (step === this.#step) return;
    this.#step = step;
    this.#stepRow = step === null ? [] : [packetStepRow(step)];
    this.#arm();
  }

  get step(): PacketStep | null {
    return this.#step;
  }

  /** Arms the probe anew, after another user of it has been at work. */
  arm(): void {
    this.#arm();
  }

  #addFilter({ filter, condition }: FilterRequest): FilterInfo {
    try {
      this.#filters.set(
        filter as PacketFilter['filter'],
        condition === undefined || condition === '' ? ALWAYS : expressionHolds(condition, this.#say),
      );
      return { verified: true, message: '' };
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return { verified: false, message: error.message };
    }
  }

  #replace(
    set: string,
    requests: readonly BreakpointRequest[],
    make: (id: number, request: BreakpointRequest) => Row,
  ): BreakpointInfo[] {
    const rows = requests.map((request) => this.#row(set, request, make));
    this.#asked.set(set, requests);
    this.#sets.set(set, rows);
    this.#arm();
    return rows.map(({ info }) => info);
  }

  #row(set: string, request: BreakpointRequest, make: (id: number, request: BreakpointRequest) => Row): Row {
    const key = JSON.stringify([
      set,
      request.name,
      request.line,
      request.condition,
      request.hitCondition,
      request.logMessage,
      request.field,
    ]);
    const known = this.#known.get(key);
    if (known?.info.verified) return known;
    const row = make(known?.info.id ?? this.#nextId++, request);
    this.#known.set(key, row);
    return row;
  }

  #arm(): void {
    const rows = this.#muted ? [] : [...[...this.#sets.values()].flat(), ...this.#stepRow];
    this.#byFunction = grouped(rows.flatMap((row) => row.functions));
    this.#byTick = grouped(rows.flatMap((row) => row.ticks));
    const fields = rows.flatMap(({ field }) => field ?? []);
    if (!sameItems(fields, this.#rowFields)) this.#fields = merged(fields);
    this.#rowFields = fields;
    const armed = [...this.#byFunction.values(), ...this.#byTick.values(), ...fields.map((each) => each.armed)].flat();
    this.#hits = [...new Set(armed.flatMap(({ hits }) => hits ?? []))];
    disarmAll();
    for (const fn of this.#byFunction.keys()) armFunction(fn, true);
    for (const tick of this.#byTick.keys()) armTick(tick, true);
    const asksForDrops = this.filter('drop') !== undefined || this.#stepRow.length > 0;
    const drops = asksForDrops && DROP_FUNCTION >= 0 ? [DROP_FUNCTION] : [];
    for (const fn of drops) armFunction(fn, true);
    const [ticks, lines] = [[...this.#byTick.keys()], [...this.#byTick.keys()].map(lineOfTick)];
    this.#watched = {
      entries: [...this.#byFunction.keys(), ...drops],
      bodies: ticks.filter((_, i) => lines[i] === 0).map((tick) => tickInfo(tick).fn),
      lines: lines.filter((line) => line > 0),
    };
  }
}

function grouped<K, V>(places: readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const [key, value] of places) groups.set(key, [...(groups.get(key) ?? []), value]);
  return groups;
}

const sameItems = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

function merged(fields: readonly WatchedField[]): WatchedField[] {
  const byPlace = grouped(fields.map((field) => [placeId(field.place), field] as const));
  return [...byPlace.values()].map((same) => ({ place: same[0]!.place, armed: same.flatMap(({ armed }) => armed) }));
}
