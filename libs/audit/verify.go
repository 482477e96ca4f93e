package audit

import (
	"fmt"
	"iter"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// Finding is what Verify found: how far the chain is whole, and, if Reason is not empty, the first entry that is not as
// it was written.
type Finding struct {
	Head   Head // the last entry up to which everything is as it was written
	Bad    int64
	Reason string
}

// Intact tells whether nothing was found.
func (f Finding) Intact() bool { return f.Reason == "" }

// Verify reads a tenant's whole chain and finds the first entry that was changed, removed, inserted or moved. Heads that
// were kept elsewhere are compared, which shows an end that was cut off and a chain that was written anew. The error is
// that of reading.
func Verify(owner tenant.ID, entries iter.Seq2[Entry, error], known ...Head) (Finding, error) {
	var found Finding
	var last time.Time
	hashes := map[int64]string{}
	for _, head := range known {
		if hash, twice := hashes[head.Seq]; twice && hash != head.Hash {
			return Finding{Bad: head.Seq, Reason: "two known heads disagree"}, nil
		}
		hashes[head.Seq] = head.Hash
	}
	for e, err := range entries {
		if err != nil {
			return found, err
		}
		next := found.Head.Seq + 1
		hash, isKnown := hashes[next]
		reason := ""
		switch {
		case e.Seq != next:
			reason = fmt.Sprintf("entry %d stands where entry %d should", e.Seq, next)
		case e.Tenant != owner:
			reason = "the entry is another tenant's"
		case e.Previous != found.Head.Hash:
			reason = "the entry does not follow the one before it"
		case e.Sum() != e.Hash:
			reason = "the entry is not what was hashed"
		case e.At.Before(last):
			reason = "the entry is earlier than the one before it"
		case isKnown && hash != e.Hash:
			reason = "the entry is not the one that was known"
		}
		if reason != "" {
			found.Bad, found.Reason = next, reason
			return found, nil
		}
		found.Head, last = Head{e.Seq, e.Hash}, e.At
	}
	for _, head := range known {
		if head.Seq > found.Head.Seq {
			found.Bad, found.Reason = found.Head.Seq+1, fmt.Sprintf("the chain ends before entry %d, which was known", head.Seq)
			return found, nil
		}
	}
	return found, nil
}
