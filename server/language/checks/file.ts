/** What is wrong with the file as a whole. */
import { insertFix } from '../diagnostic.ts';
import type { Reporter } from './reporter.ts';

export function checkFile({ tokens, document, text, report }: Reporter): void {
  for (const each of tokens.unclosed) {
    if (each.what === 'comment') {
      report('NP1004', each, 'The comment is not closed: everything behind it is comment.', {
        fixes: [insertFix(text.length, ' */', 'Close the comment')],
      });
    }
  }
  if (tokens.count === 1 && tokens.unclosed.length === 0)
    report('NP1007', { start: 0, end: 0 }, 'The scenario is empty. Start with `link wire` and a `host`.');
  else if (
    document.entries.length > 0 &&
    document.skippedWords.size === 0 &&
    isHostless(document.entries.map((each) => each.schema.keyword))
  ) {
    report('NP1007', { start: 0, end: 0 }, 'No host is described: nothing will happen.');
  }
}

function isHostless(keywords: readonly string[]): boolean {
  return !keywords.includes('host') && !keywords.includes('link');
}
