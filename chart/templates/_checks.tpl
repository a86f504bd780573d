{{/*
What values ask for and cannot have, all at once. Each has a code that stays the same, what is wrong, and how to mend it. The schema
checks types; what needs a sentence, or several values, is here.
*/}}
{{- define "konstellation.check" -}}
{{- $problems := list -}}
{{- $values := .Values -}}
{{- if not $values.image.registry -}}
{{- $problems = append $problems "image-registry-missing: image.registry is not set. Name the registry that holds konstellation/portal and the runners: --set image.registry=registry.example.com" -}}
{{- end -}}
{{- if not $values.portal.url -}}
{{- $problems = append $problems "portal-url-missing: portal.url is not set. Say where people will reach the portal: --set portal.url=https://portal.example.com" -}}
{{- end -}}
{{- if not $values.runtimes.ingress.domain -}}
{{- $problems = append $problems "domain-missing: runtimes.ingress.domain is not set. Published solutions are reached at <runtime>.<domain>: --set runtimes.ingress.domain=apps.example.com" -}}
{{- end -}}

{{- $providers := include "konstellation.providers" . | fromJsonArray -}}
{{- if has "guest" $providers -}}
{{- $problems = append $problems "guest-provider: guests are not let in by naming the provider. Who wants that says auth.allowGuest=true: everyone who reaches the portal is let in then" -}}
{{- end -}}
{{- if not (or $values.auth.allowGuest $providers) -}}
{{- $problems = append $problems "auth-missing: nobody could sign in. Set auth.providers.oidc to the OpenID Connect provider of your company; or, for a first look, auth.allowGuest=true: everyone who reaches the portal is let in then" -}}
{{- end -}}
{{- if not (include "konstellation.isOtherImage" .) -}}
{{- with without $providers "oidc" "guest" -}}
{{- $names := join ", " . -}}
{{- $problems = append $problems (printf "provider-not-in-image: auth.providers names %s, and the image of this project signs people in with oidc alone. Most providers speak OpenID Connect: set auth.providers.oidc; or set image.repository to an image of your own, with the module and the page of %s" $names $names) -}}
{{- end -}}
{{- if has "oidc" $providers -}}
{{- $auth := get (include "konstellation.wholeConfig" . | fromYaml) "auth" -}}
{{- $oidc := get (get $auth.providers "oidc" | default dict) $auth.environment | default dict -}}
{{- range $key := list "metadataUrl" "clientId" "clientSecret" "signIn" -}}
{{- if not (get $oidc $key) -}}
{{- $problems = append $problems (printf "oidc-incomplete: auth.providers.oidc.%s.%s is not set. It needs metadataUrl, clientId, clientSecret, and signIn: whom in the catalog people are (docs/install.md)" $auth.environment $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (include "konstellation.hasRoles" .) (not (dig "enabled" true ($values.appConfig.permission | default dict))) -}}
{{- $problems = append $problems "roles-not-asked: there are roles, and appConfig.permission.enabled is false: nobody would ask for them. Take one of both away" -}}
{{- end -}}

{{- if eq $values.database.client "postgresql" -}}
{{- range $key := list "host" "user" "existingSecret" -}}
{{- if not (get $values.database.postgresql $key) -}}
{{- $problems = append $problems (printf "postgresql-incomplete: database.postgresql.%s is not set. PostgreSQL needs host, user, and existingSecret: the Secret with the password" $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- if and (eq $values.packages.storage "s3") (not $values.packages.s3.bucket) -}}
{{- $problems = append $problems "s3-bucket-missing: packages.storage is s3, and packages.s3.bucket is not set" -}}
{{- end -}}
{{- if and (eq $values.packages.storage "s3") (eq $values.packages.s3.delivery "presigned") (not $values.runtimes.network.objectStore) -}}
{{- $problems = append $problems "object-store-missing: packages.s3.delivery is presigned, and runtimes.network.objectStore does not say where pods reach the store. Name it, or set packages.s3.delivery=portal" -}}
{{- end -}}

{{- if gt (int $values.replicas) 1 -}}
{{- if ne $values.database.client "postgresql" -}}
{{- $problems = append $problems (printf "replicas-on-sqlite: SQLite serves one replica, and replicas is %d. Set database.client=postgresql, or replicas=1" (int $values.replicas)) -}}
{{- else if include "konstellation.isAlone" . -}}
{{- $problems = append $problems (printf "replicas-on-one-volume: %d replicas need packages that all of them reach. Set packages.storage=s3, or persistence.accessMode=ReadWriteMany, or replicas=1" (int $values.replicas)) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $values.updateStrategy "RollingUpdate") (include "konstellation.isAlone" .) -}}
{{- $problems = append $problems "rolling-update-alone: updateStrategy is RollingUpdate, but two portals cannot run beside each other on SQLite or a volume of one node. Leave it auto" -}}
{{- end -}}

{{- if and $values.encryption.existingSecret (not $values.encryption.keys) -}}
{{- $problems = append $problems "encryption-keys-missing: encryption.existingSecret is set, and encryption.keys does not say which of its keys are used: encryption.keys=[{id: '2026-11', key: NAME_IN_THE_SECRET}]" -}}
{{- end -}}
{{- if and $values.encryption.keys (not $values.encryption.existingSecret) -}}
{{- $problems = append $problems "encryption-secret-missing: encryption.keys names keys of a Secret, and encryption.existingSecret does not say which" -}}
{{- end -}}

{{- if eq $values.runtimes.mode "restricted" -}}
{{- if not $values.runtimes.namespaces -}}
{{- $problems = append $problems "namespaces-missing: runtimes.mode is restricted, and runtimes.namespaces is empty. List namespaces that are there, one for each runtime" -}}
{{- end -}}
{{- if has .Release.Namespace $values.runtimes.namespaces -}}
{{- $problems = append $problems (printf "namespace-of-portal: runtimes.namespaces holds %s, which is the portal's own. What runs there could reach its secrets: install the portal into another" .Release.Namespace) -}}
{{- end -}}
{{- else -}}
{{- if $values.runtimes.namespaces -}}
{{- $problems = append $problems "namespaces-unused: runtimes.namespaces is for runtimes.mode=restricted, and the mode is clusterWide" -}}
{{- end -}}
{{- if hasPrefix $values.runtimes.namespacePrefix .Release.Namespace -}}
{{- $problems = append $problems (printf "namespace-of-portal: the portal's own namespace %s begins with runtimes.namespacePrefix. A runtime could get it: choose another prefix or namespace" .Release.Namespace) -}}
{{- end -}}
{{- end -}}

{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) -}}
{{- $problems = append $problems "parent-missing: httpRoute.enabled is true, and httpRoute.parentRefs names no Gateway" -}}
{{- end -}}
{{- if and $values.httpRoute.enabled $values.ingress.enabled -}}
{{- $problems = append $problems "two-ways-in: ingress.enabled and httpRoute.enabled are both true. Choose one" -}}
{{- end -}}

{{- if $problems -}}
{{- printf "\n\nThe portal cannot be installed like this:\n\n  %s\n" (join "\n  " $problems) | fail -}}
{{- end -}}
{{- end -}}
