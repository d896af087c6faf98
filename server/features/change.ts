/** "What if": the setting at a place of the text as a change that a person may edit, and whether a change can be made. */
import type { Analysis } from '../language/analyse.ts';
import { type Change, ChangeError, changeScenario, parseChange } from '../language/change/change.ts';
import { placeAt, valueText } from '../language/change/places.ts';

/** null where nothing stands that a change can name. */
export function changeAt({ document, text }: Analysis, offset: number): Change | null {
  const place = placeAt(document, offset);
  return place === null ? null : { path: place.path, value: valueText(text, place) };
}

/** Why a change cannot be made; null where it can. */
export function refusedChange({ text }: Analysis, change: string): string | null {
  try {
    changeScenario(text, parseChange(change));
    return null;
  } catch (error) {
    if (error instanceof ChangeError) return error.message;
    throw error;
  }
}
