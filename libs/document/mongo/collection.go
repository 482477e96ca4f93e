package mongo

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/tenant"
)

// collection implements document.Records.
type collection struct{ c *mongo.Collection }

// stored is a record as it is in the database.
type stored struct {
	Key       string              `bson:"_id"` // document.Key as a string
	Tenant    tenant.ID           `bson:"tenant"`
	ID        string              `bson:"id"`
	Revision  int64               `bson:"revision"`
	CreatedAt time.Time           `bson:"created_at"`
	UpdatedAt time.Time           `bson:"updated_at"`
	Deleted   string              `bson:"deleted"` // the key of a tombstone, empty for a live one
	Doomed    bool                `bson:"doomed"`
	Request   string              `bson:"request"`
	Body      bson.Raw            `bson:"body"`
	Outbox    []document.Outgoing `bson:"outbox"`
	Pending   bool                `bson:"pending"` // whether the outbox holds something
}

func (s stored) record() document.Record {
	r := document.Record{
		Key: document.Key{Tenant: s.Tenant, ID: s.ID}, Revision: s.Revision, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
		Request: s.Request, Body: s.Body, Outbox: s.Outbox,
	}
	switch {
	case s.Doomed:
		r.State = document.Doomed
	case s.Deleted != "":
		r.State = document.Tombstone
	}
	return r
}

// deleted returns what the field deleted says of a record in this state.
func deleted(key document.Key, state document.State) string {
	if state == document.Live {
		return ""
	}
	return key.String()
}

// at matches the record at this revision.
func at(key document.Key, revision int64) bson.D {
	return bson.D{{Key: "_id", Value: key.String()}, {Key: "revision", Value: revision}}
}

// Get implements document.Records.
func (c *collection) Get(ctx context.Context, key document.Key) (document.Record, error) {
	var s stored
	err := c.c.FindOne(ctx, bson.D{{Key: "_id", Value: key.String()}}).Decode(&s)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return document.Record{}, document.ErrNotFound
	}
	return s.record(), fault(err)
}

// Insert implements document.Records.
func (c *collection) Insert(ctx context.Context, r document.Record) error {
	s := stored{
		Key: r.Key.String(), Tenant: r.Key.Tenant, ID: r.Key.ID, Revision: r.Revision, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Deleted: deleted(r.Key, r.State), Doomed: r.State == document.Doomed, Request: r.Request, Body: r.Body,
		Outbox: append([]document.Outgoing{}, r.Outbox...), Pending: len(r.Outbox) > 0,
	}
	_, err := c.c.InsertOne(ctx, s)
	if isDuplicate(err) {
		return document.ErrDuplicate
	}
	return fault(err)
}

// Replace implements document.Records.
func (c *collection) Replace(ctx context.Context, key document.Key, revision int64, ch document.Change) error {
	set := bson.D{
		{Key: "created_at", Value: ch.CreatedAt}, {Key: "updated_at", Value: ch.UpdatedAt},
		{Key: "deleted", Value: deleted(key, ch.State)}, {Key: "doomed", Value: ch.State == document.Doomed},
		{Key: "body", Value: ch.Body},
	}
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: "revision", Value: int64(1)}}}}
	if ch.Outgoing != nil {
		set = append(set, bson.E{Key: "pending", Value: true})
		update = append(update, bson.E{Key: "$push", Value: bson.D{{Key: "outbox", Value: ch.Outgoing}}})
	}
	return c.update(ctx, key, revision, append(update, bson.E{Key: "$set", Value: set}))
}

// Acknowledge implements document.Records.
func (c *collection) Acknowledge(ctx context.Context, key document.Key, revision int64) error {
	return c.update(ctx, key, revision, bson.D{{Key: "$set", Value: bson.D{{Key: "outbox", Value: bson.A{}}, {Key: "pending", Value: false}}}})
}

func (c *collection) update(ctx context.Context, key document.Key, revision int64, update bson.D) error {
	result, err := c.c.UpdateOne(ctx, at(key, revision), update)
	switch {
	case isDuplicate(err):
		return document.ErrDuplicate
	case err == nil && result.MatchedCount == 0:
		return document.ErrStale
	}
	return fault(err)
}

// Remove implements document.Records.
func (c *collection) Remove(ctx context.Context, key document.Key, revision int64) error {
	result, err := c.c.DeleteOne(ctx, append(at(key, revision), bson.E{Key: "pending", Value: false}))
	if err == nil && result.DeletedCount == 0 {
		return document.ErrStale
	}
	return fault(err)
}

// Find implements document.Records.
func (c *collection) Find(ctx context.Context, s document.Scan) ([]document.Record, error) {
	return c.records(ctx, filter(s), options.Find().SetSort(order(s)).SetSkip(int64(s.Skip)).SetLimit(int64(s.Limit)))
}

// Count implements document.Records.
func (c *collection) Count(ctx context.Context, s document.Scan) (int, error) {
	s.After = nil
	n, err := c.c.CountDocuments(ctx, filter(s))
	return int(n), fault(err)
}

// Walk implements document.Records.
func (c *collection) Walk(ctx context.Context, after document.Key, limit int) ([]document.Record, error) {
	return c.records(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after.String()}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)))
}

func (c *collection) records(ctx context.Context, filter bson.D, o *options.FindOptionsBuilder) ([]document.Record, error) {
	cursor, err := c.c.Find(ctx, filter, o)
	if err != nil {
		return nil, fault(err)
	}
	var all []stored
	if err := cursor.All(ctx, &all); err != nil {
		return nil, fault(err)
	}
	found := make([]document.Record, len(all))
	for i, s := range all {
		found[i] = s.record()
	}
	return found, nil
}

// Pending implements document.Records.
func (c *collection) Pending(ctx context.Context, after document.Key, limit int) ([]document.Key, error) {
	cursor, err := c.c.Find(ctx, bson.D{{Key: "pending", Value: true}, {Key: "_id", Value: bson.D{{Key: "$gt", Value: after.String()}}}},
		options.Find().SetSort(bson.D{{Key: "pending", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(int64(limit)).
			SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, fault(err)
	}
	var all []struct {
		Key string `bson:"_id"`
	}
	if err := cursor.All(ctx, &all); err != nil {
		return nil, fault(err)
	}
	keys := make([]document.Key, len(all))
	for i, one := range all {
		owner, id, _ := strings.Cut(one.Key, "/")
		keys[i] = document.Key{Tenant: tenant.ID(owner), ID: id}
	}
	return keys, nil
}

// isDuplicate tells that a key or a unique value is taken. FerretDB says it of an update in the words of its SQLite.
func isDuplicate(err error) bool {
	return mongo.IsDuplicateKeyError(err) || err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed")
}
