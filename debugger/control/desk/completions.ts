/** What may stand at the caret of the debug console: members behind a dot, else names, functions and commands. */
import { HOST_COMMANDS } from '../../inspect/views/command.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError } from '../expressions/found.ts';
import { FORMAT_SUFFIXES } from '../expressions/format_suffix.ts';
import { FUNCTIONS } from '../expressions/functions.ts';
import { memberNames } from '../expressions/members.ts';
import type { Names } from '../expressions/names.ts';
import { CONSOLE_COMMANDS } from './console.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'property' | 'variable' | 'function' | 'keyword';
  readonly detail: string;
  /** Characters before the caret that it replaces. */
  readonly replaces: number;
}

const MEMBER = /([A-Za-z_][\w.[\]()'-]*(?:->[\w.[\]()'-]*)*?)(?:\.|->)(\w*)$/;

/** `text` ends at the caret. */
export function completions(text: string, names: Names): Completion[] {
  const host = /^([\w.-]+)\$\s*(.*)$/.exec(text);
  if (host !== null)
    return matching(
      HOST_COMMANDS.map(({ usage }) => ({ label: usage, kind: 'keyword', detail: `at ${host[1]}` })),
      host[2]!,
    );
  const suffix = /^(.*\S)\s*,\s*(\w?)$/.exec(text);
  if (suffix !== null && isExpression(suffix[1]!)) return matching(FORMATS, suffix[2]!);
  const member = MEMBER.exec(text);
  if (member !== null) return matching(membersOf(member[1]!, names), member[2]!);
  return matching(everything(names), /\w*$/.exec(text)![0]);
}

const FORMATS = Object.entries(FORMAT_SUFFIXES).map(
  ([label, { doc }]): Candidate => ({ label, kind: 'keyword', detail: doc }),
);

function isExpression(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return false;
  }
}

type Candidate = Omit<Completion, 'replaces'>;

function matching(candidates: readonly Candidate[], begun: string): Completion[] {
  const low = begun.toLowerCase();
  const seen = new Set<string>();
  return candidates
    .filter(({ label }) => label.toLowerCase().startsWith(low) && !seen.has(label) && seen.add(label))
    .map((each) => ({ ...each, replaces: begun.length }));
}

function membersOf(text: string, names: Names): Candidate[] {
  try {
    return memberNames(evaluate(parse(text), names).value).map((label) => ({ label, kind: 'property', detail: '' }));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return [];
  }
}

function everything(names: Names): Candidate[] {
  return [
    ...[...names.all()].map((label): Candidate => ({ label, kind: 'variable', detail: '' })),
    ...Object.entries(FUNCTIONS).map(([label, { doc }]): Candidate => ({ label, kind: 'function', detail: doc })),
    ...CONSOLE_COMMANDS.filter(({ usage }) => /^[a-z]/.test(usage)).map(
      ({ usage, doc }): Candidate => ({ label: usage.split(' ')[0]!, kind: 'keyword', detail: doc }),
    ),
  ];
}
