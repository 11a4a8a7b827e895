import { mayAct, type Role, roles } from '@ratchet/console-api';

/** What each role adds to the ones before it. */
export const duties: Readonly<Record<Role, string>> = {
  viewer: 'See every page and report but who has access; make tokens of their own.',
  reviewer: 'Decide about proposed answers: claim, approve, edit and reject them.',
  operator: 'Order analyses, trainings and evaluations; pause, resume and roll back rollouts; hold and release the automation; sign off reports.',
  admin: 'Give and take access, see who had it, erase users and adopt models.',
};

/** All that somebody may do, one duty a line. */
export const dutiesOf = (role: Role): readonly { readonly role: Role; readonly duty: string; readonly may: boolean }[] => roles.map((each) => ({ role: each, duty: duties[each], may: mayAct(role, each) }));
