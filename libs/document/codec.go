package document

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func marshal(body any) (bson.Raw, error) {
	raw, err := bson.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("document: encode %T: %w", body, err)
	}
	return raw, nil
}

// unmarshal reads documents without a Go type of their own as bson.M, so that they behave like maps.
func unmarshal(raw bson.Raw, into any) error {
	decoder := bson.NewDecoder(bson.NewDocumentReader(bytes.NewReader(raw)))
	decoder.DefaultDocumentM()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("document: decode %T: %w", into, err)
	}
	return nil
}

// same tells whether two bodies of one Go type say the same. Struct fields come in a fixed order, the entries of a
// map do not.
func same(a, b bson.Raw) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	return sameElements(a, b)
}

func sameElements(a, b bson.Raw) bool {
	left, right := elements(a), elements(b)
	return left != nil && right != nil && maps.EqualFunc(left, right, sameValue)
}

func sameValue(a, b bson.RawValue) bool {
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case bson.TypeEmbeddedDocument:
		return sameElements(a.Document(), b.Document())
	case bson.TypeArray:
		left, errLeft := a.Array().Values()
		right, errRight := b.Array().Values()
		return errLeft == nil && errRight == nil && slices.EqualFunc(left, right, sameValue)
	}
	return bytes.Equal(a.Value, b.Value)
}

func elements(raw bson.Raw) map[string]bson.RawValue {
	all, err := raw.Elements()
	if err != nil {
		return nil
	}
	found := make(map[string]bson.RawValue, len(all))
	for _, e := range all {
		found[e.Key()] = e.Value()
	}
	return found
}
