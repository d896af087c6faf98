/** Modules that the build makes (build/engine/modules.mjs). */
declare module 'netpath:debug-info' {
  import type { FunctionInfo, ScopeInfo } from './debug_info.ts';

  const info: {
    readonly functions: readonly FunctionInfo[];
    readonly scopes: readonly ScopeInfo[];
    readonly ticks: Readonly<Record<'fn' | 'line' | 'column' | 'scope' | 'seen' | 'head', readonly number[]>>;
  };
  // biome-ignore lint/style/noDefaultExport: esbuild gives a JSON module as its default export
  export default info;
}
