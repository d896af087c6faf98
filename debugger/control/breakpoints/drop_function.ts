/** Every drop passes here; its parameters are the packet, the reason and the condition with its values. */
import { functionNumber } from '../debug_info.ts';

export const DROP_FUNCTION = functionNumber('logDrop');
