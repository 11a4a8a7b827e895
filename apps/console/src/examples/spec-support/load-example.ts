const folder = new URL('../../../../../docs/examples/consumers/', import.meta.url);

/** A program of docs/examples/consumers as a module; it does nothing by being loaded. Its exports are of the type that the caller says. */
export const loadExample = async <Exports>(name: string): Promise<Exports> => (await import(new URL(name, folder).href)) as Exports;
