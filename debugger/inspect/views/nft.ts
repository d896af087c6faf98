/** `nft list ruleset`: the scenario's rules as the base chains that they stand for, each rule with its counter. */
import type { Expression } from '../../../server/language/expression.ts';
import { printAddress } from '../../../server/language/addresses.ts';
import { printExpression } from '../../../server/language/printExpression.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { nft_base_chain, nft_rule } from '../../kernel/include/linux/netfilter.ts';
import type { nf_nat_range2 } from '../../kernel/include/net/netfilter/nf_nat.ts';
import { NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED } from '../../kernel/include/net/netfilter/nf_nat.ts';
import { REJECT_CODES } from '../../../server/language/schema/netfilter.ts';

const HOOKS = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

/** nft's words for a chain's type and priority. */
const TYPES = { filter: ['filter', 'filter'], raw: ['filter', 'raw'], nat: ['nat', ''] } as const;
const NAT_PRIORITIES = ['dstnat', 'srcnat', '', 'dstnat', 'srcnat'];

/** All base chains of a host, hook by hook, in the order in which a packet meets them. */
export function chainsOf(host: Host): nft_base_chain[] {
  const chains = host.nf_hooks.flatMap((ipv4, hook) =>
    [...ipv4, ...host.nf_hooks_ipv6[hook]!].flatMap(({ priv }) =>
      priv === null ? [] : 'rules' in priv ? [priv] : priv.entries.map((each) => each.priv as nft_base_chain),
    ),
  );
  return [...new Set(chains)];
}

export function nftRuleset(host: Host): string {
  const chains = chainsOf(host);
  return (['inet', 'ip', 'ip6'] as const)
    .map((family) =>
      table(
        family,
        chains.filter((each) => each.family === family),
      ),
    )
    .filter((text) => text !== '')
    .join('\n');
}

function table(family: string, chains: readonly nft_base_chain[]): string {
  return chains.length === 0 ? '' : `table ${family} filter {\n${chains.map(chainText).join('\n\n')}\n}`;
}

function chainText({ type, hook, rules }: nft_base_chain): string {
  const [kind, fixed] = TYPES[type];
  const priority = fixed || NAT_PRIORITIES[hook];
  const name = type === 'filter' ? HOOKS[hook] : `${type}_${HOOKS[hook]}`;
  const head = `\tchain ${name} {\n\t\ttype ${kind} hook ${HOOKS[hook]} priority ${priority}; policy accept;`;
  return [head, ...rules.map((rule) => `\t\t${ruleText(rule)}`), '\t}'].join('\n');
}

function ruleText(rule: nft_rule): string {
  const parts = [
    rule.match === null ? '' : matchText(rule.match as Expression),
    `counter packets ${rule.packets} bytes ${rule.bytes}`,
    verdictText(rule),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function verdictText({ verdict, icmp_code, range }: nft_rule): string {
  if (verdict === 'count') return '';
  if (range !== null) return [verdict, targetText(range)].filter((part) => part !== '').join(' to ');
  if (icmp_code === null) return verdict;
  const name = [...REJECT_CODES].find(([, { code }]) => code === icmp_code)?.[0];
  return name === undefined ? 'reject with tcp reset' : `reject with icmp ${name}`;
}

/** `203.0.113.1:1024-65535` of NAT, or the part of it that there is. */
function targetText({ flags, min_addr, min_proto, max_proto }: nf_nat_range2): string {
  const address = (flags & NF_NAT_RANGE_MAP_IPS) === 0 ? '' : printAddress(min_addr);
  if ((flags & NF_NAT_RANGE_PROTO_SPECIFIED) === 0) return address;
  return `${address}:${min_proto}${max_proto === min_proto ? '' : `-${max_proto}`}`;
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
  const states = ctStates(match);
  if (states !== null) return `ct state ${states.join(',')}`;
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

const CT_STATES = ['new', 'established', 'related', 'invalid', 'untracked'];

/** The states that `ct.new || ct.established` asks for; null for any other condition. */
function ctStates(match: Expression): string[] | null {
  if (match.kind === 'binary' && match.operator === '||') {
    const left = ctStates(match.left);
    const right = ctStates(match.right);
    return left === null || right === null ? null : [...left, ...right];
  }
  const ct = match.kind === 'member' && match.object.kind === 'name' && match.object.name === 'ct';
  return ct && CT_STATES.includes(match.name) ? [match.name] : null;
}
