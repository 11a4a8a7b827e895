{{/* Of what comes before the release; takes its weight. */}}
{{- define "ratchet.hookBefore" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/* The container that brings topics and schema of one service up to date. Takes a dict of root, name, and the names of ConfigMap and Secret. */}}
{{- define "ratchet.migration" -}}
{{- $service := index .root.Values.services .name -}}
- name: {{ .name }}
  image: {{ include "ratchet.image" (dict "root" .root "name" .name "service" $service) | quote }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [--migrate]
  securityContext:
    {{- toYaml .root.Values.securityContext | nindent 4 }}
  {{- include "ratchet.envFrom" (dict "name" .config "service" $service) | nindent 2 }}
  env:
    - name: HTTP_PORT
      value: "8080"
    {{- with $service.dataDir }}
    - name: {{ .variable }}
      value: /tmp
    {{- end }}
    {{- include "ratchet.storesEnv" (dict "root" .root "service" $service "secret" .secret) | nindent 4 }}
    {{- range $name, $value := $service.env }}
    - name: {{ $name }}
      value: {{ $value | quote }}
    {{- end }}
  resources:
    {{- toYaml $service.resources | nindent 4 }}
  volumeMounts:
    - name: tmp
      mountPath: /tmp
    {{- if .root.Values.kafka.filesSecret }}
    - name: kafka-files
      mountPath: /etc/ratchet/kafka
      readOnly: true
    {{- end }}
{{- end -}}
