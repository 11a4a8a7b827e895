/** Another door of the broker, on 127.0.0.1 as well. */
export interface KafkaDoor {
  /** Upper case, as Kafka's settings name it. */
  readonly name: string;
  readonly protocol: 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  readonly port: number;
}

/** Where one embedded broker listens and keeps its files. */
export interface KafkaLayout {
  readonly port: number;
  readonly controllerPort: number;
  /** The log (the data). */
  readonly logDir: string;
  /** What the broker reports about itself. */
  readonly reportFile: string;
  /** Doors beside the plain one. */
  readonly doors?: readonly KafkaDoor[];
  /** Settings beside those of every embedded broker, such as what the doors need. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The settings of a single KRaft node that is broker and controller, for one machine: everything is replicated once,
 * topics are never created by accident, and threads, buffers and internal topics are kept small.
 */
export function renderServerProperties(layout: KafkaLayout): string {
  const doors = layout.doors ?? [];
  const addresses = [`PLAINTEXT://127.0.0.1:${layout.port}`, ...doors.map(({ name, port }) => `${name}://127.0.0.1:${port}`)];
  const protocols = ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...doors.map(({ name, protocol }) => `${name}:${protocol}`)];
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Static voters: the address may change from start to start, which a recorded quorum would not forgive.
    'controller.quorum.voters': `1@127.0.0.1:${layout.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    listeners: [...addresses, `CONTROLLER://127.0.0.1:${layout.controllerPort}`].join(','),
    'advertised.listeners': addresses.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'log.dirs': escapeProperty(layout.logDir),

    'auto.create.topics.enable': false,
    'default.replication.factor': 1,
    'min.insync.replicas': 1,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 8,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,

    // Members that start together would otherwise wait three seconds for each other.
    'group.initial.rebalance.delay.ms': 0,
    // A laptop that slept, or a machine with every core busy, is no dead broker.
    'broker.session.timeout.ms': 30_000,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'log.cleaner.threads': 1,
    // The default of 128 MB is taken from the heap at start.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    ...layout.settings,
  };
  return renderProperties(settings);
}

/** The settings of the same node as a controller alone, which soon gives up a broker that does not come back. */
export function renderControllerProperties(layout: KafkaLayout): string {
  return renderProperties({
    'process.roles': 'controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${layout.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `CONTROLLER://127.0.0.1:${layout.controllerPort}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT',
    'log.dirs': escapeProperty(layout.logDir),
    'broker.session.timeout.ms': 1_000,
    'broker.heartbeat.interval.ms': 300,
  });
}

function renderProperties(settings: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Log4j 2's configuration: one file of at most 10 MB, and one before it. */
export function renderLog4j2(layout: KafkaLayout): string {
  const file = escapeXml(layout.reportFile);
  return `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <RollingFile name="File" fileName="${file}" filePattern="${file}.%i">
      <PatternLayout pattern="%d{ISO8601} %p %m (%c)%n"/>
      <SizeBasedTriggeringPolicy size="10 MB"/>
      <DefaultRolloverStrategy max="1"/>
    </RollingFile>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="File"/></Root>
  </Loggers>
</Configuration>
`;
}

/** The virtual machine's arguments that come before the main class. */
export function javaArguments(input: { jarFolder: string; log4j2File: string }): string[] {
  return [
    '-Xms256m',
    '-Xmx512m',
    // With a heap this small, the serial collector's pauses are short and its own memory is the least.
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${input.log4j2File}`,
    '-cp',
    `${input.jarFolder}/*`,
  ];
}

// In a .properties file a backslash begins an escape, and bytes are Latin-1.
function escapeProperty(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
