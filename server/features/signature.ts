/** Signature help: the system call around the caret and which argument is being written. */
import type { Analysis } from '../language/analyse.ts';
import type { Parameter } from '../language/schema/shapes.ts';
import { parameterText, SYSCALLS, signatures } from '../language/schema/syscalls.ts';
import {
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COMMA,
  Kind,
  OPEN_BRACKET,
  OPEN_PAREN,
  type Tokens,
  tokenAt,
  tokenText,
} from '../language/tokens.ts';

export interface Signature {
  readonly label: string;
  readonly parameters: readonly { readonly label: string; readonly documentation: string }[];
}

/** All forms of a call, which of them is being written as far as is known, and which argument. */
export interface Signatures {
  readonly documentation: string;
  readonly forms: readonly Signature[];
  readonly activeForm: number;
  readonly activeParameter: number;
}

export function signatureAt({ tokens }: Analysis, offset: number): Signatures | null {
  const call = callAround(tokens, offset);
  const schema = call ? SYSCALLS.get(call.callee) : undefined;
  if (!call || !schema) return null;
  return {
    documentation: `${schema.doc} Returns: ${schema.returns}`,
    forms: signatures(schema).map((label, index) => ({ label, parameters: schema.forms[index]!.map(described) })),
    activeForm: Math.max(
      0,
      schema.forms.findIndex((form) => call.argument < form.length),
    ),
    activeParameter: call.argument,
  };
}

function described(parameter: Parameter): Signature['parameters'][number] {
  return { label: parameterText(parameter), documentation: parameter.doc };
}

/** From the tokens, since the text of an unfinished call has no good tree. Goes back over one statement at most. */
function callAround(tokens: Tokens, offset: number): { callee: string; argument: number } | null {
  let depth = 0;
  let argument = 0;
  for (let index = tokenAt(tokens, offset - 1); index > 0; index--) {
    const kind = tokens.kind[index]!;
    if ((kind === CLOSE_PAREN || kind === CLOSE_BRACKET) && tokens.end[index]! <= offset) depth++;
    else if (kind === OPEN_BRACKET && depth > 0) depth--;
    else if (kind === OPEN_BRACKET) argument = 0;
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
