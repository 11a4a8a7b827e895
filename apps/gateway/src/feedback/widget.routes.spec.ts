import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openGatewayUnderTest, type GatewayUnderTest } from '../http/gateway-under-test.js';

let gateway: GatewayUnderTest;
beforeEach(async () => {
  gateway = await openGatewayUnderTest({});
});
afterEach(() => gateway.finish());

it('serves the widget to any page, and says when it is still the same', async () => {
  const first = await gateway.server.inject({ url: '/v1/feedback-widget.js' });
  expect(first.statusCode).toBe(200);
  expect(first.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'access-control-allow-origin': '*', 'cache-control': expect.stringContaining('max-age=3600') });
  expect(first.payload).toContain("customElements.define('ratchet-feedback'");
  const second = await gateway.server.inject({ url: '/v1/feedback-widget.js', headers: { 'if-none-match': String(first.headers.etag) } });
  expect([second.statusCode, second.payload]).toEqual([304, '']);
});
