// Command notification runs the notification service in a process of its own.
package main

import (
	"os"

	"github.com/guldkorn/guldkorn/libs/host/platform"
	"github.com/guldkorn/guldkorn/services/notification"
)

func main() { os.Exit(platform.Main("notification", notification.New, notification.CheckSettings)) }
