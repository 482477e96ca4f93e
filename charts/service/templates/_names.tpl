{{- define "labels" -}}
app.kubernetes.io/name: {{ .Values.service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: guldkorn
{{- end -}}
{{- define "image" -}}
{{ required "image.repository" .Values.image.repository }}:{{ required "image.tag" .Values.image.tag }}
{{- end -}}
