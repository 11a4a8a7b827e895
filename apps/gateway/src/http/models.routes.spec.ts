import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addVersion, type GatewayUnderTest, openGatewayUnderTest, routeOf } from './gateway-under-test.js';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGatewayUnderTest({ answers: { v1: () => 'from v1' } });
  addVersion(gateway.table, 'v1');
  gateway.table.applyRouting(routeOf());
});
afterEach(() => gateway.finish());

describe('GET /v1/models', () => {
  it('shows who has traffic beside the champion', async () => {
    gateway.table.applyRouting(routeOf({ revision: 2, candidate: 'v2', rolloutId: 'r1', salt: 'r1', share: 0.5, stage: 3, kind: 'experiment', control: 'v3', controlShare: 0.2 }));
    const response = await gateway.server.inject({ url: '/v1/models' });
    expect(response.json().data[0].ratchet.targets).toEqual([{ workload: 'support', revision: 2, champion: 'v1', kind: 'experiment', candidate: 'v2', share: 0.5, control: 'v3', controlShare: 0.2 }]);
  });

  it('lists the models with their champions', async () => {
    const response = await gateway.server.inject({ url: '/v1/models' });
    expect(response.json()).toMatchObject({ object: 'list', data: [{ id: 'assistant', object: 'model', ratchet: { targets: [{ workload: 'support', champion: 'v1' }] } }] });
  });
});
