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
