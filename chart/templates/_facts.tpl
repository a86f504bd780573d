{{/* What follows from the values: each is "true" or nothing. */}}

{{- define "konstellation.onPostgresql" -}}
{{- if eq .Values.database.client "postgresql" }}true{{ end -}}
{{- end -}}

{{- define "konstellation.onS3" -}}
{{- if eq .Values.packages.storage "s3" }}true{{ end -}}
{{- end -}}

{{- define "konstellation.isRestricted" -}}
{{- if eq .Values.runtimes.mode "restricted" }}true{{ end -}}
{{- end -}}

{{- define "konstellation.hasVolume" -}}
{{- if not (and (include "konstellation.onPostgresql" .) (include "konstellation.onS3" .)) }}true{{ end -}}
{{- end -}}

{{/* Whether another pod could not run beside this one. */}}
{{- define "konstellation.isAlone" -}}
{{- $isOfOneNode := and (include "konstellation.hasVolume" .) (ne .Values.persistence.accessMode "ReadWriteMany") -}}
{{- if or (not (include "konstellation.onPostgresql" .)) $isOfOneNode }}true{{ end -}}
{{- end -}}

{{- define "konstellation.strategy" -}}
{{- $own := ternary "Recreate" "RollingUpdate" (eq (include "konstellation.isAlone" .) "true") -}}
{{- ternary $own .Values.updateStrategy (eq .Values.updateStrategy "auto") -}}
{{- end -}}

{{/* Whether the image is one of the company, with modules and pages of its own. */}}
{{- define "konstellation.isOtherImage" -}}
{{- if ne .Values.image.repository "konstellation/portal" }}true{{ end -}}
{{- end -}}

{{/* Names of the providers that people sign in with, guests aside. */}}
{{- define "konstellation.providers" -}}
{{- $more := get (.Values.appConfig.auth | default dict) "providers" | default dict -}}
{{- concat (keys .Values.auth.providers) (keys $more) | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/* Whether roles decide who may what; else everyone may do everything. */}}
{{- define "konstellation.hasRoles" -}}
{{- if or .Values.auth.roles (get (.Values.appConfig.permission | default dict) "konstellation") }}true{{ end -}}
{{- end -}}

{{- define "konstellation.makesKeys" -}}
{{- if not (and .Values.encryption.existingSecret .Values.auth.session.existingSecret) }}true{{ end -}}
{{- end -}}

{{- define "konstellation.confines" -}}
{{- if and .Values.rbac.confine (not (include "konstellation.isRestricted" .)) }}true{{ end -}}
{{- end -}}
