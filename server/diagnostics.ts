/** From problems and findings to the editor's diagnostics, by file. */
import { type Diagnostic, DiagnosticSeverity, type Range as LspRange } from 'vscode-languageserver';
import { rulePages } from '../client/protocol.ts';
import type { Finding, Range, SourceProblem } from '../src/check/findings.ts';

/** What a diagnostic of a finding carries for its actions. */
export interface FindingData {
  readonly rule: string;
  readonly certainty: Finding['certainty'];
  /** Whether it has a schedule to show. */
  readonly trace: boolean;
}

/** LSP counts lines and characters from 0. */
export function lspRange({ start, end }: Range): LspRange {
  return {
    start: { line: start.line - 1, character: start.column - 1 },
    end: { line: end.line - 1, character: end.column - 1 },
  };
}

/** @param uriOf the URI of a path. */
export function diagnosticsByFile(
  problems: readonly SourceProblem[],
  findings: readonly Finding[],
  uriOf: (path: string) => string,
): Map<string, Diagnostic[]> {
  const found = new Map<string, Diagnostic[]>();
  const add = (path: string, diagnostic: Diagnostic): void => {
    found.set(path, [...(found.get(path) ?? []), diagnostic]);
  };
  for (const problem of problems) {
    add(problem.file, {
      range: lspRange(problem.range),
      severity: problem.severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      code: problem.code,
      source: 'irpsight',
      message: problem.message,
    });
  }
  for (const finding of findings) {
    const data: FindingData = { rule: finding.rule, certainty: finding.certainty, trace: finding.trace !== undefined };
    add(finding.file, {
      range: lspRange(finding.range),
      severity: severityOf(finding),
      code: finding.rule,
      codeDescription: { href: `${rulePages}${finding.rule}.md` },
      source: 'irpsight',
      message: finding.scenario === undefined ? finding.message : `${finding.message} (scenario ${finding.scenario})`,
      relatedInformation: finding.related.map(({ file, range, message }) => ({
        location: { uri: uriOf(file), range: lspRange(range) },
        message,
      })),
      data,
    });
  }
  return found;
}

/** What only may happen is no error yet. */
function severityOf({ certainty, severity }: Finding): DiagnosticSeverity {
  if (certainty === 'may') return DiagnosticSeverity.Information;
  return severity === 'error' ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
}
