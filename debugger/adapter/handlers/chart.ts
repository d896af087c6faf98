/** The run over time. No request of DAP's: extension/timeline asks it. */
import { bag, numberOf } from '../arguments.ts';
import { ask, type Body, type Session } from '../session.ts';

/** `{ from?, to?, columns?, calls? }`, times in ns; without bounds all that has been seen, without `calls: false` call by call. */
export async function chart(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  return await ask(session, 'chart', {
    from: numberOf(of, 'from', null),
    to: numberOf(of, 'to', null),
    columns: numberOf(of, 'columns', 256),
    calls: of.calls !== false,
  });
}
