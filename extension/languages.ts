/** The names by which the manifest, VS Code and the adapter know our two languages. */

/** Scenarios: `*.netpath`. Also the debug type. */
export const scenarioLanguage = 'netpath';

/** Listings of the model's kernel: language id and, with it, the scheme of their documents. */
export const listingLanguage = 'netpath-kernel';
