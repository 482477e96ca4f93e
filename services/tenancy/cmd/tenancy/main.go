// Command tenancy runs the service tenancy as a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/tenancy"
)

func main() { os.Exit(platform.Main("tenancy", tenancy.New)) }
