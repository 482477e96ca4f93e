package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/guldkorn/guldkorn/libs/document"
)

// filter returns what a scan asks for.
func filter(s document.Scan) bson.D {
	conditions := bson.A{bson.D{{Key: "deleted", Value: ""}}}
	and := func(path string, condition any) {
		conditions = append(conditions, bson.D{{Key: path, Value: condition}})
	}
	if !s.Index.Across {
		and("tenant", s.Tenant)
	}
	for i, v := range s.Equal {
		and(path(s.Index.Fields[i]), v)
	}
	if s.From != nil {
		and(path(s.Rest()[0]), bson.D{{Key: "$gte", Value: s.From}})
	}
	if s.To != nil {
		and(path(s.Rest()[0]), bson.D{{Key: "$lt", Value: s.To}})
	}
	if s.After != nil {
		conditions = append(conditions, beyond(s)...)
	}
	return bson.D{{Key: "$and", Value: conditions}}
}

// beyond returns the conditions for what follows a place: greater in the first field of the order, or equal in it and
// greater in the second, and so on. The bound on the first field says nothing new; it is for the index to begin at.
func beyond(s document.Scan) bson.A {
	further, notBefore := "$gt", "$gte"
	if s.Descending {
		further, notBefore = "$lt", "$lte"
	}
	var paths []string
	for _, field := range s.Rest() {
		paths = append(paths, path(field))
	}
	paths = append(paths, "_id")
	values := append(append([]any{}, s.After.Values...), s.After.Key.String())

	var ways bson.A
	var equal bson.D
	for i, p := range paths {
		way := append(append(bson.D{}, equal...), bson.E{Key: p, Value: bson.D{{Key: further, Value: values[i]}}})
		ways = append(ways, way)
		equal = append(equal, bson.E{Key: p, Value: values[i]})
	}
	return bson.A{
		bson.D{{Key: paths[0], Value: bson.D{{Key: notBefore, Value: values[0]}}}},
		bson.D{{Key: "$or", Value: ways}},
	}
}

// order returns the order of a scan: that of its index. All fields of a unique one are enough, so that its index
// does not need the key.
func order(s document.Scan) bson.D {
	direction := 1
	if s.Descending {
		direction = -1
	}
	by := bson.D{}
	for _, field := range s.Rest() {
		by = append(by, bson.E{Key: path(field), Value: direction})
	}
	if !s.Index.Unique {
		by = append(by, bson.E{Key: "_id", Value: direction})
	}
	return by
}
