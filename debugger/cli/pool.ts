/** Jobs over threads, as many as there are cores; each loads the engine once. */
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/** In the order of the jobs. `file` is the module whose threads call `serveJobs`. Rejects when a thread dies. */
export async function runJobs<J, R>(jobs: readonly J[], file: URL): Promise<R[]> {
  const results: R[] = new Array(jobs.length);
  let next = 0;
  const thread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file);
      let current = -1;
      const go = (): void => {
        current = next++;
        if (current < jobs.length) worker.postMessage(jobs[current]);
        else void worker.terminate().then(() => resolve(), reject);
      };
      worker.on('message', (result: R) => {
        results[current] = result;
        go();
      });
      worker.on('error', reject);
      go();
    });
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, thread));
  return results;
}

/** The other end: answers each job that comes. */
export function serveJobs<J, R>(run: (job: J) => R): void {
  parentPort!.on('message', (job: J) => parentPort!.postMessage(run(job)));
}
