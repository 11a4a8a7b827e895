import { OpenAiTeacherClient } from '@ratchet/providers';
import { Strategist } from './strategist.js';
import { TeacherProposer } from './teacher-proposer.js';
import type { Logger } from '@ratchet/observability';
import type { Config } from '../config.js';

const DAY_MS = 86_400_000;

export const strategistFor = (config: Config, logger: Logger): Strategist =>
  new Strategist({
    catalogue: config.strategies,
    proposer: config.teacher && new TeacherProposer(new OpenAiTeacherClient(config.teacher), config.teacher.provider.timeoutMs),
    agreeingUsersMin: config.REVIEW_AGREEING_USERS,
    halfLifeMs: config.STRATEGY_HALF_LIFE_DAYS * DAY_MS,
    exploration: config.STRATEGY_EXPLORATION,
    logger,
  });
