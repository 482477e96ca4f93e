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

// declare makes the declared indexes that are missing. In the database an index is named by all that makes it up, so
// one that is declared differently is another one. What is declared no more stays: processes of the version before may
// still be running on it, and none may take an index away from the other. A unique one goes on refusing duplicates
// until an operator drops it.
func declare(ctx context.Context, c *mongo.Collection, schema document.Schema) error {
	wanted := map[string]mongo.IndexModel{}
	want := func(name string, keys bson.D, o *options.IndexOptionsBuilder) {
		wanted[name] = mongo.IndexModel{Keys: keys, Options: o.SetName(name)}
	}
	want("pending", bson.D{{Key: "pending", Value: 1}, {Key: "_id", Value: 1}}, options.Index())
	for _, index := range schema.Indexes {
		name, o := []string{"tenant"}, options.Index()
		if index.Across {
			name = []string{"across"}
		}
		if index.Unique {
			name, o = append(name, "unique"), o.SetUnique(true)
		}
		want(strings.Join(append(name, index.Fields...), " "), indexKeys(index), o)
	}
	present, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return err
	}
	for _, p := range present {
		delete(wanted, p.Name)
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
