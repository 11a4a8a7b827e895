import type { OpenAPIObject } from '@nestjs/swagger';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const matches = (template: readonly string[], parts: readonly string[]): boolean => template.length === parts.length && template.every((part, place) => part.startsWith('{') || part === parts[place]);

/** What may be done at a path of the API, as the `Allow` header has it; empty where there is nothing at it. */
export const allowedMethods = ({ paths }: Pick<OpenAPIObject, 'paths'>, path: string): string[] => {
  const parts = path.split('/');
  const found = Object.entries(paths).filter(([template]) => matches(template.split('/'), parts));
  return methods.filter((method) => found.some(([, operations]) => operations[method] !== undefined)).map((method) => method.toUpperCase());
};
