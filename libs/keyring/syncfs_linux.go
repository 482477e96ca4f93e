package keyring

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncFileSystem returns when all that was written to the file system of a file is on the disk; see syncfs(2), which
// tells of failures since Linux 5.8.
func syncFileSystem(of *os.File) error {
	connection, err := of.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := connection.Control(func(fd uintptr) { failed = unix.Syncfs(int(fd)) }); err != nil {
		return err
	}
	return failed
}
