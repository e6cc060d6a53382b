/** What the server and its language worker say to each other. Plain data; paths with forward slashes. */
import type { QuickResult } from '../check/quick.ts';
import type { Language } from '../compiler/language-api.ts';

/** The language features by name, each about a file. */
export type Feature = Exclude<keyof Language, 'update'>;

/** What a driver comes to at once. */
export interface QuickCheck {
  readonly driver: string;
  /** The driver's sources, the library not among them. */
  readonly files: readonly string[];
  readonly result: QuickResult;
}

export type LanguageRequest =
  /** An editor holds this text, or does not any more; not answered. */
  | { readonly kind: 'open'; readonly path: string; readonly text: string | undefined }
  /** Files have changed on the disk; not answered. */
  | { readonly kind: 'disk' }
  /** Answered with a QuickCheck of the driver that the file is of. */
  | { readonly kind: 'check'; readonly id: number; readonly path: string }
  /** Answered with what the feature gives. */
  | {
      readonly kind: 'feature';
      readonly id: number;
      readonly feature: Feature;
      readonly path: string;
      readonly args: readonly unknown[];
    };

export type LanguageAnswer = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };
