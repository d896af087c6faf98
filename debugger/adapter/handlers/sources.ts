/** Documents that are no files: the kernel's listings. */
import { bag, numberOf } from '../arguments.ts';
import { Problem, PROBLEMS } from '../problem.ts';
import type { Body, Session } from '../session.ts';

export function source(session: Session, given: unknown): Body {
  const of = bag(given);
  const listing = session.sources.listingOf({ sourceReference: numberOf(of, 'sourceReference', 0), ...bag(of.source) });
  const content = listing === undefined ? undefined : session.sources.text(listing);
  if (content === undefined) throw new Problem(PROBLEMS.refused, 'the model has no such listing');
  return { content, mimeType: 'text/typescript' };
}

export function loadedSources(session: Session): Body {
  return { sources: session.sources.all(session.launch?.file ?? null) };
}
