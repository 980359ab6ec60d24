{{/* The name of the control plane's objects: weft-control, or weft-control-REVISION. */}}
{{- define "weft.control" -}}
weft-control{{ include "weft.suffix" . }}
{{- end -}}

{{- define "weft.suffix" -}}
{{- if .Values.revision -}}-{{ .Values.revision }}{{- end -}}
{{- end -}}

{{- define "weft.revision" -}}
{{ .Values.revision | default "default" }}
{{- end -}}

{{/* Cluster-wide objects carry the namespace, so that two releases never meet. */}}
{{- define "weft.clusterName" -}}
{{ include "weft.control" . }}-{{ .Release.Namespace }}
{{- end -}}

{{/* The webhook configurations, which the control plane patches by name: no namespace, for there is one default revision in a cluster. */}}
{{- define "weft.injector" -}}
weft-injector{{ include "weft.suffix" . }}
{{- end -}}

{{- define "weft.validator" -}}
weft-validator{{ include "weft.suffix" . }}
{{- end -}}

{{- define "weft.tag" -}}
{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "weft.image.control" -}}
{{ .Values.image.hub }}/control:{{ include "weft.tag" . }}
{{- end -}}

{{- define "weft.image.proxy" -}}
{{ .Values.image.hub }}/proxy:{{ include "weft.tag" . }}
{{- end -}}

{{/* What a Deployment and its Service select by; it never changes within a release. */}}
{{- define "weft.selector" -}}
app: weft-control
weft.dev/rev: {{ include "weft.revision" . }}
{{- end -}}

{{- define "weft.labels" -}}
app.kubernetes.io/name: weft
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: control-plane
app.kubernetes.io/part-of: weft
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "weft.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Namespaces that no injection webhook ever sees. */}}
{{- define "weft.leftAlone" -}}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values:
    {{- range concat (list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace) .Values.webhooks.injection.excludeNamespaces | uniq }}
    - {{ . }}
    {{- end }}
{{- end -}}

{{/* More replicas than one, at the least. */}}
{{- define "weft.manyReplicas" -}}
{{- $count := ternary (int .Values.control.autoscaling.minReplicas) (int .Values.control.replicas) .Values.control.autoscaling.enabled -}}
{{- if gt $count 1 -}}true{{- end -}}
{{- end -}}
