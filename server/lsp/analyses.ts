/** Analyses by document: one for each version, made when it is first asked for. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysis, analyse } from '../language/analyse.ts';

export interface Analyses {
  /** The analysis of the document as it is now. */
  readonly of: (document: TextDocument) => Analysis;
  readonly forget: (uri: string) => void;
}

export function createAnalyses(): Analyses {
  const known = new Map<string, { version: number; analysis: Analysis }>();
  return {
    of: (document) => {
      const have = known.get(document.uri);
      if (have?.version === document.version) return have.analysis;
      const analysis = analyse(document.getText(), document.uri, have?.analysis);
      known.set(document.uri, { version: document.version, analysis });
      return analysis;
    },
    forget: (uri) => {
      known.delete(uri);
    },
  };
}
