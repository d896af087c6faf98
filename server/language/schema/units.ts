/** Units: text, dimension and factor. Their spelling is case-exact, since `Mb` and `MB` are not the same. */
import type { Dimension } from '../expression.ts';

export interface Unit {
  readonly text: string;
  readonly dimension: Dimension;
  readonly factor: number;
}

const unit = (text: string, dimension: Dimension, factor: number): Unit => ({ text, dimension, factor });

/** Of each dimension in rising size. */
export const UNITS: readonly Unit[] = [
  unit('ns', 'ns', 1),
  unit('us', 'ns', 1e3),
  unit('ms', 'ns', 1e6),
  unit('s', 'ns', 1e9),
  unit('B', 'bytes', 1),
  unit('kB', 'bytes', 1e3),
  unit('KiB', 'bytes', 1024),
  unit('MB', 'bytes', 1e6),
  unit('MiB', 'bytes', 1024 ** 2),
  unit('GB', 'bytes', 1e9),
  unit('GiB', 'bytes', 1024 ** 3),
  unit('bps', 'bps', 1),
  unit('kbps', 'bps', 1e3),
  unit('Mbps', 'bps', 1e6),
  unit('Gbps', 'bps', 1e9),
  unit('ppm', 'ppm', 1),
  unit('%', 'ppm', 1e4),
];

export const UNIT_BY_TEXT: ReadonlyMap<string, Unit> = new Map(UNITS.map((each) => [each.text, each]));

/** What a dimension is called in a message. */
export const DIMENSION_NAMES: Readonly<Record<Dimension, string>> = {
  none: 'a plain number',
  ns: 'a time',
  bytes: 'a size',
  bps: 'a bandwidth',
  ppm: 'a share',
  packets: 'a number of packets',
  hz: 'a frequency',
};

/** The units of a dimension, smallest first. */
export function unitsOf(dimension: Dimension): readonly Unit[] {
  return UNITS.filter((each) => each.dimension === dimension);
}

/** `ns us ms s`, for messages. */
export function unitList(dimension: Dimension): string {
  return unitsOf(dimension)
    .map((each) => each.text)
    .join(' ');
}

/** A value with the largest unit in which it is whole: 5000000 ns is `5ms`. A plain number stays plain. */
export function printQuantity(value: number, dimension: Dimension): string {
  const fitting = unitsOf(dimension).filter((each) => value !== 0 && value % each.factor === 0);
  const largest = fitting.reduce<Unit | null>((best, each) => (best && best.factor > each.factor ? best : each), null);
  if (largest) return `${value / largest.factor}${largest.text}`;
  return `${value}${unitsOf(dimension)[0]?.text ?? ''}`;
}
