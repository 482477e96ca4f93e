package document

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/failure"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// position is a Place as it stands in a cursor. Tenant is empty unless the query is across tenants: the tenant of all
// others comes from the context and from nowhere else.
type position struct {
	Values []any     `bson:"v"`
	Tenant tenant.ID `bson:"t,omitempty"`
	ID     string    `bson:"i"`
}

// sealLength is how many bytes of the hash stand before the position.
const sealLength = 12

// cursor returns where a page ended. It is bound to its query by a hash, which no secret goes into: whoever forges
// one merely starts elsewhere in what the query may see anyhow.
func (c *Collection[T]) cursor(s Scan, last Record) (string, error) {
	values, err := Values(last.Body, s.Rest())
	if err != nil {
		return "", err
	}
	if i := slices.Index(values, nil); i >= 0 {
		return "", fmt.Errorf("document: %s of %s lacks the index field %s: a migration has to add it", last.Key, c.schema.Name, s.Rest()[i])
	}
	p := position{Values: values, ID: last.Key.ID}
	if s.Index.Across {
		p.Tenant = last.Key.Tenant
	}
	raw, err := marshal(p)
	if err != nil {
		return "", err
	}
	seal, err := c.seal(s, raw)
	return base64.RawURLEncoding.EncodeToString(append(seal, raw...)), err
}

// place reads a cursor, or returns the failure request.cursor_invalid.
func (c *Collection[T]) place(s Scan, cursor string) (*Place, error) {
	place, err := c.openCursor(s, cursor)
	if err != nil {
		return nil, failure.New(failure.CursorInvalid).Because(err)
	}
	return place, nil
}

func (c *Collection[T]) openCursor(s Scan, cursor string) (*Place, error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(sealed) < sealLength {
		return nil, errors.New("not a cursor")
	}
	raw := bson.Raw(sealed[sealLength:])
	seal, err := c.seal(s, raw)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(seal, sealed[:sealLength]) == 0 {
		return nil, errors.New("the cursor is of another query")
	}
	var p position
	if err := unmarshal(raw, &p); err != nil {
		return nil, err
	}
	rest := s.Rest()
	if len(p.Values) != len(rest) {
		return nil, errors.New("the cursor has another number of values")
	}
	for i, field := range rest {
		if p.Values[i], err = c.kinds[field].restore(p.Values[i]); err != nil {
			return nil, err
		}
	}
	place := &Place{Values: p.Values, Key: Key{s.Tenant, p.ID}}
	if s.Index.Across {
		place.Key.Tenant = p.Tenant
	}
	return place, nil
}

// seal hashes what a cursor is bound to, and the position in it.
func (c *Collection[T]) seal(s Scan, raw bson.Raw) ([]byte, error) {
	query, err := marshal(bson.D{
		{Key: "collection", Value: c.schema.Name}, {Key: "tenant", Value: s.Tenant}, {Key: "index", Value: s.Index.Name},
		{Key: "equal", Value: s.Equal}, {Key: "from", Value: s.From}, {Key: "to", Value: s.To}, {Key: "descending", Value: s.Descending},
	})
	sum := sha256.Sum256(append(query, raw...))
	return sum[:sealLength], err
}

// restore turns a value read from BSON into one that a scan takes.
func (k kind) restore(v any) (any, error) {
	switch given := v.(type) {
	case bson.DateTime:
		return k.value(given.Time().UTC())
	case time.Time, string, bool, int32, int64:
		return k.value(given)
	}
	return nil, errors.New("the cursor has a value of an unknown type")
}
