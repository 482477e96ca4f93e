package allinone

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
)

type composeService struct {
	User        string            `yaml:"user"`
	Environment map[string]string `yaml:"environment"`
	EnvFile     []string          `yaml:"env_file"`
	Volumes     []string          `yaml:"volumes"`
}

func readCompose(t *testing.T) (text string, services map[string]composeService) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "deploy/compose.yaml"))
	require.NoError(t, err)
	var file struct {
		Services map[string]composeService `yaml:"services"`
	}
	require.NoError(t, yaml.Unmarshal(raw, &file))
	return string(raw), file.Services
}

// Each program, started with what the Compose file gives it and a port that is taken, finds that one mistake and no other.
func TestComposeGivesEachServiceItsSettings(t *testing.T) {
	binaries, err := build()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, WriteKeys(filepath.Join(dir, "secrets")))
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	asked := map[string]string{ // what the file asks the operator for
		"PORTAL_PUBLIC_URL": "https://guldkorn.example", "BALLOTBOX_PUBLIC_URL": "https://stemmeboks.example",
		"OIDC_ISSUER": "https://login.example", "OIDC_CLIENT_ID": "guldkorn", "SMTP_HOST": "smtp.example", "SMTP_FROM": "guldkorn@example.invalid",
	}
	variable := regexp.MustCompile(`\$\{([A-Z_]+)(:?[-?][^}]*)?\}`)

	_, services := readCompose(t)
	for _, service := range platform.Services {
		t.Run(service, func(t *testing.T) {
			described, ok := services[service]
			require.True(t, ok, "%s is not in the file", service)
			paths := strings.NewReplacer("/data", filepath.Join(dir, service))
			for _, volume := range described.Volumes {
				from, to, _ := strings.Cut(volume, ":")
				if to, _, _ = strings.Cut(to, ":"); to == "/signing.pem" {
					paths = strings.NewReplacer("/data", filepath.Join(dir, service), to, filepath.Join(dir, from))
				}
			}
			environment := []string{"LISTEN=" + taken.Addr().String(), "METRICS_LISTEN=127.0.0.1:0"}
			for name, value := range described.Environment {
				value = variable.ReplaceAllStringFunc(value, func(v string) string { return asked[variable.FindStringSubmatch(v)[1]] })
				environment = append(environment, name+"="+paths.Replace(value))
			}
			for _, file := range described.EnvFile {
				lines, err := os.ReadFile(filepath.Join(dir, file))
				require.NoError(t, err)
				environment = append(environment, strings.Split(strings.TrimSpace(string(lines)), "\n")...)
			}
			command := exec.Command(filepath.Join(binaries, service))
			command.Env = environment
			out, err := command.CombinedOutput()
			require.Error(t, err)
			require.Equal(t, host.ExitConfig, command.ProcessState.ExitCode(), "%s", out)
			require.Contains(t, string(out), "configuration: 1 to correct", "%s", out)
			require.Contains(t, string(out), "LISTEN", "%s", out)
		})
	}
}

// Secrets are readable for nobody but their owner, so their owner has to be the user that the containers run as.
func TestComposeHandsTheSecretsToItsUser(t *testing.T) {
	text, services := readCompose(t)
	var handed []string
	for _, match := range regexp.MustCompile(`(?m)^#\s+sudo chown -R (\S+) (.+)$`).FindAllStringSubmatch(text, -1) {
		for _, service := range platform.Services {
			require.Equal(t, match[1], services[service].User, service)
		}
		handed = append(handed, strings.Fields(match[2])...)
	}
	for name, service := range services {
		for _, volume := range service.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if !strings.HasPrefix(from, "./") {
				continue
			}
			covered := slices.ContainsFunc(handed, func(dir string) bool {
				return strings.HasPrefix(filepath.Join("deploy", from), dir+"/")
			})
			require.True(t, covered, "%s mounts %s, which stays another user's", name, from)
		}
	}
}
