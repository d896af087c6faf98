/** Loaded into vsce before its own code: the zip library it has takes zlib's default level, and the highest saves 19 KiB. */
const zlib = require('node:zlib');
const { DeflateRaw } = zlib;

zlib.DeflateRaw = function SmallestDeflateRaw(options) {
  return new DeflateRaw({ level: 9, memLevel: 9, ...options });
};
