/**
 * Dialogues with the language server as text: what is asked stands behind `===`, what is answered below it.
 * Positions are `line:column`, both from 1. `open` is followed by the text itself.
 */
import type { LspClient } from './lspClient.ts';

interface Step {
  readonly ask: string;
  readonly below: string;
}

const URI = 'file:///scenario.netpath';
const textDocument = { uri: URI };

export function readDialogue(text: string): Step[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { ask: part.slice(0, end), below: part.slice(end + 1) };
    });
}

/** Plays the dialogue and answers it as text again, with what the server said. */
export async function playDialogue(client: LspClient, steps: readonly Step[], intro: string): Promise<string> {
  const state = { version: 1 };
  let result = intro;
  for (const step of steps) result += `=== ${step.ask}\n${await playStep(client, step, state)}`;
  return result;
}

async function playStep(client: LspClient, { ask, below }: Step, state: { version: number }): Promise<string> {
  const [verb, ...rest] = ask.split(' ');
  if (verb === 'open') {
    client.notify('textDocument/didOpen', {
      textDocument: { ...textDocument, languageId: 'netpath', version: state.version, text: below },
    });
    return below;
  }
  if (verb === 'change') {
    const [place, ...words] = rest;
    client.notify('textDocument/didChange', {
      textDocument: { ...textDocument, version: ++state.version },
      contentChanges: [{ range: rangeOf(place!), text: JSON.parse(words.join(' ')) as string }],
    });
    return '\n';
  }
  const method = verb!.startsWith('netpath/') ? verb! : `textDocument/${verb}`;
  return `${print(verb!, await client.request(method, paramsOf(verb!, rest)))}\n\n`;
}

function paramsOf(verb: string, [place, ...rest]: string[]): unknown {
  if (verb === 'netpath/refusedChange') return { textDocument, change: [place, ...rest].join(' ') };
  const position = place ? positionOf(place.split('-')[0]!) : undefined;
  const options = { tabSize: 2, insertSpaces: true };
  if (verb === 'references') return { textDocument, position, context: { includeDeclaration: true } };
  if (verb === 'rename') return { textDocument, position, newName: rest[0] };
  if (verb === 'formatting') return { textDocument, options };
  if (verb === 'onTypeFormatting') return { textDocument, position, ch: '}', options };
  if (verb === 'codeAction')
    return {
      textDocument,
      range: rangeOf(place!),
      context: { diagnostics: [], ...(rest[0] ? { only: [rest[0]] } : {}) },
    };
  return { textDocument, position };
}

function positionOf(place: string): { line: number; character: number } {
  const [line, column] = place.split(':').map(Number);
  return { line: line! - 1, character: column! - 1 };
}

function rangeOf(place: string): unknown {
  const [start, end] = place.split('-');
  return { start: positionOf(start!), end: positionOf(end ?? start!) };
}

/** Items of a completion that are shown: the rest is counted. */
const SHOWN = 8;

function print(verb: string, answer: unknown): string {
  if (verb === 'completion') return printCompletion(answer as { label: string; textEdit: { newText: string } }[]);
  if (verb === 'diagnostic') return printList((answer as { items: unknown[] }).items);
  if (verb === 'semanticTokens/full') return printTokens((answer as { data: number[] }).data);
  if (Array.isArray(answer)) return printList(answer);
  return compact(answer);
}

function printCompletion(items: readonly { label: string; textEdit: { newText: string } }[]): string {
  const sorted = [...items].sort((left, right) =>
    (left as { sortText?: string }).sortText! < (right as { sortText?: string }).sortText! ? -1 : 1,
  );
  const lines = sorted.slice(0, SHOWN).map((each) => `${each.label} -> ${JSON.stringify(each.textEdit.newText)}`);
  return [...lines, ...(items.length > SHOWN ? [`and ${items.length - SHOWN} more`] : [])].join('\n') || '(nothing)';
}

function printList(items: readonly unknown[]): string {
  return items.map(compact).join('\n') || '(nothing)';
}

/** Five numbers a token, one token a group. */
function printTokens(data: readonly number[]): string {
  const groups: string[] = [];
  for (let at = 0; at < data.length; at += 5) groups.push(data.slice(at, at + 5).join(','));
  return groups.join(' ');
}

/** JSON with ranges as `line:column-line:column`. */
function compact(value: unknown): string {
  const position = (of: { line: number; character: number }): string => `${of.line + 1}:${of.character + 1}`;
  return JSON.stringify(value, (_, inner: unknown) => {
    const range = inner as {
      start?: { line: number; character: number };
      end?: { line: number; character: number };
    } | null;
    return range?.start?.line !== undefined && range.end ? `${position(range.start)}-${position(range.end)}` : inner;
  });
}
