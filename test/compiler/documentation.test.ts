/** What comments say of a name. */
import { describe, expect, it } from 'vitest';
import { withoutCommands } from '../../src/compiler/documentation.ts';
import { languages } from '../../src/compiler/language.ts';
import { loadLibrary } from '../kit/library.ts';

describe('the Markdown of a comment', () => {
  it('may lead to web pages', () => {
    const text = 'See [the page](https://example.com/a) or <http://example.com>, `a[0]` and a < b.';
    expect(withoutCommands(text)).toBe(text);
  });

  it.each([
    ['[x](command:workbench.action.quit)', '[x]\\(command:workbench.action.quit)'],
    ['![x]( command:a)', '!\\[x]\\( command:a)'],
    ['[x](&#99;ommand:a)', '[x]\\(&#99;ommand:a)'],
    ['[x](<command:a>)', '[x]\\(&lt;command:a>)'],
    ['[x]\n\n[x]: command:a', '[x]\n\n[x]\\: command:a'],
    ['<Command:a>', '&lt;Command:a>'],
    ['\\<command:a>', '\\&lt;command:a>'],
    ['![x](https://example.com/x.png)', '!\\[x](https://example.com/x.png)'],
    ['\\![x](https://example.com/x.png)', '\\!\\[x](https://example.com/x.png)'],
    ['![x][y]\n\n[y]: https://example.com/x.png', '!\\[x][y]\n\n[y]\\: https://example.com/x.png'],
  ])('leads nowhere else, and fetches nothing: %s', (text, harmless) => {
    expect(withoutCommands(text)).toBe(harmless);
  });
});

it('a hover on a name tells its comment without the commands that this links to', () => {
  const language = languages(loadLibrary())();
  const text = '/** Reads. [Run](command:a) @paged\n * @see <command:b> */\nfunction Read(): void {}\n';
  language.update([{ path: '/w/a.driver.ts', text, origin: 'driver' }]);
  const { documentation } = language.describe('/w/a.driver.ts', text.indexOf('Read()')) ?? {};
  expect(documentation).toContain('Reads. [Run]\\(command:a)');
  expect(documentation).toContain('&lt;command:b>');
});
