package main

import (
	"fmt"
	"io"
	"os"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/playbook"
)

// checkPlaybook prints everything that is wrong with a playbook, with its line, so that an editor can go there; or,
// when nothing is, what each length of meeting looks like.
func checkPlaybook(file, language string, out, log io.Writer) int {
	if file == "" {
		fmt.Fprintln(log, "guldkorn playbook check: name the file")
		return host.ExitConfig
	}
	if language != "da" && language != "en" {
		fmt.Fprintf(log, "guldkorn playbook check: --language %q: want da or en\n", language)
		return host.ExitConfig
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintf(log, "guldkorn playbook check: %v\n", err)
		return host.ExitConfig
	}
	p, mistakes := playbook.Parse(raw)
	for _, m := range mistakes {
		if m.Path == "" {
			fmt.Fprintf(out, "%s:%d: want %s\n", file, m.Line, m.Want.In(language))
			continue
		}
		fmt.Fprintf(out, "%s:%d: %s: want %s\n", file, m.Line, m.Path, m.Want.In(language))
	}
	if len(mistakes) > 0 {
		fmt.Fprintf(log, "guldkorn playbook check: %d to mend\n", len(mistakes))
		return host.ExitFailure
	}
	for i, v := range p.Variants {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := p.Preview(out, v, language); err != nil {
			return host.ExitCode(err)
		}
	}
	return host.ExitOK
}
