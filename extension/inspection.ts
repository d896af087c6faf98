/** Values beside the code and under the pointer while stopped, for scenarios and kernel listings. */
import * as vscode from 'vscode';
import { expressionAt } from './expressionAt.ts';
import { listingNames, type NameInLine, scenarioNames } from './inlineNames.ts';
import { listingLanguage, scenarioLanguage } from './languages.ts';

export function registerInspection(): vscode.Disposable[] {
  return [
    vscode.languages.registerInlineValuesProvider(scenarioLanguage, inlineValues(scenarioNames)),
    vscode.languages.registerInlineValuesProvider(listingLanguage, inlineValues(listingNames)),
    ...[scenarioLanguage, listingLanguage].map((language) =>
      vscode.languages.registerEvaluatableExpressionProvider(language, { provideEvaluatableExpression }),
    ),
  ];
}

type FindNames = (lines: readonly string[], stoppedLine: number) => NameInLine[];

function inlineValues(find: FindNames): vscode.InlineValuesProvider {
  return {
    provideInlineValues(document, viewPort, { stoppedLocation }) {
      const stoppedLine = stoppedLocation.end.line;
      const lines = document.getText().split(/\r?\n/);
      const names = find(lines, stoppedLine).filter(
        ({ line }) => line >= viewPort.start.line && line <= viewPort.end.line,
      );
      return names.map(inlineValue);
    },
  };
}

/** A plain name is looked up in the scopes that are shown anyway; a member chain has to be asked for. */
function inlineValue({ line, start, end, expression }: NameInLine): vscode.InlineValue {
  const range = new vscode.Range(line, start, line, end);
  const plain = /^\w+$/.test(expression);
  return plain
    ? new vscode.InlineValueVariableLookup(range, expression, true)
    : new vscode.InlineValueEvaluatableExpression(range, expression);
}

function provideEvaluatableExpression(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.EvaluatableExpression | undefined {
  const found = expressionAt(document.lineAt(position.line).text, position.character);
  if (!found) return undefined;
  const range = new vscode.Range(position.line, found.start, position.line, found.end);
  return new vscode.EvaluatableExpression(range, found.expression);
}
