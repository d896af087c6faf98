/**
 * Dialogues with the adapter as text. A line `> command` is said, what stands below it is what comes back. Times, event numbers and
 * lines of listings change with every change of the model, so they are shown as <time>, <n> and <line>.
 */
import path from 'node:path';
import { type Body, DapClient, DapError, type DapEvent } from './dapClient.ts';

type Say = (text: string) => void;

interface Dialogue {
  readonly client: DapClient;
  thread: number;
  frames: Body[];
  readonly functions: Body[];
  readonly filters: Body[];
  readonly fields: Body[];
  readonly lines: Map<string, Body[]>;
}

const COMMANDS: Readonly<Record<string, (dialogue: Dialogue, rest: string, say: Say) => Promise<void>>> = {
  async launch(dialogue, rest, say) {
    const [file, ...options] = rest.split(' ');
    await dialogue.client.request('initialize', {
      clientID: 'vscode',
      adapterID: 'netpath',
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: 'path',
    });
    await dialogue.client.request('launch', {
      program: path.resolve(file!),
      ...Object.fromEntries(options.map(optionOf)),
    });
    await dialogue.client.next((event) => event.event === 'initialized');
    say('launched');
  },
  async break(dialogue, rest, say) {
    dialogue.functions.push(conditional(rest, (name) => ({ name })));
    await tellBreakpoints(dialogue, 'setFunctionBreakpoints', { breakpoints: dialogue.functions }, say);
  },
  async 'no-breaks'(dialogue, _rest, say) {
    dialogue.functions.length = 0;
    await tellBreakpoints(dialogue, 'setFunctionBreakpoints', { breakpoints: [] }, say);
  },
  async line(dialogue, rest, say) {
    const [, file, line, condition] = /^(\S+):(\d+)(.*)$/.exec(rest)!;
    const lines = dialogue.lines.get(file!) ?? [];
    dialogue.lines.set(file!, lines);
    lines.push(conditional(`x${condition}`, () => ({ line: Number(line) })));
    const source = { path: file!.endsWith('.netpath') ? path.resolve(file!) : `netpath-kernel:/${file}` };
    await tellBreakpoints(dialogue, 'setBreakpoints', { source, breakpoints: lines }, say);
  },
  async filter(dialogue, rest, say) {
    dialogue.filters.push(conditional(rest, (filterId) => ({ filterId })));
    await tellBreakpoints(dialogue, 'setExceptionBreakpoints', { filters: [], filterOptions: dialogue.filters }, say);
  },
  go: (dialogue, _rest, say) => moving(dialogue, 'configurationDone', {}, say),
  next: (dialogue, _rest, say) => moving(dialogue, 'next', { threadId: dialogue.thread }, say),
  in: (dialogue, _rest, say) => moving(dialogue, 'stepIn', { threadId: dialogue.thread }, say),
  out: (dialogue, _rest, say) => moving(dialogue, 'stepOut', { threadId: dialogue.thread }, say),
  back: (dialogue, rest, say) =>
    moving(dialogue, 'stepBack', { threadId: dialogue.thread, ...(rest === '' ? {} : { how: rest }) }, say),
  continue: (dialogue, _rest, say) => moving(dialogue, 'continue', { threadId: dialogue.thread }, say),
  reverse: (dialogue, _rest, say) => moving(dialogue, 'reverseContinue', { threadId: dialogue.thread }, say),
  /** `instruction back`: a request by the tick. */
  instruction: (dialogue, rest, say) => {
    const command = { back: 'stepBack', in: 'stepIn', next: 'next' }[rest]!;
    return moving(dialogue, command, { threadId: dialogue.thread, granularity: 'instruction' }, say);
  },
  /** What there is to step into; with a name, the step into the first that it begins. */
  async targets(dialogue, rest, say) {
    const { targets } = await dialogue.client.request('stepInTargets', { frameId: dialogue.frames[0]?.id });
    if (rest === '') return say(targets.map(({ label }: Body) => label).join(', ') || 'none');
    const targetId = targets.find(({ label }: Body) => label.startsWith(rest))?.id;
    await moving(dialogue, 'stepIn', { threadId: dialogue.thread, targetId }, say);
  },
  /** The innermost frame whose name begins so. */
  'restart-frame': (dialogue, rest, say) =>
    moving(dialogue, 'restartFrame', { frameId: frameNamed(dialogue, rest)?.id }, say),
  restart: (dialogue, _rest, say) => moving(dialogue, 'restart', {}, say),
  async stack(dialogue, rest, say) {
    const { stackFrames, totalFrames } = await dialogue.client.request('stackTrace', { threadId: dialogue.thread });
    dialogue.frames = stackFrames;
    for (const frame of stackFrames.slice(0, Number(rest || 100))) say(frameText(frame));
    if (stackFrames.length !== totalFrames) say(`${stackFrames.length} of ${totalFrames}`);
  },
  async threads(dialogue, _rest, say) {
    for (const thread of (await dialogue.client.request('threads')).threads) say(thread.name);
  },
  async scopes(dialogue, rest, say) {
    for (const scope of await scopesOf(dialogue, rest)) say(`${scope.name}${scope.expensive ? ' (expensive)' : ''}`);
  },
  async vars(dialogue, rest, say) {
    for (const row of await rows(dialogue, await opened(dialogue, rest.split('/')))) say(`${row.name}: ${row.value}`);
  },
  async 'field-of'(dialogue, rest, say) {
    await watchField(dialogue, { name: rest, frameId: dialogue.frames[0]?.id }, '', say);
  },
  async field(dialogue, rest, say) {
    const [, row, conditions] = /^(\S+)(.*)$/.exec(rest)!;
    const [, parent, name] = /^(.*)\/([^/]+)$/.exec(row!)!;
    await watchField(
      dialogue,
      { name, variablesReference: await opened(dialogue, parent!.split('/')) },
      conditions!,
      say,
    );
  },
  async 'no-fields'(dialogue, _rest, say) {
    dialogue.fields.length = 0;
    await tellBreakpoints(dialogue, 'setDataBreakpoints', { breakpoints: [] }, say);
  },
  eval: (dialogue, rest, say) => evaluated(dialogue, rest, 'watch', say),
  below: (dialogue, rest, say) => below(dialogue, rest, {}, say),
  'below-hex': (dialogue, rest, say) => below(dialogue, rest, { hex: true }, say),
  hover: (dialogue, rest, say) => evaluated(dialogue, rest, 'hover', say),
  async console(dialogue, rest, say) {
    await evaluated(dialogue, rest, 'repl', say);
    if (/^(?:at|goto|back|who|stepi|reverse-stepi|packet next|packet back)\b/.test(rest)) await arrived(dialogue, say);
  },
  async complete(dialogue, rest, say) {
    const { targets } = await dialogue.client.request('completions', {
      text: rest,
      column: rest.length + 1,
      frameId: dialogue.frames[0]?.id,
    });
    say(
      targets
        .slice(0, 12)
        .map((target: Body) => target.label)
        .join(' '),
    );
  },
  async memory(dialogue, rest, say) {
    const { memoryReference } = await dialogue.client.request('evaluate', {
      expression: rest,
      frameId: dialogue.frames[0]?.id,
      context: 'watch',
    });
    const { data, unreadableBytes } = await dialogue.client.request('readMemory', {
      memoryReference,
      offset: 0,
      count: 20,
    });
    say(`${Buffer.from(data, 'base64').toString('hex')} unreadable ${unreadableBytes}`);
  },
  async exception(dialogue, _rest, say) {
    const { exceptionId, description, details } = await dialogue.client.request('exceptionInfo', {
      threadId: dialogue.thread,
    });
    say(`${exceptionId}: ${description}`);
    if (details.stackTrace) say(details.stackTrace);
  },
  /** The run over time, or a stretch of it (ns): what lies undermost on each CPU, the frames on each wire. */
  async chart(dialogue, rest, say) {
    const [from, to] = rest === '' ? [] : rest.split(' ').map(Number);
    const chart = await dialogue.client.request('chart', { from, to, columns: 8 });
    say(`${chart.from} to ${chart.to} of ${chart.end} ns, now ${chart.now}`);
    for (const lane of chart.lanes) say(`${lane.name}: ${laneText(lane)}`);
    for (const { time, name } of chart.bookmarks) say(`${name} at ${time}`);
    for (const { time, lane, name, moment } of chart.marks) say(`${name}, ${lane} at ${time}, event ${moment}`);
  },
  async request(dialogue, rest, say) {
    const [, command, args] = /^(\S+)\s*(.*)$/.exec(rest)!;
    say(JSON.stringify(await dialogue.client.request(command!, args ? JSON.parse(args) : {})));
  },
};

function laneText({ kind, load, slices, frames }: Body): string {
  if (kind === 'wire')
    return frames?.map(({ name, from, to }: Body) => `${name} ${from}-${to}`).join(', ') ?? load.join(' ');
  const undermost = slices?.filter(({ depth }: Body) => depth === 0);
  return undermost?.map(({ name, from, to }: Body) => `${name} ${from}-${to}`).join(', ') ?? JSON.stringify(load);
}

const frameNamed = ({ frames }: Dialogue, name: string): Body | undefined =>
  frames.find((frame) => frame.name.startsWith(name));

/** `stopOnEntry`, `until=5ms`. */
/** `NAME`, `NAME=VALUE`, or `set=PATH+VALUE` with + for the space. */
function optionOf(text: string): [string, string | boolean | string[]] {
  const [name, value] = text.split('=');
  if (name === 'set') return [name, [value!.replace('+', ' ')]];
  return [name!, value ?? true];
}

/** `NAME if CONDITION hit COUNT`. */
function conditional(text: string, make: (name: string) => Body): Body {
  const [, name, condition, hitCondition] = /^(.*?)(?:\s+if\s+(.*?))?(?:\s+hit\s+(\S+))?$/.exec(text)!;
  return { ...make(name!), ...(condition ? { condition } : {}), ...(hitCondition ? { hitCondition } : {}) };
}

/** `Scope@frame`, then rows that are opened one in the other. */
async function opened(dialogue: Dialogue, [first, ...names]: string[]): Promise<number> {
  const [, scopeName, frame] = /^(.*?)(?:@(\d+))?$/.exec(first!)!;
  let reference = (await scopesOf(dialogue, frame ?? '')).find((scope) => scope.name === scopeName)!.variablesReference;
  for (const name of names)
    reference = (await rows(dialogue, reference)).find((each) => each.name === name)!.variablesReference;
  return reference;
}

async function watchField(dialogue: Dialogue, asked: Body, conditions: string, say: Say): Promise<void> {
  const { dataId, description, accessTypes, canPersist } = await dialogue.client.request('dataBreakpointInfo', asked);
  if (dataId === null) return say(`cannot be watched: ${description}`);
  say(`${description} (${accessTypes}${canPersist ? ', lasting' : ''})`);
  dialogue.fields.push(conditional(`x${conditions}`, () => ({ dataId })));
  await tellBreakpoints(dialogue, 'setDataBreakpoints', { breakpoints: dialogue.fields }, say);
}

async function tellBreakpoints(dialogue: Dialogue, command: string, args: Body, say: Say): Promise<void> {
  const { breakpoints } = await dialogue.client.request(command, args);
  const last = breakpoints.at(-1);
  if (last === undefined) return say('none');
  const place =
    last.source === undefined
      ? ''
      : ` ${last.source.name}${last.source.path.startsWith('netpath-kernel') ? '' : `:${last.line}`}`;
  say(
    `${last.verified ? 'bound' : 'unverified'}${place}${last.message ? `: ${last.message.replace(/in line \d+/, 'in line <line>').replace(/\d+ functions/, '<n> functions')}` : ''}`,
  );
}

async function moving(dialogue: Dialogue, command: string, args: Body, say: Say): Promise<void> {
  await dialogue.client.request(command, args);
  await arrived(dialogue, say);
}

/** Until the run stops or ends; output on the way is told. */
async function arrived(dialogue: Dialogue, say: Say): Promise<void> {
  for (;;) {
    const event = await dialogue.client.next(() => true);
    if (event.event === 'output')
      say(
        `| ${event.body.output.trimEnd()}${event.body.line ? ` [${event.body.source.name}:${event.body.line}]` : ''}`,
      );
    else if (event.event === 'stopped') return stopped(dialogue, event, say);
    else if (event.event === 'exited') say(`exited ${event.body.exitCode}`);
    else if (event.event === 'terminated') return say('terminated');
  }
}

async function stopped(dialogue: Dialogue, { body }: DapEvent, say: Say): Promise<void> {
  dialogue.thread = body.threadId;
  const { threads } = await dialogue.client.request('threads');
  const { stackFrames } = await dialogue.client.request('stackTrace', { threadId: body.threadId });
  dialogue.frames = stackFrames;
  const thread = threads.find((each: Body) => each.id === body.threadId);
  say(`stopped: ${body.reason}, ${body.description}${body.text ? ` (${body.text})` : ''}, in ${thread?.name}`);
  say(stackFrames.length === 0 ? '(no frames)' : frameText(stackFrames[0]));
}

function frameText({ name, line, source, presentationHint }: Body): string {
  if (presentationHint === 'label') return name;
  const listing = source.path.startsWith('netpath-kernel:/');
  const place = listing ? `${source.path.slice('netpath-kernel:/'.length)}:<line>` : `${source.name}:${line}`;
  return `${name} ${place}${presentationHint ? ` (${presentationHint})` : ''}`;
}

async function scopesOf(dialogue: Dialogue, frame: string): Promise<Body[]> {
  return (await dialogue.client.request('scopes', { frameId: dialogue.frames[Number(frame || 0)]!.id })).scopes;
}

async function rows(dialogue: Dialogue, reference: number): Promise<Body[]> {
  return (await dialogue.client.request('variables', { variablesReference: reference })).variables;
}

async function evaluated(dialogue: Dialogue, expression: string, context: string, say: Say): Promise<void> {
  const { result } = await dialogue.client.request('evaluate', {
    expression,
    frameId: dialogue.frames[0]?.id,
    context,
  });
  for (const line of result.split('\n')) say(line);
}

/** What is below an expression's value. */
async function below({ client, frames }: Dialogue, expression: string, format: Body, say: Say): Promise<void> {
  const { variablesReference } = await client.request('evaluate', { expression, frameId: frames[0]?.id });
  const { variables } = await client.request('variables', { variablesReference, format });
  say(variables.map(({ name, value }: Body) => `${name} ${value}`).join(', '));
}

/** What a change of costs, of the order of events or of a listing changes. */
function stable(text: string): string {
  return text
    .replace(/\d+(?:\.\d+)? (?:ns|us|ms|s)\b/g, '<time>')
    .replace(/\d{4,} \((?:in )?<time>(?: ago)?\)/g, '<time>')
    .replace(
      /\b(event|tick|events|skb|sk_buff|sock|frame|goto|after|write|segment|clone|fragment)(:?) \d+(?:\.\d+)?/g,
      '$1$2 <n>',
    );
}

/** Says every command of a text and answers it with what came back. */
export async function converse(script: string): Promise<string> {
  const dialogue: Dialogue = {
    client: new DapClient(),
    thread: 0,
    frames: [],
    functions: [],
    filters: [],
    fields: [],
    lines: new Map(),
  };
  const told: string[] = [];
  try {
    for (const line of script.split('\n')) {
      if (line.startsWith('#') || line === '') told.push(line);
      if (!line.startsWith('> ')) continue;
      told.push(line, ...(await answers(dialogue, line.slice(2))));
    }
  } finally {
    dialogue.client.end();
  }
  return `${told
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

async function answers(dialogue: Dialogue, command: string): Promise<string[]> {
  const [, name, rest] = /^(\S+)\s*(.*)$/.exec(command)!;
  const lines: string[] = [];
  try {
    const run = COMMANDS[name!];
    if (run === undefined) throw new Error(`no command ${name}`);
    await run(dialogue, rest!, (text) => lines.push(...text.split('\n')));
  } catch (error) {
    lines.push(...`${error instanceof DapError ? 'refused' : 'BROKEN'}: ${(error as Error).message}`.split('\n'));
  }
  return lines.map((line) => `  ${stable(line)}`.trimEnd());
}
