import type { OpenAPIObject } from '@nestjs/swagger';

type Responses = Record<string, { content?: Record<string, unknown>; description?: string }>;

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const PROBLEM = 'application/problem+json';
const refusal = '4XX';

/** What is wrong with a request is told as a problem, by every route; the platform's own paths are no part of the API. */
export const finishedDocument = (document: OpenAPIObject): OpenAPIObject => {
  const paths = Object.fromEntries(Object.entries(document.paths).filter(([path]) => path.startsWith('/api/')));
  const operations = Object.values(paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
  for (const { responses } of operations as { responses: Responses }[]) {
    const problem = responses[refusal];
    const [body] = Object.values(problem?.content ?? {});
    if (problem && body) problem.content = { [PROBLEM]: body };
  }
  return { ...document, paths };
};
