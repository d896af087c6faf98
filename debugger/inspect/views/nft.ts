/** `nft list ruleset`: the scenario's rules as the base chains that they stand for, each rule with its counter. */
import type { Expression } from '../../../server/language/expression.ts';
import { printExpression } from '../../../server/language/printExpression.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { nf_hook_entry } from '../../kernel/include/linux/netfilter.ts';

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

export function nftRuleset(host: Host): string {
  const chains = HOOKS.flatMap((hook, i) => (host.nf_hooks[i]!.length > 0 ? [chain(hook, host.nf_hooks[i]!)] : []));
  const family = host.nf_hooks.flat()[0]?.family;
  return family === undefined ? '' : `table ${family} filter {\n${chains.join('\n\n')}\n}`;
}

function chain(hook: string, rules: readonly nf_hook_entry[]): string {
  const head = `\tchain ${hook} {\n\t\ttype filter hook ${hook} priority filter; policy accept;`;
  return [head, ...rules.map((rule) => `\t\t${ruleText(rule)}`), '\t}'].join('\n');
}

function ruleText({ match, verdict, packets, bytes }: nf_hook_entry): string {
  const parts = [
    match === null ? '' : matchText(match as Expression),
    `counter packets ${packets} bytes ${bytes}`,
    verdict === 'count' ? '' : verdict,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const OPERATORS: Readonly<Record<string, string>> = {
  '==': '',
  '!=': '!= ',
  '<': '< ',
  '<=': '<= ',
  '>': '> ',
  '>=': '>= ',
};

/** nft's words where it has them: `udp dport 53 ip saddr 10.0.0.9`; what it could not say stays as the scenario has it. */
function matchText(match: Expression): string {
  if (match.kind === 'binary' && match.operator === '&&') return `${matchText(match.left)} ${matchText(match.right)}`;
  if (match.kind !== 'binary' || OPERATORS[match.operator] === undefined) return printExpression(match);
  const field = fieldText(match.left);
  return field === null
    ? printExpression(match)
    : `${field} ${OPERATORS[match.operator]}${printExpression(match.right)}`;
}

function fieldText(field: Expression): string | null {
  if (field.kind === 'name') return field.name === 'iif' ? 'iifname' : field.name === 'oif' ? 'oifname' : null;
  return field.kind === 'member' && field.object.kind === 'name' ? `${field.object.name} ${field.name}` : null;
}
