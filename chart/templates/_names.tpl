{{/* Name of the objects: that of the release, with the chart's where it does not hold it. */}}
{{- define "konstellation.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "konstellation.fullname" -}}
{{- $name := include "konstellation.name" . -}}
{{- $own := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- .Values.fullnameOverride | default $own | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{/* Of objects of the whole cluster: another release in another namespace has others. */}}
{{- define "konstellation.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "konstellation.fullname" .) -}}
{{- end -}}

{{- define "konstellation.packagesName" -}}
{{- include "konstellation.fullname" . }}-packages
{{- end -}}

{{- define "konstellation.keysName" -}}
{{- include "konstellation.fullname" . }}-keys
{{- end -}}

{{- define "konstellation.claimName" -}}
{{- .Values.persistence.existingClaim | default (include "konstellation.fullname" .) -}}
{{- end -}}

{{- define "konstellation.accountName" -}}
{{- $own := ternary (include "konstellation.fullname" .) "default" .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default $own -}}
{{- end -}}

{{/* Labels that pods of the portal are found by; never changed. */}}
{{- define "konstellation.selector" -}}
app.kubernetes.io/name: {{ include "konstellation.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: portal
{{- end -}}

{{- define "konstellation.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "konstellation.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: konstellation
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "konstellation.image" -}}
{{- with .Values.image -}}
{{- $reference := ternary (printf "@%s" .digest) (printf ":%s" (.tag | default $.Chart.AppVersion)) (ne .digest "") -}}
{{- printf "%s/%s%s" (.registry | trimSuffix "/") .repository $reference -}}
{{- end -}}
{{- end -}}

{{/* Host of the portal's address, without its port. */}}
{{- define "konstellation.host" -}}
{{- regexReplaceAll ":[0-9]+$" (urlParse .Values.portal.url).host "" -}}
{{- end -}}

{{/* What all pods of the chart run as: all that the Pod Security Standard "restricted" asks for. */}}
{{- define "konstellation.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "konstellation.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
