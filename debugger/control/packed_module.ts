/** Modules of our own build, packed or not. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { unpacked } from './packed_table.ts';

/** A CommonJS module of our own build; one that ends in .br was packed by it (build/brotli.mjs). */
export function loadModule(file: URL): unknown {
  const [filename, require] = [fileURLToPath(file), createRequire(file)];
  if (!filename.endsWith('.br')) return require(filename);
  const module: { exports: unknown } = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename'];
  compileFunction(unpacked(file), names, { filename })(module.exports, require, module, filename);
  return module.exports;
}
