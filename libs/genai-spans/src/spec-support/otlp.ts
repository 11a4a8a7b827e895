/** A plain value as OTLP's AnyValue. */
export const anyValue = (value: unknown): unknown => {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: attributeList(value as Record<string, unknown>) } };
};

export const attributeList = (values: Record<string, unknown>): unknown[] => Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

export const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
export const SPAN_ID = 'b7ad6b7169203331';

export interface SpanParts {
  readonly attributes?: Record<string, unknown>;
  readonly events?: readonly { readonly name: string; readonly attributes?: Record<string, unknown> }[];
  readonly [field: string]: unknown;
}

/** A span of 1.25 s that began at 2026-03-02T09:00:00Z. */
export const spanOf = ({ attributes = {}, events = [], ...fields }: SpanParts): unknown => ({
  traceId: TRACE_ID,
  spanId: SPAN_ID,
  name: 'chat gpt-x',
  kind: 3,
  startTimeUnixNano: '1772442000000000000',
  endTimeUnixNano: '1772442001250000000',
  attributes: attributeList(attributes),
  events: events.map((event) => ({ name: event.name, timeUnixNano: '1772442000500000000', attributes: attributeList(event.attributes ?? {}) })),
  status: {},
  ...fields,
});

export const requestOf = (spans: readonly unknown[], resource: Record<string, unknown> = { 'service.name': 'shop' }): unknown => ({
  resourceSpans: [{ resource: { attributes: attributeList(resource) }, scopeSpans: [{ scope: { name: 'spec' }, spans }] }],
});
