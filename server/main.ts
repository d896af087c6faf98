/** The language server: connects requests to handlers. The only file that knows JSON-RPC. */
import {
  createConnection,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  type InitializeParams,
  ProposedFeatures,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { folds, outline } from './features/outline.ts';
import { semanticTokens } from './features/semanticTokens.ts';
import { createAnalyses } from './lsp/analyses.ts';
import { capabilities } from './lsp/capabilities.ts';
import { encodeTokens, toDiagnostic, toFold, toSymbol } from './lsp/convert.ts';
import {
  onChangeAt,
  onCodeAction,
  onCompletion,
  onDefinition,
  onFormatting,
  onHighlight,
  onHover,
  onPrepareRename,
  onRangeFormatting,
  onReferences,
  onRefusedChange,
  onRename,
  onSignature,
  onTypeFormatting,
  type Subject,
} from './lsp/handlers.ts';

const connection = createConnection(ProposedFeatures.all);
const documents = new TextDocuments(TextDocument);
const analyses = createAnalyses();
let pull = false;

/** Answers with `otherwise` for a document that is not open, and when a handler fails: the failure goes to the log. */
function about<P extends { textDocument: { uri: string } }, R>(
  handler: (subject: Subject, params: P) => R,
  otherwise: R,
): (params: P) => R {
  return (params) => {
    const document = documents.get(params.textDocument.uri);
    if (!document) return otherwise;
    try {
      return handler({ document, analysis: analyses.of(document) }, params);
    } catch (error) {
      connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return otherwise;
    }
  };
}

connection.onInitialize(({ capabilities: client }: InitializeParams) => {
  pull = client.textDocument?.diagnostic !== undefined;
  return { capabilities: capabilities(pull), serverInfo: { name: 'netpath' } };
});

connection.onCompletion(about(onCompletion, []));
connection.onHover(about(onHover, null));
connection.onSignatureHelp(about(onSignature, null));
connection.onDefinition(about(onDefinition, null));
connection.onReferences(about(onReferences, []));
connection.onDocumentHighlight(about(onHighlight, []));
connection.onPrepareRename(about(onPrepareRename, null));
connection.onRenameRequest(about(onRename, null as never));
connection.onDocumentFormatting(about(onFormatting, []));
connection.onDocumentRangeFormatting(about(onRangeFormatting, []));
connection.onDocumentOnTypeFormatting(about(onTypeFormatting, []));
connection.onCodeAction(about(onCodeAction, []));
connection.onRequest('netpath/changeAt', about(onChangeAt, null));
connection.onRequest('netpath/refusedChange', about(onRefusedChange, null));
connection.onDocumentSymbol(
  about(({ document, analysis }) => outline(analysis).map((each) => toSymbol(document, each)), []),
);
connection.onFoldingRanges(about(({ analysis }) => folds(analysis).map(toFold), []));
connection.languages.semanticTokens.on(
  about(({ document, analysis }) => ({ data: encodeTokens(document, semanticTokens(analysis)) }), { data: [] }),
);
connection.languages.diagnostics.on(
  about<{ textDocument: { uri: string } }, DocumentDiagnosticReport>(report, {
    kind: DocumentDiagnosticReportKind.Full,
    items: [],
  }),
);

function report({ document, analysis }: Subject): DocumentDiagnosticReport {
  return {
    kind: DocumentDiagnosticReportKind.Full,
    items: analysis.diagnostics.map((each) => toDiagnostic(document, each)),
  };
}

/** Edits that came in one burst are analysed once, at their last version: an older one has been overtaken by then. */
documents.onDidChangeContent(({ document }) => {
  if (!pull) setImmediate(() => push(document.uri, document.version));
});

function push(uri: string, version: number): void {
  const document = documents.get(uri);
  if (document?.version !== version) return;
  const diagnostics = about(
    ({ analysis }) => analysis.diagnostics.map((each) => toDiagnostic(document, each)),
    [],
  )({ textDocument: { uri } });
  void connection.sendDiagnostics({ uri, version, diagnostics });
}

documents.onDidClose(({ document }) => {
  analyses.forget(document.uri);
  if (!pull) void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] });
});

documents.listen(connection);
connection.listen();
