/** What the Timeline view's page and the extension say to each other. */
import type { Chart } from '../../debugger/control/lanes/chart_shape.ts';

export type FromPage =
  | { readonly kind: 'ready' }
  /** `whole`: all that was seen is wanted too; without a stretch it alone is, which has no calls. */
  | {
      readonly kind: 'ask';
      readonly whole: boolean;
      readonly from: number;
      readonly to: number;
      readonly columns: number;
    }
  /** A command of the debug console: `goto EVENT.TICK` or `at TIME`. */
  | { readonly kind: 'go'; readonly command: string };

export type ToPage =
  /** There is nothing to show, and why. */
  | { readonly kind: 'none'; readonly text: string }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'chart'; readonly whole: Chart | null; readonly chart: Chart };
