// Command guldkorn is the whole platform in one process, and its operator's tool.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // Europe/Copenhagen, also where the machine has no zones

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/allinone"
)

const usage = `Guldkorn: what digital technology does to the work environment, talked about and acted on.

  guldkorn run [--demo] [--data-dir DIR] [--listen 127.0.0.1:0] [--json]
                               every service in this process, until Ctrl-C
  guldkorn doctor [--data-dir DIR] [--listen ADDRESS]
                               five checks of this machine, each with its mend
  guldkorn deadletter list     [--data-dir DIR | --nats URL]
  guldkorn deadletter replay ID [--data-dir DIR | --nats URL]
                               events that a service could not take
  guldkorn audit verify [FILE] [--head NUMBER:HASH] [--data-dir DIR]
                               whether audit logs are as they were written: an exported
                               one, or all those in the data directory
  guldkorn release verify FILE --key KEY
                               whether a result that was taken along is as it was made
  guldkorn playbook check FILE [--language da]
                               everything that is wrong with a playbook, or what each
                               length of meeting looks like
  guldkorn demo reset [--data-dir DIR]
                               removes the data of a demo that is not running
  guldkorn keys --data-dir DIR makes the keys of a deployment of separate services
  guldkorn version
`

func main() {
	ctx, cancel := host.SignalContext()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	os.Exit(code)
}

func run(ctx context.Context, args []string, out, log io.Writer) int {
	command, rest := "", args
	if len(args) > 0 {
		command, rest = args[0], args[1:]
	}
	if (command == "deadletter" || command == "demo" || command == "audit" || command == "release" || command == "playbook") && len(rest) > 0 {
		command, rest = command+" "+rest[0], rest[1:]
	}
	named := "" // what the command is about: a dead letter, a file
	if names(command) && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		named, rest = rest[0], rest[1:]
	}
	flags := flag.NewFlagSet("guldkorn "+command, flag.ContinueOnError)
	flags.SetOutput(log)
	dataDir := flags.String("data-dir", allinone.DefaultDataDir(), "where data is kept")
	var o allinone.Options
	var nats, head, key, language string
	switch command {
	case "run":
		flags.BoolVar(&o.Demo, "demo", false, "with invented schools, people and answers")
		flags.BoolVar(&o.JSON, "json", false, "print addresses as one line of JSON")
		flags.StringVar(&o.Listen, "listen", "127.0.0.1:0", "address of the portal")
	case "doctor":
		flags.StringVar(&o.Listen, "listen", "127.0.0.1:0", "address of the portal")
	case "deadletter list", "deadletter replay":
		flags.StringVar(&nats, "nats", "", "NATS server of a deployment of separate services")
	case "playbook check":
		flags.StringVar(&language, "language", "da", "language of the preview and of what would be right: da or en")
	case "audit verify":
		flags.StringVar(&head, "head", "", "number and hash of an entry that was kept, to hold an exported log against")
	case "release verify":
		flags.StringVar(&key, "key", "", "public key that the result is to be signed with, as its makers publish it")
	}
	if err := flags.Parse(rest); err != nil {
		return host.ExitConfig
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(log, "guldkorn %s: %q is one word too many\n\n%s", command, flags.Arg(0), usage)
		return host.ExitConfig
	}
	o.DataDir, o.Out, o.Log = *dataDir, out, log
	switch command {
	case "run":
		return host.ExitCode(allinone.Run(ctx, o))
	case "doctor":
		return doctor(ctx, o, out)
	case "deadletter list":
		return listDeadLetters(ctx, o, nats, out)
	case "deadletter replay":
		if named == "" {
			fmt.Fprintln(log, "guldkorn deadletter replay: name the ID that deadletter list shows")
			return host.ExitConfig
		}
		return host.ExitCode(allinone.ReplayDeadLetter(ctx, o.DataDir, nats, named))
	case "audit verify":
		return verifyAudit(ctx, o, named, head, out)
	case "release verify":
		return verifyRelease(named, key, out)
	case "playbook check":
		return checkPlaybook(named, language, out, log)
	case "demo reset":
		return host.ExitCode(allinone.ResetDemo(o.DataDir))
	case "keys":
		return host.ExitCode(allinone.WriteKeys(o.DataDir))
	case "version":
		fmt.Fprintln(out, allinone.Version())
		return host.ExitOK
	case "", "help", "-h", "--help":
		fmt.Fprint(out, usage)
		return host.ExitOK
	}
	fmt.Fprintf(log, "guldkorn: there is no command %q\n\n%s", command, usage)
	return host.ExitConfig
}

// names tells whether a command names what it is about before its flags.
func names(command string) bool {
	return slices.Contains([]string{"deadletter replay", "audit verify", "release verify", "playbook check"}, command)
}

func doctor(ctx context.Context, o allinone.Options, out io.Writer) int {
	code := host.ExitOK
	for n, finding := range allinone.Examine(ctx, o) {
		if finding.Err == nil {
			fmt.Fprintf(out, "%d  ok     %s\n", n+1, finding.Check)
			continue
		}
		code = host.ExitFailure
		fmt.Fprintf(out, "%d  WRONG  %s: %v\n          mend: %s\n", n+1, finding.Check, finding.Err, finding.Mend)
	}
	return code
}

func listDeadLetters(ctx context.Context, o allinone.Options, nats string, out io.Writer) int {
	letters, err := allinone.DeadLetters(ctx, o.DataDir, nats)
	if err != nil {
		return host.ExitCode(err)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSERVICE\tEVENT\tTENANT\tTRIES\tAT\tREASON")
	for _, l := range letters {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", l.ID, l.Service, l.Type, l.Tenant, l.Tries, l.At.UTC().Format(time.RFC3339), l.Reason)
	}
	return host.ExitCode(table.Flush())
}
