export const keyActions = {
  a: { action: 'approve', explained: 'Approve the proposed answer' },
  e: { action: 'edit', explained: 'Approve with another answer; Ctrl+Enter saves it' },
  r: { action: 'reject', explained: 'Reject, with a reason' },
  s: { action: 'skip', explained: 'Skip: leave it to somebody else' },
  u: { action: 'undo', explained: 'Take the last step back' },
  j: { action: 'next', explained: 'Next item' },
  k: { action: 'previous', explained: 'Previous item' },
  x: { action: 'select', explained: 'Select the item for a decision on several' },
  '*': { action: 'selectAll', explained: 'Select all that are offered, or none' },
  '?': { action: 'keys', explained: 'Show these keys' },
} as const;

export type KeyAction = (typeof keyActions)[keyof typeof keyActions]['action'];

interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** Fields in which letters are text. */
const TEXT_FIELDS = ['INPUT', 'TEXTAREA', 'SELECT'];

const isKey = (key: string): key is keyof typeof keyActions => Object.hasOwn(keyActions, key);

/** What a key means, pressed while `focus` has the focus; undefined where it means nothing here. A key that is held down decides only once. */
export const actionOf = ({ key, ctrlKey, metaKey, altKey, repeat }: Pressed, focus: { readonly tagName: string; readonly isContentEditable?: boolean } | null): KeyAction | undefined => {
  if (ctrlKey || metaKey || altKey || focus?.isContentEditable === true) return undefined;
  if (focus !== null && TEXT_FIELDS.includes(focus.tagName.toUpperCase())) return undefined;
  const name = key.length === 1 ? key.toLowerCase() : key;
  if (!isKey(name)) return undefined;
  const { action } = keyActions[name];
  return repeat && action !== 'next' && action !== 'previous' ? undefined : action;
};
