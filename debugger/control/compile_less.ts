/** What V8's optimising compiler is asked to leave: the model is thousands of small functions, and compiling them takes as long as running a short scenario. */
import { setFlagsFromString } from 'node:v8';

/**
 * Flags of every Node since 20 (deps/v8/src/flags/flag-definitions.h; defaults 920 and on). Of a 100 MB transfer they save a sixth of the CPU time, compilers
 * included, and none of the speed after (`npm run bench -- --only engine`).
 */
const FLAGS = ['--max-inlined-bytecode-size-cumulative=300', '--no-turbo-loop-peeling'];

/** For the whole process, and for what it compiles from then on. */
export function compileLess(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
