package mongo

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/guldkorn/guldkorn/libs/document"
)

// declare makes the declared indexes and drops those that are declared differently or not any more. The name of an
// index says all about it, so one that is declared differently has another name.
func declare(ctx context.Context, c *mongo.Collection, schema document.Schema) error {
	wanted := map[string]mongo.IndexModel{}
	want := func(name string, keys bson.D, o *options.IndexOptionsBuilder) {
		wanted[name] = mongo.IndexModel{Keys: keys, Options: o.SetName(name)}
	}
	want("pending", bson.D{{Key: "pending", Value: 1}, {Key: "_id", Value: 1}}, options.Index())
	for _, index := range schema.Indexes {
		name, o := []string{index.Name}, options.Index()
		if index.Unique {
			name, o = append(name, "unique"), o.SetUnique(true)
		}
		if index.Across {
			name = append(name, "across")
		}
		name = append(name, index.Fields...)
		want(strings.Join(name, " "), indexKeys(index), o)
	}
	present, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	for _, p := range present {
		if _, declared := wanted[p.Name]; declared || p.Name == "_id_" {
			delete(wanted, p.Name)
		} else if err := c.Indexes().DropOne(ctx, p.Name); err != nil {
			return err
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	_, err = c.Indexes().CreateMany(ctx, slices.Collect(maps.Values(wanted)))
	return err
}

// indexKeys returns the keys of an index. deleted is the empty string in live documents and the key itself in
// tombstones, so that these never collide in a unique index.
func indexKeys(index document.Index) bson.D {
	var keys bson.D
	if !index.Across {
		keys = append(keys, bson.E{Key: "tenant", Value: 1})
	}
	keys = append(keys, bson.E{Key: "deleted", Value: 1})
	for _, field := range index.Fields {
		keys = append(keys, bson.E{Key: path(field), Value: 1})
	}
	if !index.Unique {
		keys = append(keys, bson.E{Key: "_id", Value: 1})
	}
	return keys
}

// path returns where an index field is in the stored document.
func path(field string) string { return "body." + field }
