/** Which document a frame stands in: the scenario, or a listing of the kernel, which VS Code opens by its scheme and other clients by number. */
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { readPackedTable } from '../control/packed_table.ts';

const SCHEME = 'netpath-kernel:';

export class Sources {
  readonly #listingsFile: URL;
  #listings: Readonly<Record<string, { readonly text: string }>> | undefined;
  /** Clients that know our scheme open listings themselves; a reference would take that from them. */
  byScheme = true;

  constructor(listingsFile: URL) {
    this.#listingsFile = listingsFile;
  }

  listing(file: string): DebugProtocol.Source {
    const source = { name: path.posix.basename(file), path: `${SCHEME}/${file}`, origin: "NetPath's model of Linux" };
    return this.byScheme ? source : { ...source, sourceReference: this.#names.indexOf(file) + 1 };
  }

  scenario(file: string): DebugProtocol.Source {
    return { name: path.basename(file), path: file };
  }

  all(scenario: string | null): DebugProtocol.Source[] {
    return [...(scenario === null ? [] : [this.scenario(scenario)]), ...this.#names.map((name) => this.listing(name))];
  }

  /** The listing that a client names; undefined when it means another document. */
  listingOf(source: Readonly<Record<string, unknown>>): string | undefined {
    const reference = source.sourceReference;
    if (typeof reference === 'number' && reference > 0) return this.#names[reference - 1];
    const named = source.path;
    return typeof named === 'string' && named.startsWith(SCHEME)
      ? named.slice(SCHEME.length).replace(/^\/+/, '')
      : undefined;
  }

  text(listing: string): string | undefined {
    return Object.hasOwn(this.#all, listing) ? this.#all[listing]!.text : undefined;
  }

  get #names(): string[] {
    return Object.keys(this.#all);
  }

  get #all(): Readonly<Record<string, { readonly text: string }>> {
    this.#listings ??= readPackedTable(this.#listingsFile) as Record<string, { text: string }>;
    return this.#listings;
  }
}
