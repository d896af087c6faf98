/** Plain answers of features/ to the shapes of the protocol. */
import {
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  DiagnosticSeverity,
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  InsertTextFormat,
  type CodeAction as LspCodeAction,
  type Diagnostic as LspDiagnostic,
  type Range as LspRange,
  type TextEdit as LspTextEdit,
  MarkupKind,
  type SignatureHelp,
  SymbolKind,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CodeAction } from '../features/codeActions.ts';
import type { Completion, CompletionKind } from '../features/completion.ts';
import type { Fold, OutlineItem } from '../features/outline.ts';
import { type SemanticToken, TOKEN_TYPES } from '../features/semanticTokens.ts';
import type { Signatures } from '../features/signature.ts';
import type { Diagnostic, Severity, TextEdit } from '../language/diagnostic.ts';
import type { Range } from '../language/expression.ts';

export function toRange(document: TextDocument, { start, end }: Range): LspRange {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

export function toOffsets(document: TextDocument, { start, end }: LspRange): Range {
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}

export function toEdits(document: TextDocument, edits: readonly TextEdit[]): LspTextEdit[] {
  return edits.map((each) => ({ range: toRange(document, each.range), newText: each.newText }));
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

export function toDiagnostic(document: TextDocument, diagnostic: Diagnostic): LspDiagnostic {
  const related = diagnostic.related.map(({ range, message }) => ({
    location: { uri: document.uri, range: toRange(document, range) },
    message,
  }));
  return {
    range: toRange(document, diagnostic.range),
    severity: SEVERITIES[diagnostic.severity],
    code: diagnostic.code,
    source: 'netpath',
    message: diagnostic.message,
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    ...(diagnostic.code === 'NP1405' ? { tags: [1 as const] } : {}),
  };
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  block: CompletionItemKind.Module,
  property: CompletionItemKind.Property,
  keyword: CompletionItemKind.Keyword,
  value: CompletionItemKind.Value,
  unit: CompletionItemKind.Unit,
  variable: CompletionItemKind.Variable,
  function: CompletionItemKind.Function,
  constant: CompletionItemKind.Constant,
  field: CompletionItemKind.Field,
  reference: CompletionItemKind.Reference,
};

export function toCompletion(document: TextDocument, item: Completion): CompletionItem {
  return {
    label: item.label,
    kind: COMPLETION_KINDS[item.kind],
    detail: item.detail,
    sortText: `${item.rank.toFixed(2).padStart(5, '0')} ${item.label}`,
    ...(item.documentation ? { documentation: { kind: MarkupKind.Markdown, value: item.documentation } } : {}),
    insertTextFormat: item.snippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: toRange(document, item.range), newText: item.insertText },
    filterText: item.label,
  };
}

export function toSignature({ documentation, forms, activeForm, activeParameter }: Signatures): SignatureHelp {
  return {
    signatures: forms.map(({ label, parameters }) => ({
      label,
      documentation: { kind: MarkupKind.Markdown, value: documentation },
      parameters: parameters.map((each) => ({ label: each.label, documentation: each.documentation })),
    })),
    activeSignature: activeForm,
    activeParameter,
  };
}

const SYMBOL_KINDS: Readonly<Record<string, SymbolKind>> = {
  link: SymbolKind.Interface,
  veth: SymbolKind.Interface,
  host: SymbolKind.Class,
  nic: SymbolKind.Field,
  end: SymbolKind.Field,
  process: SymbolKind.Function,
  traffic: SymbolKind.Event,
  expect: SymbolKind.Boolean,
};

export function toSymbol(document: TextDocument, item: OutlineItem): DocumentSymbol {
  return {
    name: item.name || item.kind,
    detail: item.detail,
    kind: SYMBOL_KINDS[item.kind] ?? SymbolKind.Property,
    range: toRange(document, item.range),
    selectionRange: toRange(document, item.nameRange),
    children: item.children.map((each) => toSymbol(document, each)),
  };
}

export function toFold({ startLine, endLine, comment }: Fold): FoldingRange {
  return { startLine, endLine, ...(comment ? { kind: FoldingRangeKind.Comment } : {}) };
}

export function toCodeAction(document: TextDocument, { fix, diagnostic }: CodeAction): LspCodeAction {
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    isPreferred: fix.preferred,
    diagnostics: [toDiagnostic(document, diagnostic)],
    edit: { changes: { [document.uri]: toEdits(document, fix.edits) } },
  };
}

/** Five numbers a token: line and column relative to the token before, length, type, modifiers. */
export function encodeTokens(document: TextDocument, tokens: readonly SemanticToken[]): number[] {
  const data: number[] = [];
  let line = 0;
  let column = 0;
  for (const { range, type, modifiers } of tokens) {
    const start = document.positionAt(range.start);
    data.push(
      start.line - line,
      start.line === line ? start.character - column : start.character,
      range.end - range.start,
      TOKEN_TYPES.indexOf(type),
      modifiers,
    );
    line = start.line;
    column = start.character;
  }
  return data;
}
