import { newEventId, type TraceSpan } from '@ratchet/observability';
import { chooseVersion, type Choice } from '../routing/choose-version.js';
import type { RoutingTable } from '../routing/routing-table.js';
import type { ChatHeaders } from './chat-headers.js';
import type { ChatRequest } from './chat-request.js';
import { invalidRequest, type HttpFailure } from './openai-error.js';

/** One request whose version is chosen. */
export interface ChatTurn {
  readonly interactionId: string;
  readonly conversationId: string;
  readonly userId: string | undefined;
  readonly workload: string;
  readonly request: ChatRequest;
  readonly choice: Choice;
  readonly startedAt: string;
  readonly startedMs: number;
  /** Of the request, where tracing is on. */
  readonly span?: TraceSpan | undefined;
}

export type OpenedTurn = { readonly ok: true; readonly turn: ChatTurn } | { readonly ok: false; readonly failure: HttpFailure };

const DEFAULT_WORKLOAD = 'default';

export interface TurnContext {
  readonly table: RoutingTable;
  /** Workload of a model's requests that name none. */
  readonly workloads: Readonly<Record<string, string>>;
}

const refuse = (failure: HttpFailure): OpenedTurn => ({ ok: false, failure });

/** Header, else the model's configured workload, else `default`, else the only workload that the model has. */
const workloadOf = ({ table, workloads }: TurnContext, model: string, headers: ChatHeaders): string => {
  const named = headers.workload ?? workloads[model];
  if (named !== undefined) return named;
  const known = table.workloadsOf(model);
  const [only] = known;
  return known.length === 1 && only !== undefined ? only : DEFAULT_WORKLOAD;
};

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ');

const noSuchModel = ({ table }: TurnContext, model: string): HttpFailure => {
  const known = table.models();
  // Before routing has arrived nobody can say which models exist, so "not found" would be a lie.
  if (known.length === 0) return { status: 503, type: 'api_error', code: 'no_routing', message: 'No model has a champion yet; adopt one, or wait until the routing table has arrived.' };
  return invalidRequest({ status: 404, code: 'model_not_found', param: 'model', message: `The model ${JSON.stringify(model.slice(0, 100))} does not exist; there is ${quoted(known)}.` });
};

/** Finds the target and chooses the version, or says why there is none. */
export const openTurn = ({ context, request, headers, span }: { context: TurnContext; request: ChatRequest; headers: ChatHeaders; span?: TraceSpan | undefined }): OpenedTurn => {
  const { table } = context;
  const { model } = request;
  const known = table.workloadsOf(model);
  if (known.length === 0) return refuse(noSuchModel(context, model));
  const workload = workloadOf(context, model, headers);
  const route = table.route({ model, workload });
  if (!route) {
    return refuse(invalidRequest({ status: 404, code: 'workload_not_found', message: `The model ${JSON.stringify(model)} serves no workload ${JSON.stringify(workload)}; there is ${quoted(known)}. Send one as x-ratchet-workload.` }));
  }
  const conversationId = headers.conversationId ?? newEventId();
  const userId = headers.userId ?? request.user;
  const { wantedVersion, segment, covariate } = headers;
  const continues = request.messages.some(({ role }) => role === 'assistant');
  const chosen = chooseVersion({ table, route, requester: { conversationId, userId, wantedVersion, continues, segment, covariate } });
  if (!chosen.ok) {
    return refuse(
      chosen.reason === 'version_unknown'
        ? invalidRequest({ status: 404, code: 'version_not_found', message: `${model}/${workload} has no version ${JSON.stringify(wantedVersion)}; its champion is ${JSON.stringify(route.champion)}.` })
        : { status: 503, type: 'api_error', code: 'version_unavailable', message: `The contents of version ${route.champion} have not arrived yet.` },
    );
  }
  return {
    ok: true,
    turn: { interactionId: newEventId(), conversationId, userId, workload, request, choice: chosen.choice, startedAt: new Date().toISOString(), startedMs: performance.now(), span },
  };
};
