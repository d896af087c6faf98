/** Where an offset lies: in which blocks, of which host, in which process. */
import { type Document, declaredName, type Entry } from './tree.ts';

/** The entries around an offset, outermost first. */
export function enclosing(document: Document, offset: number): Entry[] {
  const path: Entry[] = [];
  let entries: readonly Entry[] = document.entries;
  for (;;) {
    const inner = entries.find((each) => each.range.start <= offset && offset <= each.range.end);
    if (!inner) return path;
    path.push(inner);
    entries = inner.body?.entries ?? [];
  }
}

/** The name of the host around an offset, or null. */
export function hostAt(document: Document, offset: number): string | null {
  return nameOfKind(enclosing(document, offset), 'host');
}

/** `host.process` around an offset, or null. */
export function processAt(document: Document, offset: number): string | null {
  const path = enclosing(document, offset);
  const process = nameOfKind(path, 'process');
  return process === null ? null : `${nameOfKind(path, 'host')}.${process}`;
}

function nameOfKind(path: readonly Entry[], keyword: string): string | null {
  const entry = path.find((each) => each.schema.keyword === keyword);
  return entry ? (declaredName(entry)?.text ?? null) : null;
}
