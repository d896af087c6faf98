/** What other tools want in quotes stands here without: "40000 60999", "eth0", "1Gbps". */
import { replaceFix } from '../diagnostic.ts';
import { Kind } from '../tokens.ts';
import { at, type Parser, rangeAt, report, reportWanted, textAt } from './state.ts';

const PLAIN = /^["']([\w.:/% -]+)["']$/;

/** As reportWanted; where a string stands that would do without its quotes, a fix takes them away. */
export function reportWantedPlain(p: Parser, wanted: string): void {
  const plain = at(p, Kind.string) ? PLAIN.exec(textAt(p))?.[1] : undefined;
  if (plain === undefined) reportWanted(p, wanted);
  else
    report(p, 'NP1001', rangeAt(p), `Expected ${wanted} without quotes, found ${textAt(p)}.`, {
      fixes: [replaceFix(rangeAt(p), plain)],
    });
}
