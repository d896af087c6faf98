/** Writes what is generated from the schema: the grammar, the language configuration, the manual. `node build/generate-syntaxes.mjs` */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './bundle.mjs';

const { outputFiles } = await build({
  entryPoints: [path.join(root, 'server/reference/files.ts')],
  bundle: true,
  format: 'esm',
  write: false,
});
const { generatedFiles } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
);
for (const [file, text] of generatedFiles()) writeFileSync(path.join(root, file), text);
