/** A reference for the debug build's stacks: the same kernel with an honest try/finally around every plain function. */
import { readFileSync } from 'node:fs';
import MagicString from 'magic-string';
import { parse, topFunctions } from '../../build/engine/ast.mjs';

/** Goes before the engine's plugin, for the files that hold plain functions only. */
export const tryFinally = {
  name: 'try-finally',
  setup(build) {
    build.onLoad({ filter: /test[\\/]spike[\\/]kernel[\\/].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const functions = topFunctions(parse(path, source).body).map(({ node }) => node);
      if (functions.some(({ generator }) => generator)) return undefined;
      const text = new MagicString(source);
      for (const { id, body } of functions) {
        text.appendRight(body.start + 1, ` globalThis.$open('${id.name}'); try { `);
        text.appendLeft(body.end - 1, ' } finally { globalThis.$close(); } ');
      }
      return { contents: text.toString(), loader: 'ts' };
    });
  },
};

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
