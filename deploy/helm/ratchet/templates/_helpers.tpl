{{- define "ratchet.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ratchet.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* What a Deployment and a Service know their pods by. Takes a dict of root and name. */}}
{{- define "ratchet.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "ratchet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ratchet.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "ratchet.secretName" -}}
{{- default (include "ratchet.fullname" .) .Values.secret.existingSecret -}}
{{- end -}}

{{/* Not empty where the password of SASL comes from the Secret. */}}
{{- define "ratchet.kafkaPassword" -}}
{{- with .Values.kafka -}}
{{- if and .sasl.mechanism (ne .sasl.mechanism "oauthbearer") (not .env.KAFKA_SASL_PASSWORD_FILE) -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* Takes a dict of root, name and service. */}}
{{- define "ratchet.image" -}}
{{- if .service.image -}}
{{- .service.image -}}
{{- else -}}
{{- with .root.Values.image.registry -}}{{- . -}}/{{- end -}}
{{- .root.Values.image.prefix -}}{{- .name -}}:{{- default .root.Chart.AppVersion .root.Values.image.tag -}}
{{- end -}}
{{- end -}}

{{/* PROVIDERS as JSON: what the values name, else the model server of this release. */}}
{{- define "ratchet.providers" -}}
{{- if .Values.secret.providers -}}
{{- toJson .Values.secret.providers -}}
{{- else -}}
{{- $server := index .Values.services "model-server" -}}
{{- if not $server.enabled -}}
{{- fail "secret.providers is empty and services.model-server is off: name a model provider, or set secret.existingSecret" -}}
{{- end -}}
{{- $url := printf "http://%s-model-server:%v/v1" (include "ratchet.fullname" .) $server.service.port -}}
{{- dict "embedded" (dict "baseUrl" $url) | toJson -}}
{{- end -}}
{{- end -}}

{{/* What every container of a service with Kafka is given. Takes a dict of the ConfigMap's name and service. */}}
{{- define "ratchet.envFrom" -}}
{{- if .service.kafka -}}
envFrom:
  - configMapRef:
      name: {{ .name }}
{{- end -}}
{{- end -}}

{{/* Where a service finds its stores and providers. Takes a dict of root, service and the Secret's name. */}}
{{- define "ratchet.storesEnv" -}}
{{- if and .service.kafka (include "ratchet.kafkaPassword" .root) }}
- name: KAFKA_SASL_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ .secret }}, key: KAFKA_SASL_PASSWORD}
{{- end }}
{{- if .service.database }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef: {name: {{ .secret }}, key: DATABASE_URL}
{{- end }}
{{- if .service.providers }}
- name: PROVIDERS
  valueFrom:
    secretKeyRef: {name: {{ .secret }}, key: PROVIDERS}
{{- end }}
{{- end -}}

{{- define "ratchet.configData" -}}
KAFKA_BROKERS: {{ required "kafka.brokers: name the brokers as host:port, separated by commas" .Values.kafka.brokers | quote }}
KAFKA_SSL: {{ .Values.kafka.ssl | quote }}
KAFKA_REPLICATION_FACTOR: {{ .Values.kafka.replicationFactor | quote }}
{{- if .Values.kafka.sasl.mechanism }}
KAFKA_SASL_MECHANISM: {{ .Values.kafka.sasl.mechanism | quote }}
{{- with .Values.kafka.sasl.username }}
KAFKA_SASL_USERNAME: {{ . | quote }}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.kafka.env }}
{{ $name }}: {{ $value | quote }}
{{- end }}
LOG_LEVEL: {{ .Values.logLevel | quote }}
{{- end -}}

{{- define "ratchet.secretData" -}}
DATABASE_URL: {{ required "secret.databaseUrl: name the database as postgres://..., or set secret.existingSecret" .Values.secret.databaseUrl | quote }}
PROVIDERS: {{ include "ratchet.providers" . | quote }}
{{- with .Values.secret.webhooks }}
WEBHOOKS: {{ toJson . | quote }}
{{- end }}
{{- with .Values.secret.firstAdminToken }}
FIRST_ADMIN_TOKEN: {{ . | quote }}
{{- end }}
{{- with .Values.secret.oidcClientSecret }}
OIDC_CLIENT_SECRET: {{ . | quote }}
{{- end }}
{{- if include "ratchet.kafkaPassword" . }}
KAFKA_SASL_PASSWORD: {{ required "secret.kafkaSaslPassword: is missing for kafka.sasl" .Values.secret.kafkaSaslPassword | quote }}
{{- end }}
{{- end -}}
