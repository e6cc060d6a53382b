/** How far a search goes unless told otherwise. */

/** Most states of one scenario; `--help` says what keeping so many takes. */
export const defaultMaxStates = 2_000_000;
