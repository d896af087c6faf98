/** Compiles one text as if it were the whole kernel, and loads it; for tests of the lowering. */
import { transformSync } from 'esbuild';
import { projectOf } from '../../build/engine/project.mjs';
import { arrange, makeSource } from '../../build/engine/sources.mjs';

/** @returns what the engine's plugin makes of the text: `{ contents }` or `{ errors }` */
export function compile(text, mode, kernel = true) {
  const source = makeSource({ file: 'debugger/kernel/net/a.ts', listing: 'net/a.ts', kernel, text });
  const project = projectOf(arrange([source]), '/', mode);
  return { ...project.load(source.file), info: project.debugInfo() };
}

/** Stands in for frames.ts and the probe. */
const runtime = `
export const $steps = [];
const $WAIT = Symbol('waits');
const $givesWay = (cpu) => !cpu.goesOn || cpu.goesOn++ % 3 === 0;
const $held = [];
function $hold(frame) { $held.push(frame); return $WAIT; }
export const $frames = (context) => { while ($held.length > 0) context.frames.push($held.pop()); };
function $lost() { throw new Error('lost'); }
export const $probe = { depth: 0, ticks: [], entries: [], onTick: null, accessors: [] };
function $enter(fn, accessor) { $probe.depth++; $probe.entries.push([fn, $probe.depth]); $probe.accessors[$probe.depth] = accessor; return $probe.depth; }
const $direct = $enter;
function $step(fn, frame) { $probe.depth++; if (frame.label === 0) $probe.entries.push([fn, $probe.depth]); return $probe.depth; }
function $tick(tick, d) { $probe.depth = d; $probe.ticks.push(tick); $probe.onTick?.(tick, d); }
function $r(d, value) { $probe.depth = d; return value; }
const $returned = [];
const $watched = [];
function $entered() {}
function $here() { return $probe.depth; }
`;

/** Loads a compiled text as a module of its own. */
export async function loadCompiled(text, mode) {
  const { contents, errors } = compile(text, mode);
  if (errors) throw new Error(errors[0].text);
  return load(
    runtime + contents.replaceAll(/import \{[^}]*\} from 'netpath:[a-z-]+'; /g, '').replace(/\/\/# sourceMapping.*/, ''),
  );
}

/** Loads the text as it stands: native generators. */
export const loadNative = (text) => load(text);

function load(text) {
  const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'node20' });
  return import(`data:text/javascript,${encodeURIComponent(`${code}\n// ${loads++}`)}`);
}

let loads = 0;

/** Runs a lowered function to its end; `onWait` is called at each `yield`. */
export function runLowered({ $steps, $frames, $probe }, frame, onWait) {
  const context = { frames: [frame], ret: undefined };
  while (context.frames.length > 0) {
    $probe.depth = 0;
    const top = context.frames.at(-1);
    if ($steps[top.fn](top, context) !== 1) continue;
    $frames(context);
    onWait?.(context);
  }
  return context.ret;
}

/** The same with a native generator. */
export function runNative(generator, onWait) {
  for (;;) {
    const { done, value } = generator.next();
    if (done) return value;
    onWait?.();
  }
}
