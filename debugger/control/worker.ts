/** Entry of the debugger's thread. Its bundle holds the debug build of the engine; the fast one lies beside it. */
import { parentPort, workerData } from 'node:worker_threads';
import { buildWorld, run, tapFrames } from '../world/engine.ts';
import { lazyEngine } from './engine.ts';
import { lazyListings } from './listings.ts';
import { Mailbox } from './mailbox.ts';
import { ThreadLoop } from './thread_loop.ts';
import type { WorkerData } from './client.ts';

const { counter, fastEngine, listings } = workerData as WorkerData;
const engines = { fast: lazyEngine(new URL(fastEngine)), debug: { buildWorld, run, tapFrames } };
new ThreadLoop(new Mailbox(parentPort!, new Int32Array(counter)), engines, lazyListings(new URL(listings))).run();
