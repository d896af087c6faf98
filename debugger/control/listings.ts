/** The kernel's listings, read when somebody first wants one. */
import type { Listings } from './desk/function_tables.ts';
import { readPackedTable } from './packed_table.ts';

export function lazyListings(file: URL): Listings {
  let all: Readonly<Record<string, { readonly text: string }>> | undefined;
  return (name) => {
    all ??= readPackedTable(file) as Record<string, { text: string }>;
    return Object.hasOwn(all, name) ? all[name]!.text : undefined;
  };
}
