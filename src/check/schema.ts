/** The schemas of what is written and read as JSON: check results, traces and the rule list. docs/schema is made of them. */
import { z } from 'zod';
import { configSchema, mostProcessors } from './config.ts';
import type { CheckResult, Trace } from './findings.ts';

const count = z.number().int().nonnegative();
const position = z.object({ line: z.number().int().positive(), column: z.number().int().positive() });
const range = z.object({ start: position, end: position });

const choice = z.object({
  kind: z.enum(['step', 'elapse', 'fire', 'terminate']),
  context: z.string(),
  func: z.string(),
  at: count,
  pick: z.number().int().optional().describe('which of the possible answers was given'),
  run: z.number().int().positive().max(1_000_000).optional().describe('how many visible instructions in a row; 1 when absent'),
});

const note = z.object({ event: z.string(), irp: z.number().int().optional(), args: z.record(z.string(), z.number()) });

const step = z.object({
  context: z.string(),
  processor: z.number().int().describe('-1 while the context is bound to no processor'),
  irql: count,
  locks: count,
  func: z.string(),
  place: z.object({ file: count, start: count, end: count }),
  notes: z.array(note),
  file: z.string(),
  range,
  source: z.string(),
});

/** A schedule to replay. */
export const traceSchema = z.object({
  schemaVersion: z.literal(1),
  file: z.string().describe('path of the driver, with forward slashes'),
  sourceHash: z.string().describe('SHA-256 of the driver and its scenario files'),
  scenario: z.string(),
  processors: z.number().int().min(1).max(mostProcessors),
  rule: z.string(),
  irp: z.number().int().positive().optional().describe('the IRP that it is about, as the notes number them'),
  schedule: z.array(choice),
  steps: z.array(step),
}) satisfies z.ZodType<Trace>;

const finding = z.object({
  rule: z.string(),
  certainty: z.enum(['must', 'may', 'witnessed']),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  file: z.string(),
  range,
  related: z.array(z.object({ file: z.string(), range, message: z.string() })),
  scenario: z.string().optional(),
  trace: traceSchema.optional(),
});

const scenario = z.object({
  name: z.string(),
  file: z.string(),
  driver: z.string(),
  verdict: z.enum(['verified', 'bounded', 'error']),
  cpus: z.number().int().positive(),
  states: count,
  transitions: count,
  depth: count,
  seconds: z.number().nonnegative(),
  bounds: z.array(z.string()),
  omission: z.number().min(0).max(1),
  assumptions: z.array(z.string()),
  unreached: z.array(z.string()),
  coverage: z
    .array(z.object({ file: z.string(), reached: z.array(z.number().int()), missed: z.array(z.number().int()) }))
    .optional()
    .describe('lines on which statements of the driver begin'),
});

const problem = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  file: z.string(),
  range,
});

/** What `check` and `run` print with `--format json`. */
export const checkResultSchema = z.object({
  schemaVersion: z.literal(1),
  problems: z.array(problem),
  findings: z.array(finding),
  suppressed: z
    .array(z.object({ finding, reason: z.string() }))
    .optional()
    .describe('findings that a comment in the source lets stand'),
  scenarios: z.array(scenario),
}) satisfies z.ZodType<CheckResult>;

const references = z.object({
  pages: z.array(z.string()).describe('addresses of documentation pages'),
  sdv: z.array(z.string()),
  codeql: z.array(z.string()),
  bugChecks: z.array(z.string()),
});

/** One rule as `rules` and `explain` print it with `--format json`. */
const ruleSchema = z.object({
  id: z.string(),
  severity: z.enum(['error', 'warning']),
  title: z.string(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
  messages: z.record(z.string(), z.string()),
  references,
  bad: z.string().optional().describe('a driver with the breach, a line of carets under each guilty statement'),
  good: z.string().optional().describe('the same driver put right'),
});

/** What `rules` prints with `--format json`. */
export const ruleListSchema = z.object({ rules: z.array(ruleSchema) });

export type RuleSummary = z.infer<typeof ruleSchema>;

/** The JSON schemas of docs/schema, by file name. */
export function jsonSchemas(): Readonly<Record<string, object>> {
  const made = (title: string, schema: z.ZodType): object => ({
    title,
    ...z.toJSONSchema(schema, { target: 'draft-7', unrepresentable: 'any' }),
  });
  return {
    'check-result.schema.json': made('Irpsight check result', checkResultSchema),
    'trace.schema.json': made('Irpsight trace', traceSchema),
    'irpsight.schema.json': made('Irpsight configuration', configSchema),
    'rules.schema.json': made('Irpsight rules', ruleListSchema),
  };
}
