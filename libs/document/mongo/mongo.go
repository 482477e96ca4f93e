// Package mongo stores documents in MongoDB: the backend of libs/document for a real deployment, with a database per
// service.
//
// It keeps to what every server of the wire protocol does: single-document updates with $set, $inc and $push, and
// plain indexes; no transactions, no change streams. What is acknowledged is written to the journal of a majority,
// where the server is a replica set.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/guldkorn/guldkorn/libs/document"
	"github.com/guldkorn/guldkorn/libs/failure"
)

// timeout is how long an operation may take, the search for a server included.
const timeout = 15 * time.Second

// Backend is one database on a server. It implements document.Backend.
type Backend struct {
	client   *mongo.Client
	database *mongo.Database
}

var _ document.Backend = (*Backend)(nil)

// Open connects to the server that uri names and returns the database of this name on it, once the server answers.
func Open(ctx context.Context, uri, database string) (*Backend, error) {
	// These stand over what the uri says: durability and reading what was written are no matters of configuration.
	journaled := true
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetTimeout(timeout).SetAppName("guldkorn " + database).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journaled}).
		SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary()))
	if err != nil {
		return nil, fmt.Errorf("mongo: %w", err)
	}
	b := &Backend{client, client.Database(database)}
	if err := b.Ping(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// Ping implements document.Backend.
func (b *Backend) Ping(ctx context.Context) error { return fault(b.client.Ping(ctx, nil)) }

// Close ends the connections.
func (b *Backend) Close() error { return b.client.Disconnect(context.Background()) }

// Open implements document.Backend.
func (b *Backend) Open(ctx context.Context, schema document.Schema) (document.Records, error) {
	c := b.database.Collection(schema.Name)
	if err := declare(ctx, c, schema); err != nil {
		return nil, fmt.Errorf("mongo: declare %s: %w", schema.Name, fault(err))
	}
	return &collection{c}, nil
}

// fault tells an error of the server: one that does not answer is the failure internal.unavailable.
func fault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return err
	case mongo.IsNetworkError(err), mongo.IsTimeout(err), errors.Is(err, mongo.ErrClientDisconnected):
		return failure.New(failure.Unavailable).Because(fmt.Errorf("mongo: %w", err))
	}
	return fmt.Errorf("mongo: %w", err)
}
