/** docs/LANGUAGE.md: the prose below, and tables made of the schema. */
import { entryDetail, settingValueText } from '../features/markdown.ts';
import { CODES } from '../language/codes.ts';
import { CONSTANTS } from '../language/schema/constants.ts';
import { walkSchema } from '../language/schema/schema.ts';
import type { EntrySchema } from '../language/schema/shapes.ts';
import { STATEMENTS } from '../language/schema/statements.ts';
import { SYSCALLS, signatures } from '../language/schema/syscalls.ts';
import { COST_TABLE } from '../language/schema/costs.ts';
import { DOCUMENTED_SYSCTLS } from '../language/schema/sysctls.ts';
import { DIMENSION_NAMES, UNITS } from '../language/schema/units.ts';
import {
  DEVICE_MEMBERS,
  HOST_MEMBERS,
  PACKET_FIELDS,
  PROCESS_MEMBERS,
  VALUE_MEMBERS,
} from '../language/schema/views.ts';
import { INTRODUCTION } from './introduction.ts';

type Row = readonly string[];

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head: Row, rows: readonly Row[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => ' --- ').join('|')}|`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ].join('\n');
const members = (of: ReadonlyMap<string, { readonly name: string; readonly doc: string }>): string =>
  table(
    ['name', 'what it is'],
    [...of.values()].map((each) => [`\`${each.name}\``, each.doc]),
  );

/** The whole manual as Markdown. */
export function manual(): string {
  return [
    INTRODUCTION,
    '## Units',
    table(['units', 'measure'], unitRows()),
    '## Blocks and properties',
    blocks(),
    '## Statements',
    table(
      ['statement', 'what it does', 'example'],
      [...STATEMENTS.values()].map((each) => [`\`${each.keyword}\``, each.doc, `\`${each.example}\``]),
    ),
    '## System calls',
    syscalls(),
    '## Members of values',
    members(VALUE_MEMBERS),
    '## What `expect` may read',
    'Of a host (`server.NAME`):',
    members(HOST_MEMBERS),
    'Of a device (`server.eth0.NAME`):',
    members(DEVICE_MEMBERS),
    'Of a process (`client.app.NAME`), beside its variables:',
    members(PROCESS_MEMBERS),
    '## What conditions on packets may read',
    table(['name', 'what it is', 'members'], packetRows()),
    '## Sysctls',
    'Others are handed on as they are, with a warning.',
    table(['name', 'what it does', 'values'], sysctlRows()),
    '## Costs',
    'What the steps of the model take; `_kib`: per KiB. A block `costs` overrides them.',
    table(['name', 'default', 'where the figure comes from'], costRows()),
    '## Constants',
    [...CONSTANTS.values()].map((each) => `\`${each.name}\`=${each.value}`).join(' '),
    '## Diagnostics',
    table(['code', 'severity', 'title', 'what is wrong, what is allowed', 'quick fix'], codeRows()),
  ]
    .join('\n\n')
    .concat('\n');
}

function unitRows(): Row[] {
  const dimensions = [...new Set(UNITS.map((each) => each.dimension))];
  return dimensions.map((dimension) => [
    UNITS.filter((each) => each.dimension === dimension)
      .map((each) => `\`${each.text}\``)
      .join(' '),
    DIMENSION_NAMES[dimension],
  ]);
}

function blocks(): string {
  const parts: string[] = [];
  walkSchema((entry, path) => parts.push(entryText(entry, path)));
  return parts.join('\n\n');
}

function entryText(entry: EntrySchema, path: readonly string[]): string {
  const detail = entryDetail(entry);
  const facts = [detail, entry.many ? 'may stand several times' : ''].filter(Boolean).join('; ');
  return `${'#'.repeat(Math.min(path.length + 2, 6))} ${path.join(' ')}\n\n\`\`\`netpath\n${entry.example}\n\`\`\`\n\n${entry.doc}${facts ? ` *${facts}.*` : ''}`;
}

function syscalls(): string {
  return table(
    ['call', 'what it does', 'returns', 'fails with'],
    [...SYSCALLS.values()].map((each) => [
      signatures(each)
        .map((form) => `\`${form}\``)
        .join(' '),
      each.doc,
      each.returns,
      each.errnos.join(' '),
    ]),
  );
}

function packetRows(): Row[] {
  return [...PACKET_FIELDS].map(([name, { doc, members: fields }]) => [
    `\`${name}\``,
    doc,
    [...fields.keys()].join(' '),
  ]);
}

function sysctlRows(): Row[] {
  return DOCUMENTED_SYSCTLS.map((each) => {
    const values = settingValueText(each.value);
    return [`\`${each.name}\``, each.doc, each.byDefault === null ? values : `${values}; default ${each.byDefault}`];
  });
}

function costRows(): Row[] {
  return [...COST_TABLE.known.values()].map(({ name, byDefault, doc }) => [`\`${name}\``, byDefault ?? '', doc]);
}

function codeRows(): Row[] {
  return Object.entries(CODES).map(([code, { severity, title, doc, fix }]) => [code, severity, title, doc, fix ?? '']);
}
