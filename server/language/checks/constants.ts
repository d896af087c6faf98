/** Constants that Linux would take for what they are not: of another family than the parameter's, options of another level. */
import { replaceFix } from '../diagnostic.ts';
import type { Expression } from '../expression.ts';
import { CONSTANTS } from '../schema/constants.ts';
import type { Parameter } from '../schema/shapes.ts';
import type { Reporter } from './reporter.ts';

type Call = Expression & { kind: 'call' };
type Constant = Expression & { kind: 'constant' };

export function checkConstants(reporter: Reporter, call: Call, form: readonly Parameter[]): void {
  call.arguments.forEach((each, index) => {
    for (const constant of joined(each)) checkFamily(reporter, call.callee, constant, form[index]!);
  });
  if (call.callee === 'setsockopt' || call.callee === 'getsockopt') checkLevel(reporter, call);
}

/** `A`, or `A | B`: the constants that stand for themselves. */
function joined(expression: Expression): Constant[] {
  if (expression.kind === 'constant') return [expression];
  if (expression.kind !== 'binary' || expression.operator !== '|') return [];
  return [...joined(expression.left), ...joined(expression.right)];
}

/** Parameters that no constant is meant for. */
const PLAIN: ReadonlySet<string> = new Set(['fd', 'buffer size', 'size or vectors', 'number']);

function checkFamily(
  { report }: Reporter,
  callee: string,
  constant: Constant,
  { name, type, constants }: Parameter,
): void {
  const twin = twinOf(constant, constants);
  if (twin === constant.name || CONSTANTS.get(twin ?? '')?.value === constant.value) return;
  if (constants.length === 0 && !PLAIN.has(type)) return;
  const wanted =
    constants.length === 0 ? 'takes no constant' : `takes ${constants.map((each) => `${each}...`).join(', ')}`;
  const hint = twin ? ` Did you mean \`${twin}\`?` : '';
  report('NP1410', constant.range, `\`${name}\` of \`${callee}\` ${wanted}, not \`${constant.name}\`.${hint}`, {
    fixes: twin ? [replaceFix(constant.range, twin)] : [],
  });
}

/** The constant itself when it is of the families, else the one of them that bears its name: MSG_ZEROCOPY for SO_ZEROCOPY. */
function twinOf({ name }: Constant, families: readonly string[]): string | null {
  if (families.some((each) => name.startsWith(each))) return name;
  const ending = name.includes('_') ? name.slice(name.indexOf('_')) : name.replace(/^E/, '');
  const own = [...CONSTANTS.keys()].filter((each) => families.some((family) => each.startsWith(family)));
  return own.find((each) => each.endsWith(ending) && each.length - ending.length <= 'IPPROTO'.length) ?? null;
}

/** The level of each family of options. */
const LEVELS: readonly (readonly [prefix: string, level: string])[] = [
  ['SO_', 'SOL_SOCKET'],
  ['IP_', 'SOL_IP'],
  ['IPV6_', 'SOL_IPV6'],
  ['TCP_', 'SOL_TCP'],
  ['UDP_', 'SOL_UDP'],
  ['PACKET_', 'SOL_PACKET'],
];

function checkLevel({ report }: Reporter, { arguments: [, level, option] }: Call): void {
  if (level?.kind !== 'constant' || option?.kind !== 'constant') return;
  const own = LEVELS.find(([prefix]) => option.name.startsWith(prefix))?.[1];
  if (own === undefined || CONSTANTS.get(own)!.value === level.value) return;
  report('NP1410', level.range, `\`${option.name}\` is an option of \`${own}\`, not of \`${level.name}\`.`, {
    fixes: [replaceFix(level.range, own)],
  });
}
