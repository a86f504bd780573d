{{/* Which of the conditional rules of files/rbac.json hold: names, as a list. */}}
{{- define "konstellation.ruleConditions" -}}
{{- with .Values.runtimes.ingress }}
{{- if .gateways }}
- gateway
{{- if or .grpcDomain .grpcPort }}
- gatewayForGrpc
{{- end }}
{{- else }}
- ingress
{{- end }}
{{- end }}
{{- range $name := list "blockOwnerDeletion" "proxies" }}
{{- if get $.Values.rbac $name }}
- {{ $name }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The rules of this mode, from the one place that says them: [{apiGroups, resources, verbs}] */}}
{{- define "konstellation.rules" -}}
{{- $conditions := include "konstellation.ruleConditions" . | fromYamlArray }}
{{- range .Files.Get "files/rbac.json" | fromJsonArray }}
{{- $verbs := get . $.Values.runtimes.mode }}
{{- if and $verbs (or (not .when) (has .when $conditions)) }}
- apiGroups: [{{ .apiGroup | quote }}]
  resources: [{{ .resource | quote }}]
  verbs: {{ toJson $verbs }}
{{- end }}
{{- end }}
{{- end -}}
