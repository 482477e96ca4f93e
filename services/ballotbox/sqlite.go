package ballotbox

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// openSQLite opens a database that this process alone uses, on one connection. An acknowledged transaction is on the
// disk (synchronous=FULL), deleted content is overwritten (secure_delete), and nothing spills into temporary files.
func openSQLite(path, schema string) (*sql.DB, error) {
	query := url.Values{"_pragma": {
		"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "temp_store(MEMORY)",
		"cache_size(-1024)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1) // with a second one the exclusive lock would be lost for a moment
	if _, err := db.Exec(schema); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil { // the file's name, too, has to survive a power cut
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// diskFull tells whether err means that there is no room for more.
func diskFull(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_FULL ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// shred overwrites a file with zeros and removes it. What overwriting reaches depends on the medium; see
// libs/keyring. A file that is not there is shredded already.
func shred(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(zero(file), file.Close()); err != nil {
		return fmt.Errorf("overwrite %s: %w", path, err)
	}
	return os.Remove(path)
}

func zero(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 64<<10)
	for at := int64(0); at < info.Size(); at += int64(len(zeros)) {
		if _, err := file.WriteAt(zeros[:min(int64(len(zeros)), info.Size()-at)], at); err != nil {
			return err
		}
	}
	return file.Sync()
}
