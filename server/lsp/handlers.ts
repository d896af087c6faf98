/** Requests to features: one function a request, from parameters to the answer. None of them throws. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CompletionItem,
  type DocumentFormattingParams,
  type DocumentHighlight,
  DocumentHighlightKind,
  type DocumentOnTypeFormattingParams,
  type DocumentRangeFormattingParams,
  type Hover,
  type Location,
  MarkupKind,
  type Position,
  type Range,
  type ReferenceParams,
  type RenameParams,
  ResponseError,
  type SignatureHelp,
  type TextDocumentPositionParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { changeAt, refusedChange } from '../features/change.ts';
import { codeActions, fixAll } from '../features/codeActions.ts';
import { complete } from '../features/completion.ts';
import { formatDocument, formatOnBrace, formatRange } from '../features/formatting.ts';
import { hover } from '../features/hover.ts';
import { definition, occurrencesOf, prepareRename, rename } from '../features/navigation.ts';
import { signatureAt } from '../features/signature.ts';
import type { Analysis } from '../language/analyse.ts';
import type { Change } from '../language/change/change.ts';
import { toCodeAction, toCompletion, toEdits, toOffsets, toRange, toSignature } from './convert.ts';

/** The document a request is about and its analysis. */
export interface Subject {
  readonly document: TextDocument;
  readonly analysis: Analysis;
}

const offsetOf = ({ document }: Subject, { position }: { position: Position }): number => document.offsetAt(position);

export function onCompletion(subject: Subject, params: TextDocumentPositionParams): CompletionItem[] {
  return complete(subject.analysis, offsetOf(subject, params)).map((each) => toCompletion(subject.document, each));
}

export function onHover(subject: Subject, params: TextDocumentPositionParams): Hover | null {
  const found = hover(subject.analysis, offsetOf(subject, params));
  return (
    found && {
      range: toRange(subject.document, found.range),
      contents: { kind: MarkupKind.Markdown, value: found.markdown },
    }
  );
}

export function onSignature(subject: Subject, params: TextDocumentPositionParams): SignatureHelp | null {
  const found = signatureAt(subject.analysis, offsetOf(subject, params));
  return found && toSignature(found);
}

export function onDefinition(subject: Subject, params: TextDocumentPositionParams): Location | null {
  const found = definition(subject.analysis, offsetOf(subject, params));
  return found && { uri: subject.document.uri, range: toRange(subject.document, found) };
}

export function onReferences(subject: Subject, params: ReferenceParams): Location[] {
  return occurrencesOf(subject.analysis, offsetOf(subject, params), params.context.includeDeclaration).map((each) => ({
    uri: subject.document.uri,
    range: toRange(subject.document, each.range),
  }));
}

export function onHighlight(subject: Subject, params: TextDocumentPositionParams): DocumentHighlight[] {
  return occurrencesOf(subject.analysis, offsetOf(subject, params)).map((each) => ({
    range: toRange(subject.document, each.range),
    kind: each.writes ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}

export function onPrepareRename(subject: Subject, params: TextDocumentPositionParams): Range | null {
  const found = prepareRename(subject.analysis, offsetOf(subject, params));
  return found && toRange(subject.document, found);
}

/** LSP's RequestFailed. */
const REQUEST_FAILED = -32803;

export function onRename(subject: Subject, params: RenameParams): WorkspaceEdit | ResponseError {
  const result = rename(subject.analysis, offsetOf(subject, params), params.newName);
  if ('refused' in result) return new ResponseError(REQUEST_FAILED, result.refused);
  return { changes: { [subject.document.uri]: toEdits(subject.document, result.edits) } };
}

export function onFormatting(subject: Subject, { options }: DocumentFormattingParams): TextEdit[] {
  return toEdits(subject.document, formatDocument(subject.analysis, options));
}

export function onRangeFormatting(subject: Subject, { range, options }: DocumentRangeFormattingParams): TextEdit[] {
  return toEdits(subject.document, formatRange(subject.analysis, toOffsets(subject.document, range), options));
}

export function onTypeFormatting(subject: Subject, params: DocumentOnTypeFormattingParams): TextEdit[] {
  return toEdits(subject.document, formatOnBrace(subject.analysis, offsetOf(subject, params), params.options));
}

export function onCodeAction(subject: Subject, { range, context }: CodeActionParams): CodeAction[] {
  const wants = (kind: string): boolean =>
    !context.only || context.only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const quick = wants(CodeActionKind.QuickFix) ? codeActions(subject.analysis, toOffsets(subject.document, range)) : [];
  const actions = quick.map((each) => toCodeAction(subject.document, each));
  return wants(CodeActionKind.SourceFixAll) && context.only ? [...actions, ...fixAllAction(subject)] : actions;
}

function fixAllAction({ document, analysis }: Subject): CodeAction[] {
  const edits = fixAll(analysis);
  const edit = { changes: { [document.uri]: toEdits(document, edits) } };
  return edits.length > 0
    ? [{ title: 'Fix all problems that have a fix', kind: CodeActionKind.SourceFixAll, edit }]
    : [];
}

/** A request of ours: the setting at the cursor, as `whatif` takes it. */
export const onChangeAt = ({ document, analysis }: Subject, { position }: TextDocumentPositionParams): Change | null =>
  changeAt(analysis, document.offsetAt(position));

export interface RefusedChangeParams {
  readonly textDocument: { readonly uri: string };
  readonly change: string;
}

/** A request of ours: why a change cannot be made. */
export const onRefusedChange = ({ analysis }: Subject, { change }: RefusedChangeParams): string | null =>
  refusedChange(analysis, change);
