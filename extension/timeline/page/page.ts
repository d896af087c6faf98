/** The page of the Timeline view: shows a chart, moves in it, asks the extension for what it lacks and to go where a click points. */
import { duration } from '../../../debugger/inspect/format/time.ts';
import type { Chart, ChartMark } from '../../../debugger/control/lanes/chart_shape.ts';
import type { FromPage, ToPage } from '../messages.ts';
import { GUTTER, paintLanes, paintOverview, paintRuler, themeOf } from './paint.ts';
import { type Picked, pick, type Rows, rowsOf, rowTops } from './rows.ts';
import { firstView, moved, showing, timeAt, type View, xOf, zoomed } from './view.ts';
import { describe, destination } from './words.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [overview, ruler, lanes] = ['overview', 'ruler', 'lanes'].map((id) => element<HTMLCanvasElement>(id)) as [
  HTMLCanvasElement,
  HTMLCanvasElement,
  HTMLCanvasElement,
];
const [range, details, hint] = ['range', 'details', 'hint'].map((id) => element(id)) as [
  HTMLElement,
  HTMLElement,
  HTMLElement,
];

/** What is shown. `whole` is all that was seen, `chart` what is in view, as far as it has come in. */
const state = {
  whole: null as Chart | null,
  chart: null as Chart | null,
  view: null as View | null,
  /** Somebody has moved or zoomed. */
  chosen: false,
  rows: [] as Rows[],
  unfolded: new Set<string>(),
  picked: null as Picked | null,
  mark: undefined as ChartMark | undefined,
  /** ns and pixels from the top, of the pointer or where the keyboard is. */
  at: 0,
  height: 0,
};
/** One question at a time: whether one is under way, and about which stretch the last one was. */
const question = { asked: false, from: -1, to: -1 };

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => receive(data));

function receive(message: ToPage): void {
  if (message.kind === 'none') forget(message.text);
  else if (message.kind === 'stopped') askSoon();
  else showChart(message);
}

function showChart(message: ToPage & { kind: 'chart' }): void {
  question.asked = false;
  if (message.whole !== null) take(message.whole);
  state.chart = message.chart;
  state.rows = rowsOf(message.chart, state.unfolded);
  if (question.from < question.to) draw();
  if (question.from !== state.view?.from || question.to !== state.view.to) ask(false);
}

function forget(text: string): void {
  Object.assign(state, { whole: null, chart: null, view: null, chosen: false, rows: [], picked: null });
  hint.textContent = text;
  draw();
}

/** A new stop: who has not chosen a view sees what there is, others at least where the run stands. */
function take(whole: Chart): void {
  const { view } = state;
  state.whole = whole;
  if (view === null || !state.chosen) state.view = firstView(whole.end, whole.eventful);
  else state.view = showing(view, whole.now ?? view.from, whole.end);
}

/** `stopped`: what is known of the whole has changed too. The first answer is about the whole alone, and nothing is drawn of it. */
function ask(stopped: boolean): void {
  if (question.asked && !stopped) return;
  question.asked = true;
  Object.assign(question, state.view ?? { from: 0, to: 0 });
  host.postMessage({ kind: 'ask', whole: stopped, from: question.from, to: question.to, columns: columns() });
}

/** ms; what the debugger's own views ask for at a stop goes first, and of quick steps only the last counts. */
const SETTLED = 120;
let soon = 0;

function askSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(() => ask(true), SETTLED);
}

const room = (): number => Math.max(100, document.body.clientWidth - GUTTER - 16);
const columns = (): number => Math.floor(room() / 2);

function draw(): void {
  const { whole, chart, view, rows, picked } = state;
  document.body.classList.toggle('empty', chart === null);
  if (whole === null || chart === null || view === null) return;
  const theme = themeOf(document.body);
  const width = room();
  paintOverview(overview, whole, view, width, theme);
  paintRuler(ruler, chart, view, width, theme);
  paintLanes(lanes, { chart, rows, view, picked }, width, theme);
  range.textContent = `${duration(view.to - view.from)} from ${duration(view.from)}, of ${duration(whole.end)}`;
  lanes.setAttribute('aria-valuemax', String(Math.round(whole.end)));
  lanes.setAttribute('aria-valuenow', String(Math.round(state.at)));
}

function look(view: View): void {
  state.view = view;
  state.chosen = true;
  draw();
  ask(false);
}

// --- the pointer -------------------------------------------------------------------------------------------------

/** Where a drag began, and what was in view then. */
let drag: { x: number; view: View; moved: boolean } | null = null;

lanes.addEventListener('pointerdown', (event) => {
  if (state.view === null) return;
  lanes.setPointerCapture(event.pointerId);
  drag = { x: event.offsetX, view: state.view, moved: false };
});
lanes.addEventListener('pointermove', (event) => {
  if (drag === null) point(event.offsetX, event.offsetY);
  else pull(drag, drag.x - event.offsetX);
});
lanes.addEventListener('pointerup', (event) => {
  const clicked = drag?.moved === false;
  drag = null;
  if (clicked) click(event.offsetX, event.offsetY);
});
lanes.addEventListener('pointerleave', () => show(null, undefined));
lanes.addEventListener(
  'wheel',
  (event) => {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    wheel(event, event.offsetX - GUTTER);
  },
  { passive: false },
);

function pull(from: NonNullable<typeof drag>, by: number): void {
  from.moved ||= Math.abs(by) > 3;
  if (from.moved) look(moved(from.view, (by / room()) * (from.view.to - from.view.from), state.whole!.end));
}

function wheel({ ctrlKey, deltaX, deltaY }: WheelEvent, x: number): void {
  const { view, whole } = state;
  if (view === null || whole === null) return;
  const span = view.to - view.from;
  if (ctrlKey) look(zoomed(view, 1.002 ** deltaY, timeAt(view, room(), x), whole.end));
  else look(moved(view, ((deltaX + deltaY) / room()) * span, whole.end));
}

function point(x: number, y: number): void {
  const { view, rows } = state;
  if (view === null) return;
  state.at = timeAt(view, room(), x - GUTTER);
  state.height = y;
  const slack = (2 / room()) * (view.to - view.from);
  const picked = pick(rows, y, state.at, slack);
  show(picked, markAt(picked, slack * 3));
}

function markAt(picked: Picked | null, slack: number): ChartMark | undefined {
  if (picked === null) return undefined;
  return state.chart?.marks.find((mark) => mark.lane === picked.rows.name && Math.abs(mark.time - state.at) <= slack);
}

function show(picked: Picked | null, mark: ChartMark | undefined): void {
  Object.assign(state, { picked, mark });
  details.textContent = picked === null && mark === undefined ? '' : describe(picked, mark, state.at);
  lanes.setAttribute('aria-valuetext', details.textContent ?? '');
  lanes.style.cursor = mark !== undefined || (picked !== null && picked.kind !== 'lane') ? 'pointer' : 'default';
  draw();
}

/** On a name: folds or unfolds; on anything else: the run goes there. */
function click(x: number, y: number): void {
  point(x, y);
  if (x < GUTTER) fold(state.picked?.rows);
  else go();
}

function go(): void {
  host.postMessage({ kind: 'go', command: destination(state.picked, state.mark, state.at) });
}

function fold(rows: Rows | undefined): void {
  if (rows?.kind !== 'cpu' || state.chart === null) return;
  if (!state.unfolded.delete(rows.name)) state.unfolded.add(rows.name);
  state.rows = rowsOf(state.chart, state.unfolded);
  draw();
}

overview.addEventListener('pointerdown', (event) => {
  overview.setPointerCapture(event.pointerId);
  centre(event.offsetX);
});
overview.addEventListener('pointermove', (event) => {
  if (event.buttons !== 0) centre(event.offsetX);
});

/** Pixels from a moment within which its flag is meant. */
const NEAR = 16;

/** To a moment that has a name, by its flag, or to the time under the pointer. */
ruler.addEventListener('click', (event) => {
  const { chart, view } = state;
  if (chart === null || view === null || event.offsetX < GUTTER) return;
  const x = event.offsetX - GUTTER;
  const flag = chart.bookmarks.find(({ time }) => Math.abs(xOf(view, room(), time) - x) <= NEAR);
  const command = flag === undefined ? destination(null, undefined, timeAt(view, room(), x)) : `goto ${flag.moment}`;
  host.postMessage({ kind: 'go', command });
});

/** Brings the place of the overview that was pointed at into the middle. */
function centre(x: number): void {
  const { view, whole } = state;
  if (view === null || whole === null) return;
  const time = timeAt({ from: 0, to: whole.end }, room(), x - GUTTER);
  look(moved(view, time - (view.from + view.to) / 2, whole.end));
}

// --- the keyboard ------------------------------------------------------------------------------------------------

const STEP = 8;
const KEYS: Readonly<Record<string, () => void>> = {
  ArrowLeft: () => walk(-STEP),
  ArrowRight: () => walk(STEP),
  ArrowUp: () => climb(-1),
  ArrowDown: () => climb(1),
  Enter: go,
  ' ': () => fold(state.picked?.rows),
  '+': () => zoom(0.5),
  '=': () => zoom(0.5),
  '-': () => zoom(2),
  Home: () => whole(),
};

lanes.addEventListener('keydown', (event) => {
  const act = KEYS[event.key];
  if (act === undefined || event.altKey || event.metaKey) return;
  event.preventDefault();
  act();
});
element('zoomIn').addEventListener('click', () => zoom(0.5));
element('zoomOut').addEventListener('click', () => zoom(2));
element('whole').addEventListener('click', () => whole());
window.addEventListener('resize', draw);

function walk(pixels: number): void {
  const { view, whole } = state;
  if (view === null || whole === null) return;
  const x = Math.min(room(), Math.max(0, xOf(view, room(), state.at))) + pixels;
  if (x < 0 || x > room()) look(moved(view, (pixels / room()) * (view.to - view.from), whole.end));
  point(GUTTER + Math.min(room(), Math.max(0, x)), state.height);
}

/** To the row below or above, be it another lane's or another depth of calls. */
function climb(by: number): void {
  const all = rowTops(state.rows);
  const here = all.findLastIndex((top) => top <= state.height);
  state.height = (all[Math.min(all.length - 1, Math.max(0, here + by))] ?? 0) + 1;
  walk(0);
}

function zoom(factor: number): void {
  const { view, whole } = state;
  if (view === null || whole === null) return;
  const at = state.at >= view.from && state.at <= view.to ? state.at : (whole.now ?? (view.from + view.to) / 2);
  look(zoomed(showing(view, at, whole.end), factor, at, whole.end));
}

function whole(): void {
  if (state.whole !== null) look({ from: 0, to: Math.max(1, state.whole.end) });
}

host.postMessage({ kind: 'ready' });
