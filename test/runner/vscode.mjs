import { newTally } from './tally.mjs';
export const runVscodeSuites = async () => newTally();
