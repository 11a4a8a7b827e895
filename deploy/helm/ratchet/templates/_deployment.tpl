{{/* The Deployment of one service. Takes a dict of root, name and service. */}}
{{- define "ratchet.deployment" -}}
{{- $root := .root -}}
{{- $service := .service -}}
{{- $fullname := printf "%s-%s" (include "ratchet.fullname" $root) .name -}}
{{- $volume := $service.persistence | default $service.dataDir -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $fullname }}
  labels:
    {{- include "ratchet.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .name }}
spec:
  {{- if not (or (($service.autoscaling).enabled) (($service.keda).enabled)) }}
  replicas: {{ $service.replicas }}
  {{- end }}
  {{- if and $service.persistence $service.persistence.enabled }}
  # A volume for one pod at a time.
  strategy:
    type: Recreate
  {{- end }}
  selector:
    matchLabels:
      {{- include "ratchet.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "ratchet.selector" . | nindent 8 }}
      annotations:
        {{- if $service.kafka }}
        checksum/config: {{ include (print $root.Template.BasePath "/configmap.yaml") $root | sha256sum }}
        {{- end }}
        {{- if not $root.Values.secret.existingSecret }}
        checksum/secret: {{ include (print $root.Template.BasePath "/secret.yaml") $root | sha256sum }}
        {{- end }}
        {{- if not $root.Values.monitoring.podMonitor.enabled }}
        prometheus.io/scrape: "true"
        prometheus.io/port: "8080"
        prometheus.io/path: /metrics
        {{- end }}
        {{- with $service.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- if and (eq .name "trainer-dispatcher") $root.Values.trainingJobs.enabled }}
      serviceAccountName: {{ $fullname }}
      automountServiceAccountToken: true
      {{- else }}
      serviceAccountName: {{ include "ratchet.serviceAccountName" $root }}
      automountServiceAccountToken: false
      {{- end }}
      terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        {{- toYaml $root.Values.podSecurityContext | nindent 8 }}
      containers:
        - name: {{ .name }}
          image: {{ include "ratchet.image" . | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            {{- toYaml $root.Values.securityContext | nindent 12 }}
          ports:
            - name: http
              containerPort: 8080
          {{- include "ratchet.envFrom" (dict "name" (include "ratchet.fullname" $root) "service" $service) | nindent 10 }}
          env:
            - name: HTTP_PORT
              value: "8080"
            {{- if $volume }}
            - name: {{ $volume.variable }}
              value: /var/lib/ratchet
            {{- end }}
            {{- include "ratchet.storesEnv" (dict "root" $root "service" $service "secret" (include "ratchet.secretName" $root)) | nindent 12 }}
            {{- if $service.webhooks }}
            - name: WEBHOOKS
              valueFrom:
                secretKeyRef: {name: {{ include "ratchet.secretName" $root }}, key: WEBHOOKS, optional: true}
            {{- end }}
            {{- if $service.access }}
            {{- range $name := list "FIRST_ADMIN_TOKEN" "OIDC_CLIENT_SECRET" }}
            - name: {{ $name }}
              valueFrom:
                secretKeyRef: {name: {{ include "ratchet.secretName" $root }}, key: {{ $name }}, optional: true}
            {{- end }}
            {{- end }}
            {{- if and (eq .name "console") $root.Values.secret.auditAnchorKeySecret }}
            - name: AUDIT_ANCHOR_KEY_FILE
              value: /etc/ratchet/audit/anchor.pem
            {{- end }}
            {{- range $name, $value := $service.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
          # A first start may wait for Kafka, create topics and migrate its schema.
          startupProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 2
            failureThreshold: 90
          livenessProbe:
            httpGet: {path: /health/live, port: http}
            periodSeconds: 10
            timeoutSeconds: 5
          readinessProbe:
            httpGet: {path: /health/ready, port: http}
            periodSeconds: 5
            timeoutSeconds: 5
          resources:
            {{- toYaml $service.resources | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- if $volume }}
            - name: data
              mountPath: /var/lib/ratchet
            {{- end }}
            {{- if and $service.kafka $root.Values.kafka.filesSecret }}
            - name: kafka-files
              mountPath: /etc/ratchet/kafka
              readOnly: true
            {{- end }}
            {{- if and (eq .name "console") $root.Values.secret.auditAnchorKeySecret }}
            - name: audit-anchor-key
              mountPath: /etc/ratchet/audit
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {}
        {{- if and (eq .name "console") $root.Values.secret.auditAnchorKeySecret }}
        - name: audit-anchor-key
          secret:
            secretName: {{ $root.Values.secret.auditAnchorKeySecret }}
        {{- end }}
        {{- if and $service.kafka $root.Values.kafka.filesSecret }}
        - name: kafka-files
          secret:
            secretName: {{ $root.Values.kafka.filesSecret }}
        {{- end }}
        {{- if $volume }}
        - name: data
          {{- if and $service.persistence $service.persistence.enabled }}
          persistentVolumeClaim:
            claimName: {{ $service.persistence.existingClaim | default $fullname }}
          {{- else if and $service.dataDir $service.dataDir.sizeLimit }}
          emptyDir:
            sizeLimit: {{ $service.dataDir.sizeLimit }}
          {{- else }}
          emptyDir: {}
          {{- end }}
        {{- end }}
      {{- with $service.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if and (gt (int $service.replicas) 1) (not $service.affinity) }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "ratchet.selector" . | nindent 14 }}
      {{- end }}
      {{- with $service.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $service.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
