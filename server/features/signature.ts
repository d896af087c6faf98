/** Signature help: the system call around the caret and which argument is being written. */
import type { Analysis } from '../language/analyse.ts';
import { SYSCALLS } from '../language/schema/syscalls.ts';
import { CLOSE_PAREN, COMMA, Kind, OPEN_PAREN, type Tokens, tokenAt, tokenText } from '../language/tokens.ts';
import { signatureText } from './markdown.ts';

export interface Signature {
  readonly label: string;
  readonly documentation: string;
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[];
  readonly active: number;
}

export function signatureAt({ tokens }: Analysis, offset: number): Signature | null {
  const call = callAround(tokens, offset);
  const schema = call ? SYSCALLS.get(call.callee) : undefined;
  if (!call || !schema) return null;
  return {
    label: signatureText(schema),
    documentation: `${schema.doc} Returns: ${schema.returns}`,
    parameters: schema.parameters.map((each) => ({
      label: each.optional ? `[${each.name}]` : each.name,
      documentation: each.doc,
    })),
    active: call.argument,
  };
}

/** From the tokens, since the text of an unfinished call has no good tree. Goes back over one statement at most. */
function callAround(tokens: Tokens, offset: number): { callee: string; argument: number } | null {
  let depth = 0;
  let argument = 0;
  for (let index = tokenAt(tokens, offset - 1); index > 0; index--) {
    const kind = tokens.kind[index]!;
    if (kind === CLOSE_PAREN && tokens.end[index]! <= offset) depth++;
    else if (kind === COMMA && depth === 0) argument++;
    else if (kind === OPEN_PAREN && depth-- === 0) {
      return tokens.kind[index - 1] === Kind.word ? { callee: tokenText(tokens, index - 1), argument } : null;
    }
    if (tokens.newline[index] === 1 && depth === 0 && argument === 0 && kind !== Kind.word && kind !== Kind.string)
      continue;
    if (tokenText(tokens, index) === '{' || tokenText(tokens, index) === ';') return null;
  }
  return null;
}
