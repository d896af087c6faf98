/** What the Timeline view asks for and is told: the run over time, as plain records. The view's page (extension/timeline/page) reads them as they are. */

/** A stretch of the run, ns; null: from its beginning, to as far as it has come. */
export interface ChartWindow {
  readonly from: number | null;
  readonly to: number | null;
  /** Into how many columns its load is summed up. */
  readonly columns: number;
  /** Call by call and frame by frame, where there are few enough; else the load alone. */
  readonly calls: boolean;
}

export interface ChartSlice {
  readonly name: string;
  /** 0 user, 1 kernel, 2 softirq, 3 hard interrupt (under_way.ts) */
  readonly kind: number;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
  /** EVENT.TICK, as `goto` in the console takes it. */
  readonly moment: string;
}

/** A frame on the wire: its first bit leaves at `from`, its last at `sent`, and that arrives at `to`. */
export interface ChartFrame {
  readonly name: string;
  readonly from: number;
  readonly sent: number;
  readonly to: number;
  /** It has bytes of the packet at which the run stands, or the packet is due to it. */
  readonly ofPacket: boolean;
}

export interface CpuLane {
  readonly kind: 'cpu';
  readonly name: string;
  /** For each column its shares of us, sy, si, hi. */
  readonly load: readonly (readonly number[])[];
  /** null: too many to tell them apart. */
  readonly slices: readonly ChartSlice[] | null;
}

export interface WireLane {
  readonly kind: 'wire';
  readonly name: string;
  /** For each column how many frames set out. */
  readonly load: readonly number[];
  readonly frames: readonly ChartFrame[] | null;
}

/** A packet dropped, on its host's first CPU, or a frame lost, on its wire. */
export interface ChartMark {
  readonly time: number;
  readonly lane: string;
  readonly name: string;
  /** The event in which it was decided. */
  readonly moment: string;
}

/** A moment that somebody has given a name. */
export interface ChartBookmark {
  readonly time: number;
  readonly name: string;
  readonly moment: string;
}

export interface Chart {
  /** ns; as far as the run has been seen, and where it stands (null while it runs). */
  readonly end: number;
  readonly now: number | null;
  /** ns; by then nearly everything has happened. */
  readonly eventful: number;
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly (CpuLane | WireLane)[];
  readonly marks: readonly ChartMark[];
  /** All there are. */
  readonly bookmarks: readonly ChartBookmark[];
}
