package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/guldkorn/guldkorn/libs/audit"
	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/services/allinone"
)

// verifyAudit checks an exported audit log, or all those of a data directory if no file is named, and fails if one is
// not as it was written. head is the number and hash of an entry that somebody kept, for a file.
func verifyAudit(ctx context.Context, o allinone.Options, file, head string, out io.Writer) int {
	var findings []allinone.AuditFinding
	known, err := parseHead(head, file)
	if err != nil {
		return host.ExitCode(err)
	}
	if file == "" {
		findings, err = allinone.VerifyAudit(ctx, o.DataDir)
	} else {
		findings = make([]allinone.AuditFinding, 1)
		findings[0], err = allinone.VerifyAuditFile(file, known...)
	}
	if err != nil {
		return host.ExitCode(err)
	}
	code := host.ExitOK
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TENANT\tRESULT\tENTRIES\tHEAD")
	for _, f := range findings {
		result := "intact"
		if !f.Intact() {
			result, code = fmt.Sprintf("BROKEN at entry %d: %s", f.Bad, f.Reason), host.ExitFailure
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d:%s\n", f.Tenant, result, f.Head.Seq, f.Head.Seq, f.Head.Hash)
	}
	if err := table.Flush(); err != nil {
		return host.ExitCode(err)
	}
	return code
}

// parseHead reads a head as verifyAudit prints it.
func parseHead(text, file string) ([]audit.Head, error) {
	if text == "" {
		return nil, nil
	}
	seq, hash, ok := strings.Cut(text, ":")
	n, err := strconv.ParseInt(seq, 10, 64)
	if !ok || err != nil || n < 1 || len(hash) != 64 {
		return nil, &host.ConfigError{Mistakes: []string{"--head: want the number and hash of an entry, as NUMBER:HASH"}}
	}
	if file == "" {
		return nil, &host.ConfigError{Mistakes: []string{"--head: name the exported file that it is of"}}
	}
	return []audit.Head{{Seq: n, Hash: hash}}, nil
}
