/** Entry point that VS Code calls in its extension host: runs the suites with mocha and leaves the counts in a file. */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** One slow machine with a browser and two servers on it: generous, and still a limit. */
const timeout = 60_000;

export async function run(): Promise<void> {
  const grep = process.env.NETPATH_GREP;
  const mocha = new Mocha({ ui: 'bdd', color: false, timeout, reporter: 'spec', ...(grep ? { grep } : {}) });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./extension.suite.ts');
  await import('./language.suite.ts');
  await import('./debug.suite.ts');
  await import('./tcp.suite.ts');
  const failed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.once('end', () => leaveCounts(runner.stats));
  });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}

function leaveCounts(stats: Mocha.Stats | undefined): void {
  const file = process.env.NETPATH_RESULTS;
  if (!file || !stats) return;
  const counts = { passed: stats.passes, failed: stats.failures, skipped: stats.pending };
  writeFileSync(file, JSON.stringify(counts));
}
