{{/* Pods by the labels of the portal's. */}}
{{- define "konstellation.portalPeers" -}}
- namespaceLabels:
    kubernetes.io/metadata.name: {{ .Release.Namespace }}
  podLabels:
    {{- include "konstellation.selector" . | nindent 4 }}
{{- end -}}

{{- define "konstellation.databaseConfig" -}}
{{- if include "konstellation.onPostgresql" . -}}
{{- with .Values.database.postgresql -}}
client: pg
{{- if .database }}
pluginDivisionMode: schema
{{- end }}
connection:
  host: ${POSTGRES_HOST}
  port: ${POSTGRES_PORT}
  user: ${POSTGRES_USER}
  password: ${POSTGRES_PASSWORD}
  {{- with .database }}
  database: {{ . | quote }}
  {{- end }}
  {{- if .tls.enabled }}
  ssl:
    rejectUnauthorized: true
    {{- if .tls.caConfigMap }}
    ca:
      $file: /etc/konstellation-postgresql/ca.crt
    {{- end }}
  {{- end }}
{{- end -}}
{{- else -}}
client: better-sqlite3
connection:
  directory: /var/lib/konstellation/database
{{- end -}}
{{- end -}}

{{- define "konstellation.packagesConfig" -}}
host: {{ .Values.packages.host | quote }}
port: {{ .Values.packages.port }}
baseUrl: http://{{ include "konstellation.packagesName" . }}.{{ .Release.Namespace }}.svc:{{ .Values.packages.port }}
{{- if include "konstellation.onS3" . }}
{{- with .Values.packages.s3 }}
s3:
  bucket: {{ .bucket | quote }}
  region: {{ .region | quote }}
  {{- with .endpoint }}
  endpoint: {{ . | quote }}
  {{- end }}
  forcePathStyle: {{ .forcePathStyle }}
  delivery: {{ .delivery }}
  {{- with .publicEndpoint }}
  publicEndpoint: {{ . | quote }}
  {{- end }}
  {{- if .existingSecret }}
  accessKeyId: ${S3_ACCESS_KEY_ID}
  secretAccessKey: ${S3_SECRET_ACCESS_KEY}
  {{- end }}
{{- end }}
{{- else }}
directory: /var/lib/konstellation/packages
{{- end }}
{{- end -}}

{{- define "konstellation.entryConfig" -}}
domain: {{ .domain | quote }}
protocol: {{ .protocol }}
{{- range $key := list "port" "grpcPort" }}
{{- with get $ $key }}
{{ $key }}: {{ . }}
{{- end }}
{{- end }}
{{- range $key := list "grpcDomain" "className" "tlsSecret" "annotations" "grpcAnnotations" "gateways" }}
{{- with get $ $key }}
{{ dict $key . | toYaml }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "konstellation.clusterConfig" -}}
name: {{ .Values.runtimes.cluster }}
authentication: inCluster
reach: network
{{- if include "konstellation.isRestricted" . }}
namespaces:
  {{- toYaml .Values.runtimes.namespaces | nindent 2 }}
{{- end }}
ingress:
  {{- include "konstellation.entryConfig" .Values.runtimes.ingress | nindent 2 }}
network:
  portal:
    {{- include "konstellation.portalPeers" . | nindent 4 }}
  packages:
    {{- include "konstellation.portalPeers" . | nindent 4 }}
  packagesPort: {{ .Values.packages.port }}
  {{- range $key := list "ingress" "metrics" "objectStore" "pythonIndex" }}
  {{- with get $.Values.runtimes.network $key }}
  {{ $key }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  {{- range $key := list "objectStore" "pythonIndex" }}
  {{- if get $.Values.runtimes.network $key }}
  {{ $key }}Port: {{ get $.Values.runtimes.network (printf "%sPort" $key) }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* The names of variables with keys that values of configurations are encrypted with, in their order: {id, variable, secret, key}. */}}
{{- define "konstellation.encryptionKeys" -}}
{{- if .Values.encryption.existingSecret -}}
{{- range $at, $each := .Values.encryption.keys }}
- id: {{ $each.id | quote }}
  variable: KONSTELLATION_KEY_{{ $at }}
  secret: {{ $.Values.encryption.existingSecret }}
  key: {{ $each.key | quote }}
{{- end }}
{{- else }}
- id: generated
  variable: KONSTELLATION_KEY_0
  secret: {{ include "konstellation.keysName" . }}
  key: encryption-key
{{- end -}}
{{- end -}}

{{/*
Providers as the values have them. Where nothing is said of `prompt`, Backstage forbids the provider to ask for a login, and lets in
only those who have logged in there before.
*/}}
{{- define "konstellation.providersConfig" -}}
{{- $providers := deepCopy .Values.auth.providers -}}
{{- range $part := get $providers "oidc" | default dict -}}
{{- if and (kindIs "map" $part) (not (hasKey $part "prompt")) -}}
{{- $_ := set $part "prompt" "auto" -}}
{{- end -}}
{{- end -}}
{{- with $providers }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* The configuration that the portal reads last. */}}
{{- define "konstellation.config" -}}
app:
  title: {{ .Values.portal.title | quote }}
  baseUrl: ${PORTAL_URL}
  signIn:
    guest: {{ .Values.auth.allowGuest }}
    {{- if has "oidc" (include "konstellation.providers" . | fromJsonArray) }}
    oidc:
      title: {{ .Values.auth.title | quote }}
    {{- end }}
organization:
  name: {{ .Values.portal.organization | quote }}
backend:
  baseUrl: ${PORTAL_URL}
  {{- if eq (include "konstellation.strategy" .) "RollingUpdate" }}
  lifecycle:
    # Until everyone who leads calls to pods has learned that this one ends.
    serverShutdownDelay: 5 seconds
  {{- end }}
  database:
    {{- include "konstellation.databaseConfig" . | nindent 4 }}
auth:
  environment: {{ .Values.auth.environment }}
  session:
    secret: ${SESSION_SECRET}
  providers:
    {{- if .Values.auth.allowGuest }}
    guest:
      dangerouslyAllowOutsideDevelopment: true
    {{- else }}
    guest: null
    {{- end }}
    {{- include "konstellation.providersConfig" . | nindent 4 }}
{{- with .Values.auth.roles }}
permission:
  enabled: true
  konstellation:
    roles:
      {{- toYaml . | nindent 6 }}
{{- end }}
konstellation:
  namespacePrefix: {{ .Values.runtimes.namespacePrefix | quote }}
  images:
    registry: {{ .Values.runtimes.imageRegistry | default .Values.image.registry | trimSuffix "/" | quote }}
  packages:
    {{- include "konstellation.packagesConfig" . | nindent 4 }}
  encryption:
    keys:
      {{- range include "konstellation.encryptionKeys" . | fromYamlArray }}
      - id: {{ .id | quote }}
        secret: ${ {{- .variable -}} }
      {{- end }}
  clusters:
    - {{- include "konstellation.clusterConfig" . | nindent 6 }}
{{- end -}}

{{/* With what values ask for besides. */}}
{{- define "konstellation.wholeConfig" -}}
{{- mergeOverwrite (include "konstellation.config" . | fromYaml) (deepCopy .Values.appConfig) | toYaml -}}
{{- end -}}
