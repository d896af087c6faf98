/** Tables and engines that go into the .vsix: a zip packs them a fifth or a quarter worse. */
import { brotliCompressSync, constants } from 'node:zlib';

/** All that can be had: a megabyte takes 1.5 s to pack and 3 ms to unpack. */
const PARAMS = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };

/** @param {string} text @returns {Buffer} */
export function packed(text) {
  return brotliCompressSync(text, { params: PARAMS });
}
