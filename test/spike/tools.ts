/** What the spike takes from debugger/control, apart from the engines. */
export { diffWorld } from '../../debugger/control/diff.ts';
export { hashWorld } from '../../debugger/control/hash.ts';
export { copyWorld } from '../../debugger/control/snapshot.ts';
