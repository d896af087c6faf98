/** The values of a failed condition: `daddr = 10.0.0.1, dest = 9`. */
import { formatOf, inFormat } from './format/field.ts';

export function valuesText(values: Readonly<Record<string, number>>, now: number): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${inFormat(value, formatOf('', name.split(/[.>]/).at(-1)!), now) ?? value}`)
    .join(', ');
}
