import { RatchetError } from '@ratchet/observability';

interface ClientError {
  readonly name?: string;
  readonly message?: string;
  readonly type?: string;
  readonly cause?: unknown;
  readonly errors?: readonly ClientError[];
}

/** The error itself, what it was made of, and theirs. */
const chainOf = (error: unknown): ClientError[] => {
  const chain: ClientError[] = [];
  const add = (one: unknown): void => {
    if (typeof one !== 'object' || one === null || chain.includes(one as ClientError) || chain.length >= 20) return;
    const { cause, errors = [] } = one as ClientError;
    chain.push(one as ClientError);
    add(cause);
    errors.forEach(add);
  };
  add(error);
  return chain;
};

const authentication = (message: string): string => {
  if (/mechanism is not supported/i.test(message)) return 'Kafka does not offer the mechanism of KAFKA_SASL_MECHANISM on this port: set one that its listener enables';
  if (/OAUTHBEARER/i.test(message)) return 'Kafka refuses the token of KAFKA_SASL_OAUTH_*: check its audience, issuer and scope against the broker';
  return 'Kafka refuses the user: check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD (or KAFKA_SASL_PASSWORD_FILE)';
};

const permissions: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'Kafka does not let this user use or create a topic: allow it, or create the topics of docs/reference/asyncapi.json and the dead-letter topics beforehand',
  GROUP_AUTHORIZATION_FAILED: 'Kafka does not let this user read in its consumer group: allow READ on the group named like the service',
  CLUSTER_AUTHORIZATION_FAILED: 'Kafka does not let this user create topics or write idempotently: allow CREATE and IDEMPOTENT_WRITE on the cluster, or create the topics beforehand',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'Kafka does not let this user write in transactions: allow WRITE and DESCRIBE on transactional ids that begin with the service\'s name',
};

/** Where Kafka turns the user away, an error that says what to set; any other error as it is. */
export const explainKafkaError = (error: unknown): unknown => {
  const chain = chainOf(error);
  const turnedAway = chain.find(({ name }) => name === 'KafkaJSSASLAuthenticationError');
  if (turnedAway) return new RatchetError({ code: 'kafka_authentication', message: authentication(turnedAway.message ?? ''), cause: error });
  const own = chain.find((one) => one instanceof RatchetError);
  if (own) return own;
  const forbidden = chain.find(({ type }) => type !== undefined && type in permissions);
  if (forbidden) return new RatchetError({ code: 'kafka_authorization', message: permissions[forbidden.type ?? ''] ?? '', cause: error });
  return error;
};
