import { expect, it } from 'vitest';
import { normalise, readText, reasonOf, siblings } from '../../src/cli/files.ts';

it.each([
  ['EACCES', 'permission is denied'],
  ['EPERM', 'permission is denied'],
  ['ELOOP', 'its symbolic links go in a circle'],
  ['ENOENT', 'there is no such file'],
])('says in words what %s means', (code, words) => {
  expect(reasonOf(Object.assign(new Error('x'), { code }))).toBe(words);
});

it('reads no folder and no device', () => {
  expect(readText('src')).toEqual({ error: 'it is a directory' });
  expect(readText('/dev/null')).toEqual({ error: 'it is not a regular file' });
  expect(readText('a\0b')).toHaveProperty('error');
});

it('takes paths as they are typed on Windows', () => {
  expect(normalise('src\\cli\\main.ts')).toBe('src/cli/main.ts');
  expect(normalise('C:\\gone\\x.driver.ts')).toBe('C:\\gone\\x.driver.ts');
  expect(normalise('./src/')).toBe('src');
  expect(normalise('.')).toBe('.');
  expect(normalise('/')).toBe('/');
});

it('says why a folder cannot be read, and takes no folder for a file', () => {
  expect(siblings('gone/x.driver.ts')).toEqual({ error: 'there is no such file' });
  expect(siblings('src/main.ts')).toEqual([]);
  expect(siblings('src/cli/x.driver.ts')).toContain('src/cli/main.ts');
});
