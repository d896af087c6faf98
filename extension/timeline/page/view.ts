/** The stretch of the run that is in sight, and how it lies on the screen. Times are ns, places CSS pixels from the chart's left edge. */

export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing in a run is shorter, so nobody needs to see less. */
const LEAST = 100;

export const xOf = ({ from, to }: View, width: number, time: number): number => ((time - from) / (to - from)) * width;
export const timeAt = ({ from, to }: View, width: number, x: number): number => from + (x / width) * (to - from);

/** Shows `factor` times as much, `at` staying where it is; never more than there is. */
export function zoomed(view: View, factor: number, at: number, end: number): View {
  const span = Math.min(Math.max(1, end), Math.max(LEAST, (view.to - view.from) * factor));
  const share = (at - view.from) / (view.to - view.from);
  return within({ from: at - share * span, to: at + (1 - share) * span }, end);
}

export const moved = ({ from, to }: View, by: number, end: number): View =>
  within({ from: from + by, to: to + by }, end);

/** The same stretch around a time that is out of sight; the view itself where it is not. */
export function showing(view: View, time: number, end: number): View {
  if (time >= view.from && time <= view.to) return view;
  const half = (view.to - view.from) / 2;
  return within({ from: time - half, to: time + half }, end);
}

/** What to show at first: all of it, without a long end in which hardly anything happens. */
export const firstView = (end: number, eventful: number): View => ({
  from: 0,
  to: Math.max(1, end < 2 * eventful ? end : Math.round(eventful * 1.1)),
});

/** Pushed back between 0 and the end. */
function within({ from, to }: View, end: number): View {
  const over = Math.max(0, to - Math.max(end, to - from));
  const under = Math.max(0, -(from - over));
  return { from: Math.round(from - over + under), to: Math.round(to - over + under) };
}

/** Round times to write below the chart, about `every` pixels apart. */
export function ruler(view: View, width: number, every: number): number[] {
  const rough = ((view.to - view.from) / width) * every;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough)!;
  const times: number[] = [];
  for (let time = Math.ceil(view.from / step) * step; time <= view.to; time += step) times.push(time);
  return times;
}
