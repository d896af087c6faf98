/** A place in time: an event and the ticks begun within it. Tick 0 is the boundary before the event. The same in every run of a scenario. */
export interface Moment {
  readonly event: number;
  readonly tick: number;
}

export const START: Moment = { event: 0, tick: 0 };

/** Negative when `a` is earlier, 0 when they are one. */
export function compareMoments(a: Moment, b: Moment): number {
  return a.event - b.event || a.tick - b.tick;
}
