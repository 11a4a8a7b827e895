import { describe, expect, it } from '@jest/globals';
import { lossCurveOfCsv, lossCurveOfEvents } from './loss-csv.js';

const csv = 'step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\r\n1,2.5,0.3,,\r\n2,2.0,0.4,2.2,0.4\r\n3,,0.5,,\r\n4,nan,0.5,,\r\n';
const curve = [{ step: 1, trainLoss: 2.5 }, { step: 2, trainLoss: 2, validLoss: 2.2 }];

describe('files of results', () => {
  it('are read as they are, and in base64', () => {
    expect(lossCurveOfCsv(csv)).toEqual(curve);
    expect(lossCurveOfCsv(Buffer.from(csv).toString('base64'))).toEqual(curve);
  });

  it('may have the columns of the embedded model server', () => {
    expect(lossCurveOfCsv('step,train_loss,valid_loss,retention_loss,penalty\n8,0.5,,0.25,0.125\n')).toEqual([{ step: 8, trainLoss: 0.5, retentionLoss: 0.25, penalty: 0.125 }]);
  });

  it('give no curve where they hold none', () => {
    for (const text of ['', 'not a table', '<html>,</html>', 'step,train_loss', 'epoch,train_loss\n1,2', '\u0000\u0001']) expect(lossCurveOfCsv(text)).toEqual([]);
  });

  it('are not the only place: metrics events may tell it, newest first', () => {
    expect(lossCurveOfEvents([{ step: 2, train_loss: 2, valid_loss: 2.2 }, null, { step: 1, train_loss: 2.5 }, { step: 3, train_loss: 'low' }, undefined])).toEqual(curve);
  });
});
