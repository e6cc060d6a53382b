/** Long jobs take turns, so that no more of them run at a time than there are processors to spare. */

/** What is known of a job that waits. */
export interface Queued {
  readonly id: number;
  /** Nobody waits for it. */
  readonly background: boolean;
}

export interface Queue<T extends Queued> {
  /** Runs it, now or when it is its turn. */
  add(job: T): void;
  /** Takes one out that has not begun; undefined where it has. */
  remove(id: number): T | undefined;
}

/**
 * One processor is left to the editor. What somebody waits for comes first, and does not wait for the background: at least two such jobs may run,
 * so that one does not hold up the next.
 * @param run must not be rejected.
 */
export function createQueue<T extends Queued>(processors: number, run: (job: T) => Promise<void>): Queue<T> {
  const most = Math.max(1, processors - 1);
  const waiting: T[] = [];
  const running = new Set<T>();
  return {
    add(job) {
      waiting.push(job);
      begin();
    },
    remove(id) {
      const at = waiting.findIndex((job) => job.id === id);
      return at < 0 ? undefined : waiting.splice(at, 1)[0];
    },
  };

  function begin(): void {
    for (const job of waiting.filter(({ background }) => !background)) {
      const asked = [...running].filter(({ background }) => !background).length;
      if (asked < Math.max(2, most)) void start(job);
    }
    for (const job of waiting.filter(({ background }) => background)) if (running.size < most) void start(job);
  }

  async function start(job: T): Promise<void> {
    waiting.splice(waiting.indexOf(job), 1);
    running.add(job);
    await run(job);
    running.delete(job);
    begin();
  }
}
