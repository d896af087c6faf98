/** `name = value` lines against what is known of their names. */
import { removeFix, replaceFix } from '../diagnostic.ts';
import type { SettingSchema, SettingTable, SettingValue } from '../schema/shapes.ts';
import type { Setting } from '../tree.ts';
import { type BlockReporter, type Reporter, suggestion } from './reporter.ts';
import { checkMeasure } from './structure.ts';

export function checkSettings(reporter: BlockReporter): void {
  for (const { entry } of reporter.entries) {
    const table = entry.body?.settingTable;
    if (table && entry.body) checkBody(reporter, table, entry.body.settings);
  }
}

function checkBody(reporter: Reporter, table: SettingTable, settings: readonly Setting[]): void {
  const seen = new Set<string>();
  for (const setting of settings) {
    if (seen.has(setting.key.text)) {
      reporter.report('NP1102', setting.key.range, `\`${setting.key.text}\` was given before.`, {
        fixes: [removeFix(setting.range)],
      });
    }
    seen.add(setting.key.text);
    const schema = table.known.get(setting.key.text);
    if (schema) checkValues(reporter, setting, schema);
    else reportUnknown(reporter, setting, table);
  }
}

/** `net.ipv4.conf.eth0.rp_filter` is known when `net.ipv4.conf.default.rp_filter` is. */
function reportUnknown({ report }: Reporter, setting: Setting, table: SettingTable): void {
  const { text, range } = setting.key;
  if (table.known.has(text.replace(/^(net\.ipv4\.(?:conf|neigh))\.[\w-]+\./, '$1.default.'))) return;
  const { hint, fixes } = suggestion(text, range, table.known.keys());
  if (table.closed) report('NP1203', range, `\`${text}\` is no ${table.what}.${hint}`, { fixes });
  else report('NP1106', range, `The manual knows no ${table.what} \`${text}\`.${hint}`, { fixes });
}

function checkValues(reporter: Reporter, setting: Setting, schema: SettingSchema): void {
  if (schema.value.kind === 'switch') checkSwitch(reporter, setting);
  else if (schema.value.kind === 'word') checkWord(reporter, setting, schema.value);
  else checkNumbers(reporter, setting, schema);
}

function checkSwitch({ report, text }: Reporter, { key, values, range }: Setting): void {
  const [value] = values;
  if (values.length === 0) return;
  if (values.length === 1 && value?.kind === 'name' && (value.name === 'on' || value.name === 'off')) return;
  const place = { start: value?.range.start ?? range.start, end: values.at(-1)?.range.end ?? range.end };
  const shown = text.slice(place.start, place.end);
  const fixes = ['1', 'true', 'yes'].includes(shown)
    ? [replaceFix(place, 'on')]
    : ['0', 'false', 'no'].includes(shown)
      ? [replaceFix(place, 'off')]
      : [];
  report('NP1203', place, `\`${key.text}\` is \`on\` or \`off\`, not ${shown}.`, { fixes });
}

function checkWord(
  { report, text }: Reporter,
  { key, values }: Setting,
  { what, choices }: SettingValue & { kind: 'word' },
): void {
  const [value] = values;
  if (value === undefined) return;
  const place = { start: value.range.start, end: values.at(-1)!.range.end };
  const shown = text.slice(place.start, place.end);
  if (choices.some((each) => each.text === shown)) return;
  const { fixes } = suggestion(
    shown,
    place,
    choices.map((each) => each.text),
  );
  const list = choices.map((each) => `\`${each.text}\``).join(', ');
  report('NP1203', place, `\`${key.text}\` is a ${what} (${list}), not ${shown}.`, { fixes });
}

function checkNumbers(reporter: Reporter, setting: Setting, schema: SettingSchema & { value: { kind: string } }): void {
  if (schema.value.kind !== 'numbers' || setting.values.length === 0) return;
  const { count, measure } = schema.value;
  const name = setting.key.text;
  if (setting.values.length !== count) {
    const noun = count === 1 ? 'one value' : `${count} values`;
    reporter.report('NP1403', setting.range, `\`${name}\` takes ${noun}, here are ${setting.values.length}.`);
  }
  for (const value of setting.values) {
    if (value.kind === 'name')
      reporter.report('NP1201', value.range, `\`${name}\` is a number, not \`${value.name}\`.`);
    else checkMeasure(reporter, value, measure, name);
  }
}
