import { connect } from 'node:net';
import { withAdmin } from '@ratchet/testing';

const LEAVE_GROUP = 13;
const WITHIN_MS = 5_000;

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/**
 * LeaveGroup, version 0, in another's name:
 * size int32 | api key int16 | version int16 | correlation id int32 | client id string | group string | member string
 */
export const leaveGroupRequest = (groupId: string, memberId: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeInt16BE(LEAVE_GROUP, 0);
  const body = Buffer.concat([header, text('cycle-kills'), text(groupId), text(memberId)]);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};

const send = (broker: string, request: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const [host = '', port = ''] = broker.split(':');
    const socket = connect(Number(port), host, () => socket.write(request));
    socket.setTimeout(WITHIN_MS, () => socket.destroy(new Error(`${broker} did not answer within ${WITHIN_MS} ms`)));
    socket.once('error', reject);
    socket.once('data', () => {
      socket.destroy();
      resolve();
    });
  });

/**
 * Takes a killed process out of its consumer group, which the broker does by itself when the session of 30 s is over: what comes after it is the
 * same, sooner. To be called before the process has come back.
 */
export const buryMembers = async (broker: string, groupId: string): Promise<void> => {
  const { groups } = await withAdmin((admin) => admin.describeGroups([groupId]));
  for (const { memberId } of groups.flatMap(({ members }) => members)) await send(broker, leaveGroupRequest(groupId, memberId));
};
