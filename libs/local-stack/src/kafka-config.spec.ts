import { describe, expect, it } from '@jest/globals';

import { javaArguments, renderControllerProperties, renderLog4j2, renderServerProperties } from './kafka-config.js';

const layout = { port: 20_001, controllerPort: 20_002, logDir: '/data/kafka/log', reportFile: '/data/a&b/kafka.log' };

function settings(text: string): Map<string, string> {
  return new Map(text.trimEnd().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe("the embedded broker's settings", () => {
  it('listen on the loopback address only', () => {
    const listeners = settings(renderServerProperties(layout)).get('listeners');
    expect(listeners).toBe('PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20002');
  });

  it('open further doors on the loopback address, each with its protocol and settings', () => {
    const doors = [{ name: 'SECURE', protocol: 'SASL_SSL', port: 20_003 } as const];
    const rendered = settings(renderServerProperties({ ...layout, doors, settings: { 'ssl.client.auth': 'required' } }));
    expect(rendered.get('listeners')).toBe('PLAINTEXT://127.0.0.1:20001,SECURE://127.0.0.1:20003,CONTROLLER://127.0.0.1:20002');
    expect(rendered.get('advertised.listeners')).toBe('PLAINTEXT://127.0.0.1:20001,SECURE://127.0.0.1:20003');
    expect(rendered.get('listener.security.protocol.map')).toBe('PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL');
    expect(rendered.get('ssl.client.auth')).toBe('required');
  });

  it('replicate once whatever Kafka replicates by default', () => {
    const factors = [...settings(renderServerProperties(layout))].filter(([name]) => name.endsWith('replication.factor'));
    expect(factors.map(([, value]) => value)).toEqual(['1', '1', '1', '1']);
  });

  it('make no topics by accident', () => {
    expect(settings(renderServerProperties(layout)).get('auto.create.topics.enable')).toBe('false');
  });

  it('escape what a path may hold and a properties file may not', () => {
    const rendered = settings(renderServerProperties({ ...layout, logDir: 'C:\\übung' }));
    expect(rendered.get('log.dirs')).toBe('C:\\\\\\u00fcbung');
  });

  it('name the same node, quorum and data for the controller that recovers a crashed broker', () => {
    const broker = settings(renderServerProperties(layout));
    const controller = settings(renderControllerProperties(layout));
    for (const name of ['node.id', 'controller.quorum.voters', 'log.dirs']) {
      expect([name, controller.get(name)]).toEqual([name, broker.get(name)]);
    }
    expect(controller.get('process.roles')).toBe('controller');
  });

  it('log to the given file, escaped for XML', () => {
    expect(renderLog4j2(layout)).toContain('fileName="/data/a&amp;b/kafka.log"');
  });

  it('keep the heap small and take every jar of the folder', () => {
    const args = javaArguments({ jarFolder: '/jars', log4j2File: '/l.xml' });
    expect(args).toEqual(expect.arrayContaining(['-Xms256m', '-Xmx512m']));
    expect(args.slice(-2)).toEqual(['-cp', '/jars/*']);
  });
});
