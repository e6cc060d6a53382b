/** The words of irp-states.ts, in English and Japanese. */
import type { IrpState, Language } from '../check/states.ts';
import { irpStateWords } from './timeline/words.ts';

export interface StateWords {
  readonly title: string;
  readonly states: Readonly<Record<IrpState, string>>;
  /** Text of the link that shows how a state is reached. */
  readonly show: string;
  readonly by: (routines: readonly string[]) => string;
  readonly tooLate: string;
  readonly waits: (locks: readonly string[]) => string;
  readonly locks: (locks: readonly string[]) => string;
  readonly notReached: (states: readonly string[], scenarios: number) => string;
  /** `open`: the scenarios that were not verified. */
  readonly notKnown: (states: readonly string[], open: readonly string[]) => string;
  readonly nothing: (open: readonly string[]) => string;
  readonly busy: string;
  readonly unknown: string;
  readonly completes: string;
  readonly or: string;
  readonly completer: {
    readonly thisRoutine: string;
    readonly driver: string;
    readonly whoTakes: (routines: readonly string[]) => string;
    readonly canceller: string;
    readonly lower: string;
    readonly nobody: string;
  };
  readonly advice: {
    readonly inCancel: string;
    readonly gone: string;
    readonly perhapsGone: string;
    readonly running: string;
    readonly keptOut: (locks: readonly string[]) => string;
    readonly tooLate: string;
    readonly cancelLock: string;
    readonly cancelable: string;
    readonly passedDown: string;
    readonly requested: string;
    readonly perhapsRequested: string;
    readonly notCancelable: string;
  };
}

const code = (names: readonly string[]): string => names.map((name) => (name.includes(' ') ? name : `\`${name}\``)).join(', ');

/** In Japanese the cancel spin lock has a name of its own. */
const lockJa = (names: readonly string[]): string =>
  names.map((name) => (name === 'the cancel spin lock' ? 'キャンセル スピン ロック' : `\`${name}\``)).join('、');

export const stateWords: Readonly<Record<Language, StateWords>> = {
  en: {
    title: 'Cancel state of this IRP, here',
    states: irpStateWords,
    show: 'reached: show how',
    by: (routines) => `by ${code(routines)}`,
    tooLate: 'at times after cancelling was requested, so that nobody calls it',
    waits: (locks) => `waiting for ${code(locks)}, which is held here`,
    locks: (locks) => `${code(locks)} held`,
    notReached: (states, scenarios) =>
      `Not reached in the ${scenarios === 1 ? 'one verified scenario' : `${scenarios} verified scenarios`}: ${states.join('; ')}.`,
    notKnown: (states, open) => `Not known yet: ${states.join('; ')} (not verified: ${code(open)}).`,
    nothing: (open) =>
      open.length === 0
        ? 'No scenario comes here.'
        : `No schedule that was looked at comes here; not all were looked at (not verified: ${code(open)}).`,
    busy: 'Not known yet: the scenarios are being explored. Point here again in a moment.',
    unknown: 'Not known yet: the scenarios have not been explored. *Explore File* does that.',
    completes: 'May be completed by',
    or: ', or ',
    completer: {
      thisRoutine: 'this cancel routine alone',
      driver: 'whoever of this driver has it',
      whoTakes: (routines) =>
        `whoever takes the cancel routine first: code to which IoSetCancelRoutine(Irp, NULL) gives it back, or ${code(routines)}`,
      canceller: 'the cancel routine that runs',
      lower: 'the lower driver',
      nobody: 'nobody any more',
    },
    advice: {
      inCancel:
        'This is its cancel routine: nobody else completes it, and whoever finds it in a queue meanwhile must leave it alone.',
      gone: 'It is no longer the driver’s: do not touch it.',
      perhapsGone: 'It may be completed already: do not touch it before you know that it is still there.',
      running:
        'Its cancel routine may be running on another CPU now: complete or queue it only where IoSetCancelRoutine(Irp, NULL) has given the routine back.',
      keptOut: (locks) =>
        `Its cancel routine may be running on another CPU now, and gets no further than ${code(locks)}, which is held here.`,
      tooLate:
        'Cancelling may have been requested before the cancel routine was set: look at Irp->Cancel behind IoSetCancelRoutine.',
      cancelLock: 'It is cancelable, but the cancel spin lock, held here, keeps IoCancelIrp from taking the routine.',
      cancelable:
        'It can be cancelled at any moment: take the routine back by IoSetCancelRoutine(Irp, NULL) before completing it.',
      passedDown: 'The lower driver has it: nothing of it may be touched until its completion routine runs.',
      requested: 'Cancelling has been requested, and no cancel routine is set: nobody else will complete it as cancelled.',
      perhapsRequested:
        'No cancel routine is set, and cancelling may have been requested already: look at Irp->Cancel before it waits for anything.',
      notCancelable: 'No cancel routine is set: a cancel that comes now only sets Irp->Cancel.',
    },
  },
  ja: {
    title: 'ここでのこの IRP のキャンセル状態',
    states: {
      'not-cancelable': 'キャンセル不可',
      'cancel-requested': 'キャンセル要求済み (キャンセル ルーチンなし)',
      cancelable: 'キャンセル可能',
      'passed-down': '下位ドライバーへ渡し済み',
      'cancel-running': 'キャンセル ルーチン実行中',
      completed: '完了済み',
      freed: '解放済み',
    },
    show: '到達する: 経路を表示',
    by: (routines) => `ルーチンは ${code(routines)}`,
    tooLate: 'キャンセル要求の後に設定されることがあり、その場合は誰も呼び出しません',
    waits: (locks) => `ここで保持している ${lockJa(locks)} を待っています`,
    locks: (locks) => `${lockJa(locks)} を保持`,
    notReached: (states, scenarios) => `検証済みの ${scenarios} 個のシナリオでは到達しません: ${states.join('、')}。`,
    notKnown: (states, open) => `まだ不明です: ${states.join('、')} (未検証: ${code(open)})。`,
    nothing: (open) =>
      open.length === 0
        ? 'ここに到達するシナリオはありません。'
        : `調べたスケジュールではここに到達しませんが、すべては調べていません (未検証: ${code(open)})。`,
    busy: 'まだ不明です: シナリオを探索しています。しばらくしてからもう一度ポイントしてください。',
    unknown: 'まだ不明です: シナリオはまだ探索されていません。*ファイルを探索* で探索できます。',
    completes: '完了できるのは',
    or: '、または',
    completer: {
      thisRoutine: 'このキャンセル ルーチンだけ',
      driver: 'このドライバーで IRP を持っているコード',
      whoTakes: (routines) =>
        `先にキャンセル ルーチンを取り外した側: IoSetCancelRoutine(Irp, NULL) がルーチンを返したコード、または ${code(routines)}`,
      canceller: '実行中のキャンセル ルーチン',
      lower: '下位ドライバー',
      nobody: 'もう誰もいません',
    },
    advice: {
      inCancel:
        'これはこの IRP のキャンセル ルーチンです。ほかの誰も完了してはならず、その間にキューで見つけたコードは触れてはなりません。',
      gone: 'もうドライバーのものではありません。触れないでください。',
      perhapsGone: 'すでに完了している可能性があります。まだ存在することを確かめるまで触れないでください。',
      running:
        'キャンセル ルーチンが今ほかの CPU で実行中かもしれません。IoSetCancelRoutine(Irp, NULL) がルーチンを返した場合だけ、完了またはキューに入れてください。',
      keptOut: (locks) =>
        `キャンセル ルーチンが今ほかの CPU で実行中かもしれませんが、ここで保持している ${lockJa(locks)} より先には進めません。`,
      tooLate:
        'キャンセル ルーチンを設定する前にキャンセルが要求されている可能性があります。IoSetCancelRoutine の後で Irp->Cancel を調べてください。',
      cancelLock:
        'キャンセル可能ですが、ここで保持しているキャンセル スピン ロックのため、IoCancelIrp はルーチンを取り出せません。',
      cancelable: 'いつでもキャンセルされ得ます。完了する前に IoSetCancelRoutine(Irp, NULL) でルーチンを取り外してください。',
      passedDown: '下位ドライバーが持っています。完了ルーチンが呼ばれるまで触れてはなりません。',
      requested: 'キャンセルは要求済みで、キャンセル ルーチンは設定されていません。ほかの誰も STATUS_CANCELLED で完了しません。',
      perhapsRequested:
        'キャンセル ルーチンは設定されておらず、すでにキャンセルが要求されている可能性があります。待たせる前に Irp->Cancel を調べてください。',
      notCancelable: 'キャンセル ルーチンは設定されていません。今キャンセルされても Irp->Cancel が設定されるだけです。',
    },
  },
};
