// Command tenancy runs the service tenancy as a process of its own. While the deployment has no operator it tells, on
// standard error and not in the log, the link that makes the first one.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/guldkorn/guldkorn/libs/host"
	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/tenancy"
)

func main() { os.Exit(platform.Main("tenancy", construct)) }

func construct(ctx context.Context, d *platform.Deps) (host.Component, error) {
	component, err := tenancy.New(ctx, d)
	if err != nil {
		return nil, err
	}
	link, err := component.(*tenancy.Service).SetUpLink(ctx)
	if err != nil {
		return nil, fmt.Errorf("set-up link: %w", err)
	}
	if link != "" {
		portal := strings.TrimSuffix(d.Environment["PORTAL_PUBLIC_URL"], "/")
		fmt.Fprintf(os.Stderr, "\nNobody can sign in yet. This link at the portal's address makes the first operator. It is good for a day and\n"+
			"until that person has signed in; keep it to yourself:\n\n    %s%s?link=%s\n\n", portal, tenancy.SetUpPath, link)
	}
	return component, nil
}
