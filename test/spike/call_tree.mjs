/** A reference for the debug build's stacks: the same kernel with an honest try/finally around every call. */
import path from 'node:path';
import MagicString from 'magic-string';
import { lowerFunction } from '../../build/engine/lower.mjs';
import { FRAME_IMPORT } from '../../build/engine/project.mjs';
import { silentHelpers } from '../../build/engine/silent-helpers.mjs';
import { readSources } from '../../build/engine/sources.mjs';
import { spikeFolders } from './engines.mjs';

/** Goes before the engine's plugin; frames that go on are counted where they are called (referenceTree). */
export const tryFinally = {
  name: 'try-finally',
  setup(build) {
    const all = readSources(spikeFolders);
    const silent = silentHelpers(all);
    const sources = new Map(all.map((source) => [path.join(spikeFolders.root, source.file), source]));
    build.onLoad({ filter: /test[\\/]spike[\\/]kernel[\\/].*\.ts$/ }, ({ path: file }) => {
      const source = sources.get(file);
      const text = new MagicString(source.text);
      for (const { node, id } of source.functions) if (!silent.has(node)) bracket(text, node, id);
      return { contents: FRAME_IMPORT + text.toString(), loader: 'ts' };
    });
  },
};

function bracket(text, node, id) {
  const open = `globalThis.$open('${node.id.name}'); try { `;
  if (node.generator) lowerFunction(text, node, { id, enter: () => open });
  else text.appendRight(node.body.start + 1, ` ${open}`);
  text.appendLeft(node.body.end - 1, ' } finally { globalThis.$close(); } ');
}

/** Runs a world on the reference build; answers `depth name` for every entry, event by event. */
export function referenceTree(engine, world) {
  const tree = [];
  let depth = 0;
  globalThis.$open = (name) => tree.push(`${++depth} ${name}`);
  globalThis.$close = () => depth--;
  const steps = [...engine.steps];
  steps.forEach((step, fn) => {
    engine.steps[fn] = (frame, context) => {
      depth++;
      if (frame.label === 0) tree.push(`${depth} ${engine.tables.functions[fn].name}`);
      try {
        return step(frame, context);
      } finally {
        depth--;
      }
    };
  });
  engine.run(world, Number.POSITIVE_INFINITY, () => tree.push(`event ${world.event}`));
  return tree;
}

/** The same from the debug build's probe. */
export function probedTree({ probe, tables, run }, world) {
  const tree = [];
  probe.setHandlers({ onTrace: (fn, depth) => tree.push(`${depth} ${tables.functions[fn].name}`) });
  run(world, Number.POSITIVE_INFINITY, () => {
    probe.startEvent();
    tree.push(`event ${world.event}`);
  });
  probe.setHandlers({ onTrace: null });
  return tree;
}
