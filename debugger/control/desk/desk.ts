/** Serves what is asked while the run stands still: stacks, scopes, variables, expressions. It reads the stopped world and changes nothing. */
import { Bookmarks } from './bookmarks.ts';
import { isOpenable, indexedCount } from '../../inspect/children.ts';
import { lineageChain } from '../../inspect/lineage.ts';
import type { Format } from '../../inspect/format/field.ts';
import { type Look, nowOf } from '../../inspect/look.ts';
import { manyWays, present } from '../../inspect/present.ts';
import { structOf, typeName } from '../../inspect/struct.ts';
import { hexDump } from '../../inspect/bytesRows.ts';
import type { World } from '../../machine/types.ts';
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError, type Found } from '../expressions/found.ts';
import { cutFormat, type Formatted } from '../expressions/format_suffix.ts';
import type { EvaluateContext, FrameRow, Parameters, Result, ScopeRow } from '../protocol.ts';
import { cpuStack, taskStack } from '../stack/call_stack.ts';
import type { StackFrame } from '../stack/frame.ts';
import { lineageOfStack } from '../stack/packet_of.ts';
import type { WhatIf } from '../compare/what_if.ts';
import type { ChartMaker } from '../lanes/chart.ts';
import type { Chart, ChartWindow } from '../lanes/chart_shape.ts';
import type { PastStacks } from '../stack/past.ts';
import { type Stop, told } from '../stop.ts';
import { cpuOfThread, listThreads, taskOfThread, threadOf } from '../threads.ts';
import type { Move } from '../waiter.ts';
import { completions } from './completions.ts';
import { runConsoleCommand } from './console.ts';
import { type FieldPlace, fieldOfExpression, fieldOfRow, fieldPlace } from './field_place.ts';
import { Handles } from './handles.ts';
import { namesOfFrame } from './names.ts';
import { returnNames } from '../site.ts';
import { chained, type Names } from '../expressions/names.ts';
import { beginningOfFrame } from './restart_frame.ts';
import { scopesOf } from './scopes.ts';
import type { Listings } from './function_tables.ts';
import { type StepChoice, stepChoices } from './step_targets.ts';
import { memoryNumber, openNode, returnedChild, type VariableRow } from './variables.ts';

interface Place {
  readonly stack: readonly StackFrame[];
  readonly index: number;
  readonly thread: number;
}

export class Desk {
  readonly #handles = new Handles();
  readonly #bookmarks = new Bookmarks();
  readonly #past: PastStacks;
  readonly #charts: ChartMaker;
  readonly #whatIf: WhatIf;
  readonly #writer: Look['writer'];
  readonly #listings: Listings;
  #stop: Stop | null = null;
  #world: World;
  #stacks = new Map<number, StackFrame[]>();
  #places: Place[] = [];
  #targets: StepChoice[] = [];
  /** A console command asked to go somewhere. */
  #wantedMove: Move | null = null;

  constructor(
    start: World,
    past: PastStacks,
    charts: ChartMaker,
    whatIf: WhatIf,
    writer: Look['writer'],
    listings: Listings,
  ) {
    this.#world = start;
    this.#past = past;
    this.#charts = charts;
    this.#whatIf = whatIf;
    this.#writer = writer;
    this.#listings = listings;
  }

  /** The run stands still here. */
  open(stop: Stop): void {
    this.#stop = stop;
    this.#world = stop.world;
    this.#stacks = new Map();
    this.#places = [];
    this.#handles.startStop();
  }

  /** It goes on; what was given out is no longer valid. */
  close(): void {
    this.#stop = null;
    this.#stacks = new Map();
    this.#places = [];
    this.#targets = [];
  }

  get stop(): Stop {
    if (this.#stop === null) throw new EvaluationError('the run is not stopped');
    return this.#stop;
  }

  /** Asks to go back to where a frame's call began. */
  restartFrame({ frame }: Parameters<'restartFrame'>): null {
    const { stack, index } = this.#place(frame);
    this.#wantedMove = beginningOfFrame(stack[index]!);
    return null;
  }

  /** The calls of the statement at which the run stopped; other frames stand in the middle of theirs. */
  stepTargets({ frame }: Parameters<'stepTargets'>): Result<'stepTargets'> {
    const place = this.#place(frame);
    const { position, packetEvent } = this.stop;
    const begins = position !== null && position.fn >= 0 && packetEvent?.kind !== 'drop';
    this.#targets =
      begins && this.#isTop(place.thread, place.index)
        ? stepChoices(this.#listings, position.tick, this.#namesAt(place))
        : [];
    return this.#targets.map(({ label, line, column }, id) => ({ id, label, line, column }));
  }

  /** Asks to step into one of them. */
  stepInto({ thread, target }: Parameters<'stepInto'>): null {
    const into = this.#targets[target];
    if (into === undefined) throw new EvaluationError('this call belongs to an earlier stop');
    this.#wantedMove = { kind: 'step', how: 'in', thread, into };
    return null;
  }

  takeWantedMove(): Move | null {
    const move = this.#wantedMove;
    this.#wantedMove = null;
    return move;
  }

  /** While it runs, those of the last stop: a client wants to list them before the first one. */
  threads(): Result<'threads'> {
    return listThreads(this.#world);
  }

  stack({ thread, start, levels }: Parameters<'stack'>): Result<'stack'> {
    const stack = this.#stackOf(thread);
    const end = levels > 0 ? start + levels : stack.length;
    return {
      frames: stack.slice(start, end).map((frame, i) => this.#frameRow(frame, { stack, index: start + i, thread })),
      total: stack.length,
    };
  }

  scopes({ frame }: Parameters<'scopes'>): ScopeRow[] {
    const { stack, index, thread } = this.#place(frame);
    const returned = this.#isTop(thread, index) ? this.stop.returned : null;
    return scopesOf(stack, index, returned === null ? [] : [returnedChild(this.stop.world, returned)]).map(
      ({ name, hint, value, expression, expensive }) => {
        const key = `${thread}:${stack[index]!.name}/${name}`;
        return { name, hint, expensive, reference: this.#handles.numberOf({ key, value, expression }) };
      },
    );
  }

  variables({ reference, page, hex }: Parameters<'variables'>): VariableRow[] {
    const node = this.#handles.node(reference);
    if (node === undefined) throw new EvaluationError('these variables belong to an earlier stop');
    return openNode(this.#handles, node, this.#lookIn(hex), page ?? undefined);
  }

  evaluate({ text, frame, context, hex }: Parameters<'evaluate'>): VariableRow {
    const place = this.#placeOrTop(frame);
    const names = this.#namesAt(place);
    const command =
      context === 'repl'
        ? runConsoleCommand(
            {
              world: this.stop.world,
              moment: this.stop.moment,
              thread: place.thread,
              stack: place.stack,
              names,
              bookmarks: this.#bookmarks,
              packetEvent: this.stop.packetEvent,
              whatIf: this.#whatIf,
            },
            text,
          )
        : undefined;
    if (command !== undefined) {
      this.#wantedMove = command.move ?? null;
      return {
        name: text,
        value: command.text,
        type: '',
        reference: 0,
        indexed: 0,
        expression: null,
        virtual: true,
        memory: 0,
      };
    }
    const { text: expression, format } = cutFormat(text);
    const found = evaluate(parse(expression), names);
    return this.#valueRow({ text, expression, format }, found, context, this.#lookIn(hex));
  }

  fieldPlace({ reference, name, frame }: Parameters<'fieldPlace'>): FieldPlace {
    if (reference === null)
      return fieldPlace(
        this.stop.world,
        fieldOfExpression(cutFormat(name).text, this.#namesAt(this.#placeOrTop(frame))),
      );
    const node = this.#handles.node(reference);
    if (node === undefined) throw new EvaluationError('these variables belong to an earlier stop');
    return fieldPlace(this.stop.world, fieldOfRow(node, name, this.#look));
  }

  completions({ text, frame }: Parameters<'completions'>): Result<'completions'> {
    const place = this.#placeOrTop(frame);
    return completions(text, this.#namesAt(place));
  }

  chart(window: ChartWindow): Chart {
    const packet = this.#stop === null ? null : lineageOfStack(this.#ownStack(threadOf(this.#world)));
    return this.#charts.chart(this.#world, this.#stop !== null, window, { bookmarks: this.#bookmarks.all, packet });
  }

  memory({ reference, offset, count }: Parameters<'memory'>): Result<'memory'> {
    const node = this.#handles.node(reference);
    if (node === undefined) throw new EvaluationError('these bytes belong to an earlier stop');
    const bytes = bytesOf(node.value);
    const start = Math.max(0, offset);
    const read = bytes.subarray(start, Math.max(start, offset + count));
    return { base64: Buffer.from(read).toString('base64'), unreadable: Math.max(0, count - read.length) };
  }

  packetEvent(): Result<'packetEvent'> {
    const event = this.stop.packetEvent;
    if (event === null) return null;
    return { event: told(event), lineage: lineageChain(event.lineage, this.#writer) };
  }

  /** `format`: what the text asks for. */
  #valueRow(
    { text, expression, format }: Formatted & { expression: string },
    { value, format: own }: Found,
    context: EvaluateContext,
    look: Look,
  ): VariableRow {
    const node = { key: `expression ${text}`, value, expression, integers: format };
    const inside = { ...look, integers: format ?? look.integers };
    const reference = isOpenable(value) ? this.#handles.numberOf(node) : 0;
    return {
      name: text,
      value: shownIn(context, value, format ?? (context === 'clipboard' ? undefined : own), inside),
      type: typeName(value),
      reference,
      indexed: indexedCount(value),
      expression: text,
      virtual: false,
      memory: memoryNumber(this.#handles, node),
    };
  }

  #lookIn(hex = false): Look {
    return hex ? { ...this.#look, integers: 'hex' } : this.#look;
  }

  get #look(): Look {
    const { world } = this.stop;
    return { now: nowOf(world), writer: this.#writer };
  }

  #frameRow(frame: StackFrame, place: Place): FrameRow {
    const id = this.#places.push(place);
    const { kind, name, subtle } = frame;
    if (kind === 'label') return { id, kind, name, subtle, file: null, line: 0, column: 0 };
    if (kind === 'scenario') return { id, kind, name, subtle, file: '', line: frame.line, column: 0 };
    const file = kind === 'past' && frame.file === '' && frame.line === 0 ? null : frame.file;
    return { id, kind, name, subtle, file, line: frame.line, column: frame.column };
  }

  #stackOf(thread: number): StackFrame[] {
    const known = this.#stacks.get(thread);
    if (known !== undefined) return known;
    const stack = this.#withPast(this.#ownStack(thread));
    this.#stacks.set(thread, stack);
    return stack;
  }

  /** Where the run stopped, if a call's return stopped it there. */
  #isTop(thread: number, index: number): boolean {
    return index === 0 && thread === threadOf(this.stop.world);
  }

  #namesAt({ stack, index, thread }: Place): Names {
    const { world, returned } = this.stop;
    const names = namesOfFrame(world, stack, index);
    return returned !== null && this.#isTop(thread, index) ? chained(returnNames(world, returned), names) : names;
  }

  #ownStack(thread: number): StackFrame[] {
    const { world, packetEvent } = this.stop;
    const stack = this.#wholeStack(thread);
    return packetEvent?.kind === 'drop' && thread === threadOf(world) ? fromDecision(stack, packetEvent.where) : stack;
  }

  #wholeStack(thread: number): StackFrame[] {
    const { world } = this.stop;
    const task = taskOfThread(world, thread);
    if (task !== undefined) return taskStack(task);
    const cpu = cpuOfThread(world, thread);
    return cpu === undefined ? [] : cpuStack(world, cpu);
  }

  #withPast(stack: StackFrame[]): StackFrame[] {
    const lineage = lineageOfStack(stack);
    if (lineage === null) return stack;
    return [...stack, ...this.#past.beyond(lineage, this.#look, stack)];
  }

  #place(frame: number): Place {
    const place = this.#places[frame - 1];
    if (place === undefined) throw new EvaluationError('this frame belongs to an earlier stop');
    return place;
  }

  /** Without a frame: where the run stopped. */
  #placeOrTop(frame: number | null): Place {
    if (frame !== null && this.#places[frame - 1] !== undefined) return this.#places[frame - 1]!;
    const thread = threadOf(this.stop.world);
    return { stack: this.#stackOf(thread), index: 0, thread };
  }
}

/** What only carries a drop out is left off: the function that decided it stands on top. */
function fromDecision(stack: StackFrame[], where: string): StackFrame[] {
  return stack.slice(
    Math.max(
      0,
      stack.findIndex((frame) => frame.kind === 'kernel' && frame.name === where),
    ),
  );
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (structOf(value) !== 'sk_buff') throw new EvaluationError(`${typeName(value)} has no bytes of its own`);
  const skb = value as sk_buff;
  return skb.head.subarray(skb.data, Math.max(skb.data, skb.tail));
}

function shownIn(context: EvaluateContext, value: unknown, format: Format | undefined, look: Look): string {
  if (context === 'clipboard' && typeof value === 'string') return value;
  if (context === 'clipboard' && value instanceof Uint8Array) return hexDump(value);
  const bare = format === undefined && look.integers === undefined;
  return context === 'hover' && typeof value === 'number' && bare ? manyWays(value) : present(value, look, format);
}
