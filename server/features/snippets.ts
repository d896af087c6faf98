/** Snippet bodies made of the schema's patterns. */
import type { EntrySchema, Part } from '../language/schema/shapes.ts';
import type { StatementSchema } from '../language/schema/statements.ts';

/** `rate ${1:1Gbps}`, `host ${1:server} {\n\t$0\n}`. Optional pieces are left out, but where there is nothing else. */
export function entrySnippet(schema: EntrySchema): string {
  const stops = { next: 1 };
  const [first] = schema.parts;
  const bare = schema.parts.every((part) => part.kind === 'optional');
  const parts = bare && first?.kind === 'optional' ? first.parts : schema.parts;
  const header = [schema.keyword, ...parts.map((part) => partSnippet(part, stops))]
    .filter(Boolean)
    .join(' ')
    .replaceAll(' :', ':');
  return schema.body && !schema.bodyOptional ? `${header} {\n\t$0\n}` : header;
}

function partSnippet(part: Part, stops: { next: number }): string {
  switch (part.kind) {
    case 'word':
    case 'mark':
      return part.text;
    case 'optional':
      return '';
    case 'many':
      return partSnippet(part.part, stops);
    case 'either':
      return (part.alternatives[0] ?? [])
        .map((each) => partSnippet(each, stops))
        .filter(Boolean)
        .join(' ');
    case 'choice':
      return `\${${stops.next++}|${part.choices.map((each) => each.text).join(',')}|}`;
    default:
      return `\${${stops.next++}:${placeholder(part)}}`;
  }
}

function placeholder(part: Part): string {
  switch (part.kind) {
    case 'declares':
    case 'quantity':
      return part.example;
    case 'reference':
      return part.to === 'link' ? 'wire' : part.to === 'device' ? 'eth0' : 'server';
    case 'address':
      return '10.0.0.1';
    case 'network':
      return part.destination ? 'default' : '10.0.0.1/24';
    case 'mac':
      return '02:00:00:00:00:01';
    case 'bytes':
      return '0xffffffffffff';
    default:
      return '';
  }
}

/** Text and placeholders of the schema in turn. An empty placeholder is where the caret ends. */
export function statementSnippet({ pieces }: StatementSchema): string {
  let stop = 1;
  return pieces
    .map((piece, index) => (index % 2 === 0 ? piece : piece === '' ? '$0' : `\${${stop++}:${piece}}`))
    .join('');
}
