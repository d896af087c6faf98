/** The statements of a process. */
import { replaceFix } from '../diagnostic.ts';
import type { Expression, Range } from '../expression.ts';
import type { Span } from '../scenario.ts';
import { STATEMENTS } from '../schema/statements.ts';
import { CLOSE_BRACE, EQUALS, Kind, OPEN_BRACE, OPEN_PAREN, SEMICOLON } from '../tokens.ts';
import type { BlockNode, NameNode, StatementNode } from '../tree.ts';
import { parseExpressionIn, reportEquals } from './expressions.ts';
import { parseBraces, parseItems } from './items.ts';
import {
  advance,
  at,
  atEnd,
  atNewline,
  atWord,
  expects,
  lineAt,
  type Parser,
  peekKind,
  previousEnd,
  previousLine,
  rangeAt,
  report,
  reportWanted,
  startAt,
  stopListening,
  textAt,
} from './state.ts';

/** Shared by all statements without braces: most have none. */
const NO_BODIES: readonly BlockNode[] = [];

interface Mark {
  readonly start: number;
  readonly line: number;
}

type Maker = (p: Parser, from: Mark) => StatementNode;

const MAKERS: Readonly<Record<string, Maker>> = {
  loop: (p, from) => {
    const body = parseBlock(p, 'loop');
    return { kind: 'loop', body: body.statements, span: spanFrom(p, from), nameRange: null, bodies: [body] };
  },
  repeat: (p, from) => {
    const count = parseExpressionIn(p, 'process');
    const body = parseBlock(p, 'repeat');
    return { kind: 'repeat', count, body: body.statements, span: spanFrom(p, from), nameRange: null, bodies: [body] };
  },
  each: parseEach,
  if: parseIf,
  sleep: (p, from) => ({
    kind: 'sleep',
    ns: parseExpressionIn(p, 'process'),
    span: spanFrom(p, from),
    nameRange: null,
    bodies: NO_BODIES,
  }),
  compute: (p, from) => ({
    kind: 'compute',
    ns: parseExpressionIn(p, 'process'),
    span: spanFrom(p, from),
    nameRange: null,
    bodies: NO_BODIES,
  }),
  break: (p, from) => ({ kind: 'break', span: spanFrom(p, from), nameRange: null, bodies: NO_BODIES }),
  continue: (p, from) => ({ kind: 'continue', span: spanFrom(p, from), nameRange: null, bodies: NO_BODIES }),
  exit: (p, from) => ({ kind: 'exit', span: spanFrom(p, from), nameRange: null, bodies: NO_BODIES }),
};

export function parseStatements(p: Parser): StatementNode[] {
  return parseItems(p, parseStatement);
}

function parseStatement(p: Parser): StatementNode {
  if (p.listener) expects(p, (from) => ({ kind: 'statement', from }));
  const from = { start: startAt(p), line: lineAt(p) };
  const maker = at(p, Kind.word) && peekKind(p, 1) !== EQUALS ? MAKERS[textAt(p)] : undefined;
  if (maker) {
    advance(p);
    return maker(p, from);
  }
  if (at(p, Kind.word) && reportForeign(p)) {
    const at = rangeAt(p);
    return {
      kind: 'do',
      value: { kind: 'missing', range: at },
      span: spanFrom(p, from),
      nameRange: null,
      bodies: NO_BODIES,
    };
  }
  return parseSimple(p, from);
}

function spanFrom(p: Parser, from: Mark): Span {
  return {
    start: from.start,
    end: Math.max(from.start, previousEnd(p)),
    line: from.line,
    endLine: Math.max(from.line, previousLine(p)),
  };
}

function parseSimple(p: Parser, from: Mark): StatementNode {
  const value = parseExpressionIn(p, 'process');
  if (value.kind === 'name' && !p.panic && !atNewline(p)) expects(p, (at) => ({ kind: 'mark', text: '=', from: at }));
  if (!p.panic && at(p, EQUALS) && !atNewline(p)) return parseAssignment(p, from, value);
  return { kind: 'do', value, span: spanFrom(p, from), nameRange: null, bodies: NO_BODIES };
}

function parseAssignment(p: Parser, from: Mark, target: Expression): StatementNode {
  if (target.kind !== 'name' || STATEMENTS.has(target.name)) {
    reportTarget(p, target);
    return { kind: 'do', value: target, span: spanFrom(p, from), nameRange: null, bodies: NO_BODIES };
  }
  advance(p);
  const value = parseExpressionIn(p, 'process');
  return {
    kind: 'assign',
    name: target.name,
    value,
    span: spanFrom(p, from),
    nameRange: target.range,
    bodies: NO_BODIES,
  };
}

/** Elements and members of a value stay as they are. */
function reportTarget(p: Parser, target: Expression): void {
  if (target.kind !== 'member' && target.kind !== 'index') reportWanted(p, 'the name of a variable before `=`');
  else
    report(p, 'NP1001', target.range, 'Only a variable can be assigned: elements and members stay as they are made.');
}

/** What other languages call a statement of this one. */
const FOREIGN: Readonly<Record<string, { readonly own: string; readonly form: string }>> = {
  for: { own: 'each', form: 'each one in list { }` or `repeat 10 { }' },
  foreach: { own: 'each', form: 'each one in list { }' },
  while: { own: 'loop', form: 'loop { if done { break } }' },
  return: { own: 'exit', form: 'exit' },
};

/** `for one in list`: a name at the start of a statement that something other than `=` or an operator follows. */
function reportForeign(p: Parser): boolean {
  const foreign = FOREIGN[textAt(p)];
  if (foreign === undefined || p.listener || !FOREIGN_NEXT.has(peekKind(p, 1))) return false;
  const sameShape = foreign.own === 'each' && peekKind(p, 1) === Kind.word;
  report(p, 'NP1001', rangeAt(p), `\`${textAt(p)}\` is no statement here: \`${foreign.form}\`.`, {
    fixes: sameShape ? [replaceFix(rangeAt(p), foreign.own)] : [],
  });
  return true;
}

const FOREIGN_NEXT: ReadonlySet<number> = new Set([
  Kind.word,
  Kind.number,
  OPEN_PAREN,
  OPEN_BRACE,
  SEMICOLON,
  CLOSE_BRACE,
]);

function parseBlock(p: Parser, title: string): BlockNode {
  const nothing: BlockNode = { range: { start: previousEnd(p), end: previousEnd(p) }, statements: [], closed: true };
  if (p.panic && !at(p, OPEN_BRACE)) return nothing;
  if (p.listener) expects(p, (from) => ({ kind: 'mark', text: '{', from }));
  if (!at(p, OPEN_BRACE)) {
    stopListening(p);
    if (!reportEquals(p)) reportWanted(p, `\`{\` of ${title}`);
    return nothing;
  }
  return parseOpenBlock(p, title);
}

function parseOpenBlock(p: Parser, title: string): BlockNode {
  let statements: StatementNode[] = [];
  const header: Range = { start: startAt(p), end: previousEnd(p) };
  const braces = parseBraces(
    p,
    title,
    header,
    (word) => STATEMENTS.has(word),
    () => {
      statements = parseStatements(p);
    },
  );
  return { ...braces, statements };
}

function parseEach(p: Parser, from: Mark): StatementNode {
  if (p.listener) expects(p, (at) => ({ kind: 'name', example: 'event', from: at }));
  const name = takeName(p);
  if (p.listener) expects(p, (at) => ({ kind: 'word', text: 'in', doc: 'The list follows.', from: at }));
  if (!p.panic && !atWord(p, 'in')) {
    stopListening(p);
    reportWanted(p, '`in`');
  } else if (!p.panic) advance(p);
  const of: Expression = p.panic ? { kind: 'missing', range: rangeAt(p) } : parseExpressionIn(p, 'process');
  const body = parseBlock(p, 'each');
  return {
    kind: 'each',
    name: name.text,
    of,
    body: body.statements,
    span: spanFrom(p, from),
    nameRange: name.range,
    bodies: [body],
  };
}

function takeName(p: Parser): NameNode {
  if (at(p, Kind.word)) {
    const name = { text: textAt(p), range: rangeAt(p) };
    advance(p);
    return name;
  }
  stopListening(p);
  reportWanted(p, 'the name of a variable');
  return { text: '', range: { start: previousEnd(p), end: previousEnd(p) } };
}

function parseIf(p: Parser, from: Mark): StatementNode {
  const test = parseExpressionIn(p, 'process');
  const then = parseBlock(p, 'if');
  const bodies = [then];
  let otherwise: readonly StatementNode[] = [];
  if (!p.panic && !atEnd(p)) otherwise = parseElse(p, bodies);
  else if (!p.panic)
    if (p.listener)
      expects(p, (at) => ({
        kind: 'word',
        text: 'else',
        doc: 'What to do when the condition does not hold.',
        from: at,
      }));
  return { kind: 'if', test, then: then.statements, otherwise, span: spanFrom(p, from), nameRange: null, bodies };
}

function parseElse(p: Parser, bodies: BlockNode[]): readonly StatementNode[] {
  if (!atWord(p, 'else')) return [];
  advance(p);
  if (p.listener) expects(p, (at) => ({ kind: 'word', text: 'if', doc: 'One more condition.', from: at }));
  if (atWord(p, 'if')) {
    const from = { start: startAt(p), line: lineAt(p) };
    advance(p);
    return [parseIf(p, from)];
  }
  const body = parseBlock(p, 'else');
  bodies.push(body);
  return body.statements;
}
