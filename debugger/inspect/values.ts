/** The values of a failed condition: `daddr = 10.0.0.1, dest = 9`. */
import type { IpAddress } from '../../server/language/in6Addr.ts';
import { formatOf, inFormat } from './format/field.ts';

export function valuesText(values: Readonly<Record<string, IpAddress>>, now: number): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        `${name} = ${typeof value === 'string' ? value : (inFormat(value, formatOf('', name.split(/[.>]/).at(-1)!), now) ?? value)}`,
    )
    .join(', ');
}
