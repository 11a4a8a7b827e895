import { UsageError } from '../command-module.js';

/** A record of a CSV file, and the line on which it begins; the first is 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads RFC 4180: fields in quotes may hold commas, line breaks and doubled quotes. Empty lines are passed over.
 *
 * @throws {UsageError} where a quote is never closed
 */
export const parseCsv = (content: string, source: string): CsvRecord[] => {
  const records: CsvRecord[] = [];
  // One field, and what ends it; a quoted field ends at a quote that is not doubled.
  const field = /(?:"(?<quoted>(?:[^"]|"")*)"|(?<plain>[^",\r\n][^,\r\n]*|))(?<end>,|\r\n|\n|\r|$)/gy;
  let fields: string[] = [];
  let [line, startLine] = [1, 1];
  const close = (): void => {
    if (fields.length > 1 || fields[0] !== '') records.push({ line: startLine, fields });
    fields = [];
    startLine = line;
  };
  while (field.lastIndex < content.length) {
    const found = field.exec(content);
    if (!found) throw new UsageError(`${source}, line ${line}: a quote is not closed, or text follows one`);
    const { quoted, plain = '', end = '' } = found.groups ?? {};
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += found[0].split(/\r\n|\n|\r/).length - 1;
    if (end !== ',') close();
    // A comma at the very end of the file begins one more, empty field.
    else if (field.lastIndex === content.length) {
      fields.push('');
      close();
    }
  }
  return records;
};
