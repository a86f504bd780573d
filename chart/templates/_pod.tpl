{{/* Variables of the portal's container: what the configuration refers to. */}}
{{- define "konstellation.env" -}}
- name: PORTAL_URL
  value: {{ .Values.portal.url | trimSuffix "/" | quote }}
- name: LOG_LEVEL
  value: {{ .Values.portal.logLevel }}
- name: SESSION_SECRET
  {{- $session := .Values.auth.session }}
  {{- if $session.existingSecret }}
  {{- include "konstellation.fromSecret" (list $session.existingSecret $session.key) | nindent 2 }}
  {{- else }}
  {{- include "konstellation.fromSecret" (list (include "konstellation.keysName" .) "session-secret") | nindent 2 }}
  {{- end }}
{{- range include "konstellation.encryptionKeys" . | fromYamlArray }}
- name: {{ .variable }}
  {{- include "konstellation.fromSecret" (list .secret .key) | nindent 2 }}
{{- end }}
{{- if include "konstellation.onPostgresql" . }}
{{- with .Values.database.postgresql }}
- name: POSTGRES_HOST
  value: {{ .host | quote }}
- name: POSTGRES_PORT
  value: {{ .port | quote }}
- name: POSTGRES_USER
  value: {{ .user | quote }}
- name: POSTGRES_PASSWORD
  {{- include "konstellation.fromSecret" (list .existingSecret .passwordKey) | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.packages.s3 }}
{{- if and (include "konstellation.onS3" $) .existingSecret }}
- name: S3_ACCESS_KEY_ID
  {{- include "konstellation.fromSecret" (list .existingSecret .accessKeyIdKey) | nindent 2 }}
- name: S3_SECRET_ACCESS_KEY
  {{- include "konstellation.fromSecret" (list .existingSecret .secretAccessKeyKey) | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Of a list: name of the Secret, and key. */}}
{{- define "konstellation.fromSecret" -}}
valueFrom:
  secretKeyRef:
    name: {{ first . }}
    key: {{ last . | quote }}
{{- end -}}

{{- define "konstellation.postgresqlCa" -}}
{{- with .Values.database.postgresql.tls -}}
{{- if and (include "konstellation.onPostgresql" $) .enabled }}{{ .caConfigMap }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "konstellation.volumeMounts" -}}
- name: config
  mountPath: /etc/konstellation
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if include "konstellation.hasVolume" . }}
- name: state
  mountPath: /var/lib/konstellation
{{- end }}
{{- if include "konstellation.postgresqlCa" . }}
- name: postgresql-ca
  mountPath: /etc/konstellation-postgresql
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "konstellation.volumes" -}}
- name: config
  configMap:
    name: {{ include "konstellation.fullname" . }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.temporarySize }}
{{- if include "konstellation.hasVolume" . }}
- name: state
  persistentVolumeClaim:
    claimName: {{ include "konstellation.claimName" . }}
{{- end }}
{{- with include "konstellation.postgresqlCa" . }}
- name: postgresql-ca
  configMap:
    name: {{ . }}
    items:
      - key: {{ $.Values.database.postgresql.tls.caKey | quote }}
        path: ca.crt
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "konstellation.spread" -}}
{{- if .Values.topologySpreadConstraints -}}
{{- toYaml .Values.topologySpreadConstraints -}}
{{- else -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "konstellation.selector" . | nindent 6 }}
{{- end -}}
{{- end -}}
