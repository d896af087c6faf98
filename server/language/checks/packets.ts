/** Conditions on packets: `when` of netfilter rules and losses. */
import { dimensionOf } from '../dimensions.ts';
import type { Expression } from '../expression.ts';
import { PACKET_FIELDS } from '../schema/views.ts';
import { walkExpression } from '../walk.ts';
import { type BlockReporter, type Reporter, suggestion } from './reporter.ts';

export function checkPackets(reporter: BlockReporter): void {
  for (const { entry } of reporter.entries) {
    for (const value of entry.values) {
      if (value.kind === 'expression' && value.part.scope === 'packet') checkCondition(reporter, value.expression);
    }
  }
}

function checkCondition(reporter: Reporter, expression: Expression): void {
  dimensionOf(expression, ({ range, message }) => reporter.report('NP1201', range, message));
  walkExpression(expression, (each) => checkNode(reporter, each));
}

function checkNode(reporter: Reporter, expression: Expression): void {
  if (expression.kind === 'name')
    knownField(reporter, expression.name, expression.range, PACKET_FIELDS.keys(), 'A packet has no');
  if (expression.kind !== 'member' || expression.object.kind !== 'name') return;
  const header = PACKET_FIELDS.get(expression.object.name);
  if (header)
    knownField(
      reporter,
      expression.name,
      expression.nameRange,
      header.members.keys(),
      `\`${expression.object.name}\` has no`,
    );
}

function knownField(
  { report }: Reporter,
  name: string,
  range: Expression['range'],
  known: Iterable<string>,
  start: string,
): void {
  const names = [...known];
  if (names.includes(name)) return;
  const { hint, fixes } = suggestion(name, range, names);
  report(
    'NP1502',
    range,
    `${start} \`${name}\`.${hint || (names.length > 0 ? ` There is: ${names.join(', ')}.` : '')}`,
    { fixes },
  );
}
