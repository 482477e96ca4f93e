package host

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// ConfigError gathers every mistake of a configuration. Programs print it and exit with code 2.
type ConfigError struct{ Mistakes []string }

// Error names all mistakes, one a line.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("configuration: %d to correct\n  - %s", len(e.Mistakes), strings.Join(e.Mistakes, "\n  - "))
}

// Mistakes joins the mistakes of several configuration errors into one; any other error among them comes first.
func Mistakes(errs ...error) error {
	var all []string
	for _, err := range errs {
		var config *ConfigError
		switch {
		case errors.As(err, &config):
			all = append(all, config.Mistakes...)
		case err != nil:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &ConfigError{all}
}

// Environment returns the process environment, laid over the KEY=VALUE lines of the file that GULDKORN_CONFIG
// names, if any. The environment wins.
func Environment() (map[string]string, error) {
	values := map[string]string{}
	if path := os.Getenv("GULDKORN_CONFIG"); path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, &ConfigError{[]string{"GULDKORN_CONFIG: " + err.Error()}}
		}
		var mistakes []string
		lines := bufio.NewScanner(bytes.NewReader(raw))
		for n := 1; lines.Scan(); n++ {
			line := strings.TrimSpace(lines.Text())
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				mistakes = append(mistakes, fmt.Sprintf("%s:%d: want KEY=VALUE", path, n))
				continue
			}
			values[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
		if len(mistakes) > 0 {
			return nil, &ConfigError{mistakes}
		}
	}
	for _, pair := range os.Environ() {
		key, value, _ := strings.Cut(pair, "=")
		values[key] = value
	}
	return values, nil
}

// Validator is implemented by settings that have rules beyond the form of single values.
type Validator interface{ Mistakes() []string }

// Settings reads values into a struct with `env` tags and then asks it for its Mistakes. The error is a
// *ConfigError that names every mistake at once.
func Settings(values map[string]string, into any) error {
	var mistakes []string
	if err := env.ParseWithOptions(into, env.Options{Environment: values}); err != nil {
		var all env.AggregateError
		if errors.As(err, &all) {
			for _, one := range all.Errors {
				mistakes = append(mistakes, one.Error())
			}
		} else {
			mistakes = append(mistakes, err.Error())
		}
	}
	if v, ok := into.(Validator); ok {
		mistakes = append(mistakes, v.Mistakes()...)
	}
	if len(mistakes) > 0 {
		return &ConfigError{mistakes}
	}
	return nil
}
