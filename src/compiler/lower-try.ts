/** Structured exceptions: try, catch and finally as C's __try, __except (EXCEPTION_EXECUTE_HANDLER) and __finally. */
import type ts from 'typescript';
import type { Place, Reg } from '../ir/program.ts';
import type { Label } from './code-builder.ts';
import type { Finalizer, FunctionContext } from './lower-place.ts';
import { statement } from './lower-statement.ts';

/** Why a finally block runs; numbers from `onward` on are jumps out of the try block. */
const Why = { end: 0, exception: 1, onward: 2 } as const;

/** Lowers a try statement; with both, the catch block is inside of what the finally block follows. */
export function tryStatement(f: FunctionContext, node: ts.TryStatement): void {
  const { catchClause, finallyBlock } = node;
  const inner = (): void => {
    if (catchClause === undefined) statement(f, node.tryBlock);
    else tryCatch(f, node.tryBlock, catchClause.block);
  };
  if (finallyBlock === undefined) inner();
  else tryFinally(f, inner, finallyBlock);
}

/**
 * Emits a jump out of the try blocks that stand behind entry `from` of `f.jumps`: through their finally blocks, the innermost first, and then
 * what `go` emits.
 */
export function pass(f: FunctionContext, from: number, place: Place, go: () => void): void {
  const finalizer = f.jumps.slice(from).findLast((target) => target.finalizer !== undefined)?.finalizer;
  if (finalizer === undefined || !f.code.reachable()) {
    go();
    return;
  }
  const number = Why.onward + finalizer.onward.push(() => pass(f, from, place, go)) - 1;
  f.code.emit({ op: 'const', dst: finalizer.why, value: number }, place);
  f.code.jump(finalizer.entry, place);
}

function tryCatch(f: FunctionContext, body: ts.Block, handler: ts.Block): void {
  const [landing, end] = [f.code.label(), f.code.label()];
  const outer = f.code.guard({ landing, handled: true });
  statement(f, body);
  f.code.guard(outer);
  if (f.code.reachable()) f.code.jump(end, lastOf(f, body));
  f.code.mark(landing);
  const code = take(f, handler);
  f.handling.push({ code });
  statement(f, handler);
  f.handling.pop();
  f.code.mark(end);
}

function tryFinally(f: FunctionContext, body: () => void, block: ts.Block): void {
  const [landing, entry] = [f.code.label(), f.code.label()];
  const why = f.code.register('i32');
  const finalizer: Finalizer = { entry, why, onward: [] };
  const place = lastOf(f, block);
  const outer = f.code.guard(undefined);
  f.code.guard({ landing, handled: outer?.handled ?? false });
  f.jumps.push({ finalizer });
  body();
  f.jumps.pop();
  f.code.guard(outer);
  const ends = f.code.reachable();
  if (ends) {
    f.code.emit({ op: 'const', dst: why, value: Why.end }, place);
    f.code.jump(entry, place);
  }
  f.code.mark(landing);
  const raised = f.code.reachable();
  const code = take(f, block);
  if (raised) {
    f.code.emit({ op: 'const', dst: why, value: Why.exception }, place);
    f.code.jump(entry, place);
  }
  f.code.mark(entry);
  f.handling.push({ why });
  statement(f, block);
  f.handling.pop();
  const end = f.code.label();
  if (ends) when(f, why, Why.end, place, () => f.code.jump(end, place));
  if (raised) {
    when(f, why, Why.exception, place, () => {
      f.code.raiseAgain(code, landing, place);
      f.code.jump(end, place);
    });
  }
  finalizer.onward.forEach((go, index) => {
    when(f, why, Why.onward + index, place, go);
  });
  // One of the numbers it was; nothing gets here.
  if (f.code.reachable()) f.code.jump(end, place);
  f.code.mark(end);
}

/** Takes the exception that has landed; gives the register with its code. */
function take(f: FunctionContext, block: ts.Block): Reg {
  const code = f.code.register('i32');
  const { file, start } = f.compilation.place(block);
  f.code.emit({ op: 'intrinsic', name: 'takeException', dst: code, args: [] }, { file, start, end: start + 1 });
  return code;
}

function when(f: FunctionContext, why: Reg, number: number, place: Place, then: () => void): void {
  const [constant, same] = [f.code.register('i32'), f.code.register('bool')];
  const [yes, no]: [Label, Label] = [f.code.label(), f.code.label()];
  f.code.emit({ op: 'const', dst: constant, value: number }, place);
  f.code.emit({ op: 'binary', dst: same, operator: '==', kind: 'i32', left: why, right: constant }, place);
  f.code.branch(same, yes, no, place);
  f.code.mark(yes);
  then();
  f.code.mark(no);
}

/** The closing brace. */
function lastOf(f: FunctionContext, block: ts.Block): Place {
  const { file, end } = f.compilation.place(block);
  return { file, start: end - 1, end };
}
