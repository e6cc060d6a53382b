/** The words of the textual form of a Program, one after the other. */

/** Thrown by a Reader: what was expected and where, for people to read. */
export class Unreadable extends Error {}

/** Reads words and quoted strings line by line; a comment is dropped. Throws Unreadable where something else stands there than is asked for. */
export class Reader {
  private readonly lines: readonly (readonly string[])[];
  private line = 0;
  private column = 0;

  constructor(text: string) {
    this.lines = text.split('\n').map(words);
  }

  /** Moves to the first line that is not empty. */
  atEnd(): boolean {
    while (this.line < this.lines.length && this.lines[this.line]?.length === 0) this.line++;
    return this.line >= this.lines.length;
  }

  peek(ahead = 0): string | undefined {
    return this.lines[this.line]?.[this.column + ahead];
  }

  /** First word of the line when nothing of it has been read. */
  lineStartsWith(word: string): boolean {
    return !this.atEnd() && this.column === 0 && this.peek() === word;
  }

  endLine(): void {
    if (this.peek() !== undefined) this.fail('the end of the line');
    this.line++;
    this.column = 0;
  }

  word(): string {
    const found = this.peek();
    if (found === undefined || found.startsWith('"')) this.fail('a word');
    this.column++;
    return found;
  }

  expect(word: string): void {
    if (this.peek() !== word) this.fail(`"${word}"`);
    this.column++;
  }

  has(word: string): boolean {
    if (this.peek() !== word) return false;
    this.column++;
    return true;
  }

  number(): number {
    const found = this.peek();
    if (found === undefined || !/^-?\d+$/.test(found)) this.fail('a whole number');
    this.column++;
    return Number(found);
  }

  register(): number {
    const found = this.peek();
    if (found === undefined || !/^r\d+$/.test(found)) this.fail('a register');
    this.column++;
    return Number(found.slice(1));
  }

  string(): string {
    const found = this.peek();
    if (found === undefined || !found.startsWith('"')) this.fail('a quoted string');
    try {
      const value: unknown = JSON.parse(found);
      if (typeof value !== 'string') this.fail('a quoted string');
      this.column++;
      return value;
    } catch (error) {
      if (error instanceof SyntaxError) this.fail('a quoted string');
      throw error;
    }
  }

  oneOf<T extends string>(choices: ReadonlySet<string>, what: string): T {
    const found = this.peek();
    if (found === undefined || !choices.has(found)) this.fail(what);
    this.column++;
    return found as T;
  }

  fail(expected: string): never {
    throw new Unreadable(`Line ${this.line + 1}: expected ${expected}, found ${this.peek() ?? 'the end of the line'}.`);
  }
}

/** What stands on a line. */
function words(line: string): string[] {
  const found: string[] = [];
  for (const [word] of line.matchAll(/"(?:[^"\\]|\\.)*"|[^\s"]+|"/g)) {
    if (word === ';') break;
    found.push(word);
  }
  return found;
}
