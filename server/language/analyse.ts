/** Text to everything that editor and debugger want to know of a scenario. */
import { type Block, type Blocks, unchangedBlocks } from './blocks.ts';
import { runChecks } from './checks/checks.ts';
import { compile } from './compile/compile.ts';
import type { Diagnostic } from './diagnostic.ts';
import { limitDiagnostics } from './limit.ts';
import { parseDocument } from './parser/parse.ts';
import { collectPrograms } from './programs.ts';
import { refusal } from './refusal.ts';
import { scan } from './scanner.ts';
import type { Scenario } from './scenario.ts';
import { collectSymbols, type Symbols } from './symbols.ts';
import type { Tokens } from './tokens.ts';
import { buildTopology, type Topology } from './topology.ts';
import type { Document } from './tree.ts';

export interface Analysis {
  readonly text: string;
  readonly tokens: Tokens;
  readonly document: Document;
  /** What the analysis of the next text may take over. */
  readonly blocks: readonly Block[];
  readonly topology: Topology;
  readonly symbols: Symbols;
  /** By place, at most a hundred. */
  readonly diagnostics: readonly Diagnostic[];
  /** Null when a diagnostic is an error. */
  readonly scenario: Scenario | null;
}

/**
 * Analyses a scenario. Never throws. `fileName` may have folders; `Scenario.file` keeps its last part.
 * A text that is too large or is not text at all gets one diagnostic and an empty tree.
 * `older`, an analysis of the text before an edit, makes it faster and is used up: its tree moves into the new one.
 */
export function analyse(text: string, fileName: string, older: Blocks = NOTHING): Analysis {
  const refused = refusal(text);
  const analysis = analyseForEditing(refused ? '' : text, older);
  if (refused) return { ...analysis, text, diagnostics: [refused], scenario: null };
  return withScenario(analysis, fileName);
}

const NOTHING: Blocks = { text: '', blocks: [] };

/** The Scenario is made when it is first read: while a person types, nobody does. */
function withScenario(analysis: Analysis, fileName: string): Analysis {
  const { document, topology, text } = analysis;
  const failed = analysis.diagnostics.some((each) => each.severity === 'error') || document.entries.length === 0;
  let compiled: Scenario | null = null;
  return {
    ...analysis,
    get scenario() {
      compiled ??= failed ? null : compile(document, topology, text, fileName);
      return compiled;
    },
  };
}

/** Everything but the Scenario. */
function analyseForEditing(text: string, older: Blocks): Analysis {
  const tokens = scan(text);
  const { document, problems, blocks } = parseDocument(tokens, unchangedBlocks(older, text));
  const topology = buildTopology(document);
  const programs = collectPrograms(document);
  const symbols = collectSymbols(document);
  const checked = runChecks({ text, tokens, document, programs, topology, symbols }, problems);
  return {
    text,
    tokens,
    document,
    blocks,
    topology,
    symbols,
    diagnostics: limitDiagnostics([...withoutEchoes(problems, tokens), ...checked], text),
    scenario: null,
  };
}

/** An open comment swallows the rest of the file: that blocks are then not closed is no news. */
function withoutEchoes(problems: readonly Diagnostic[], tokens: Tokens): readonly Diagnostic[] {
  const comment = tokens.unclosed.find((each) => each.what === 'comment');
  return comment ? problems.filter((each) => each.code !== 'NP1002' && each.range.start < comment.start) : problems;
}
