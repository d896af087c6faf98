/** `netpath sweep`: the same scenario with each of several values, a row each. */
import { duration } from '../inspect/format/time.ts';
import { columns } from '../inspect/views/table.ts';
import type { Axis, SweepOptions } from './options.ts';
import { runJobs } from './pool.ts';
import type { Output } from './run.ts';
import { changedTexts } from './scenario_file.ts';
import type { Job, JobResult, Reading } from './sweep_job.ts';
import { CliError } from './usage.ts';

/** More than this is a mistake in the axes. */
const MOST_RUNS = 100_000;

export async function sweepCommand(options: SweepOptions, jobFile: URL, { out }: Output): Promise<0> {
  const { file, axes, seeds, until, figures } = options;
  const points = pointsOf(axes);
  if (points.length * seeds.length > MOST_RUNS)
    throw new CliError(`netpath sweep: ${points.length * seeds.length} runs are too many: at most ${MOST_RUNS}`, 1);
  const texts = changedTexts(
    file,
    points.map((point) => axes.map(({ path }, i) => `${path} ${point[i]}`)),
  );
  const jobs = texts.flatMap((text) => seeds.map((seed): Job => ({ text, seed, until, figures })));
  const results = (await runJobs<Job, JobResult>(jobs, jobFile)).map(readings);
  const rows = points.map((point, i) => [...point, ...cells(results.slice(i * seeds.length, (i + 1) * seeds.length))]);
  refuseUnknown(results, figures);
  out(columns([[...axes.map(({ path }) => path), ...results[0]!.map(({ name }) => name)], ...rows]));
  return 0;
}

/** Each combination of values, the last axis the fastest. */
function pointsOf(axes: readonly Axis[]): string[][] {
  return axes.reduce<string[][]>(
    (points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])),
    [[]],
  );
}

function readings(result: JobResult): readonly Reading[] {
  if ('error' in result) throw new CliError(`netpath sweep: ${result.error}`, 1);
  return result.readings;
}

/** A name that no run knows is a slip. */
function refuseUnknown(results: readonly (readonly Reading[])[], figures: readonly string[]): void {
  const unknown = figures.find((_, i) => results.every((each) => each[i]!.value === null));
  if (unknown !== undefined)
    throw new CliError(`netpath sweep: --figure ${unknown}: no run has a value of that name`, 1);
}

/** One cell for each figure, of the runs of all seeds. */
function cells(runs: readonly (readonly Reading[])[]): string[] {
  return runs[0]!.map((_, i) => cell(runs.map((each) => each[i]!)));
}

function cell(readings: readonly Reading[]): string {
  const [first] = readings;
  const numbers = readings.map(({ value }) => value).filter((value) => typeof value === 'number');
  if (numbers.length < readings.length) return mixed(readings);
  const text = (value: number): string => (first!.isTime ? duration(value) : String(Number(value.toPrecision(6))));
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (least === most) return text(least);
  return `${text(numbers.reduce((sum, each) => sum + each, 0) / numbers.length)} (${text(least)} to ${text(most)})`;
}

/** Not all are numbers: each text with how often it was found. */
function mixed(readings: readonly Reading[]): string {
  const counts = new Map<string, number>();
  for (const { value } of readings) counts.set(String(value ?? '-'), (counts.get(String(value ?? '-')) ?? 0) + 1);
  if (counts.size === 1) return [...counts.keys()][0]!;
  return [...counts].map(([text, count]) => `${text} x${count}`).join(', ');
}
