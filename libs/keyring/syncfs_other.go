//go:build !linux

package keyring

import (
	"errors"
	"os"
)

func syncFileSystem(*os.File) error { return errors.ErrUnsupported }
