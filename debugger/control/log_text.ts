/** A logpoint's message: text with expressions in braces, each replaced by its value. */
import { present } from '../inspect/present.ts';
import type { World } from '../machine/types.ts';
import { evaluate, parse } from './expressions/evaluate.ts';
import { EvaluationError } from './expressions/found.ts';
import { cutFormat } from './expressions/format_suffix.ts';
import { globals } from './expressions/globals.ts';
import { chained, type Names } from './expressions/names.ts';
import { currentDepth } from './probe.ts';
import { scenarioSite, siteAt } from './site.ts';

export function logText(message: string, world: World): string {
  const site = currentDepth() > 0 ? siteAt(world, currentDepth(), false) : scenarioSite(world, false);
  const names = chained(site.names(), globals(world, { cpu: world.running }));
  return message.replace(/\{([^{}]*)\}/g, (_, text: string) => valueText(text, names, world));
}

function valueText(text: string, names: Names, world: World): string {
  try {
    const asked = cutFormat(text);
    const { value, format } = evaluate(parse(asked.text), names);
    return typeof value === 'string'
      ? value
      : present(value, { now: world.now, writer: () => undefined }, asked.format ?? format);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return `{${error.message}}`;
  }
}
