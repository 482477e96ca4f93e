// Package chartcheck renders the service chart for every service and decodes what comes out as strictly as an API
// server does: a misspelt or misplaced field fails here instead of in a cluster.
package chartcheck

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write the rendered goldens anew")

const folder = "../../charts/service"

// services are the folders with a binary of their own; each has values, and values belong to one of them.
func services(t *testing.T) []string {
	t.Helper()
	commands, err := filepath.Glob("../../services/*/cmd/*/main.go")
	require.NoError(t, err)
	var names []string
	for _, path := range commands {
		if name := filepath.Base(filepath.Dir(path)); name != "guldkorn" {
			names = append(names, name)
		}
	}
	require.NotEmpty(t, names)
	return names
}

func TestEveryServiceRendersAndDecodesStrictly(t *testing.T) {
	loaded, err := loader.Load(folder)
	require.NoError(t, err)
	values, err := filepath.Glob(folder + "/values/*.yaml")
	require.NoError(t, err)
	require.Len(t, values, len(services(t)), "one values file for each service")

	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, service := range services(t) {
		t.Run(service, func(t *testing.T) {
			rendered := render(t, loaded, service)
			golden := filepath.Join("testdata", service+".golden.yaml")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(rendered), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), rendered, "go test ./chartcheck -update")
			for object := range strings.SplitSeq(rendered, "\n---\n") {
				_, _, err := decoder.Decode([]byte(object), nil, nil)
				require.NoError(t, err, object)
			}
		})
	}
}

func TestAMisspeltFieldIsFound(t *testing.T) {
	loaded, err := loader.Load(folder)
	require.NoError(t, err)
	spoilt := strings.Replace(render(t, loaded, "portal"), "readinessProbe", "readynessProbe", 1)
	decoder := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	var failed bool
	for object := range strings.SplitSeq(spoilt, "\n---\n") {
		_, _, err := decoder.Decode([]byte(object), nil, nil)
		failed = failed || err != nil
	}
	require.True(t, failed)
}

func render(t *testing.T, loaded *chart.Chart, service string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, "values", service+".yaml"))
	require.NoError(t, err)
	values := map[string]any{}
	require.NoError(t, yaml.UnmarshalStrict(raw, &values))
	all, err := util.ToRenderValues(loaded, values, common.ReleaseOptions{Name: "guldkorn", Namespace: "guldkorn"}, common.DefaultCapabilities)
	require.NoError(t, err)
	files, err := engine.Render(loaded, all)
	require.NoError(t, err)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if text := bytes.TrimSpace([]byte(files[name])); len(text) > 0 && strings.HasSuffix(name, ".yaml") {
			out = append(out, string(text))
		}
	}
	return strings.Join(out, "\n---\n") + "\n"
}
