import { describe, expect, it } from '@jest/globals';
import { csvOf } from './csv.js';

const lineOf = (...cells: Parameters<typeof csvOf>[0]['rows'][number]): string => csvOf({ columns: [{ title: 'a', type: 'text' }], rows: [cells] }).split('a\r\n').slice(1).join('a\r\n');

describe('csvOf', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', "=cmd|' /C calc'!A0"])('makes no formula of %j', (text) => {
    expect(lineOf(text)).toBe(`'${text}\r\n`);
    expect(lineOf({ text, href: '/' })).toBe(`'${text}\r\n`);
  });

  it('quotes after it has made a formula harmless', () => {
    expect(lineOf('\r=1')).toBe(`"'\r=1"\r\n`);
    expect(lineOf('=HYPERLINK("http://x","y")')).toBe(`"'=HYPERLINK(""http://x"",""y"")"\r\n`);
  });

  it('keeps numbers, and separators in quotes', () => {
    expect(lineOf(-0.5, 'a,b', 'say "x"', 'two\nlines', null, 'plain')).toBe('-0.5,"a,b","say ""x""","two\nlines",,plain\r\n');
  });
});
