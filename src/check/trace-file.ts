/** Reads traces from files, which may hold anything. */
import type { z } from 'zod';
import type { Trace } from './findings.ts';
import { checkResultSchema, traceSchema } from './schema.ts';

/**
 * The traces in the text of a trace file, or of a check result written as JSON.
 * @returns the traces, or what is wrong with the text, in one line.
 */
export function readTraces(text: string): { readonly traces: readonly Trace[] } | { readonly error: string } {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { error: `it is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof json === 'object' && json !== null && 'findings' in json) {
    const result = checkResultSchema.safeParse(json);
    if (!result.success) return { error: `it is not a check result: ${firstIssue(result.error)}` };
    const traces = result.data.findings.flatMap(({ trace }) => (trace === undefined ? [] : [trace]));
    return traces.length === 0 ? { error: 'none of its findings has a trace' } : { traces };
  }
  const trace = traceSchema.safeParse(json);
  return trace.success ? { traces: [trace.data] } : { error: `it is not a trace: ${firstIssue(trace.error)}` };
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  const at = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `${at}${issue.message}`;
}
