/** Where a session stops by itself: breakpoints, changes of the IRQL, breaches of rules. */
import { type Condition, readCondition } from './expressions.ts';
import type { DebugRequest, SetBreakpoint, Stopped } from './protocol.ts';
import { currentValues, type Frame, lookUp } from './scopes.ts';
import { framesOf } from './stacks.ts';
import type { Move, Tape } from './tape.ts';

/** The stops that are switched on. */
export interface Stops {
  /** Sets the breakpoints of a file, in place of those it had. */
  setBreakpoints(request: Extract<DebugRequest, { kind: 'breakpoints' }>): SetBreakpoint[];
  /** Sets the others; gives what is wrong with them. */
  setFilters(request: Extract<DebugRequest, { kind: 'stops' }>): string[];
  /** Why to stop behind a move; the tape is wound there. */
  reasonFor(move: Move): Stopped['reason'] | undefined;
  /** Whether a move could be a reason, as far as that can be told without winding there. */
  mayStop(move: Move): boolean;
}

interface LineStop {
  readonly file: number;
  readonly line: number;
  readonly condition?: Condition;
}

/** None but that breaches stop. */
export function createStops(tape: Tape): Stops {
  const { program } = tape.stepped;
  const byFile = new Map<number, readonly LineStop[]>();
  let irql: Condition | undefined;
  let breach: ((rule: string) => boolean) | undefined = () => true;

  return { setBreakpoints, setFilters, mayStop, reasonFor };

  function setBreakpoints({ file: path, wanted }: Extract<DebugRequest, { kind: 'breakpoints' }>): SetBreakpoint[] {
    const file = program.files.find((one) => one.path === path);
    if (file === undefined)
      return wanted.map(({ line }) => ({ verified: false, line, message: 'No file of this driver or of the kernel model.' }));
    const lines = [...new Set(tape.stepped.statementsIn(file.id).map((place) => tape.stepped.lines.lineOf(place)))];
    const set = wanted.map(({ line, condition }): SetBreakpoint & { stop?: LineStop } => {
      const found = lines
        .filter((other) => other >= line)
        .reduce((least, other) => Math.min(least, other), Number.POSITIVE_INFINITY);
      if (!Number.isFinite(found)) return { verified: false, line, message: 'No statement begins here or below.' };
      const read = condition === undefined || condition === '' ? undefined : readCondition(condition);
      if (typeof read === 'object') return { verified: false, line: found, message: read.error };
      return {
        verified: true,
        line: found,
        stop: { file: file.id, line: found, ...(read === undefined ? {} : { condition: read }) },
      };
    });
    byFile.set(
      file.id,
      set.flatMap(({ stop }) => stop ?? []),
    );
    return set.map(({ stop: _, ...told }) => told);
  }

  function setFilters(filters: Extract<DebugRequest, { kind: 'stops' }>): string[] {
    const wrong: string[] = [];
    const rule = filters.rule?.condition?.trim();
    breach = filters.rule === undefined ? undefined : (id) => rule === undefined || rule === '' || id === rule;
    const text = filters.irql?.condition?.trim() ?? '';
    const read = text === '' ? () => true : readCondition(text);
    if (typeof read === 'object') wrong.push(read.error);
    irql = filters.irql === undefined || typeof read === 'object' ? undefined : read;
    return wrong;
  }

  function mayStop(move: Move): boolean {
    return (
      move.breaches.some(({ rule }) => breach?.(rule) === true) ||
      (irql !== undefined && move.irql !== move.irqlBefore) ||
      (move.atStatement && lineStopsAt(move).length > 0)
    );
  }

  function reasonFor(move: Move): Stopped['reason'] | undefined {
    if (move.breaches.some(({ rule }) => breach?.(rule) === true)) return 'breach';
    if (!mayStop(move)) return undefined;
    const values = currentValues(tape);
    const frame: Frame | undefined = framesOf(tape, move.context)
      .map((one) => ({ ...one, context: move.context }))
      .at(0);
    const holds = (condition: Condition): boolean => condition((name) => lookUp(tape, frame, values, name), values);
    if (irql !== undefined && move.irql !== move.irqlBefore && !move.over && holds(irql)) return 'irql';
    if (!move.atStatement) return undefined;
    return lineStopsAt(move).some(({ condition }) => condition === undefined || holds(condition)) ? 'breakpoint' : undefined;
  }

  function lineStopsAt({ func: id, pc }: Move): LineStop[] {
    const func = program.funcs[id - 1];
    const stops = func === undefined ? undefined : byFile.get(func.file);
    if (stops === undefined || stops.length === 0) return [];
    const line = tape.stepped.lines.lineOf(func.places[pc] ?? func.place);
    return stops.filter((stop) => stop.line === line);
  }
}
