/** Measures one activation from inside the extension host. Nothing that would activate the extension earlier is open. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { extension } from './workspace.ts';

/** `load` is ours alone: reading and running the bundle. `activate` is mostly VS Code's own messages between its processes. */
export async function run(): Promise<void> {
  const own = extension();
  if (own.isActive) throw new Error('the extension is active already');
  const bundle = path.join(own.extensionPath, 'dist/extension.cjs');
  const load = await milliseconds(() => createRequire(bundle)(bundle));
  const activate = await milliseconds(() => own.activate());
  writeFileSync(process.env.NETPATH_RESULTS!, JSON.stringify({ load, activate }));
}

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) * 10) / 10;
}
