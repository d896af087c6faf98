/** Lines of listings and scenarios that code stands on. */
import type { Scenario, Statement } from '../../../server/language/scenario.ts';
import { functions, tickInfo, ticksOnLine } from '../debug_info.ts';

export interface LinePlace {
  readonly line: number;
  readonly tick: number;
}

/** The first tick on the line, or on the next line of the same function that has one. */
export function listingPlace(file: string, line: number): LinePlace | undefined {
  const around = functions.find((fn) => fn.kernel && fn.file === file && line >= fn.line && line <= fn.endLine);
  const fn =
    around ??
    functions
      .filter((each) => each.kernel && each.file === file && each.line > line)
      .sort((a, b) => a.line - b.line)[0];
  if (fn === undefined) return undefined;
  for (let at = line; at <= fn.endLine; at++) {
    const ticks = ticksOnLine(file, at).filter((tick) => tick >= fn.firstTick && tick <= fn.lastTick);
    if (ticks.length > 0) return { line: at, tick: ticks.reduce((a, b) => (column(b) < column(a) ? b : a)) };
  }
  return undefined;
}

const column = (tick: number): number => tickInfo(tick).column;

/** Lines of a listing that accept a breakpoint. */
export function listingLines(file: string, from: number, to: number): number[] {
  const lines = new Set<number>();
  for (const fn of functions) {
    if (!fn.kernel || fn.file !== file || fn.endLine < from || fn.line > to) continue;
    for (let tick = fn.firstTick; tick <= fn.lastTick; tick++) lines.add(tickInfo(tick).line);
  }
  return [...lines].filter((line) => line >= from && line <= to).sort((a, b) => a - b);
}

/** Lines on which a statement of a process begins, in order. */
export function statementLines(scenario: Scenario): number[] {
  const lines = new Set<number>();
  const visit = (body: readonly Statement[]): void => {
    for (const statement of body) {
      lines.add(statement.span.line);
      if ('body' in statement) visit(statement.body);
      if (statement.kind === 'if') [statement.then, statement.otherwise].forEach(visit);
    }
  };
  for (const host of scenario.hosts) for (const process of host.processes) visit(process.body);
  return [...lines].sort((a, b) => a - b);
}
