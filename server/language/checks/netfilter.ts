/** Which rules may stand in which chains of netfilter. */
import { isIn6 } from '../addresses.ts';
import { insertFix, replaceFix } from '../diagnostic.ts';
import { chainType } from '../compile/netfilter.ts';
import { NAT_HOOKS } from '../schema/netfilter.ts';
import { type Entry, entriesOf, valueIn } from '../tree.ts';
import type { BlockReporter, Reporter } from './reporter.ts';

/** Hooks at which chains of a type can be. */
const HOOKS_OF_TYPE: ReadonlyMap<string, readonly string[]> = new Map([
  ['nat', ['prerouting', 'input', 'output', 'postrouting']],
  ['raw', ['prerouting', 'output']],
]);

export function checkNetfilter(reporter: BlockReporter): void {
  for (const { entry } of reporter.entries) {
    if (entry.schema.keyword === 'chain') checkChain(reporter, entry);
    if (entry.schema.keyword === 'netfilter') checkFamily(reporter, entry);
  }
}

/** Conntrack and NAT are of IPv4 alone. */
function checkFamily({ report }: Reporter, block: Entry): void {
  if (valueIn(block, 'family', 'choice')?.text !== 'ip6') return;
  for (const chain of entriesOf(block, 'chain')) {
    if (chainType(chain) !== 'nat') continue;
    report('NP1601', chain.keyword, 'NAT is of IPv4: a nat chain stands in `netfilter` or `netfilter ip`.', {});
  }
}

function checkChain(reporter: Reporter, chain: Entry): void {
  const hook = valueIn(chain, 'hook', 'choice');
  if (hook === null) return;
  const type = chainType(chain);
  const hooks = HOOKS_OF_TYPE.get(type);
  if (hooks !== undefined && !hooks.includes(hook.text))
    reporter.report('NP1602', hook.range, `A ${type} chain is at ${hooks.join(', ')}, not at ${hook.text}.`);
  for (const rule of chain.body?.entries ?? []) checkRule(reporter, rule, type, hook);
}

function checkRule(reporter: Reporter, rule: Entry, type: string, hook: { text: string; range: Entry['range'] }): void {
  const verdict = rule.schema.keyword;
  const to = valueIn(rule, 'to', 'address');
  if (to !== null && isIn6(to.address))
    reporter.report('NP1601', to.range, 'NAT is of IPv4: an IPv4 address goes here.', {});
  const hooks = NAT_HOOKS.get(verdict);
  const wanted = hooks !== undefined ? 'nat' : verdict === 'notrack' ? 'raw' : type;
  if (wanted !== type) {
    const fixes = type === 'filter' ? [insertFix(hook.range.start, `${wanted} `, `Make it a ${wanted} chain`)] : [];
    reporter.report(
      'NP1601',
      rule.keyword,
      `\`${verdict}\` stands in ${wanted} chains: \`chain ${wanted} ${hooks?.[0] ?? hook.text}\`.`,
      {
        fixes,
      },
    );
  }
  if (hooks === undefined || hooks.includes(hook.text)) return;
  const fixes = hooks.map((each) => replaceFix(hook.range, each));
  const what = verdict === 'snat' || verdict === 'masquerade' ? 'source' : 'destination';
  reporter.report(
    'NP1602',
    rule.keyword,
    `\`${verdict}\` rewrites the ${what}: at ${hooks.join(' or ')}, not at ${hook.text}.`,
    { fixes },
  );
}
