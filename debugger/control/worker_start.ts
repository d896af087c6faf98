/** Where the debugger's thread begins: its bundle is packed, and half as large as a zip would make it. */
import { loadModule } from './packed_module.ts';

loadModule(new URL('worker.cjs.br', import.meta.url));
