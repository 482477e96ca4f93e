package ballotbox

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/guldkorn/guldkorn/libs/host/failpoint"
	"github.com/guldkorn/guldkorn/services/ballotbox/ballot"
)

// writeBatch writes all answers of a round to path as
//
//	{"round_id":"…","units":[{"unit_id":"…","answers":["…",…]},…]}
//
// with the answers of each unit in random order, and returns the SHA-256 of those bytes. Only the names of the answers
// are held in memory, so that a nation fits. Ids need no escaping; see their patterns in round.go. The file is complete and on the disk when writeBatch returns, or not there.
func writeBatch(ctx context.Context, path string, record *record, from *votes) (Result, error) {
	names, err := from.nullifiers(ctx)
	if err != nil {
		return Result{}, err
	}
	failpoint.Hit("before-shuffle")
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return Result{}, fmt.Errorf("batch: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }() // what is left after a failure; after the rename it is not there

	hash := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(file, hash), 64<<10) // its first error stays until Flush
	result := Result{Units: []UnitCount{}, hashes: []string{}}
	fmt.Fprintf(out, `{"round_id":"%s","units":[`, record.RoundID)
	for i, unit := range record.Frame.Units {
		fmt.Fprintf(out, `%s{"unit_id":"%s","answers":[`, comma(i), unit.UnitID)
		failpoint.Hit("within-batch")
		shuffle(len(names[i]), func(a, b int) { names[i][a], names[i][b] = names[i][b], names[i][a] })
		for n, name := range names[i] {
			envelope, err := from.envelope(ctx, name)
			if err != nil {
				return Result{}, errors.Join(fmt.Errorf("batch: %w", err), file.Close())
			}
			fmt.Fprintf(out, `%s"%s"`, comma(n), ballot.Encode64(envelope))
			result.hashes = append(result.hashes, hashOf(envelope))
		}
		fmt.Fprint(out, "]}")
		result.Units = append(result.Units, UnitCount{UnitID: unit.UnitID, Answers: len(names[i])})
	}
	fmt.Fprint(out, "]}")
	if err = errors.Join(out.Flush(), file.Sync(), file.Close()); err != nil {
		return Result{}, fmt.Errorf("batch: %w", err)
	}
	failpoint.Hit("after-batch-before-rename")
	if err := os.Rename(file.Name(), path); err != nil {
		return Result{}, fmt.Errorf("batch: %w", err)
	}
	failpoint.Hit("after-batch-before-bulletin")
	result.BatchHash = hex.EncodeToString(hash.Sum(nil))
	return result, syncDir(filepath.Dir(path))
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
