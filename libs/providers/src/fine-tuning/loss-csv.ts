import { type LossPoint, thinnedLossCurve } from '@ratchet/domain';

/** Rows that are read of a file of results; a longer one is read up to here. */
const ROWS_MAX = 200_000;

/** Names of columns and of fields of metrics events, as providers and trainers write them. */
const names = {
  step: ['step', 'global_step'],
  trainLoss: ['train_loss', 'training_loss', 'loss'],
  retentionLoss: ['retention_loss'],
  penalty: ['penalty', 'ewc_penalty'],
  validLoss: ['valid_loss', 'validation_loss', 'eval_loss', 'full_valid_loss'],
} as const satisfies Record<keyof LossPoint, readonly string[]>;

type Read = (name: string) => number | undefined;

const pointOf = (read: Read): Partial<LossPoint> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([field, known]) => {
      const value = known.map(read).find((one) => one !== undefined);
      return value === undefined ? [] : [[field, value]];
    }),
  );

const numberOf = (text: string | undefined): number | undefined => {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** The loss curve in a file of results (`step,train_loss,valid_loss,…`), as OpenAI's jobs give it, plain or in base64; empty where it has none. */
export const lossCurveOfCsv = (text: string): LossPoint[] => {
  const plain = text.includes(',') ? text : Buffer.from(text, 'base64').toString('utf8');
  const [header = '', ...rows] = plain.replace(/^\uFEFF/u, '').split(/\r?\n/u, ROWS_MAX + 1);
  const places = new Map(header.split(',').map((name, place) => [name.trim().replaceAll('"', '').toLowerCase(), place]));
  return thinnedLossCurve(
    rows.map((row) => {
      const cells = row.split(',');
      return pointOf((name) => {
        const place = places.get(name);
        return place === undefined ? undefined : numberOf(cells[place]);
      });
    }),
  );
};

/** The loss curve in the data of a job's metrics events, in whatever order they come. */
export const lossCurveOfEvents = (events: readonly (Readonly<Record<string, unknown>> | null | undefined)[]): LossPoint[] =>
  thinnedLossCurve(
    events.map((data) =>
      pointOf((name) => {
        const value = data?.[name];
        return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
      }),
    ),
  );
