/** The processes of a scenario, each flattened once: what names, checks and colours look at again and again. */
import { perBlock } from './blocks.ts';
import type { Expression } from './expression.ts';
import { type Document, declaredName, type Entry, entriesOf, type StatementNode } from './tree.ts';
import { addNodes, chainedIf, expressionOf } from './walk.ts';

export interface Program {
  readonly host: Entry;
  readonly entry: Entry;
  /** `host.process`. */
  readonly path: string;
  /** All statements, those of inner blocks too, in the order of the text. */
  readonly statements: readonly StatementNode[];
  /** All nodes of all expressions, outer before inner. */
  readonly nodes: readonly Expression[];
}

export function collectPrograms(document: Document): Program[] {
  return document.entries.flatMap(programsOf);
}

/** The programs of a top-level block: none if it is not a host. */
export const programsOf = perBlock((host): Program[] =>
  host.schema.keyword === 'host' ? entriesOf(host, 'process').map((entry) => programOf(host, entry)) : [],
);

function programOf(host: Entry, entry: Entry): Program {
  const statements: StatementNode[] = [];
  const nodes: Expression[] = [];
  flatten(entry.body?.statements ?? [], statements, nodes);
  return { host, entry, path: `${declaredName(host)?.text}.${declaredName(entry)?.text}`, statements, nodes };
}

function flatten(list: readonly StatementNode[], statements: StatementNode[], nodes: Expression[]): void {
  for (const statement of list) {
    statements.push(statement);
    const expression = expressionOf(statement);
    if (expression) addNodes(expression, nodes);
    for (const body of statement.bodies) flatten(body.statements, statements, nodes);
    if (statement.kind === 'if') flatten(chainedIf(statement), statements, nodes);
  }
}
