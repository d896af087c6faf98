/** The schema's words as Markdown, one function a kind of thing. Hover, completion and signature help show the same. */
import type {
  ConstantSchema,
  EntrySchema,
  Measure,
  Part,
  SettingSchema,
  SettingValue,
  SyscallSchema,
} from '../language/schema/shapes.ts';
import { signatures } from '../language/schema/syscalls.ts';
import { DIMENSION_NAMES, printQuantity, unitList } from '../language/schema/units.ts';

const code = (text: string): string => `\`\`\`netpath\n${text}\n\`\`\``;

/** `rate: a bandwidth (bps kbps Mbps Gbps), 1kbps to 400Gbps; default 1Gbps`. */
export function entryDetail(schema: EntrySchema): string {
  const measure = schema.parts.find((part): part is Part & { kind: 'quantity' } => part.kind === 'quantity');
  const facts = measure ? [measureText(measure)] : [];
  if (schema.required) facts.push('required');
  if (schema.byDefault !== null) facts.push(`default ${schema.byDefault}`);
  return facts.join('; ');
}

export function measureText(measure: Measure): string {
  const units = unitList(measure.dimension);
  const bound = (value: number): string => printQuantity(value, measure.dimension);
  const bounds = measure.max === Number.MAX_SAFE_INTEGER ? '' : `, ${bound(measure.min)} to ${bound(measure.max)}`;
  return `${DIMENSION_NAMES[measure.dimension]}${units ? ` (${units})` : ''}${bounds}`;
}

export function entryMarkdown(schema: EntrySchema): string {
  const detail = entryDetail(schema);
  return [code(schema.example), schema.doc, detail && `*${detail}*`].filter(Boolean).join('\n\n');
}

export function syscallMarkdown(schema: SyscallSchema): string {
  const named = new Map(schema.forms.flat().map((each) => [each.name, each]));
  const parameters = [...named.values()].map((each) => `- \`${each.name}\`: ${each.doc}`).join('\n');
  const errnos = schema.errnos.length > 0 ? `Fails with ${schema.errnos.map((each) => `\`-${each}\``).join(' ')}.` : '';
  return [
    code(signatures(schema).join('\n')),
    schema.doc,
    parameters,
    `Returns: ${schema.returns} ${errnos}`,
    code(schema.example),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function constantMarkdown(schema: ConstantSchema): string {
  const hexadecimal = schema.value > 9 ? ` (0x${schema.value.toString(16)})` : '';
  return `${code(`${schema.name} = ${schema.value}${hexadecimal}`)}\n\n${schema.doc}`;
}

/** What may be set, in words. */
export function settingValueText(value: SettingValue): string {
  if (value.kind === 'switch') return 'on or off';
  return value.kind === 'word' ? value.choices.map(({ text }) => text).join(' or ') : measureText(value.measure);
}

export function settingMarkdown(schema: SettingSchema): string {
  const kind = settingValueText(schema.value);
  const standard = schema.byDefault === null ? '' : `; default ${schema.byDefault}`;
  return `${code(schema.name)}\n\n${schema.doc}\n\n*${kind}${standard}*`;
}
