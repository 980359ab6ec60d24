{{- define "gateway.name" -}}
{{ .Values.name | default .Release.Name }}
{{- end -}}

{{- define "gateway.control" -}}
weft-control{{ if .Values.control.revision }}-{{ .Values.control.revision }}{{ end }}
{{- end -}}

{{- define "gateway.image" -}}
{{ .Values.image.hub }}/proxy:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "gateway.selector" -}}
app: {{ include "gateway.name" . }}
{{ toYaml .Values.labels }}
{{- end -}}

{{- define "gateway.labels" -}}
app.kubernetes.io/name: {{ include "gateway.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: gateway
app.kubernetes.io/part-of: weft
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
weft.dev/rev: {{ .Values.control.revision | default "default" }}
{{ include "gateway.selector" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "gateway.manyReplicas" -}}
{{- $count := ternary (int .Values.autoscaling.minReplicas) (int .Values.replicas) .Values.autoscaling.enabled -}}
{{- if gt $count 1 -}}true{{- end -}}
{{- end -}}
