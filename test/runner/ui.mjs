import { newTally } from './tally.mjs';
export const runUi = async () => newTally();
