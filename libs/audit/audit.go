// Package audit keeps, for each tenant, who was allowed or refused what, on what and when: an append-only log in which
// every entry carries the hash of the one before it, so that a change, a removal or a new order shows.
//
// It holds decisions, not content. People are there by their ids, which say nothing once their profile is erased; there
// is no session, address or request in it. What a policy calls quiet, which is everything on the anonymous path, never
// comes here (libs/access).
//
// What the chain proves: whoever changes part of a stored log is found out. Whoever can write the whole log anew, or cut
// off its end, is found out by those who kept a Head: a number and a hash, which every export ends with. The log is kept
// whole; how long a tenant keeps it is not this package's matter.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/guldkorn/guldkorn/libs/tenant"
)

// What a policy answered.
const (
	Allowed = "allowed"
	Denied  = "denied"
)

// Entry is one decision as it stands in a tenant's chain.
type Entry struct {
	Tenant       tenant.ID `json:"tenant_id"`
	Seq          int64     `json:"seq"`     // 1 for a tenant's first entry
	At           time.Time `json:"at"`      // when it was recorded, in UTC milliseconds; never before the previous entry
	Subject      string    `json:"subject"` // a person's id, "service:" and a service's name, or "key:" and an API key's id, or "guest:" and a guest's id
	Action       string    `json:"action"`
	ResourceType string    `json:"resource_type"`
	ResourceID   string    `json:"resource_id"` // empty when the decision was about the tenant as a whole
	Decision     string    `json:"decision"`
	Previous     string    `json:"previous"` // hash of the entry before, empty for the first
	Hash         string    `json:"hash"`
}

// form begins what is hashed: another form of entry would have another name, so that no two entries of different forms
// have the same bytes.
const form = "guldkorn audit entry 1"

// Sum returns the entry's hash: SHA-256, in lower-case hexadecimal, over form and the fields Tenant, Seq (decimal), At
// (milliseconds since 1970, decimal), Subject, Action, ResourceType, ResourceID, Decision and Previous, in this order
// and each preceded by its length in bytes (eight bytes, big-endian).
func (e Entry) Sum() string {
	h := sha256.New()
	var length [8]byte
	for _, field := range [...]string{
		form, string(e.Tenant), strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMilli(), 10),
		e.Subject, e.Action, e.ResourceType, e.ResourceID, e.Decision, e.Previous,
	} {
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		_, _ = h.Write(length[:]) // a hash never fails to write
		_, _ = h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Head is where a chain ends. Kept elsewhere, it proves later that nothing up to it was changed or cut off. The zero
// Head is that of an empty chain.
type Head struct {
	Seq  int64
	Hash string
}
