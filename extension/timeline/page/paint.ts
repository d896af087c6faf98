/** Draws the chart on canvases, in the colours of the editor's theme. */
import { duration } from '../../../debugger/inspect/format/time.ts';
import type { Chart } from '../../../debugger/control/lanes/chart_shape.ts';
import { type CpuRows, heightOf, type Picked, ROW, type Rows, type WireRows } from './rows.ts';
import { ruler, type View, xOf } from './view.ts';

/** Room for the lanes' names. */
export const GUTTER = 130;
const TEXT_FROM = 34;

/** Of the kinds of a slice, in their order (debugger/control/lanes/under_way.ts), and of what else there is to see. */
export interface Theme {
  readonly kinds: readonly string[];
  readonly wire: string;
  /** Of the packet at which the run stands. */
  readonly packet: string;
  readonly mark: string;
  readonly now: string;
  readonly flag: string;
  readonly text: string;
  readonly faint: string;
  readonly background: string;
  readonly font: string;
}

const KINDS = ['--vscode-charts-blue', '--vscode-charts-green', '--vscode-charts-orange', '--vscode-charts-purple'];

export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  return {
    kinds: KINDS.map((name) => read(name, '#888')),
    wire: read('--vscode-charts-yellow', '#cc0'),
    packet: read('--vscode-charts-foreground', '#000'),
    mark: read('--vscode-charts-red', '#f00'),
    now: read('--vscode-debugIcon-breakpointForeground', '#f00'),
    flag: read('--vscode-textLink-foreground', '#06c'),
    text: read('--vscode-foreground', '#888'),
    faint: read('--vscode-panel-border', '#8884'),
    background: read('--vscode-panel-background', '#000'),
    font: `11px ${read('--vscode-font-family', 'sans-serif')}`,
  };
}

/** A canvas as large as it looks, sharp on every screen. */
export function surface(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  { font }: Theme,
): CanvasRenderingContext2D {
  const ratio = devicePixelRatio;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.font = font;
  context.textBaseline = 'middle';
  return context;
}

/** Times below a stretch of `width` pixels that begins at the gutter, and the moments that have names. */
export function paintRuler(
  canvas: HTMLCanvasElement,
  { bookmarks }: Chart,
  view: View,
  width: number,
  theme: Theme,
): void {
  const context = surface(canvas, GUTTER + width, 16, theme);
  context.fillStyle = theme.text;
  context.textAlign = 'center';
  for (const time of ruler(view, width, 110)) {
    const x = GUTTER + xOf(view, width, time);
    context.fillRect(x, 13, 1, 3);
    context.fillText(duration(time), x, 7);
  }
  context.textAlign = 'left';
  const end = GUTTER + width;
  for (const { name, time } of bookmarks) paintFlag(context, GUTTER + xOf(view, width, time), end, name, theme);
}

/** To the right of its moment, or to the left where there is no room. */
function paintFlag(context: CanvasRenderingContext2D, x: number, end: number, name: string, theme: Theme): void {
  if (x < GUTTER || x > end) return;
  const wide = context.measureText(name).width + 6;
  const left = x + wide > end ? x - wide : x;
  context.fillStyle = theme.flag;
  context.fillRect(left, 0, wide, 13);
  context.fillRect(x - 0.5, 0, 1, 16);
  context.fillStyle = theme.background;
  context.fillText(name, left + 3, 7);
}

/** All that was seen, how busy the CPUs were, and which part of it is in view. */
export function paintOverview(canvas: HTMLCanvasElement, chart: Chart, view: View, width: number, theme: Theme): void {
  const height = 24;
  const context = surface(canvas, GUTTER + width, height, theme);
  const whole = { from: 0, to: Math.max(1, chart.end) };
  const cpus = chart.lanes.filter((lane) => lane.kind === 'cpu');
  context.translate(GUTTER, 0);
  const columns = cpus[0]?.load.length ?? 0;
  for (let column = 0; column < columns; column++) {
    const shares = theme.kinds.map(
      (_, mode) => cpus.reduce((sum, { load }) => sum + load[column]![mode]!, 0) / cpus.length,
    );
    paintColumn(context, { x: (column / columns) * width, width: width / columns, y: 0, height }, shares, theme);
  }
  for (const mark of chart.marks) paintMark(context, xOf(whole, width, mark.time), 4, theme);
  context.fillStyle = theme.flag;
  for (const { time } of chart.bookmarks) context.fillRect(xOf(whole, width, time), 0, 2, height);
  context.strokeStyle = theme.text;
  const [left, right] = [xOf(whole, width, view.from), xOf(whole, width, view.to)];
  context.strokeRect(left + 0.5, 0.5, Math.max(2, right - left - 1), height - 1);
  paintNow(context, chart, whole, width, height, theme);
}

/** All lanes. `picked` is outlined. */
export function paintLanes(
  canvas: HTMLCanvasElement,
  { chart, rows, view, picked }: { chart: Chart; rows: readonly Rows[]; view: View; picked: Picked | null },
  width: number,
  theme: Theme,
): void {
  const height = heightOf(rows);
  const context = surface(canvas, GUTTER + width, height, theme);
  for (const each of rows) paintName(context, each, theme);
  context.beginPath();
  context.rect(GUTTER, 0, width, height);
  context.clip();
  context.translate(GUTTER, 0);
  for (const each of rows) {
    if (each.kind === 'cpu') paintCpu(context, each, { view, chart, width }, theme);
    else paintWire(context, each, { view, chart, width }, theme);
    for (const mark of chart.marks.filter((mark) => mark.lane === each.name))
      paintMark(context, xOf(view, width, mark.time), each.y + 5, theme);
  }
  if (picked !== null && picked.kind !== 'lane') paintPicked(context, picked, view, width, theme);
  paintNow(context, chart, view, width, height, theme);
}

interface Area {
  readonly view: View;
  readonly chart: Chart;
  readonly width: number;
}

function paintName(context: CanvasRenderingContext2D, { name, y, kind, folded }: Rows, theme: Theme): void {
  context.fillStyle = theme.text;
  context.textAlign = 'left';
  context.fillText(`${kind === 'wire' ? '   ' : folded ? '▸ ' : '▾ '}${name}`, 4, y + ROW / 2, GUTTER - 8);
  context.fillStyle = theme.faint;
  context.fillRect(0, y - 3, context.canvas.width, 1);
}

function paintCpu(context: CanvasRenderingContext2D, rows: CpuRows, area: Area, theme: Theme): void {
  if (rows.slices === null) {
    paintLoad(context, rows, area, theme);
    return;
  }
  context.textAlign = 'left';
  for (const { name, kind, depth, from, to, begins } of rows.slices) {
    const x = xOf(area.view, area.width, from);
    const wide = xOf(area.view, area.width, to) - x;
    if (x + wide < 0 || x > area.width) continue;
    const y = rows.y + (rows.folded ? 0 : depth * ROW);
    context.fillStyle = theme.kinds[kind]!;
    context.fillRect(x, y, Math.max(0.5, wide - (wide > 3 ? 0.5 : 0)), ROW - 1);
    if (wide > TEXT_FROM && (begins || !rows.folded))
      paintText(context, name, { start: Math.max(x, 0), end: x + wide, y }, theme.background);
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly y: number;
}

function paintText(context: CanvasRenderingContext2D, text: string, { start, end, y }: Span, colour: string): void {
  context.save();
  context.beginPath();
  context.rect(start, y, end - start - 2, ROW);
  context.clip();
  context.fillStyle = colour;
  context.fillText(text, start + 3, y + ROW / 2);
  context.restore();
}

/** Shares of modes from the bottom up: us, sy, si, hi. */
function paintLoad(context: CanvasRenderingContext2D, { lane, y, height }: CpuRows, area: Area, theme: Theme): void {
  const columns = lane.load.length;
  const span = (area.chart.to - area.chart.from) / columns;
  lane.load.forEach((shares, column) => {
    const x = xOf(area.view, area.width, area.chart.from + column * span);
    const next = xOf(area.view, area.width, area.chart.from + (column + 1) * span);
    paintColumn(context, { x, width: next - x, y, height: height - 1 }, shares, theme);
  });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function paintColumn(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Box,
  shares: readonly number[],
  theme: Theme,
): void {
  let bottom = y + height;
  shares.forEach((share, mode) => {
    const high = share * height;
    context.fillStyle = theme.kinds[mode]!;
    context.fillRect(x, bottom - high, width + 0.5, high);
    bottom -= high;
  });
}

/** What is on the wire strong, what travels faint. */
function paintWire(
  context: CanvasRenderingContext2D,
  { lane, y }: WireRows,
  { view, chart, width }: Area,
  theme: Theme,
): void {
  context.fillStyle = theme.wire;
  const most = Math.max(1, ...lane.load);
  const columns = lane.load.length;
  if (lane.frames === null) {
    const span = (chart.to - chart.from) / columns;
    lane.load.forEach((frames, column) => {
      const x = xOf(view, width, chart.from + column * span);
      const high = (frames / most) * (ROW - 1);
      context.fillRect(x, y + ROW - 1 - high, (span / (view.to - view.from)) * width + 0.5, high);
    });
    return;
  }
  lane.frames.forEach(({ name, from, sent, to, ofPacket }, i) => {
    const [left, middle, right] = [from, sent, to].map((time) => xOf(view, width, time)) as [number, number, number];
    context.fillStyle = ofPacket ? theme.packet : theme.wire;
    context.fillRect(left, y, Math.max(1.5, middle - left), ROW - 1);
    context.globalAlpha = 0.4;
    context.fillRect(middle, y + 4, right - middle, ROW - 9);
    context.globalAlpha = 1;
    const next = lane.frames![i + 1];
    const end = next === undefined ? right : Math.min(right, xOf(view, width, next.from));
    const start = Math.max(left, 0);
    if (end - start > TEXT_FROM) paintText(context, name, { start, end, y }, theme.text);
  });
}

function paintMark(context: CanvasRenderingContext2D, x: number, y: number, theme: Theme): void {
  context.fillStyle = theme.mark;
  context.beginPath();
  context.moveTo(x, y - 5);
  context.lineTo(x + 5, y);
  context.lineTo(x, y + 5);
  context.lineTo(x - 5, y);
  context.fill();
}

function paintPicked(
  context: CanvasRenderingContext2D,
  picked: Exclude<Picked, { kind: 'lane' }>,
  view: View,
  width: number,
  theme: Theme,
): void {
  const { from, to } = picked.kind === 'slice' ? picked.slice : picked.frame;
  const depth = picked.kind === 'slice' && !picked.rows.folded ? picked.slice.depth : 0;
  const x = xOf(view, width, from);
  context.strokeStyle = theme.text;
  context.strokeRect(x, picked.rows.y + depth * ROW, Math.max(2, xOf(view, width, to) - x), ROW - 1);
}

/** Where the run stands. */
function paintNow(
  context: CanvasRenderingContext2D,
  { now }: Chart,
  view: View,
  width: number,
  height: number,
  theme: Theme,
): void {
  if (now === null) return;
  context.fillStyle = theme.now;
  context.fillRect(xOf(view, width, now) - 0.5, 0, 1.5, height);
}
